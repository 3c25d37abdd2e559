// A case's page: its history in order, what can be said of its proof, and the arithmetic of looking closely.

import type { CaseView } from "@xunge/shared/bindings/CaseView";
import type { EventView } from "@xunge/shared/bindings/EventView";
import type { PhotoFileView } from "@xunge/shared/bindings/PhotoFileView";
import type { PhotoState } from "@xunge/shared/bindings/PhotoState";
import { describe, expect, it } from "vitest";
import { isAmended, sameAnswers } from "../officer/src/case/amendment";
import { nothingTyped } from "../officer/src/stores/case";
import { causes, steps } from "../officer/src/case/choices";
import { linesOf } from "../officer/src/case/timeline";
import { ticksOf } from "../officer/src/case/ticks";
import { LARGEST, fitted, pinch, whole, within, zoomAt } from "../officer/src/case/zoom";
import { readSource } from "./sources";

function event(kind: EventView["kind"], wall_ms: number): EventView {
  return { op_id: `${kind}-${wall_ms}`, kind, effect: "applies", wall_ms, tz_minutes: 480, clock: "right", officer: null, step: null, cause: null, words: null, changes: [], photos: [], receipt_ms: null };
}

function photo(sha256: string, more: Partial<PhotoFileView> = {}): PhotoFileView {
  return { sha256, bytes: 1, width: 4, height: 3, role: "scene", source: "import", taken: null, recorded_ms: 0, tz_minutes: 480, station_ms: null, lost: false, cleared: false, counts: true, ...more };
}

function view(more: { events?: EventView[]; photos?: PhotoFileView[]; receipt_ms?: number | null; clock?: CaseView["clock"]; interval?: CaseView["interval"]; accuracy_mm?: number | null } = {}): CaseView {
  const place = more.accuracy_mm === undefined ? null : { lat_e7: 1, lon_e7: 1, accuracy_mm: more.accuracy_mm, provider: "exif" };
  return {
    row: { receipt_ms: more.receipt_ms ?? null, place },
    photos: more.photos ?? [],
    events: more.events ?? [],
    interval: more.interval ?? null,
    clock: more.clock ?? { proof: "unknown", offset_ms: null, err_ms: null, age_ms: null },
  } as unknown as CaseView;
}

describe("the history", () => {
  const kinds = (of: CaseView): string[] => linesOf(of).map((line) => (line.kind === "event" ? line.event.kind : line.kind));

  it("is told newest first, with the station's receipts where they came", () => {
    const events = [event("opened", 1000), event("step", 900_000)];
    const photos = [photo("a", { station_ms: 400_000 }), photo("b", { station_ms: 401_000 })];
    expect(kinds(view({ events, photos, receipt_ms: 950_000 }))).toEqual(["record", "step", "photos", "opened"]);
  });

  it("puts a receipt never in front of what it signs for, however the phone's clock stood", () => {
    const events = [event("opened", 5_000_000), event("amended", 6_000_000)];
    expect(kinds(view({ events, photos: [photo("a", { station_ms: 10 })], receipt_ms: 20 }))).toEqual(["record", "amended", "photos", "opened"]);
  });

  it("tells photos of one round in one line, and of another round in another", () => {
    const photos = [photo("a", { station_ms: 1000 }), photo("b", { station_ms: 61_000 }), photo("c", { station_ms: 900_000 }), photo("d")];
    const lines = linesOf(view({ events: [event("opened", 0)], photos })).filter((line) => line.kind === "photos");
    expect(lines.map((line) => (line.kind === "photos" ? [line.photos, line.of] : []))).toEqual([[1, 4], [2, 4]]);
  });
});

describe("an amendment", () => {
  it("is one only when something is other than it was", () => {
    expect(isAmended({ ...nothingTyped, reason: "看错了" })).toBe(false);
    expect(isAmended({ ...nothingTyped, street: "" })).toBe(true);
    expect(sameAnswers({ a: ["x"], b: 1 }, { b: 1, a: ["x"] })).toBe(true);
    expect(sameAnswers({ a: ["x"] }, { a: ["x"], b: 1 })).toBe(false);
  });
});

