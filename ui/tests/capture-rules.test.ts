// The rules of capture: which photo comes next, what a timer's figures say, what two photos prove, which keys a plate
// wants, and what becomes of an answer.

import type { TimerChecks } from "@xunge/shared/bindings/TimerChecks";
import { describe, expect, it } from "vitest";
import { frameSize } from "../officer/src/viewfinder/frame-size";
import { readNumber, toggled, unanswered } from "../officer/src/form/answers";
import { kindWhileTyping, letters, nextKeys, pairs, provinces, quickKeys, specials, withoutLast, withPrefix, withProvince } from "../officer/src/confirm/plate-keys";
import { iconOf, tilesOf } from "../officer/src/kinds/kinds";
import { foundKinds } from "../officer/src/kinds/search";
import { checksOf } from "../officer/src/timers/checks";
import { clockOf, sayClock } from "../officer/src/timers/clock";
import { causeOf } from "../officer/src/viewfinder/camera-state";
import { reportOf } from "../officer/src/viewfinder/report";
import { cellsOf, ghostOf, nextSlot } from "../officer/src/viewfinder/shot-list";

const rules = [
  { slot: "panorama_1", min: 1, role: "scene" },
  { slot: "panorama_2", min: 1, role: "scene" },
  { slot: "plate", min: 1, role: "detail" },
  { slot: "notice", min: 0, role: "detail" },
];
const photo = (slot: string | null, sha256 = `of ${slot}`) => ({ sha256, slot });

describe("the shot list", () => {
  it("leads from one missing photo to the next, and to none when all are there", () => {
    expect(nextSlot(rules, [], null)).toBe("panorama_1");
    expect(nextSlot(rules, [photo("panorama_1")], null)).toBe("panorama_2");
    expect(nextSlot(rules, [photo("plate"), photo("panorama_1")], null)).toBe("panorama_2");
    expect(nextSlot(rules, [photo("panorama_1"), photo("panorama_2"), photo("plate")], null)).toBeNull();
  });

  it("follows the officer's tap, also to what is only offered, but not to a place that the kind does not have", () => {
    expect(nextSlot(rules, [], "notice")).toBe("notice");
    expect(nextSlot(rules, [], "goods_close")).toBe("panorama_1");
  });

  it("counts a photo for its own place alone", () => {
    const cells = cellsOf(rules, [photo("panorama_1"), photo("panorama_1", "other"), photo(null)]);
    expect(cells.map((cell) => [cell.have, cell.isDone])).toEqual([[2, true], [0, false], [0, false], [0, true]]);
  });

  it("asks for nothing where the kind has no list", () => expect(nextSlot([], [photo(null)], null)).toBeNull());
});

describe("the ghost", () => {
  it("is the earlier photo of the same view, for the second wide shot and for no other", () => {
    const photos = [photo("panorama_1", "first"), photo("plate")];
    expect(ghostOf(rules, photos, "panorama_2")).toBe("first");
    expect(ghostOf(rules, photos, "panorama_1")).toBeNull();
    expect(ghostOf(rules, photos, "plate")).toBeNull();
    expect(ghostOf(rules, photos, null)).toBeNull();
  });
});

describe("the camera's refusal", () => {
  it.each([
    ["NotAllowedError", "denied"],
    ["NotFoundError", "none"],
    ["OverconstrainedError", "none"],
    ["NotReadableError", "busy"],
  ])("%s means %s", (name, state) => expect(causeOf(new DOMException("", name))).toBe(state));
});

describe("a place by the browser", () => {
  const at = (accuracy: number) => reportOf({ coords: { latitude: 32.3412586, longitude: 118.8, accuracy } as GeolocationCoordinates });

  it("is whole units of 1e-7 degree, with the smaller circle that the record states", () => {
    expect(at(10)).toMatchObject({ lat_e7: 323_412_586, lon_e7: 1_188_000_000, accuracy_mm: 6167, provider: "gnss" });
  });

  it("states no accuracy where the receiver states none", () => {
    expect(at(0).accuracy_mm).toBeNull();
    expect(at(Number.NaN)).toMatchObject({ accuracy_mm: null, provider: "network" });
  });
});

