// One watch of the phone's receiver for all who follow it.

import { afterEach, describe, expect, it, vi } from "vitest";
import { followReceiver } from "../officer/src/frame/receiver";

function standIn() {
  let watches = 0;
  const watchPosition = vi.fn<Geolocation["watchPosition"]>(() => (watches += 1));
  const clearWatch = vi.fn();
  const getCurrentPosition = vi.fn<Geolocation["getCurrentPosition"]>();
  vi.stubGlobal("navigator", { geolocation: { watchPosition, clearWatch, getCurrentPosition } });
  return { watchPosition, clearWatch, getCurrentPosition };
}
const placed = () => ({ coords: {}, timestamp: Date.now() }) as GeolocationPosition;
const denied = { code: 1, PERMISSION_DENIED: 1 } as GeolocationPositionError;

afterEach(() => vi.unstubAllGlobals());

describe("the receiver", () => {
  it("is watched once for two followers, and until the last has left", () => {
    const { watchPosition, clearWatch } = standIn();
    const [a, b] = [vi.fn(), vi.fn()];
    const endA = followReceiver(a, vi.fn());
    const endB = followReceiver(b, vi.fn());
    expect(watchPosition).toHaveBeenCalledTimes(1);
    watchPosition.mock.calls[0]?.[0](placed());
    endA?.();
    endA?.();
    expect(clearWatch).not.toHaveBeenCalled();
    watchPosition.mock.calls[0]?.[0](placed());
    endB?.();
    expect(clearWatch).toHaveBeenCalledExactlyOnceWith(1);
    expect([a.mock.calls.length, b.mock.calls.length]).toEqual([1, 2]);
  });

  it("tells a newcomer the last place only when it asks for it", () => {
    const { watchPosition } = standIn();
    const [eager, strict] = [vi.fn(), vi.fn()];
    const first = followReceiver(vi.fn(), vi.fn());
    watchPosition.mock.calls[0]?.[0](placed());
    const ends = [first, followReceiver(eager, vi.fn(), true), followReceiver(strict, vi.fn())];
    expect([eager.mock.calls.length, strict.mock.calls.length]).toEqual([1, 0]);
    for (const end of ends) end?.();
  });

  it("is asked once for somebody who comes to a watch that runs, and not told when they have left", () => {
    const { getCurrentPosition } = standIn();
    const first = followReceiver(vi.fn(), vi.fn());
    const [late, gone] = [vi.fn(), vi.fn()];
    const ends = [first, followReceiver(late, vi.fn(), true), followReceiver(gone, vi.fn())];
    ends[2]?.();
    for (const [answer] of getCurrentPosition.mock.calls) answer(placed());
    expect([late.mock.calls.length, gone.mock.calls.length]).toEqual([1, 0]);
    for (const end of ends) end?.();
  });

  it("is asked anew by the next follower after a refusal", () => {
    const { watchPosition } = standIn();
    const refuse = vi.fn();
    const first = followReceiver(vi.fn(), refuse);
    watchPosition.mock.calls[0]?.[1]?.(denied);
    expect(refuse).toHaveBeenCalledOnce();
    const second = followReceiver(vi.fn(), vi.fn());
    expect(watchPosition).toHaveBeenCalledTimes(2);
    first?.();
    second?.();
  });

  it("is missing in some webviews", () => {
    vi.stubGlobal("navigator", {});
    expect(followReceiver(vi.fn(), vi.fn())).toBeNull();
  });
});