describe("a tick", () => {
  it("for the interval goes by the clock that nobody can set, and says what was not proven", () => {
    const said = (interval: Partial<NonNullable<CaseView["interval"]>>) => {
      const of = view({ interval: { boot_ms: 400_900, wall_ms: 0, wall_changed_ms: 0, rule_s: 300, ...interval } });
      return ticksOf(of, new Map(), "zh").filter(({ id }) => id.startsWith("interval")).map(({ word, tone, values }) => [word, tone, values["passed"] ?? values["s"]]);
    };
    expect(said({})).toEqual([["interval_enough", "", "6 分 40 秒"]]);
    expect(said({ rule_s: 600 })).toEqual([["interval_short", "bad", "6 分 40 秒"]]);
    expect(said({ boot_ms: null })).toEqual([["interval_reboot", "bad", undefined]]);
    expect(said({ wall_changed_ms: -3_600_000 })).toEqual([["interval_enough", "", "6 分 40 秒"], ["interval_clock", "quiet-tick", "3600"]]);
  });


  const words = (of: CaseView, checks: [string, PhotoState][] = []): string[] => ticksOf(of, new Map(checks), "zh").map((tick) => tick.word);

  it("for the hashes stands only when every original was read again and is the same", () => {
    const of = view({ photos: [photo("a"), photo("b")] });
    expect(words(of, [["a", "same"]])[0]).toBe("hash_doing");
    expect(words(of, [["a", "same"], ["b", "same"]])[0]).toBe("hash_same");
    expect(ticksOf(of, new Map([["a", "same"], ["b", "damaged"]]), "zh")[0]).toMatchObject({ word: "hash_wrong", tone: "bad", values: { wrong: 1, n: 2 } });
    expect(words(of, [["a", "missing"]])[0]).toBe("hash_wrong");
  });

  it("counts an original that was cleared away as neither right nor wrong", () => {
    const of = view({ photos: [photo("a"), photo("b", { cleared: true })] });
    expect(words(of, [["a", "same"]])).toEqual(["hash_same", "clock_unknown", "place_none", "cleared"]);
  });

  it("for the clock tells right, off, not vouched for and not known apart", () => {
    const clock = (proof: CaseView["clock"]["proof"], offset_ms: number | null) => ticksOf(view({ clock: { proof, offset_ms, err_ms: 10, age_ms: 0 } }), new Map(), "zh")[1];
    expect(clock("right", -312)).toMatchObject({ word: "clock_right", tone: "", values: { s: "0.3" } });
    expect(clock("off", 95_400)).toMatchObject({ word: "clock_differs", values: { s: "95" } });
    expect(clock("unproven", 20)?.word).toBe("clock_unproven");
    expect(clock("unknown", null)?.word).toBe("clock_unknown");
  });

  it("for the place needs an accuracy", () => {
    expect(words(view({ accuracy_mm: 6400 }))[1 + 1]).toBe("place_within");
    expect(words(view({ accuracy_mm: null }))[2]).toBe("place_vague");
  });
});

describe("looking closely", () => {
  const box = { width: 360, height: 480 };
  const picture = { width: 4000, height: 3000 };

  it("begins with the whole picture", () => {
    expect(fitted(box, picture)).toEqual({ width: 360, height: 270 });
    expect(fitted(box, { width: 0, height: 0 })).toEqual(box);
  });

  it("keeps what is under the finger under the finger", () => {
    const point = { x: 90, y: -40 };
    const view = zoomAt({ scale: 2, x: 10, y: 20 }, 1.5, point);
    expect(view.scale).toBe(3);
    const under = (of: { scale: number; x: number }) => (point.x - of.x) / of.scale;
    expect(under(view)).toBeCloseTo(under({ scale: 2, x: 10 }));
  });

  it("grows as two fingers part, and follows their middle", () => {
    const before = [{ x: -20, y: 0 }, { x: 20, y: 0 }] as const;
    expect(pinch(whole, before, [{ x: -40, y: 0 }, { x: 40, y: 0 }])).toEqual({ scale: 2, x: 0, y: 0 });
    expect(pinch({ scale: 2, x: 0, y: 0 }, before, [{ x: -10, y: 5 }, { x: 30, y: 5 }])).toEqual({ scale: 2, x: 10, y: 5 });
  });

  it("goes neither beyond the largest nor below the whole, nor off the picture", () => {
    expect(zoomAt(whole, 100, { x: 0, y: 0 }).scale).toBe(LARGEST);
    expect(zoomAt(whole, 0.1, { x: 5, y: 5 })).toEqual(whole);
    expect(within({ scale: 2, x: 9999, y: 9999 }, box, picture)).toEqual({ scale: 2, x: 180, y: 30 });
    expect(within({ scale: 1, x: 50, y: 50 }, box, picture)).toEqual({ scale: 1, x: 0, y: 0 });
  });
});

describe("what can be chosen", () => {
  const union = (name: string): string[] => [...(/= ([^;]+);/.exec(readSource(`shared/bindings/${name}.ts`))?.[1] ?? "").matchAll(/"([a-z_]+)"/g)].map((match) => match[1] ?? "");

  it("is what the host knows, in its order", () => {
    expect(steps).toEqual(union("Step"));
    expect(causes).toEqual(union("VoidCause"));
  });
});
