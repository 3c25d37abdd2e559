//! The whole way without any mishap: recorded offline, sent, signed for, equal on both sides.

use std::path::{Path, PathBuf};

use crate::process::{Phone, Station, assert_equal, succeed, text};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_recorded_without_a_station_arrives_when_there_is_one() {
    let mut station = Station::initialised().await;
    let code = station.code().await;
    let mut phone = Phone::new();
    let cases = vec![
        vec![phone.picture(1600, 1200), phone.picture(900, 1600)],
        vec![phone.picture(800, 600)],
    ];
    phone.record(&cases).await;
    let status = phone.status().await;
    assert_eq!(status["enrolled"], false);
    assert_eq!(status["sync"]["on_phone"]["cases"], 2);
    assert_eq!(status["sync"]["on_phone"]["photos"], 3);
    assert_eq!(status["cases"][0]["place"]["lat_e7"], 323_412_586);

    station.start().await;
    phone.enrol(&code).await;
    let told = phone.sync().await;
    for part in [
        "phase ops",
        "phase thumbnails",
        "phase originals",
        "signed by the station",
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
    assert_equal(&phone, &station).await;
    let again = phone.sync().await;
    assert!(!again.contains("phase"), "nothing is sent twice: {again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_patrol_arrives_and_a_second_day_is_added_to_the_first() {
    let scenes = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/demo");
    let station = Station::serving().await;
    let phone = Phone::enrolled(&station).await;
    for day in 1..=2 {
        let args = [
            "record",
            "--data",
            phone.data(),
            "--photos",
            text(&scenes),
            "--cases",
            "12",
        ];
        succeed("patrol-headless", &args).await;
        phone.sync().await;
        assert_equal(&phone, &station).await;
        assert_eq!(phone.status().await["cases"].as_array().unwrap().len(), 12 * day);
    }
    // The same scenes again are the same originals: the station holds each once.
    assert_eq!(
        phone
            .digest()
            .await
            .lines()
            .filter(|line| line.starts_with("photo "))
            .count(),
        17
    );
}

/// The true camera files; only where the environment names their folder, and the twins above are always tested.
#[tokio::test(flavor = "multi_thread")]
async fn true_camera_files_go_the_whole_way_and_bad_ones_are_refused_by_name() {
    let Some(folder) = std::env::var_os("XUNGE_FIXTURES").map(PathBuf::from) else {
        return;
    };
    let station = Station::serving().await;
    let phone = Phone::enrolled(&station).await;
    let good = [
        "DSCN0010.jpg",
        "iphone_hdr_NO.jpg",
        "jolla.jpg",
        "portrait_6.jpg",
        "no_exif.jpg",
        "45-gps_ifd.jpg",
    ];
    let cases: Vec<Vec<String>> = good
        .iter()
        .map(|name| vec![text(&folder.join(name)).to_owned()])
        .collect();
    phone.record(&cases).await;
    phone.sync().await;
    assert_equal(&phone, &station).await;
    let digest = phone.digest().await;
    for name in good {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let line = format!("photo {} {}", patrol_domain::Sha256Hash::of(&bytes), bytes.len());
        assert!(digest.contains(&line), "{name} is there byte for byte");
    }
    for (name, code) in [("IMG_5195.HEIC", "PhotoHeic"), ("corrupted.jpg", "PhotoDamaged")] {
        phone.script(&[vec![text(&folder.join(name)).to_owned()]]);
        let args = [
            "record",
            "--data",
            phone.data(),
            "--photos",
            text(&phone.scenes),
            "--cases",
            "1",
        ];
        let output = crate::process::run("patrol-headless", &args).await;
        assert!(!output.status.success());
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains(code), "{name}: {told}");
    }
    assert_equal(&phone, &station).await;
}
