// Every screen of the officer's app and the way to it, for the pictures. A screen that has several faces (empty, full,
// refused) is listed once for each.

import type { Page } from "playwright-core";
import { part, scenes } from "./stand/hand";
import type { Phone } from "./stand/phone";
import { STATION, type Station } from "./stand/station";

/** The phones that are photographed: one out of its box, one in the middle of a day. */
export type Whose = "new" | "busy";

export interface Screen {
  /** The picture's name; its number puts the sheet in the order of a day. */
  name: string;
  phone: Whose;
  /** The address behind `#`. */
  route: string;
  /** What is tapped there until the screen is as it shall be seen. */
  then?: (page: Page) => Promise<void>;
  /** What has to be seen before the picture. */
  until: string;
  /** What is refused on the way there, and heard of. */
  refuses?: RegExp;
}

/** A code that was cut off by a messenger. */
async function refusedCode(page: Page): Promise<void> {
  await part(page, "enrol-code").fill("https://192.0.2.7:8620/enrol#K7Q2M9");
  await part(page, "enrol-submit").click();
}

async function firstCase(page: Page): Promise<void> {
  await part(page, "case-row").first().click();
}

export const screens: readonly Screen[] = [
  { name: "01-today-new", phone: "new", route: "/today", until: "tile-PK01" },
  { name: "02-viewfinder-empty", phone: "new", route: "/viewfinder", until: "shutter" },
  { name: "03-records-empty", phone: "new", route: "/records", until: "records-empty" },
  { name: "04-sync-alone", phone: "new", route: "/sync", until: "to-enrol" },
  { name: "05-enrol", phone: "new", route: "/enrol", until: "enrol-code" },
  { name: "06-enrol-refused", phone: "new", route: "/enrol", then: refusedCode, until: "error-line", refuses: /^refused: enrol enrol_code/ },
  { name: "11-today", phone: "busy", route: "/today", until: "draft-go-on" },
  { name: "12-today-all-kinds", phone: "busy", route: "/today", then: (page) => part(page, "tile-all").click(), until: "matter-search" },
  { name: "13-viewfinder", phone: "busy", route: "/viewfinder", until: "shoot-count" },
  { name: "14-confirm", phone: "busy", route: "/confirm", until: "draft-photo" },
  { name: "15-confirm-keys", phone: "busy", route: "/confirm", then: (page) => part(page, "plate-open").click(), until: "plate-keyboard" },
  { name: "31-records", phone: "busy", route: "/records", until: "case-row" },
  { name: "32-records-filter", phone: "busy", route: "/records", then: (page) => part(page, "records-filter").click(), until: "filter-done" },
  { name: "33-records-nothing", phone: "busy", route: "/records", then: (page) => part(page, "records-search").fill("没有这一条"), until: "records-nothing" },
  { name: "34-case", phone: "busy", route: "/records", then: firstCase, until: "timeline-event" },
  { name: "35-case-viewer", phone: "busy", route: "/records", then: async (page) => { await firstCase(page); await part(page, "case-photo").first().click(); }, until: "viewer" },
  { name: "36-found", phone: "busy", route: "/found", until: "found-none" },
  { name: "16-timers", phone: "busy", route: "/timers", until: "timers-empty" },
  { name: "41-sync", phone: "busy", route: "/sync", until: "last-receipt" },
  { name: "42-receipts", phone: "busy", route: "/receipts", until: "receipt" },
  { name: "43-station", phone: "busy", route: "/station", until: "station-key" },
  { name: "51-map", phone: "busy", route: "/map", until: "map-layers" },
  { name: "61-me", phone: "busy", route: "/me", until: "budget" },
  { name: "62-shift", phone: "busy", route: "/shift", until: "shift-start" },
  { name: "63-settings", phone: "busy", route: "/settings", until: "unmetered" },
];

/** What is called the same in English: people and the station. */
export const names = ["林晓", STATION] as const;

/** Makes the phone of somebody in the middle of a day: cases at the station, one being written. */
export async function liveHalfADay(phone: Phone, station: Station): Promise<void> {
  await phone.enrol(await station.enrolCode({ number: "0417", name: "林晓" }));
  await phone.record({ scene: scenes.car, matter: "PK01", plate: "苏A8K3R7", note: "压盲道停放，车内无人" });
  await phone.record({ scene: scenes.stall, matter: "ST01" });
  await phone.call("draft_add_demo_photo", { name: scenes.plate, slot: null });
  await phone.write({ matter: "PK01", plate: "苏A8K3R7" });
}
