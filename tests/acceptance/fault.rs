//! The network breaks at the worst moments; afterwards everything is there once, byte for byte.

use std::time::Duration;

use patrol_testkit::Fault;
use patrol_testkit::photo::camera_size;

use crate::near::{Line, NearPhone, NearStation};
use crate::process::{Phone, Station, assert_equal};

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_lost_after_the_commit_doubles_nothing() {
    let station = Station::serving_plain().await;
    let mut phone = Phone::new();
    let code = station.code().await;

    station.proxy.set_times(Fault::LoseRepliesTo("POST /v1/enrol"), 1);
    let args = ["enrol", "--data", phone.data(), "--code", &code];
    assert!(!crate::process::run("patrol-headless", &args).await.status.success());
    assert_eq!(station.proxy.strikes(), 1);
    phone.enrol(&code).await;

    let mut strikes = station.proxy.strikes();
    for requests in ["POST /v1/logs", "PUT /v1/photos", "GET /v1/logs"] {
        let pictures = vec![phone.picture(1200, 900), phone.picture(1200, 900)];
        phone.record(&[pictures]).await;
        station.proxy.set_times(Fault::LoseRepliesTo(requests), 2);
        phone.sync().await;
        strikes += 2;
        assert_eq!(station.proxy.strikes(), strikes, "{requests} was hit");
        assert_equal(&phone, &station).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_cut_inside_a_photo_goes_on_inside_the_photo() {
    let station = Station::serving().await;
    let phone = Phone::enrolled(&station).await;
    let photo = camera_size(7);
    std::fs::write(phone.scenes.join("camera.jpg"), &photo).unwrap();
    phone.record(&[vec!["camera.jpg".to_owned()]]).await;
    let before = station.proxy.bytes_up();
    station.proxy.set_times(Fault::CutUpAfter(600_000), 5);
    phone.sync().await;
    assert_equal(&phone, &station).await;
    let sent = station.proxy.bytes_up() - before;
    let payload = photo.len() as u64;
    eprintln!("cut 5 times: {sent} bytes sent for {payload} bytes of photo");
    assert!(payload > 3_000_000, "a photo as a camera makes it");
    assert!(
        sent < payload + payload / 10,
        "begun anew instead of going on: {sent} bytes for {payload}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_cut_in_the_middle_and_a_slow_line_lose_nothing() {
    let station = Station::serving().await;
    let mut phone = Phone::enrolled(&station).await;
    for fault in [Fault::CutDownAfter(40), Fault::CutUpAfter(0), Fault::RefuseConnections] {
        let picture = phone.picture(1000, 800);
        phone.record(&[vec![picture]]).await;
        station.proxy.set_times(fault, 3);
        phone.sync().await;
        assert_equal(&phone, &station).await;
    }
    station.proxy.set(Fault::Delay { ms: 60 });
    let picture = phone.picture(1000, 800);
    phone.record(&[vec![picture]]).await;
    phone.sync().await;
    assert_equal(&phone, &station).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_page_of_some_network_is_not_taken_for_the_station() {
    let station = Station::serving().await;
    let mut phone = Phone::enrolled(&station).await;
    let picture = phone.picture(1000, 800);
    phone.record(&[vec![picture]]).await;
    station.proxy.set(Fault::CaptivePortal);
    let (arrived, told) = phone.sync_once().await;
    assert!(!arrived && told.contains("StationNotOurs"), "{told}");
    assert_eq!(phone.status().await["sync"]["at_station"]["cases"], 0);
    station.proxy.set(Fault::None);
    phone.sync().await;
    assert_equal(&phone, &station).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_station_recording_goes_on_and_nothing_claims_to_have_arrived() {
    let mut station = Station::serving().await;
    let mut phone = Phone::enrolled(&station).await;
    station.kill().await;
    let picture = phone.picture(1000, 800);
    phone.record(&[vec![picture]]).await;
    let (arrived, told) = phone.sync_once().await;
    assert!(!arrived && told.contains("StationUnreachable"), "{told}");
    let status = phone.status().await;
    assert_eq!(
        (
            &status["sync"]["on_phone"]["cases"],
            &status["sync"]["at_station"]["cases"]
        ),
        (&1.into(), &0.into())
    );
    station.start().await;
    phone.sync().await;
    assert_equal(&phone, &station).await;
}

/// 30 seconds without a byte end a request; 30 seconds of bytes do not.
#[tokio::test(flavor = "multi_thread")]
async fn a_line_so_slow_that_one_photo_takes_longer_than_the_stall_timer_still_carries_it() {
    let station = Station::serving().await;
    let phone = Phone::enrolled(&station).await;
    let photo = camera_size(11);
    std::fs::write(phone.scenes.join("camera.jpg"), &photo).unwrap();
    phone.record(&[vec!["camera.jpg".to_owned()]]).await;
    let bytes_per_second = photo.len() as u64 / 36;
    station.proxy.set(Fault::Rate { bytes_per_second });
    let (arrived, told) = phone.sync_once().await;
    assert!(arrived, "in one round: {told}");
    assert_equal(&phone, &station).await;
}

/// Swallowed at three places: half a minute without a byte ends each attempt, and the next one brings everything.
#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_goes_dead_is_given_up_after_half_a_minute_and_nothing_is_lost() {
    let began = tokio::time::Instant::now();
    let enrolment = async {
        let station = NearStation::serving(Line::Plain).await;
        let phone = NearPhone::new(1);
        let code = station.code().await;
        station.proxy.set_times(Fault::HalfOpen, 1);
        assert!(phone.app.enrol(&code).await.is_err());
        phone.app.enrol(&code).await.unwrap();
        assert_eq!(station.overview().await.counts.devices, 1);
        (station, phone)
    };
    let push = async {
        let station = NearStation::serving(Line::Plain).await;
        let mut phone = NearPhone::enrolled(&station, 2).await;
        phone.record().await;
        station.proxy.set_times(Fault::HalfOpen, 1);
        assert!(phone.sync().await.is_err());
        (station, phone)
    };
    let photo = async {
        let station = NearStation::serving(Line::Plain).await;
        let mut phone = NearPhone::enrolled(&station, 3).await;
        let case = phone.record().await;
        phone.settle(1).await;
        phone.add_photo(case, 2400, 1800);
        let bytes_per_second = 1_000_000;
        station.proxy.set(Fault::Rate { bytes_per_second });
        let half_way = async {
            let before = station.proxy.bytes_up();
            while station.proxy.bytes_up() < before + 300_000 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            station.proxy.set_times(Fault::HalfOpen, 1);
        };
        let (sent, ()) = tokio::join!(phone.sync(), half_way);
        assert!(sent.is_err(), "swallowed inside the original");
        (station, phone)
    };
    for (station, phone) in <[_; 3]>::from(tokio::join!(enrolment, push, photo)) {
        assert_eq!(station.proxy.strikes(), 1);
        phone.settle(1).await;
        phone.assert_equal(&station).await;
    }
    assert!(began.elapsed() < Duration::from_secs(60), "given up after 30 seconds");
}
