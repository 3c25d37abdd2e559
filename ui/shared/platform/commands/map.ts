// The map's commands. Points are 1e-7 degree in WGS-84.

import type { CaseRow } from "../../bindings/CaseRow";
import type { GridView } from "../../bindings/GridView";
import type { HereGrid } from "../../bindings/HereGrid";
import type { MapCases } from "../../bindings/MapCases";
import type { MapState } from "../../bindings/MapState";

/** A point. */
export interface PointE7 {
  lat_e7: number;
  lon_e7: number;
}

/** A box; both ends belong to it. */
export interface BoundsE7 {
  south_e7: number;
  west_e7: number;
  north_e7: number;
  east_e7: number;
}

export interface MapCommands {
  map_state: { args: Record<string, never>; answer: MapState };
  map_cases: { args: { bounds: BoundsE7; limit: number }; answer: MapCases };
  map_case: { args: { case_id: string }; answer: CaseRow };
  grid_list: { args: Record<string, never>; answer: GridView[] };
  here_grid: { args: PointE7; answer: HereGrid };
}
