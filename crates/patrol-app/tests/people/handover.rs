//! The phone goes from one officer to another.

use patrol_app::ErrorCode::PinWrong;
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
