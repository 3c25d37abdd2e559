//! The plan as GeoJSON (RFC 7946): what a station would hand out, and what any map program opens.

use serde_json::{Value, json};

use super::plan::{AREAS, GRIDS, PLACES, STREETS, ZONES};
use super::plane::{Metres, degrees};

/// Grids, relief points and no-stopping stretches: the part of the district pack that lies on the map.
pub fn district() -> String {
    let grids = GRIDS.iter().map(|grid| {
        let properties = json!({ "layer": "grid", "code": grid.code, "zh": grid.zh, "en": grid.en });
        feature(&properties, &polygon(grid.ring))
    });
    let zones = ZONES.iter().map(|zone| {
        let properties = json!({
            "layer": zone.kind, "id": zone.id, "zh": zone.zh, "en": zone.en,
            "hours_zh": zone.hours_zh, "hours_en": zone.hours_en,
        });
        let geometry = if zone.kind == "relief" {
            polygon(zone.line)
        } else {
            line(zone.line)
        };
        feature(&properties, &geometry)
    });
    collection(grids.chain(zones))
}

/// What the tiles are cut from, without the buildings, which follow from it.
pub fn ground() -> String {
    let areas = AREAS.iter().map(|area| {
        let properties = json!({ "layer": "area", "kind": area.kind, "zh": area.zh, "en": area.en });
        feature(&properties, &polygon(area.ring))
    });
    let streets = STREETS.iter().map(|street| {
        let properties = json!({
            "layer": "street", "id": street.id, "kind": street.kind, "width_m": street.width, "zh": street.zh, "en": street.en,
        });
        feature(&properties, &line(street.line))
    });
    let places = PLACES.iter().map(|place| {
        let properties = json!({ "layer": "place", "kind": place.kind, "zh": place.zh, "en": place.en });
        let point = place.ring.first().copied().map(degrees);
        feature(&properties, &json!({ "type": "Point", "coordinates": point }))
    });
    collection(areas.chain(streets).chain(places))
}

fn collection(features: impl Iterator<Item = String>) -> String {
    let lines: Vec<_> = features.collect();
    format!(
        "{{\"type\":\"FeatureCollection\",\"features\":[\n{}\n]}}\n",
        lines.join(",\n")
    )
}

fn feature(properties: &Value, geometry: &Value) -> String {
    json!({ "type": "Feature", "properties": properties, "geometry": geometry }).to_string()
}

fn polygon(ring: &[Metres]) -> Value {
    let ring: Vec<_> = ring.iter().copied().map(degrees).collect();
    json!({ "type": "Polygon", "coordinates": [ring] })
}

fn line(points: &[Metres]) -> Value {
    let points: Vec<_> = points.iter().copied().map(degrees).collect();
    json!({ "type": "LineString", "coordinates": points })
}
