//! A PIN: how wrong ones slow down, and what becomes of a forgotten one.

use patrol_app::ErrorCode::{PhoneLocked, PinMalformed, PinTooSimple, PinWait, PinWrong};
use serde_json::{Value, json};

use crate::phone::Phone;
use crate::station::Near;

pub(crate) const PIN: &str = "201804";

/// A phone of officer 0417, who has a PIN and is signed in.
pub(crate) async fn with_pin(station: &Near) -> Phone {
    let phone = Phone::new();
    phone
        .ask("enrol", json!({ "code": station.code("0417", "林晓").await }))
        .await;
    set(&phone, "", PIN).await;
    phone
}

async fn set(phone: &Phone, old: &str, pin: &str) -> Value {
    phone
        .ask("people_set_pin", json!({ "number": "0417", "old": old, "pin": pin }))
        .await
}

pub(crate) fn sign_in(pin: &str) -> Value {
    json!({ "number": "0417", "pin": pin })
}

async fn wait_ms(phone: &Phone) -> i64 {
    phone.ask("people_list", json!({})).await["people"][0]["wait_ms"]
        .as_i64()
        .unwrap()
}

#[tokio::test]
async fn each_wrong_pin_waits_longer_and_a_killed_app_forgets_none() {
    let station = Near::serving().await;
    let mut phone = with_pin(&station).await;
    phone.kill();
    for wait in [1_000, 5_000, 30_000, 300_000, 300_000] {
        assert_eq!(phone.refusal("people_choose", sign_in("000111")).await, PinWrong);
        phone.kill();
        assert_eq!(wait_ms(&phone).await, wait);
        phone.clock.advance(wait - 1);
        assert_eq!(
            phone.refusal("people_choose", sign_in(PIN)).await,
            PinWait,
            "a moment too early"
        );
        phone.clock.advance(1);
    }
    let people = phone.ask("people_choose", sign_in(PIN)).await;
    assert_eq!(
        (&people["is_locked"], &people["people"][0]["wrong_tries"]),
        (&json!(false), &json!(0))
    );
}

#[tokio::test]
async fn neither_a_set_clock_nor_a_reboot_shortens_the_wait() {
    let station = Near::serving().await;
    let mut phone = with_pin(&station).await;
    phone.ask("people_lock", json!({})).await;
    for wait in [1_000, 5_000, 30_000] {
        assert_eq!(phone.refusal("people_choose", sign_in("000111")).await, PinWrong);
        phone.clock.advance(wait);
    }
    assert_eq!(phone.refusal("people_choose", sign_in("000111")).await, PinWrong);
    phone.clock.set_wall(crate::phone::START_MS + 86_400_000);
    assert_eq!(phone.refusal("people_choose", sign_in(PIN)).await, PinWait);
    phone.reboot();
    assert_eq!(phone.refusal("people_choose", sign_in(PIN)).await, PinWait);
    assert!(wait_ms(&phone).await > 200_000, "{}", wait_ms(&phone).await);
    phone.clock.advance(300_000);
    phone.ask("people_choose", sign_in(PIN)).await;
}

#[tokio::test]
async fn a_forgotten_pin_is_replaced_by_a_new_code_and_nothing_recorded_is_lost() {
    let station = Near::serving().await;
    let mut phone = with_pin(&station).await;
    let case = phone.record().await;
    phone.kill();
    assert_eq!(
        phone.refusal("case_list", json!({ "before": null, "limit": 9 })).await,
        PhoneLocked
    );
    let people = phone
        .ask("people_add", json!({ "code": station.code("0417", "林晓").await }))
        .await;
    assert_eq!(people["is_locked"], json!(false));
    assert_eq!(people["people"][0]["has_pin"], json!(false));
    let page = phone.ask("case_list", json!({ "before": null, "limit": 9 })).await;
    assert_eq!(page["rows"][0]["case_id"], json!(case));
    set(&phone, "", "806312").await;
    phone.kill();
    assert_eq!(phone.refusal("people_choose", sign_in(PIN)).await, PinWrong);
    phone.clock.advance(1_000);
    phone.ask("people_choose", sign_in("806312")).await;
}

#[tokio::test]
async fn a_pin_is_six_digits_that_not_everybody_tries_first_and_needs_the_old_one() {
    let station = Near::serving().await;
    let phone = with_pin(&station).await;
    let change = |old: &str, pin: &str| json!({ "number": "0417", "old": old, "pin": pin });
    for bad in ["", "12345", "1234567", "12345a", "１２３４５６"] {
        assert_eq!(
            phone.refusal("people_set_pin", change(PIN, bad)).await,
            PinMalformed,
            "{bad}"
        );
    }
    assert_eq!(
        phone.refusal("people_set_pin", change(PIN, "123456")).await,
        PinTooSimple
    );
    assert_eq!(
        phone.refusal("people_set_pin", change("000111", "806312")).await,
        PinWrong
    );
    phone.clock.advance(1_000);
    set(&phone, PIN, "806312").await;
}
