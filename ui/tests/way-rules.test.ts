// The rules of the way to the station: what the sync page may promise, what an enrolment code looks like, what a page can
// see of the network, and that an overtaken answer moves no counter.

import type { SyncStatus } from "@xunge/shared/bindings/SyncStatus";
import { createPinia, setActivePinia } from "pinia";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { cleaned, hostOf } from "../officer/src/enrol/code";
import { networkKind } from "../officer/src/frame/host-signals";
import { useSync } from "../officer/src/stores/sync";
import { clockSay, mainAction, timeLeft } from "../officer/src/sync/pace";
import { segmentsOf, underWay } from "../officer/src/sync/segments";

describe("the time left", () => {
  const status = { bytes_left: 8_000_000, bytes_per_second: 200_000, phase: "originals" } as const;

  it("is what is left at the pace so far", () => expect(timeLeft(status)).toBe(40_000));

  it("is not promised before there is a pace, on a line as good as dead, or while records go", () => {
    expect(timeLeft({ ...status, bytes_per_second: null })).toBeNull();
    expect(timeLeft({ ...status, bytes_per_second: 999 })).toBeNull();
    expect(timeLeft({ ...status, phase: "records" })).toBeNull();
    expect(timeLeft({ ...status, bytes_left: 0 })).toBeNull();
  });
});

describe("the phone's clock", () => {
  it("agrees with the station's within a second, or within what could be measured", () => {
    expect(clockSay({ offset_ms: 1000, err_ms: 20 })).toBe("right");
    expect(clockSay({ offset_ms: -3000, err_ms: 4000 })).toBe("right");
  });

  it("is fast when the station's stands behind it", () => {
    expect(clockSay({ offset_ms: -252_000, err_ms: 20 })).toBe("fast");
    expect(clockSay({ offset_ms: 1001, err_ms: 20 })).toBe("slow");
  });
});

describe("the one large button", () => {
  const quiet = { is_paused: false, phase: "idle", on_phone: { cases: 0, photos: 0, bytes: 0 } } as const;
  const waiting = { ...quiet, on_phone: { cases: 2, photos: 3, bytes: 9 } };

  it("stops what runs, goes on after a stop, sends what waits, and else asks the station", () => {
    expect(mainAction({ ...waiting, phase: "originals" })).toBe("pause");
    expect(mainAction({ ...waiting, is_paused: true, phase: "paused" })).toBe("resume");
    expect(mainAction({ ...waiting, phase: "waiting" })).toBe("now");
    expect(mainAction(quiet)).toBe("ask");
  });

  it("stops also a round that the officer has sent although syncing is paused", () => {
    expect(mainAction({ ...waiting, is_paused: true, phase: "originals" })).toBe("pause");
  });
});

describe("two originals under way", () => {
  const photo = (sha256: string) => ({ sha256, bytes: 100, at_station: false, lost: false });
  const sending = [{ sha256: "a", sent: 10, total: 100 }, { sha256: "b", sent: 50, total: 100 }, { sha256: "z", sent: 1, total: 2 }];

  it("each fill their own segment, and those of other cases none", () => {
    expect(segmentsOf([photo("a"), photo("b"), photo("c")], sending).map((segment) => segment.part)).toEqual([0.1, 0.5, 0]);
    expect(underWay([photo("a"), photo("b"), photo("c")], sending)).toEqual({ sent: 60, total: 200 });
    expect(underWay([photo("c")], sending)).toBeNull();
  });
});

describe("an enrolment code", () => {
  const key = "0a".repeat(32);
  const code = `https://192.0.2.7:8620/enrol#K7Q2M9XWPA.${key}.${"f0".repeat(32)}`;

  it("names its station, also when a messenger has broken it over lines", () => {
    expect(hostOf(code)).toBe("192.0.2.7:8620");
    expect(hostOf(` ${code.slice(0, 40)}\n  ${code.slice(40)} `)).toBe("192.0.2.7:8620");
    expect(cleaned(" a\n b ")).toBe("ab");
  });

  it("that was cut off names none", () => {
    for (const bad of ["", "K7Q2M9XWPA", code.slice(0, -1), code.replace("enrol#", ""), `x${code}`]) expect(hostOf(bad), bad).toBeNull();
  });
});

describe("the network as the page sees it", () => {
  it("costs only where somebody says so", () => {
    expect(networkKind(true, undefined)).toBe("unknown");
    expect(networkKind(true, { type: "cellular" })).toBe("metered");
    expect(networkKind(true, { type: "wifi" })).toBe("unmetered");
    expect(networkKind(true, { type: "wifi", saveData: true })).toBe("metered");
    expect(networkKind(false, { type: "wifi" })).toBe("none");
  });
});

describe("the status of the sync", () => {
  beforeEach(() => setActivePinia(createPinia()));

  /** A host that answers when the test says so, in the order that the test says. */
  function host(): { answers: ((version: number) => Promise<void>)[] } {
    const answers: ((version: number) => Promise<void>)[] = [];
    vi.stubGlobal("fetch", () => new Promise<Response>((answer) => {
      answers.push(async (version) => {
        answer(new Response(JSON.stringify({ version } as SyncStatus), { status: 200 }));
        await vi.waitFor(() => undefined);
        await new Promise((done) => setTimeout(done, 0));
      });
    }));
    return { answers };
  }

  it("is not moved back by an answer that was overtaken", async () => {
    const { answers } = host();
    const sync = useSync();
    const early = sync.refresh();
    const late = sync.start();
    await answers[1]?.(8);
    await late;
    await answers[0]?.(7);
    await early;
    expect(sync.status?.version).toBe(8);
  });

  it("takes an earlier question's answer that says more, and a restarted host's that begins to count anew", async () => {
    const { answers } = host();
    const sync = useSync();
    const waited = sync.refresh();
    const started = sync.start();
    await answers[1]?.(8);
    await started;
    await answers[0]?.(9);
    await waited;
    expect(sync.status?.version).toBe(9);
    const anew = sync.refresh();
    await answers[2]?.(0);
    await anew;
    expect(sync.status?.version).toBe(0);
  });
});
