// What the figures of a timer say at this moment, from the host's answer and the time since it came.

/** What of a timer decides its figures. */
export interface Running {
  started_ms: number;
  elapsed_ms: number | null;
  interval_s: number;
}

export interface TimerClock {
  /** Whether the interval has passed. */
  isDue: boolean;
  /** Milliseconds since the first photo when it has, else until it will have. */
  shown_ms: number;
  /** 0 to 1: how much of the interval has passed. */
  part: number;
  /** Whether the phone's restart left only the wall clock to count by. */
  byWallClock: boolean;
}

/** `since_ms`: since the host's answer came; `wall_ms`: the phone's wall clock, for a timer that a restart cut off. */
export function clockOf(timer: Running, since_ms: number, wall_ms: number): TimerClock {
  const byWallClock = timer.elapsed_ms === null;
  const passed = Math.max(0, timer.elapsed_ms === null ? wall_ms - timer.started_ms : timer.elapsed_ms + since_ms);
  const interval = timer.interval_s * 1000;
  const isDue = passed >= interval;
  return { isDue, shown_ms: isDue ? passed : interval - passed, part: interval === 0 ? 1 : Math.min(1, passed / interval), byWallClock };
}

/** 05:21, 1:02:03. What is left is rounded up, what has passed down, so that neither claims too much. */
export function sayClock(clock: TimerClock): string {
  const seconds = clock.isDue ? Math.floor(clock.shown_ms / 1000) : Math.ceil(clock.shown_ms / 1000);
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${two(minutes)}:${two(rest)}`;
}
