// Debian's Chromium, and pages that are listened to: what a page prints, what its policy forbids and what it asks of any
// other machine is written down, and a flow that ends with such a line fails.

import { chromium, type Browser, type BrowserContext, type Page, type Response } from "playwright-core";

const QUIET = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** A camera that shows a moving test picture; whether a page may use it is up to its glass. */
const CAMERA = ["--use-fake-device-for-media-stream"];
/** How the development server answers a wish that the use cases refuse. */
const REFUSED = 422;
const PATIENCE_MS = 20_000;

export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env["XUNGE_CHROMIUM"] ?? "/usr/bin/chromium",
    chromiumSandbox: false,
    args: [...QUIET, ...CAMERA],
  });
}

/** How a page is looked at. */
export interface Looks {
  language: "zh" | "en";
  width: number;
  height: number;
  /** What the page finds in its own storage. */
  storage: Record<string, string>;
  permissions: string[];
}

const USUAL: Looks = { language: "zh", width: 390, height: 844, storage: {}, permissions: ["camera"] };

/** A phone's glass: its pages, and what they were heard to say. */
export class Glass {
  readonly heard: string[] = [];
  private readonly reading: Promise<void>[] = [];

  private constructor(private readonly context: BrowserContext) {}

  static async of(browser: Browser, wished: Partial<Looks> = {}): Promise<Glass> {
    const looks = { ...USUAL, ...wished };
    const context = await browser.newContext({
      viewport: { width: looks.width, height: looks.height },
      locale: looks.language === "zh" ? "zh-CN" : "en-GB",
      timezoneId: "Asia/Shanghai",
      hasTouch: true,
      isMobile: true,
      permissions: looks.permissions,
      reducedMotion: "reduce",
    });
    context.setDefaultTimeout(PATIENCE_MS);
    const kept = { "xunge.language": looks.language, ...looks.storage };
    // Only where nothing is kept yet: what the officer chooses in a flow stays chosen.
    await context.addInitScript((entries) => {
      for (const [key, value] of entries) {
        if (localStorage.getItem(key) === null) localStorage.setItem(key, value);
      }
    }, Object.entries(kept));
    return new Glass(context);
  }

  /** Opens a page and listens; `before` hears its first file as well. */
  async open(url: string, before?: (page: Page) => void): Promise<Page> {
    const page = await this.context.newPage();
    before?.(page);
    page.on("console", (message) => {
      // A refusal is an answer; the browser remarks on its status by itself. It is heard below, by its name.
      const isRefusal = /\/api\//.test(message.location().url) && message.text().includes(`status of ${REFUSED}`);
      // What Chromium says of drawing without a graphics card.
      const isDriver = message.text().includes("GL Driver Message");
      if (!isRefusal && !isDriver) this.heard.push(`${message.type()}: ${message.text()} (${message.location().url})`);
    });
    page.on("response", (response) => {
      if (response.status() === REFUSED) this.reading.push(this.hearRefusal(response));
    });
    page.on("pageerror", (error) => this.heard.push(`thrown: ${error.message}`));
    page.on("request", (request) => {
      const { protocol, hostname } = new URL(request.url());
      const own = protocol === "blob:" || protocol === "data:" || hostname === "127.0.0.1";
      if (!own) this.heard.push(`asked elsewhere: ${request.url()}`);
    });
    await page.goto(url);
    return page;
  }

  private async hearRefusal(response: Response): Promise<void> {
    const { code } = (await response.json()) as { code: string };
    this.heard.push(`refused: ${new URL(response.url()).pathname.split("/").pop() ?? ""} ${code}`);
  }

  /** Leaves out what this pattern names; a flow that breaks something on purpose names what follows from it. */
  async forget(expected: RegExp): Promise<void> {
    await Promise.all(this.reading);
    this.heard.splice(0, this.heard.length, ...this.heard.filter((line) => !expected.test(line)));
  }

  async end(): Promise<void> {
    await Promise.all(this.reading);
    await this.context.close();
  }
}
