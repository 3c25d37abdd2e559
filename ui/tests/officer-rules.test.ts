// The rules that the officer's screens follow: what a draft needs, what the connection may be called, what a progress
// segment may claim, and that work on the draft happens in order.

import type { SyncStatus } from "@xunge/shared/bindings/SyncStatus";
import { keepLanguage, readLanguage } from "@xunge/shared/words/language";
import { describe, expect, it } from "vitest";
import { readinessOf } from "../officer/src/confirm/readiness";
import { besides } from "../officer/src/frame/besides";
import { connectionOf } from "../officer/src/frame/connection";
import { caseStateOf } from "../officer/src/records/case-state";
import { inOrder } from "../officer/src/stores/in-order";
import { segmentsOf } from "../officer/src/sync/segments";

const photo = (sha256: string, at_station: boolean, lost = false) => ({ sha256, bytes: 100, at_station, lost });

describe("a draft", () => {
  const whole = { photos: 1, matter: "PK01", wantsPlate: true, plate: "苏A8K3R7", hasPlace: true };

  it("needs a photo and a kind, and nothing else", () => {
    expect(readinessOf({ ...whole, photos: 0, matter: null }).needed).toEqual(["missing_photo", "missing_kind"]);
    expect(readinessOf({ ...whole, plate: "", hasPlace: false }).needed).toEqual([]);
  });

  it("mentions plate and place when they are absent, and the plate only where one belongs", () => {
    expect(readinessOf({ ...whole, plate: " ", hasPlace: false }).without).toEqual(["may_plate", "may_place"]);
    expect(readinessOf({ ...whole, plate: "", wantsPlate: false }).without).toEqual([]);
  });
});

describe("a progress segment", () => {
  it("is filled by a receipt only, never by bytes", () => {
    const segments = segmentsOf([photo("a", true), photo("b", false), photo("c", false)], [{ sha256: "b", sent: 100, total: 100 }]);
    expect(segments.map((segment) => segment.state)).toEqual(["arrived", "under_way", "waits"]);
    expect(segments[1]?.part).toBeLessThan(1);
  });

  it("is lost with its original, also while it is tried again, until a receipt", () => {
    const segments = segmentsOf([photo("a", false, true), photo("b", true, true)], [{ sha256: "a", sent: 50, total: 100 }]);
    expect(segments.map((segment) => segment.state)).toEqual(["lost", "arrived"]);
  });

  it("bears an original of no bytes", () => {
    expect(segmentsOf([photo("a", false)], [{ sha256: "a", sent: 0, total: 0 }])[0]?.state).toBe("waits");
  });
});

describe("the state of a case", () => {
  it("is at the station only when the station has signed for all of it", () => {
    expect(caseStateOf({ state: "recorded", at_station: true, photos: [photo("a", true)] })).toEqual({ state: "at_station", lost: 0, arrived: 1 });
    expect(caseStateOf({ state: "recorded", at_station: false, photos: [photo("a", true), photo("b", false)] })).toEqual({ state: "on_phone", lost: 0, arrived: 1 });
  });

  it("is lost as soon as one original is, and says how many", () => {
    const photos = [photo("a", true), photo("b", false, true), photo("c", false, true), photo("d", false)];
    expect(caseStateOf({ state: "recorded", at_station: false, photos })).toEqual({ state: "lost", lost: 2, arrived: 1 });
  });

  it("does not mind what became of an original that the station has", () => {
    expect(caseStateOf({ state: "recorded", at_station: true, photos: [photo("a", true, true)] })).toEqual({ state: "at_station", lost: 0, arrived: 1 });
    expect(caseStateOf({ state: "recorded", at_station: false, photos: [photo("a", true, true), photo("b", false)] }).state).toBe("on_phone");
  });
});

describe("a void case", () => {
  it("is void wherever its parts lie", () => {
    expect(caseStateOf({ state: "voided", at_station: true, photos: [photo("a", true)] }).state).toBe("voided");
    expect(caseStateOf({ state: "voided", at_station: false, photos: [photo("a", false, true)] })).toEqual({ state: "voided", lost: 1, arrived: 0 });
  });
});

describe("a problem", () => {
  it("stands once on a screen", () => {
    const damaged = { code: "database_damaged" };
    expect(besides(damaged, { code: "database_damaged" })).toBeNull();
    expect(besides(damaged, { code: "disk_full" })).toEqual({ code: "disk_full" });
    expect(besides(null, damaged)).toEqual(damaged);
    expect(besides(damaged, null)).toBeNull();
  });
});

describe("the connection", () => {
  const quiet: SyncStatus = {
    version: 1,
    phase: "idle",
    on_phone: { cases: 0, photos: 0, bytes: 0 },
    at_station: { cases: 0, photos: 0 },
    sending: [],
    bytes_per_second: null,
    bytes_left: 0,
    is_paused: false,
    only_unmetered: false,
    network: "unknown",
    last_contact_ms: null,
    clock: null,
    lost: [],
    standing: "active",
    audit: null,
    set_aside: [],
    next_try_ms: null,
    last_error: null,
    last_receipt: null,
    waiting: [],
  };
  const receipt = { seq: 1, head: "00", station_ms: 1, beacon: "00" };
  const error = (code: "station_unreachable" | "station_not_ours" | "station_refused") => ({ code, message: "", retry: true });

  it("is never called linked without a receipt", () => {
    expect(connectionOf(quiet, true)).toBe("unknown");
    expect(connectionOf({ ...quiet, last_receipt: receipt }, true)).toBe("linked");
  });

  it("is offline when nobody or somebody else answers, in trouble when the station refuses", () => {
    expect(connectionOf({ ...quiet, last_receipt: receipt, last_error: error("station_unreachable") }, true)).toBe("offline");
    expect(connectionOf({ ...quiet, last_error: error("station_not_ours") }, true)).toBe("offline");
    expect(connectionOf({ ...quiet, last_error: error("station_refused") }, true)).toBe("trouble");
  });

  it("says first that the phone belongs to no station", () => {
    expect(connectionOf({ ...quiet, phase: "records" }, false)).toBe("not_enrolled");
    expect(connectionOf({ ...quiet, phase: "records" }, true)).toBe("sending");
  });
});

describe("work in order", () => {
  it("starts only when what was asked before has ended, well or badly", async () => {
    const run = inOrder();
    const heard: string[] = [];
    const slow = run(async () => {
      await new Promise((done) => setTimeout(done, 20));
      heard.push("slow");
    });
    const bad = run(() => {
      heard.push("bad");
      return Promise.reject(new Error("no"));
    });
    const last = run(async () => heard.push("last"));
    await slow;
    await expect(bad).rejects.toThrow("no");
    await last;
    expect(heard).toEqual(["slow", "bad", "last"]);
  });
});

describe("the language", () => {
  it("is Chinese unless the officer chose otherwise", () => {
    const kept = new Map<string, string>();
    const storage = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) };
    expect(readLanguage(storage)).toBe("zh");
    keepLanguage(storage, "en");
    expect(readLanguage(storage)).toBe("en");
  });
});
