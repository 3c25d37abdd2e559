//! Files that leave the phone, and how long it will do.

use std::sync::Arc;

use patrol_app::ErrorCode::NotEnrolled;
use serde_json::json;

use crate::phone::Phone;
use crate::pin::with_pin;
use crate::station::Near;

fn names(folder: &std::path::Path) -> Vec<String> {
    let Ok(found) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    found
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[tokio::test]
async fn a_sealed_export_is_one_whole_file_under_its_own_name() {
    let station = Near::serving().await;
    let mut phone = with_pin(&station).await;
    let folder = phone.folder().join("downloads");
    phone.app.set_outgoing_folder(folder.clone());
    phone.record().await;
    // What an export that was killed left behind.
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("xunge-all-20261122-080000.xge.part"), "half").unwrap();
    std::fs::write(folder.join("holiday.part"), "not ours").unwrap();

    let written = phone.ask("export_sealed", json!({})).await;
    let path = written["path"].as_str().unwrap();
    let bytes = std::fs::read(path).unwrap();
    assert_eq!(bytes.len() as u64, written["bytes"].as_u64().unwrap());
    assert!(bytes.starts_with(b"XGE1"));
    let mut left = names(&folder);
    left.sort();
    assert_eq!(left, ["holiday.part", "xunge-all-20261123-094000.xge"]);
    let state = phone.ask("export_state", json!({})).await;
    assert_eq!((&state["is_running"], &state["last"]), (&json!(false), &written));

    let again = phone.ask("export_sealed", json!({})).await;
    assert_ne!(again["path"], written["path"], "no file is written over");
}

#[tokio::test]
async fn an_export_that_cannot_be_sealed_leaves_nothing_behind() {
    let mut phone = Phone::new();
    let folder = phone.folder().join("downloads");
    phone.app.set_outgoing_folder(folder.clone());
    phone.record().await;
    assert_eq!(phone.refusal("export_sealed", json!({})).await, NotEnrolled);
    assert_eq!(names(&folder), Vec::<String>::new());
    assert_eq!(phone.ask("export_state", json!({})).await["is_running"], json!(false));
}

#[tokio::test]
async fn log_and_report_become_files() {
    let mut phone = Phone::new();
    phone.app.set_outgoing_folder(phone.folder().join("downloads"));
    phone.app.set_log(Arc::new(|| "INFO sync a round ended\n".into()));
    let log = phone.ask("log_export", json!({})).await;
    let text = std::fs::read_to_string(log["path"].as_str().unwrap()).unwrap();
    assert!(
        text.starts_with("xunge ") && text.ends_with("INFO sync a round ended\n"),
        "{text}"
    );
    phone.ask("shift_start", json!({ "grids": [] })).await;
    phone.record().await;
    let report = phone
        .ask("shift_save_report", json!({ "shift": null, "language": "en" }))
        .await;
    let text = std::fs::read_to_string(report["path"].as_str().unwrap()).unwrap();
    assert!(
        text.contains("Cases 1, photos 1") && text.contains("still on"),
        "{text}"
    );
}

#[tokio::test]
async fn the_budget_says_how_many_photos_of_the_usual_size_still_fit() {
    let mut phone = Phone::new();
    phone.record().await;
    let budget = phone.ask("budget_read", json!({})).await;
    let number = |name: &str| budget[name].as_u64().unwrap();
    let room = number("free_bytes").saturating_sub(number("reserve_bytes"));
    assert_eq!(number("photos_left"), room / number("photo_bytes"));
    assert_eq!(number("unsent_photos"), 1);
    assert_eq!(number("unsent_bytes"), number("photo_bytes"), "one photo is the mean");
}
