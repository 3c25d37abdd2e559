// Debian's Chromium, and pages that are listened to: what a page prints, what its policy forbids and what it asks of any
// other machine is written down, and a flow that ends with such a line fails.

import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";

const QUIET = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** A camera that shows a moving test picture and asks nobody. */
const CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
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

  /** Opens a page and listens. */
  async open(url: string): Promise<Page> {
    const page = await this.context.newPage();
    page.on("console", (message) => this.heard.push(`${message.type()}: ${message.text()} (${message.location().url})`));
    page.on("pageerror", (error) => this.heard.push(`thrown: ${error.message}`));
    page.on("request", (request) => {
      const { protocol, hostname } = new URL(request.url());
      const own = protocol === "blob:" || protocol === "data:" || hostname === "127.0.0.1";
      if (!own) this.heard.push(`asked elsewhere: ${request.url()}`);
    });
    await page.goto(url);
    return page;
  }

  /** What it heard that this pattern does not name; a flow that breaks something on purpose names what follows from it. */
  forget(expected: RegExp): void {
    this.heard.splice(0, this.heard.length, ...this.heard.filter((line) => !expected.test(line)));
  }

  async end(): Promise<void> {
    await this.context.close();
  }
}
