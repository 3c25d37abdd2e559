//! A system that needs memory ends the app without a word, in the middle of a case.

use serde_json::json;

use crate::phone::Phone;

const NOTE: &str = "店外堆放水果筐三处";
const PLATE: &str = "苏A8K3R7";

/// Nothing that was on the screen is lost.
pub(crate) async fn run() {
    let phone = Phone::new();
    let screen = phone.open().await;
    screen.begin_work().await;
    screen.choose_photo(&phone.photo(2)).await;
    screen.paints(None, 1).await;
    screen.go("#/confirm").await;
    screen.tap("matter-PK01").await;
    screen.type_plate(PLATE).await;
    screen.type_into("note-input", NOTE).await;
    // What is promised is what the disk holds; the interface writes while the officer types.
    screen.keeps_note(NOTE).await;
    screen.into_session().kill().await;

    let screen = phone.open().await;
    screen.paints(None, 1).await;
    screen
        .until("the note as it was typed", async || {
            (screen.value("note-input").await? == NOTE).then_some(())
        })
        .await;
    screen.find("plate-drawn").await;
    let draft = screen.call("draft_read", json!({ "args": {} })).await;
    assert_eq!(draft["ok"]["plate_typed"], PLATE);
    screen.tap("save").await;
    screen.says_something("saved-line").await;
    screen.go("#/sync").await;
    screen.says("count-phone-cases", "1").await;
    screen.into_session().close().await;
}
