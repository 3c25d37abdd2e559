// What the map shows: what the host says of tiles, grids and zones (read once), the cases in view (read again as the
// officer moves), what is switched on, and where the map was left.

import type { CaseRow } from "@xunge/shared/bindings/CaseRow";
import type { GridNameView } from "@xunge/shared/bindings/GridNameView";
import type { GridView } from "@xunge/shared/bindings/GridView";
import type { MapCase } from "@xunge/shared/bindings/MapCase";
import type { MapState } from "@xunge/shared/bindings/MapState";
import { cornersOf, type MapView, type Point } from "@xunge/shared/map/plane";
import { platform } from "@xunge/shared/platform/choose";
import { toRefusal, type Refusal } from "@xunge/shared/platform/refusal";
import { defineStore } from "pinia";
import { reactive, ref, shallowRef } from "vue";

/** As many as can be told apart, and as are quickly drawn. */
const LIMIT = 1000;
/** Cases a little outside are read too, so that moving the map shows no bare rim. */
const RIM_PX = 120;

const e7 = (degrees: number): number => Math.round(degrees * 1e7);

export const useMap = defineStore("map", () => {
  const state = shallowRef<MapState | null>(null);
  const grids = shallowRef<GridView[]>([]);
  const cases = shallowRef<MapCase[]>([]);
  const areMore = ref(false);
  const chosen = shallowRef<CaseRow | null>(null);
  const ownGrid = shallowRef<GridNameView | null>(null);
  const problem = shallowRef<Refusal | null>(null);
  /** Where the map was left. */
  const left = shallowRef<{ middle: Point; zoom: number } | null>(null);
  const layers = reactive({ cases: true, timers: true, track: true, relief: true, no_stopping: true });
  let asked = 0;

  async function attempt<T>(work: Promise<T>): Promise<T | null> {
    try {
      const answer = await work;
      problem.value = null;
      return answer;
    } catch (thrown) {
      problem.value = toRefusal(thrown);
      return null;
    }
  }

  async function load(): Promise<void> {
    const [answer, list] = await Promise.all([attempt(platform.call("map_state", {})), attempt(platform.call("grid_list", {}))]);
    if (list) grids.value = list;
    if (answer) state.value = answer;
  }

  async function look(view: MapView): Promise<void> {
    const [southWest, northEast] = cornersOf(view, RIM_PX);
    asked += 1;
    const mine = asked;
    const bounds = { south_e7: e7(southWest.lat), west_e7: e7(southWest.lon), north_e7: e7(northEast.lat), east_e7: e7(northEast.lon) };
    const answer = await attempt(platform.call("map_cases", { bounds, limit: LIMIT }));
    if (!answer || mine !== asked) return;
    cases.value = answer.cases;
    areMore.value = answer.are_more;
  }

  async function choose(caseId: string | null): Promise<void> {
    chosen.value = caseId === null ? null : await attempt(platform.call("map_case", { case_id: caseId }));
  }

  /** Finds the grid that is the officer's own: the one where they stand. */
  async function standIn(point: Point): Promise<void> {
    const answer = await attempt(platform.call("here_grid", { lat_e7: e7(point.lat), lon_e7: e7(point.lon) }));
    ownGrid.value = answer?.metres === 0 ? answer.grid : null;
  }

  return { state, grids, cases, areMore, chosen, ownGrid, problem, left, layers, load, look, choose, standIn };
});