describe("a timer's figure", () => {
  const running = { started_ms: 1_000_000, elapsed_ms: 0, interval_s: 300 };

  it("counts down to the interval and up behind it", () => {
    expect(sayClock(clockOf(running, 0, 0))).toBe("05:00");
    expect(sayClock(clockOf(running, 166_000, 0))).toBe("02:14");
    expect(sayClock(clockOf(running, 321_900, 0))).toBe("05:21");
  });

  it("never says that the interval has passed a moment too early", () => {
    const almost = clockOf(running, 299_999, 0);
    expect(almost.isDue).toBe(false);
    expect(sayClock(almost)).toBe("00:01");
    expect(clockOf(running, 300_000, 0).isDue).toBe(true);
  });

  it("does not look at the wall clock while the other one runs", () => {
    expect(clockOf(running, 1000, 9e12)).toEqual(clockOf(running, 1000, 0));
  });

  it("counts by the wall clock behind a restart, says so, and never below nothing", () => {
    const after = { ...running, elapsed_ms: null };
    expect(clockOf(after, 999_999, 1_060_000)).toMatchObject({ byWallClock: true, shown_ms: 240_000 });
    expect(sayClock(clockOf(after, 0, 0))).toBe("05:00");
  });

  it("says hours when there are some", () => expect(sayClock(clockOf({ ...running, elapsed_ms: 3_723_000 }, 0, 0))).toBe("1:02:03"));
});

describe("the checks of two photos", () => {
  const good: TimerChecks = { interval: "proven", clock: "unchanged", moved_s: 0, plate: "same", spot: "same", spot_m: 4 };
  const stands = (checks: TimerChecks, second = true) => checksOf(checks, 300, second).map((line) => [line.say, line.stands]);

  it("are all proven when all is well", () => {
    expect(stands(good)).toEqual([["interval_proven", "proven"], ["clock_unchanged", "proven"], ["plate_same", "proven"], ["spot_same", "proven"]]);
  });

  it("leave plate and spot open until the second photo", () => {
    expect(stands({ ...good, interval: "short" }, false)).toEqual([["interval_runs", "open"], ["clock_unchanged", "proven"], ["spot_waits", "open"]]);
  });

  it("give no tick for a restart, a changed clock, another plate or another spot", () => {
    const bad: TimerChecks = { interval: "unproven_reboot", clock: "changed", moved_s: -90, plate: "differs", spot: "far", spot_m: 80 };
    expect(checksOf(bad, 300, true).every((line) => line.stands === "against")).toBe(true);
    expect(checksOf(bad, 300, true).map((line) => line.n)).toEqual([0, 90, 0, 80]);
  });

  it("take what is not known neither for proven nor for wrong", () => {
    expect(stands({ ...good, plate: "unread", spot: "unknown", spot_m: null }).slice(2)).toEqual([["plate_unread", "open"], ["spot_unknown", "open"]]);
  });
});

