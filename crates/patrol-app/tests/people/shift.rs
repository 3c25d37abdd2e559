//! Shifts: what is kept of the way, whatever happens to the program.

use patrol_app::ErrorCode::{ShiftNotRunning, ShiftRunning};
use serde_json::{Value, json};

use crate::phone::Phone;
use crate::pin::{PIN, sign_in, with_pin};
use crate::station::Near;

/// 1e-7 degree of latitude in a metre.
const E7_A_METRE: f64 = 89.932_0;

/// Walks north at 1.2 m/s from `from_m`, a fix every ten seconds, for so many seconds.
async fn walk(phone: &Phone, from_m: f64, seconds: i64) -> Value {
    let mut view = Value::Null;
    for step in 0..=seconds / 10 {
        if step > 0 {
            phone.clock.advance(10_000);
        }
        #[allow(clippy::cast_precision_loss, reason = "some hundred steps")]
        let metres = from_m + step as f64 * 12.0;
        view = phone.ask("track_add", json!({ "points": [at(metres)] })).await;
    }
    view
}

fn at(metres: f64) -> Value {
    #[allow(clippy::cast_possible_truncation, reason = "some hundred metres")]
    let lat_e7 = 320_000_000 + (metres * E7_A_METRE) as i64;
    json!({ "lat_e7": lat_e7, "lon_e7": 1_188_000_000_i64, "accuracy_mm": 8_000, "wall_ms": null, "is_mock": false })
}

fn metres(view: &Value) -> f64 {
    view["metres"].as_f64().unwrap()
}

async fn running(phone: &Phone) -> Value {
    phone.ask("shift_state", json!({})).await["running"].clone()
}

#[tokio::test]
async fn a_killed_app_goes_on_with_the_shift_and_the_time_it_missed_is_a_gap() {
    let mut phone = Phone::new();
    phone.ask("shift_start", json!({ "grids": [] })).await;
    let before = walk(&phone, 0.0, 300).await;
    assert!((metres(&before) - 360.0).abs() < 1.0, "{before}");
    phone.kill();
    let after = running(&phone).await;
    assert_eq!(
        (&after["shift"], after["points"].as_u64()),
        (&before["shift"], before["points"].as_u64())
    );
    assert!(
        (metres(&after) - metres(&before)).abs() < 1e-6,
        "every point was durable"
    );
    phone.clock.advance(600_000);
    let later = walk(&phone, 2_000.0, 300).await;
    assert!(
        (metres(&later) - 720.0).abs() < 1.0,
        "the way in between is not known: {later}"
    );
    let gaps = later["gaps"].as_array().unwrap();
    assert_eq!(gaps.len(), 1);
    assert_eq!(
        gaps[0]["to_ms"].as_i64().unwrap() - gaps[0]["from_ms"].as_i64().unwrap(),
        600_000
    );
}

#[tokio::test]
async fn an_empty_battery_at_midnight_ends_no_shift_and_its_points_keep_their_boot() {
    let mut phone = Phone::new();
    phone.clock.set_wall(1_795_449_000_000); // 23:50
    phone.ask("shift_start", json!({ "grids": [] })).await;
    walk(&phone, 0.0, 120).await;
    phone.clock.advance(900_000);
    phone.reboot();
    let later = walk(&phone, 200.0, 1_500).await;
    assert!((metres(&later) - 144.0 - 1_800.0).abs() < 2.0, "{later}");
    assert_eq!(later["gaps"].as_array().unwrap().len(), 1);
    let ended = phone.ask("shift_end", json!({})).await;
    assert_eq!(ended["running"], Value::Null);
    phone.kill();
    let report = phone.ask("shift_report", json!({ "shift": null })).await;
    assert!(
        (metres(&report) - metres(&later)).abs() < 1e-6,
        "as it stands in the journal: {report}"
    );
    assert!(
        report["text_zh"]
            .as_str()
            .unwrap()
            .contains("2026 年 11 月 23 日 23:50—11 月 24 日 00:"),
        "{report}"
    );
    phone.app.digest().unwrap();
}

#[tokio::test]
async fn made_up_jumping_and_inaccurate_places_add_nothing_to_the_way() {
    let phone = Phone::new();
    phone.ask("shift_start", json!({ "grids": [] })).await;
    walk(&phone, 0.0, 60).await;
    let mut mock = at(500.0);
    mock["is_mock"] = json!(true);
    let mut vague = at(60.0);
    vague["accuracy_mm"] = json!(51_000);
    let nowhere = json!({ "lat_e7": 0, "lon_e7": 0, "accuracy_mm": 0, "wall_ms": null, "is_mock": false });
    let beyond =
        json!({ "lat_e7": 9_000_000_000_i64, "lon_e7": 0, "accuracy_mm": 5, "wall_ms": null, "is_mock": false });
    phone.clock.advance(10_000);
    let points = [mock, vague, at(90_000.0), nowhere, beyond];
    let view = phone.ask("track_add", json!({ "points": points })).await;
    assert!((metres(&view) - 72.0).abs() < 1.0, "{view}");
    assert_eq!(view["mocked"], json!(1));
}

