//! Data that cannot be opened: the window opens all the same and says what is wrong.

use serde_json::json;

use crate::phone::Phone;
use crate::program::said;

/// A damaged database stays as it is, byte by byte.
pub(crate) async fn run() {
    let phone = Phone::new();
    let demo = crate::program::checkout("assets/demo");
    let record = ["record", "--photos", demo.to_str().unwrap(), "--cases", "1"];
    said("patrol-headless", &record, &phone.data()).await;
    let database = phone.data().join("patrol.db");
    let damaged = vec![0x5A; std::fs::read(&database).unwrap().len()];
    std::fs::write(&database, &damaged).unwrap();

    let screen = phone.open().await;
    let answer = screen.call("app_state", json!({ "args": {} })).await;
    assert_eq!(answer["refused"]["code"], "database_damaged", "{answer}");
    let sentence = screen.says_something("error-line").await;
    assert!(
        !sentence.contains("database_damaged"),
        "a code and no sentence: {sentence}"
    );
    screen.shot("7-damaged").await;
    screen.into_session().close().await;
    assert!(
        std::fs::read(&database).unwrap() == damaged,
        "the damaged file was touched"
    );
}
