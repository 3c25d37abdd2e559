// What a flow stands on: phones, stations and glass made for it alone, and put away behind it. A page that printed
// anything, broke its policy or asked another machine fails its flow here.

import type { Browser, Page } from "playwright-core";
import { expect, test as bare } from "vitest";
import { Glass, startBrowser, type Looks } from "./browser";
import { Phone, type PhoneOptions } from "./phone";
import { Station } from "./station";

export class Stand {
  private readonly made: { end(): Promise<void> }[] = [];
  private readonly glasses: Glass[] = [];

  constructor(private readonly browser: Browser) {}

  async phone(options: PhoneOptions = {}): Promise<Phone> {
    return this.keep(await Phone.start(options));
  }

  async station(): Promise<Station> {
    return this.keep(await Station.start());
  }

  /** A station that speaks TLS. */
  async sealedStation(address?: string): Promise<Station> {
    return this.keep(await Station.start(address, false));
  }

  /** Another station where one was before. */
  async stationAt(address: string): Promise<Station> {
    return this.keep(await Station.start(address));
  }

  async glass(looks: Partial<Looks> = {}): Promise<Glass> {
    const glass = this.keep(await Glass.of(this.browser, looks));
    this.glasses.push(glass);
    return glass;
  }

  /** A phone's screen, for a flow that needs no more than one. */
  async open(phone: Phone, route = "", looks: Partial<Looks> = {}): Promise<Page> {
    return (await this.glass(looks)).open(phone.at(route));
  }

  /** A page that nobody listens to, for what is not the product's. */
  blankPage(): Promise<Page> {
    return this.browser.newPage();
  }

  private keep<T extends { end(): Promise<void> }>(one: T): T {
    this.made.push(one);
    return one;
  }

  async end(): Promise<void> {
    // The last made first: pages close before the phone behind them goes.
    for (const one of this.made.reverse()) await one.end();
    const heard = this.glasses.flatMap((glass) => glass.heard);
    expect(heard, "what the pages said, broke or asked of others").toEqual([]);
  }
}

export const test = bare.extend<{ browser: Browser; stand: Stand }>({
  browser: [
    async ({}, use) => {
      const browser = await startBrowser();
      await use(browser);
      await browser.close();
    },
    { scope: "worker" },
  ],
  stand: async ({ browser }, use) => {
    const stand = new Stand(browser);
    await use(stand);
    await stand.end();
  },
});
