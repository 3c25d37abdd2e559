//! The shipped district: its grids cover its streets, side by side, and each scene of the demo lies in one.

use patrol_domain::Wgs84;

use super::*;
use crate::pack::District;

fn code_at(ground: &Ground, lat: f64, lon: f64) -> Option<String> {
    let point = Wgs84::from_degrees(lat, lon).unwrap();
    ground.grids().find(point).map(|grid| grid.code.to_string())
}

#[test]
fn every_street_of_the_district_lies_in_a_grid_of_its_own_community() {
    let ground = Ground::shipped().unwrap();
    let district = District::shipped().unwrap();
    for (id, lat, lon) in district.points() {
        let code = code_at(&ground, lat, lon).unwrap_or_else(|| panic!("{id} lies in no grid"));
        let community = &district.street(id).unwrap().community;
        assert!(
            code.starts_with(community.as_str()),
            "{id}: {code}, community {community}"
        );
    }
}

#[test]
fn no_point_of_the_district_lies_in_two_grids_and_none_between_them() {
    let ground = Ground::shipped().unwrap();
    let (south, west, north, east) = (32.3375, 118.8345, 32.3480, 118.8460);
    for row in 0..60 {
        for column in 0..60 {
            let (lat, lon) = (
                south + (north - south) * f64::from(row) / 59.0,
                west + (east - west) * f64::from(column) / 59.0,
            );
            let point = Wgs84::from_degrees(lat, lon).unwrap();
            let holding = ground.grids().iter().filter(|grid| grid.contains(point)).count();
            assert_eq!(holding, 1, "{lat} {lon}");
        }
    }
}

#[test]
fn grids_have_names_areas_and_closed_outlines() {
    let views = Ground::shipped().unwrap().views();
    assert_eq!(views.len(), 6);
    for view in views {
        assert!(view.zh.ends_with("号网格") && !view.en.is_empty(), "{}", view.code);
        assert!(
            (100_000.0..600_000.0).contains(&view.area_m2),
            "{} {}",
            view.code,
            view.area_m2
        );
        let ring = &view.rings_e7[0];
        assert_eq!(ring.first(), ring.last());
    }
}

#[test]
fn zones_are_read_with_their_hours() {
    let ground = Ground::shipped().unwrap();
    let relief: Vec<_> = ground
        .zones
        .iter()
        .filter(|zone| zone.kind == ZoneKind::Relief)
        .collect();
    assert!(relief.len() >= 2 && ground.zones.len() > relief.len());
    assert!(
        ground
            .zones
            .iter()
            .all(|zone| !zone.hours_zh.is_empty() && zone.line_e7.len() > 1)
    );
    assert_eq!(relief[0].line_e7.first(), relief[0].line_e7.last());
}

#[test]
fn a_district_that_is_none_is_refused_with_its_reason() {
    assert!(matches!(Ground::read("{}"), Err(GroundError::Json(_))));
    let twice = r#"{"type":"Feature","properties":{"layer":"grid","code":"320116006009001","zh":"a","en":"a"},
        "geometry":{"type":"Polygon","coordinates":[[[118.0,32.0],[118.1,32.0],[118.1,32.1],[118.0,32.0]]]}}"#;
    let text = format!(r#"{{"features":[{twice},{twice}]}}"#);
    assert!(matches!(Ground::read(&text), Err(GroundError::Grid(code, _)) if code == "320116006009001"));
    let wrong = text.replacen("320116006009001", "1", 1);
    assert!(matches!(Ground::read(&wrong), Err(GroundError::Grid(code, _)) if code == "1"));
}
