// How the map looks, from the page's own tokens: so it is paper by day, dark at night and hard-edged in the sun. No glyphs
// and no sprites are named: text is drawn with the phone's own font, and what must carry a colour lies over the map.

import type { FeatureCollection } from "geojson";
import type { DataDrivenPropertyValueSpecification, LayerSpecification, StyleSpecification } from "maplibre-gl";

/** Reads a token of the page, such as `--map-road`. */
export type Token = (name: string) => string;

/** What is drawn besides the tiles, as GeoJSON. */
export interface Drawn {
  grids: FeatureCollection;
  zones: FeatureCollection;
}

export interface StyleWish {
  token: Token;
  language: "zh" | "en";
  drawn: Drawn;
  /** The closest and the furthest zoom of the tiles; none when there are none. */
  zooms: { min: number; max: number } | null;
  /** The kinds of zones that are switched on. */
  shown: readonly string[];
  /** The code of the grid that is the officer's own. */
  ownGrid: string | null;
}

/** The scheme under which the map asks for its tiles. */
export const TILE_SCHEME = "xunge-tile";

/** As wide as so many metres at 32° north, whatever the zoom: half a px is a metre at zoom 16. */
function metresWide(metres: number, rim = 0): DataDrivenPropertyValueSpecification<number> {
  const at = (zoom: number): number => Math.max(0.6, metres * 2 ** (zoom - 16)) + rim;
  return ["interpolate", ["exponential", 2], ["zoom"], 12, at(12), 20, at(20)];
}

const WIDTHS = { main: 24, street: 14, lane: 8 } as const;

export function buildStyle(wish: StyleWish): StyleSpecification {
  const { token, drawn, zooms } = wish;
  return {
    version: 8,
    sources: {
      ...(zooms && {
        ground: { type: "vector", tiles: [`${TILE_SCHEME}://{z}/{x}/{y}`], minzoom: zooms.min, maxzoom: zooms.max },
      }),
      grids: { type: "geojson", data: drawn.grids },
      zones: { type: "geojson", data: drawn.zones },
    },
    layers: [
      { id: "land", type: "background", paint: { "background-color": token("--map-land") } },
      ...(zooms ? groundLayers(wish) : []),
      ...ruleLayers(wish),
      ...(zooms ? nameLayers(wish) : []),
      ...zoneNames(wish),
    ],
  };
}

function groundLayers({ token }: StyleWish): LayerSpecification[] {
  const area = (id: string, kinds: string[], colour: string): LayerSpecification => ({
    id,
    type: "fill",
    source: "ground",
    "source-layer": "area",
    filter: ["in", ["get", "kind"], ["literal", kinds]],
    paint: { "fill-color": token(colour) },
  });
  const kinds = ["lane", "street", "main"] as const;
  const street = (kind: keyof typeof WIDTHS, part: "case" | "road"): LayerSpecification => ({
    id: `${part}-${kind}`,
    type: "line",
    source: "ground",
    "source-layer": "street",
    filter: ["==", ["get", "kind"], kind],
    layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": token(`--map-${part}`), "line-width": metresWide(WIDTHS[kind], part === "case" ? 2 : 0) },
  });
  return [
    area("yard", ["school", "market", "site"], "--map-block"),
    area("park", ["park"], "--map-park"),
    area("water", ["river"], "--map-water"),
    { id: "building", type: "fill", source: "ground", "source-layer": "building", minzoom: 14, paint: { "fill-color": token("--map-bld") } },
    ...kinds.map((kind) => street(kind, "case")),
    ...kinds.map((kind) => street(kind, "road")),
  ];
}

/** Grids, relief points and stretches are ink patterns, so that the pins alone have colour. */
function ruleLayers({ token, shown, ownGrid }: StyleWish): LayerSpecification[] {
  const isKind = (kind: string): ["==", ["get", "kind"], string] => ["==", ["get", "kind"], shown.includes(kind) ? kind : ""];
  const isOwn: ["==", ["get", "code"], string] = ["==", ["get", "code"], ownGrid ?? ""];
  return [
    { id: "relief-fill", type: "fill", source: "zones", filter: isKind("relief"), paint: { "fill-color": token("--ink-2"), "fill-opacity": 0.16 } },
    { id: "relief-edge", type: "line", source: "zones", filter: isKind("relief"), paint: { "line-color": token("--ink-2"), "line-width": 1.8 } },
    { id: "stretch-edge", type: "line", source: "zones", filter: isKind("no_stopping"), paint: { "line-color": token("--ink"), "line-width": 10 } },
    { id: "stretch-road", type: "line", source: "zones", filter: isKind("no_stopping"), paint: { "line-color": token("--map-road"), "line-width": 7 } },
    {
      id: "stretch-marks",
      type: "line",
      source: "zones",
      filter: isKind("no_stopping"),
      paint: { "line-color": token("--ink"), "line-width": 4, "line-dasharray": [0.5, 2] },
    },
    { id: "grid", type: "line", source: "grids", paint: { "line-color": token("--ink-3"), "line-width": 1.2, "line-dasharray": [4, 3] } },
    { id: "grid-own", type: "line", source: "grids", filter: isOwn, paint: { "line-color": token("--accent"), "line-width": 3, "line-dasharray": [5, 1.6, 0.7, 1.6] } },
  ];
}

function nameLayers({ token, language }: StyleWish): LayerSpecification[] {
  const name = ["get", language] as ["get", string];
  return [
    {
      id: "street-name",
      type: "symbol",
      source: "ground",
      "source-layer": "street",
      minzoom: 14,
      filter: ["has", "zh"],
      layout: {
        "symbol-placement": "line",
        "symbol-spacing": 360,
        "text-field": name,
        "text-size": ["match", ["get", "kind"], "main", 15, 13],
        "text-max-angle": 40,
      },
      paint: { "text-color": token("--map-ink"), "text-halo-color": token("--map-road"), "text-halo-width": 1.6 },
    },
    placeName("area-name", "area", 15, name, token),
    placeName("place-name", "place", 14.5, name, token),
  ];
}

function placeName(id: string, layer: string, minzoom: number, name: ["get", string], token: Token): LayerSpecification {
  return {
    id,
    type: "symbol",
    source: "ground",
    "source-layer": layer,
    minzoom,
    filter: ["has", "zh"],
    layout: { "text-field": name, "text-size": 13, "text-max-width": 8 },
    paint: { "text-color": token("--map-ink"), "text-halo-color": token("--map-land"), "text-halo-width": 1.6 },
  };
}

function zoneNames({ token, language, shown }: StyleWish): LayerSpecification[] {
  const words = ["concat", ["get", language], "  ", ["get", `hours_${language}`]] as never;
  const name = (kind: string, placement: "point" | "line-center"): LayerSpecification => ({
    id: `name-${kind}`,
    type: "symbol",
    source: "zones",
    minzoom: 15.5,
    filter: ["==", ["get", "kind"], shown.includes(kind) ? kind : ""],
    layout: { "symbol-placement": placement, "text-field": words, "text-size": 14, "text-max-width": 9, "text-offset": [0, -1.2] },
    paint: { "text-color": token("--ink"), "text-halo-color": token("--surface"), "text-halo-width": 2.5 },
  });
  // A name at a stretch's first corner is out of sight as soon as one stands in its middle.
  return [name("relief", "point"), name("no_stopping", "line-center")];
}
