//! What a locked phone answers, and when a phone locks.

use patrol_app::COMMANDS;
use patrol_app::ErrorCode::PhoneLocked;
use serde_json::json;

use crate::phone::Phone;
use crate::pin::{PIN, sign_in, with_pin};
use crate::station::Near;

const OPEN: &[&str] = &[
    "app_state",
    "people_list",
    "people_add",
    "people_choose",
    "people_lock",
    "people_front",
    "host_network",
    "preference_read",
    "draft_finish_shot",
    "track_add",
];

#[tokio::test]
async fn a_locked_phone_answers_what_a_sign_in_needs_and_nothing_else() {
    let station = Near::serving().await;
    let mut phone = with_pin(&station).await;
    phone.record().await;
    phone.kill();
    for command in COMMANDS {
        let answer = phone.app.dispatch(command, json!({}), None).await;
        let is_refused = answer.is_err_and(|reply| reply.code == PhoneLocked);
        assert_eq!(is_refused, !OPEN.contains(command), "{command}");
    }
    phone.ask("people_choose", sign_in(PIN)).await;
    let page = phone.ask("case_list", json!({ "before": null, "limit": 9 })).await;
    let photo = page["rows"][0]["photos"][0]["sha256"].as_str().unwrap().to_owned();
    assert!(phone.app.thumbnail(&photo).is_ok());
    phone.ask("people_lock", json!({})).await;
    assert!(phone.app.thumbnail(&photo).is_err(), "a picture is a record too");
}

#[tokio::test]
async fn a_phone_without_a_station_or_a_pin_never_locks() {
    let mut phone = Phone::new();
    phone.ask("people_lock", json!({})).await;
    phone.ask("people_front", json!({ "is_front": false })).await;
    phone.clock.advance(86_400_000);
    phone.record().await;
    let station = Near::serving().await;
    phone.ask("people_front", json!({ "is_front": true })).await;
    phone
        .ask("enrol", json!({ "code": station.code("0417", "林晓").await }))
        .await;
    phone.ask("people_front", json!({ "is_front": false })).await;
    phone.clock.advance(86_400_000);
    phone.record().await;
    phone.kill();
    phone.record().await;
}

#[tokio::test]
async fn behind_other_apps_it_locks_after_the_time_that_was_set_by_the_clock_since_boot() {
    let station = Near::serving().await;
    let mut phone = with_pin(&station).await;
    let mut chosen = phone.ask("preference_read", json!({})).await;
    assert_eq!(chosen["lock_minutes"], json!(5));
    chosen["lock_minutes"] = json!(15);
    phone.ask("preference_write", chosen).await;
    phone.ask("people_front", json!({ "is_front": false })).await;
    phone.clock.advance(15 * 60_000 - 1);
    phone.clock.set_wall(0);
    phone.ask("people_front", json!({ "is_front": true })).await;
    phone.record().await;

    phone.ask("people_front", json!({ "is_front": false })).await;
    phone.clock.advance(15 * 60_000);
    assert_eq!(
        phone.refusal("draft_read", json!({})).await,
        PhoneLocked,
        "also before anybody comes back"
    );
    let people = phone.ask("people_front", json!({ "is_front": true })).await;
    assert_eq!(people["is_locked"], json!(true));
    assert_eq!(phone.refusal("draft_read", json!({})).await, PhoneLocked);
    phone.ask("people_choose", sign_in(PIN)).await;
    phone.ask("draft_read", json!({})).await;
}
