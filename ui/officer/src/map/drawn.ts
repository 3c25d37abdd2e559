// Grids and zones as the map draws them: GeoJSON, in degrees.

import type { GridView } from "@xunge/shared/bindings/GridView";
import type { ZoneView } from "@xunge/shared/bindings/ZoneView";
import type { Drawn } from "@xunge/shared/map/style";

type Pair = [number, number];
const degrees = (line: readonly Pair[]): Pair[] => line.map(([lon, lat]) => [lon / 1e7, lat / 1e7]);

export function drawn(grids: readonly GridView[], zones: readonly ZoneView[]): Drawn {
  return {
    grids: {
      type: "FeatureCollection",
      features: grids.map(({ code, zh, en, rings_e7 }) => ({
        type: "Feature",
        properties: { code, zh, en },
        geometry: { type: "Polygon", coordinates: rings_e7.map(degrees) },
      })),
    },
    zones: {
      type: "FeatureCollection",
      features: zones.map(({ line_e7, ...properties }) => ({
        type: "Feature",
        properties,
        geometry:
          properties.kind === "relief"
            ? { type: "Polygon", coordinates: [degrees(line_e7)] }
            : { type: "LineString", coordinates: degrees(line_e7) },
      })),
    },
  };
}

/** The middle of all grids and a zoom at which they fit: where a map opens that knows no better. */
export function wholeDistrict(grids: readonly GridView[]): { middle: { lat: number; lon: number }; zoom: number } {
  const points = grids.flatMap((grid) => grid.rings_e7.flat());
  const middle = (values: number[]): number => (Math.min(...values) + Math.max(...values)) / 2e7;
  if (points.length === 0) return { middle: { lat: 32.343, lon: 118.84 }, zoom: 14 };
  return { middle: { lon: middle(points.map(([lon]) => lon)), lat: middle(points.map(([, lat]) => lat)) }, zoom: 14.6 };
}
