//! Receipts: no counter moves for a signature that is not the enrolled station's.

use std::path::Path;

use patrol_sqlite::rusqlite::Connection;

use crate::process::{Phone, Station, assert_equal, succeed, text};

/// Makes a station forget which key it signs with: it does not open with another one.
fn forget_key(data: &Path) {
    let database = Connection::open(data.join("station.db")).unwrap();
    assert_eq!(database.execute("DELETE FROM station_key", []).unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_by_another_key_moves_no_counter() {
    let mut station = Station::serving().await;
    let mut phone = Phone::enrolled(&station).await;
    let picture = phone.picture(1000, 800);
    phone.record(&[vec![picture]]).await;

    // A machine that stands in for the station with its data but not with its key.
    station.kill().await;
    let key = station.data.join("keys/receipt.key");
    let true_key = std::fs::read(&key).unwrap();
    let other = tempfile::tempdir().unwrap();
    let other_data = other.path().join("other");
    succeed("patrol-station", &["init", "--data", text(&other_data)]).await;
    std::fs::copy(other_data.join("keys/receipt.key"), &key).unwrap();
    forget_key(&station.data);
    station.start().await;
    let output = crate::process::run("patrol-headless", &["sync", "--data", phone.data()]).await;
    assert!(
        !output.status.success(),
        "a forged receipt ends the sync, it is not tried for ever"
    );
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(told.contains("ReceiptInvalid"), "{told}");
    assert_eq!(phone.status().await["sync"]["at_station"]["cases"], 0);
    assert_eq!(phone.status().await["sync"]["last_receipt"], serde_json::Value::Null);

    // With the true key back, the next record gets a true receipt, and that one covers the earlier record too.
    station.kill().await;
    std::fs::write(&key, true_key).unwrap();
    forget_key(&station.data);
    station.start().await;
    let picture = phone.picture(1000, 800);
    phone.record(&[vec![picture]]).await;
    phone.sync().await;
    assert_equal(&phone, &station).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_works_once_and_for_the_same_phone_only() {
    let station = Station::serving().await;
    let code = station.code().await;
    let phone = Phone::new();
    phone.enrol(&code).await;
    let other = Phone::new();
    let output = crate::process::run("patrol-headless", &["enrol", "--data", other.data(), "--code", &code]).await;
    assert!(String::from_utf8_lossy(&output.stderr).contains("EnrolCodeUnknown"));
    assert_eq!(other.status().await["enrolled"], false);
    for bad in ["no code", &code.replace("/enrol#", "/enrol#X")] {
        let output = crate::process::run("patrol-headless", &["enrol", "--data", other.data(), "--code", bad]).await;
        assert!(!output.status.success());
    }
    let stolen = code
        .rsplit_once('.')
        .map(|(front, _)| format!("{front}.{}", "0".repeat(64)))
        .unwrap();
    let output = crate::process::run("patrol-headless", &["enrol", "--data", other.data(), "--code", &stolen]).await;
    assert!(
        !output.status.success(),
        "a code with another station's thumbprint is refused"
    );
}
