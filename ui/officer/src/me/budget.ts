// How long the phone will do: room, by the host; the battery, by the page where it can tell.

import type { BudgetView } from "@xunge/shared/bindings/BudgetView";
import { platform } from "@xunge/shared/platform/choose";
import { toRefusal, type Refusal } from "@xunge/shared/platform/refusal";
import { defineStore } from "pinia";
import { shallowRef } from "vue";

/** What a page may know of the battery. */
export interface Battery {
  percent: number;
  isCharging: boolean;
}

interface BatteryManager {
  level: number;
  charging: boolean;
}

/** Below this a shift may not come to its end. */
const LOW_PERCENT = 20;

export function isBatteryLow(battery: Battery | null): boolean {
  return battery !== null && !battery.isCharging && battery.percent < LOW_PERCENT;
}

async function readBattery(): Promise<Battery | null> {
  const ask = (navigator as { getBattery?: () => Promise<BatteryManager> }).getBattery;
  if (!ask) return null;
  try {
    const { level, charging } = await ask.call(navigator);
    return { percent: Math.round(level * 100), isCharging: charging };
  } catch {
    // A page that may not ask shows nothing.
    return null;
  }
}

export const useBudget = defineStore("budget", () => {
  const view = shallowRef<BudgetView | null>(null);
  const battery = shallowRef<Battery | null>(null);
  const problem = shallowRef<Refusal | null>(null);

  async function load(): Promise<void> {
    try {
      view.value = await platform.call("budget_read", {});
      problem.value = null;
    } catch (thrown) {
      problem.value = toRefusal(thrown);
    }
    battery.value = await readBattery();
  }

  return { view, battery, problem, load };
});