describe("the plate keyboard", () => {
  it("has the 31 provinces once each, and no I or O", () => {
    expect(new Set(provinces).size).toBe(31);
    expect(letters).not.toContain("I");
    expect(letters).not.toContain("O");
    expect(letters).toHaveLength(34);
  });

  it("has what stands on special plates", () => {
    expect([...specials, ...pairs].sort()).toEqual(["警", "学", "挂", "港", "澳", "使", "领", "应急", "WJ"].sort());
  });

  it("begins with the province and goes on with letters", () => {
    expect(nextKeys("")).toBe("provinces");
    expect(nextKeys("苏")).toBe("letters");
  });

  it("replaces the province and keeps the rest", () => {
    expect(withProvince("", "皖")).toBe("皖");
    expect(withProvince("苏A123", "皖")).toBe("皖A123");
    expect(withProvince("A123", "皖")).toBe("皖A123");
    expect(withPrefix("苏A123", "皖E")).toBe("皖E123");
    expect(withPrefix("", "皖E")).toBe("皖E");
  });

  it("deletes one character, also a rare one", () => expect(withoutLast("苏𠮷")).toBe("苏"));

  it("offers the beginnings of what was recorded lately, the most frequent first, and five in any case", () => {
    expect(quickKeys([])).toEqual(["苏", "皖", "浙", "沪", "鲁"]);
    expect(quickKeys(["皖E8R605", "苏A73K2D", "苏AF20518", "无牌"]).slice(0, 3)).toEqual(["苏A", "皖E", "苏"]);
  });

  it.each([
    ["苏A73K2D", "ordinary"],
    ["苏AF20518", "new_energy_small"],
    ["苏A12345D", "new_energy_large"],
    ["苏A1234警", "police"],
    ["粤Z1234港", "hk_macau"],
    ["苏A123应急", "emergency"],
    ["无牌", "free"],
  ])("draws %s as %s while it is being typed", (text, kind) => expect(kindWhileTyping(text)).toBe(kind));
});

describe("an answer", () => {
  it.each([
    ["3.5", 3.5],
    ["3，5", 3.5],
    [" 12 ", 12],
    ["", null],
    ["约 3", "约 3"],
    ["1e9", "1e9"],
    ["Infinity", "Infinity"],
  ])("typed as %o becomes %o: what is no number stays as typed", (text, value) => expect(readNumber(text)).toBe(value));

  it("of many choices is put in and taken out, and gone when none is left", () => {
    expect(toggled(undefined, "hours")).toEqual(["hours"]);
    expect(toggled(["hours"], "noise")).toEqual(["hours", "noise"]);
    expect(toggled(["hours"], "hours")).toBeNull();
  });

  it("is missed only where it is asked for; 0 and no are answers", () => {
    const fields = [{ name: "a", required: true }, { name: "b", required: false }, { name: "c", required: true }];
    expect(unanswered(fields, { c: 0 }).map((field) => field.name)).toEqual(["a"]);
    expect(unanswered(fields, { a: false, c: "" }).map((field) => field.name)).toEqual(["c"]);
  });
});

describe("the kinds", () => {
  const all = [{ code: "PK01", zh: "机动车违停：人行道", en: "Car parked on pavement" }, { code: "ST02", zh: "占道经营（固定摊点）", en: "Stall occupying the road" }];

  it("stand where the pack puts them, without those that it does not have", () => {
    expect(tilesOf(all, ["ST02", "ZZ99", "PK01"]).map((kind) => kind.code)).toEqual(["ST02", "PK01"]);
  });

  it("have the icon that the pack names, when this app can draw it", () => {
    expect(iconOf({ icon: "stall" })).toBe("stall");
    expect(iconOf({ icon: "of the future" })).toBe("other");
  });

  it("are found by a part of either name, of the code, or of two words", () => {
    expect(foundKinds(all, "违停")).toHaveLength(1);
    expect(foundKinds(all, "st02")).toHaveLength(1);
    expect(foundKinds(all, "road stall")).toHaveLength(1);
    expect(foundKinds(all, "  ")).toHaveLength(2);
    expect(foundKinds(all, "没有")).toHaveLength(0);
  });
});

describe("a frame", () => {
  it("keeps its size while there is room, and its proportions when there is little", () => {
    expect(frameSize({ width: 2560, height: 1920 }, null)).toEqual({ width: 2560, height: 1920 });
    expect(frameSize({ width: 2560, height: 1920 }, 1600)).toEqual({ width: 1600, height: 1200 });
    expect(frameSize({ width: 1080, height: 1920 }, 1600)).toEqual({ width: 900, height: 1600 });
    expect(frameSize({ width: 640, height: 480 }, 1600)).toEqual({ width: 640, height: 480 });
  });
});
