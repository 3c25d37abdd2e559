//! The phone goes from one officer to another.

use patrol_app::ErrorCode::{DraftGone, PinWrong};
use serde_json::json;

use crate::phone::Phone;
use crate::pin::{PIN, with_pin};
use crate::station::Near;

fn author(phone: &Phone, case: &str) -> String {
    let history = phone.app.case_history(case.parse().unwrap()).unwrap();
    history.ops.first().unwrap().op.author.to_string()
}

#[tokio::test]
async fn each_officers_records_name_that_officer_and_a_pin_opens_for_its_owner_alone() {
    let station = Near::serving().await;
    let mut phone = with_pin(&station).await;
    let first = phone.record().await;
    phone
        .ask("people_add", json!({ "code": station.code("0422", "周敏").await }))
        .await;
    phone
        .ask(
            "people_set_pin",
            json!({ "number": "0422", "old": "", "pin": "593718" }),
        )
        .await;
    let second = phone.record().await;
    phone.ask("people_lock", json!({})).await;
    assert_eq!(
        phone
            .refusal("people_choose", json!({ "number": "0417", "pin": "593718" }))
            .await,
        PinWrong
    );
    phone.clock.advance(1_000);
    phone
        .ask("people_choose", json!({ "number": "0417", "pin": PIN }))
        .await;
    let third = phone.record().await;
    assert_eq!(author(&phone, &first), author(&phone, &third));
    assert_ne!(author(&phone, &first), author(&phone, &second));
    phone.kill();
    phone
        .ask("people_choose", json!({ "number": "0422", "pin": "593718" }))
        .await;
    let fourth = phone.record().await;
    assert_eq!(author(&phone, &second), author(&phone, &fourth));
}

async fn second_officer(phone: &Phone, station: &Near) {
    let code = station.code("0422", "周敏").await;
    phone.ask("people_add", json!({ "code": code })).await;
}

#[tokio::test]
async fn what_one_officer_has_begun_waits_for_that_officer_and_is_not_the_next_ones_to_save() {
    let station = Near::serving().await;
    let mut phone = with_pin(&station).await;
    let timed = phone.begin_draft("苏A00001").await;
    phone.ask("timer_start", json!({})).await;
    let begun = phone.begin_draft("苏A00002").await;
    second_officer(&phone, &station).await;

    let hand = phone.ask("draft_read", json!({})).await;
    assert_eq!((&hand["id"], &hand["photos"]), (&json!(null), &json!([])));
    assert_eq!(phone.ask("draft_list", json!({})).await["drafts"], json!([]));
    assert_eq!(phone.ask("timer_list", json!({})).await["timers"], json!([]));
    assert_eq!(phone.refusal("draft_take", json!({ "id": begun })).await, DraftGone);
    let drop = json!({ "id": timed, "cause": "left" });
    assert_eq!(phone.refusal("timer_drop", drop).await, DraftGone);
    let people = phone.ask("people_list", json!({})).await;
    let drafts: Vec<_> = people["people"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["drafts"].clone())
        .collect();
    assert_eq!(drafts, [json!(2), json!(0)], "the sign-in says that something waits");
    let own = phone.begin_draft("苏A00003").await;

    phone.kill();
    phone.ask("people_lock", json!({})).await;
    phone
        .ask("people_choose", json!({ "number": "0417", "pin": PIN }))
        .await;
    let waiting = phone.ask("draft_list", json!({})).await;
    assert_eq!(waiting["drafts"][0]["id"], json!(begun));
    assert_eq!(waiting["drafts"].as_array().unwrap().len(), 1);
    assert_eq!(
        phone.ask("timer_list", json!({})).await["timers"][0]["id"],
        json!(timed)
    );
    assert_eq!(phone.refusal("draft_take", json!({ "id": own })).await, DraftGone);
    phone.ask("draft_take", json!({ "id": begun })).await;
    let saved = phone.ask("draft_save", json!({})).await;
    let whose = author(&phone, saved["case_id"].as_str().unwrap());
    let earlier = phone.record().await;
    assert_eq!(whose, author(&phone, &earlier));
}

#[tokio::test]
async fn a_photo_that_comes_after_the_handover_lands_on_the_draft_it_was_taken_for() {
    let station = Near::serving().await;
    let mut phone = with_pin(&station).await;
    let shot = phone.ask("draft_begin_shot", json!({ "slot": null })).await;
    second_officer(&phone, &station).await;
    phone.finish_shot(&shot).await;
    let hand = phone.ask("draft_read", json!({})).await;
    assert_eq!(hand["photos"], json!([]), "not on the next officer's");
    phone.ask("people_lock", json!({})).await;
    phone
        .ask("people_choose", json!({ "number": "0417", "pin": PIN }))
        .await;
    let waiting = phone.ask("draft_list", json!({})).await;
    assert_eq!(waiting["drafts"][0]["photos"].as_array().unwrap().len(), 1);
}
