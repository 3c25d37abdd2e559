//! What was at the station is not there any more, or what was on the phone is not: one sync heals what can be healed, and
//! nothing is called arrived that is not.

use std::path::PathBuf;

use crate::near::copy_folder;
use crate::process::{Phone, Station, assert_equal, text};

#[tokio::test(flavor = "multi_thread")]
async fn a_station_put_back_to_an_older_state_is_whole_again_after_one_sync() {
    let mut station = Station::serving().await;
    let mut phone = Phone::enrolled(&station).await;
    let first = vec![phone.picture(900, 600)];
    phone.record(&[first]).await;
    phone.sync().await;
    station.kill().await;
    let older = tempfile::tempdir().unwrap();
    let older = older.path().join("older");
    copy_folder(&station.data, &older);

    station.start().await;
    let pictures: Vec<Vec<String>> = (0..5)
        .map(|_| vec![phone.picture(900, 600), phone.picture(640, 480)])
        .collect();
    phone.record(&pictures).await;
    phone.sync().await;
    assert_equal(&phone, &station).await;

    station.kill().await;
    std::fs::remove_dir_all(&station.data).unwrap();
    copy_folder(&older, &station.data);
    station.start().await;
    let one = phone.picture(640, 480);
    phone.record(&[vec![one]]).await;
    phone.sync().await;
    assert_equal(&phone, &station).await;
}

/// The vault file of the original that `digest` names last.
fn last_original(phone: &Phone, digest: &str) -> (String, PathBuf) {
    let line = digest.lines().rfind(|line| line.starts_with("photo ")).unwrap();
    let hash = line.split(' ').nth(1).unwrap().to_owned();
    let folder: String = hash.chars().take(2).collect();
    let path = phone.data.join("vault").join(folder).join(format!("{hash}.xgv"));
    (hash, path)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_original_is_never_called_arrived_and_arrives_when_it_comes_back() {
    let station = Station::serving().await;
    let mut phone = Phone::enrolled(&station).await;
    let pictures = vec![phone.picture(900, 600), phone.picture(640, 480)];
    phone.record(&[pictures]).await;
    let (hash, path) = last_original(&phone, &phone.digest().await);
    let aside = phone.data.join("aside");
    std::fs::rename(&path, &aside).unwrap();

    for _ in 0..2 {
        phone.sync().await;
        let status = phone.status().await;
        assert_eq!(status["sync"]["at_station"]["cases"], 0, "{status}");
        assert_eq!(status["sync"]["on_phone"]["photos"], 1);
        let photos = status["cases"][0]["photos"].as_array().unwrap().clone();
        let lost = photos.iter().find(|photo| photo["sha256"] == hash.as_str()).unwrap();
        assert_eq!((&lost["lost"], &lost["at_station"]), (&true.into(), &false.into()));
    }
    std::fs::rename(&aside, &path).unwrap();
    phone.sync().await;
    assert_equal(&phone, &station).await;
    let said = phone
        .digest()
        .await
        .lines()
        .filter(|line| line.starts_with("op "))
        .count();
    assert_eq!(said, 4, "opened, bound, one case, and the loss said once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_program_on_the_same_phone_is_kept_out() {
    let phone = Phone::new();
    let mut serving = crate::process::Running::start(
        "patrol-headless",
        &["serve", "--data", phone.data(), "--ui", text(&phone.scenes)],
    );
    assert!(serving.line().await.unwrap().starts_with("listening "));
    let output = crate::process::run("patrol-headless", &["status", "--data", phone.data()]).await;
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && told.contains("another program"), "{told}");
    serving.kill().await;
    phone.status().await;
}
