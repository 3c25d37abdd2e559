// Times, waits and amounts as people say them.

import { countCharacters, sayBytes, sayDegrees, wholeMetres } from "@xunge/shared/words/size";
import { sayTaken, sayTime, sayWait } from "@xunge/shared/words/time";
import { describe, expect, it } from "vitest";

const CHINA = 480;
const at = (text: string) => Date.parse(text);
const now = at("2026-11-23T14:18:00+08:00");

describe("a time", () => {
  it("of today is its clock", () => {
    expect(sayTime(at("2026-11-23T00:00:00+08:00"), now, "zh", CHINA)).toBe("00:00");
  });

  it("of yesterday says so, a minute before midnight", () => {
    expect(sayTime(at("2026-11-22T23:59:59+08:00"), now, "zh", CHINA)).toBe("昨天 23:59");
    expect(sayTime(at("2026-11-22T23:59:59+08:00"), now, "en", CHINA)).toBe("yesterday 23:59");
  });

  it("of this year leaves the year out", () => {
    expect(sayTime(at("2026-01-09T08:05:00+08:00"), now, "zh", CHINA)).toBe("1 月 9 日 08:05");
    expect(sayTime(at("2026-01-09T08:05:00+08:00"), now, "en", CHINA)).toBe("9 Jan 08:05");
  });

  it("of another year, or of the future, is said in full", () => {
    expect(sayTime(at("2025-12-31T08:05:00+08:00"), now, "zh", CHINA)).toBe("2025 年 12 月 31 日 08:05");
    expect(sayTime(at("2026-11-24T08:05:00+08:00"), now, "zh", CHINA)).toBe("11 月 24 日 08:05");
  });

  it("is said in the offset that the phone had, not in another one", () => {
    expect(sayTime(at("2026-11-23T01:00:00+08:00"), now, "zh", 0)).toBe("昨天 17:00");
  });
});

describe("a photo's local time", () => {
  it("is its clock", () => expect(sayTaken("2026-06-18T09:12:08")).toBe("09:12"));
  it("is nothing when it cannot be read", () => expect(sayTaken("yesterday")).toBeNull());
});

describe("a wait", () => {
  it.each([
    [1, "1 秒", "1 s"],
    [40_000, "40 秒", "40 s"],
    [90_000, "2 分钟", "2 min"],
    [600_000, "10 分钟", "10 min"],
  ])("of %i ms", (ms, zh, en) => {
    expect(sayWait(ms, "zh")).toBe(zh);
    expect(sayWait(ms, "en")).toBe(en);
  });
});

describe("an amount", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1 KB"],
    [999_499, "999 KB"],
    [999_500, "1.0 MB"],
    [2_100_000, "2.1 MB"],
    [3_400_000_000, "3.4 GB"],
  ])("of %i bytes", (bytes, said) => expect(sayBytes(bytes)).toBe(said));

  it("of metres is whole and never 0", () => {
    expect(wholeMetres(4800)).toBe(5);
    expect(wholeMetres(10)).toBe(1);
  });

  it("of degrees has five decimals and no sign", () => {
    expect(sayDegrees(323412586)).toBe("32.34126");
    expect(sayDegrees(-5)).toBe("0.00000");
  });

  it("of characters counts a rare Han character as one", () => expect(countCharacters("𠮷野")).toBe(2));
});