#[tokio::test]
async fn the_report_counts_the_officers_own_cases_of_the_shift_and_what_still_waits() {
    let station = Near::serving().await;
    let mut phone = with_pin(&station).await;
    phone.record().await;
    phone.ask("shift_start", json!({ "grids": [] })).await;
    phone.record().await;
    phone.record().await;
    phone
        .ask("people_add", json!({ "code": station.code("0422", "周敏").await }))
        .await;
    assert_eq!(running(&phone).await, Value::Null);
    assert_eq!(phone.ask("shift_state", json!({})).await["others"], json!(["林晓"]));
    phone.record().await;
    phone.ask("people_lock", json!({})).await;
    phone.ask("people_choose", sign_in(PIN)).await;
    phone.app.sync_once(&|_| {}).await.unwrap();
    phone.record().await;
    phone.ask("shift_end", json!({})).await;
    phone.record().await;
    let report = phone.ask("shift_report", json!({ "shift": null })).await;
    assert_eq!(
        (
            &report["cases"],
            &report["photos"],
            &report["cases_wait"],
            &report["photos_wait"]
        ),
        (&json!(3), &json!(3), &json!(1), &json!(1)),
        "{report}"
    );
    assert_eq!(report["officer"], json!("林晓 0417"));
    let text = report["text_zh"].as_str().unwrap();
    assert!(
        text.contains("上报 3 件，照片 3 张") && text.contains("还在手机 1 件"),
        "{text}"
    );
}

#[tokio::test]
async fn a_grid_of_the_district_fills_as_it_is_walked_through() {
    let phone = Phone::new();
    let grid = phone.ask("app_state", json!({})).await["grids"][0]["code"].clone();
    assert!(
        phone.ask("shift_state", json!({})).await["grids"]
            .as_array()
            .unwrap()
            .contains(&grid)
    );
    phone
        .ask("shift_start", json!({ "grids": [grid, "320116006009999"] }))
        .await;
    let away = walk(&phone, 0.0, 60).await;
    assert_eq!(away["grids"][0]["percent"], json!(0), "{away}");
    assert_eq!(
        away["grids"][1]["percent"],
        Value::Null,
        "a grid that this phone has no outline of"
    );
    let drawn = phone.ask("grid_list", json!({})).await;
    let drawn = drawn
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["code"] == grid)
        .unwrap();
    let ring: Vec<[i64; 2]> = serde_json::from_value(drawn["rings_e7"][0].clone()).unwrap();
    for corner in ring {
        phone.clock.advance(20_000);
        let mut point = at(0.0);
        (point["lon_e7"], point["lat_e7"]) = (json!(corner[0]), json!(corner[1]));
        phone.ask("track_add", json!({ "points": [point] })).await;
    }
    let walked = running(&phone).await["grids"][0]["percent"].as_u64().unwrap();
    assert!((5..=100).contains(&walked), "{walked}");
}

#[tokio::test]
async fn one_shift_at_a_time_and_a_forgotten_one_is_told_the_next_day() {
    let mut phone = Phone::new();
    assert_eq!(phone.refusal("shift_end", json!({})).await, ShiftNotRunning);
    assert_eq!(
        phone.refusal("track_add", json!({ "points": [] })).await,
        ShiftNotRunning
    );
    phone.ask("shift_start", json!({ "grids": ["320116006009001"] })).await;
    assert_eq!(phone.refusal("shift_start", json!({ "grids": [] })).await, ShiftRunning);
    assert_eq!(running(&phone).await["is_forgotten"], json!(false));
    phone.clock.advance(15 * 3_600_000);
    phone.kill();
    assert_eq!(running(&phone).await["is_forgotten"], json!(true));
    phone.ask("shift_end", json!({})).await;
    phone.ask("shift_start", json!({ "grids": [] })).await;
}

#[tokio::test]
async fn the_way_for_the_map_is_broken_where_the_phone_was_off_and_is_nobody_elses() {
    let mut phone = Phone::new();
    let none = phone.ask("shift_track", json!({})).await;
    assert_eq!(none["lines"], json!([]));
    phone.ask("shift_start", json!({ "grids": [] })).await;
    walk(&phone, 0.0, 300).await;
    phone.clock.advance(600_000);
    phone.kill();
    walk(&phone, 2_000.0, 300).await;
    let way = phone.ask("shift_track", json!({})).await;
    let ends: Vec<_> = way["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            let points = line["points"].as_array().unwrap();
            (
                points.len(),
                points.first().unwrap()[0].clone(),
                points.last().unwrap()[0].clone(),
            )
        })
        .collect();
    let place = |metres| at(metres)["lat_e7"].clone();
    assert_eq!(
        ends,
        [(2, place(0.0), place(360.0)), (2, place(2_000.0), place(2_360.0))]
    );
    phone.ask("shift_end", json!({})).await;
    assert_eq!(phone.ask("shift_track", json!({})).await["lines"], json!([]));
}
