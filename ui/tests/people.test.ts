// Signing in, the track and the shift: what is decided in the page.

import { describe, expect, it } from "vitest";
import { isBatteryLow } from "../officer/src/me/budget";
import { afterKey, padKey, secondsLeft } from "../officer/src/people/pin-entry";
import { sayDuration, sayKilometres } from "../officer/src/shift/say";
import { received } from "../officer/src/shift/track";

describe("typing a PIN", () => {
  it("takes six digits and no more, and a step back", () => {
    const typed = ["1", "2", "3", "back", "4", "5", "6", "7", "8"].reduce(afterKey, "");
    expect(typed).toBe("124567");
    expect(afterKey("", "back")).toBe("");
  });

  it("hears a keyboard's digits and nothing else", () => {
    expect(["0", "9", "Backspace", "a", "Enter", "１"].map(padKey)).toEqual(["0", "9", "back", null, null, null]);
  });

  it("never shows a wait of 0 while it lasts", () => {
    expect([secondsLeft(1000, 0), secondsLeft(1000, 999), secondsLeft(1000, 1000), secondsLeft(1000, 9999)]).toEqual([1, 1, 0, 0]);
  });
});

describe("a place of the page's receiver", () => {
  const position = (accuracy: number) =>
    received({ coords: { latitude: 32.1234567, longitude: 118.7654321, accuracy } as GeolocationCoordinates, timestamp: 1_795_398_000_000.4 });

  it("is handed over in 1e-7 degrees, millimetres and whole milliseconds", () => {
    expect(position(8.25)).toEqual({ lat_e7: 321234567, lon_e7: 1187654321, accuracy_mm: 8250, wall_ms: 1795398000000, is_mock: false });
  });

  it("states no accuracy where the receiver stated none", () => {
    expect([position(0).accuracy_mm, position(NaN).accuracy_mm]).toEqual([null, null]);
  });
});

describe("a shift in words", () => {
  it("says hours and minutes, and leaves out what is 0", () => {
    expect([0, 12 * 60_000, 240 * 60_000, 248 * 60_000].map((ms) => sayDuration(ms, "zh"))).toEqual(["0 分钟", "12 分钟", "4 小时", "4 小时 8 分"]);
    expect(sayDuration(248 * 60_000, "en")).toBe("4 h 8 min");
  });

  it("says kilometres with one decimal", () => {
    expect([sayKilometres(0), sayKilometres(4_649)]).toEqual(["0.0", "4.6"]);
  });
});

describe("a battery", () => {
  it("is low below a fifth, unless it is being charged or unknown", () => {
    const low = (percent: number, isCharging: boolean) => isBatteryLow({ percent, isCharging });
    expect([low(19, false), low(20, false), low(5, true), isBatteryLow(null)]).toEqual([true, false, false, false]);
  });
});
