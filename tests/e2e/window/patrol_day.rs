//! The walk: a case recorded with no station in the world, then the station, then nothing left to bring.

use std::path::{Path, PathBuf};

use crate::phone::Phone;
use crate::screen::Screen;
use crate::station::Station;

/// Of the rendered scenes: the car, and the plate that is typed.
const SCENES: [&str; 2] = [
    "demo-photo-01-parking-wide-a.jpg",
    "demo-photo-03-parking-plate-close.jpg",
];
const PLATE: &str = "苏A8K3R7";
const NOTE: &str = "压盲道停放，车内无人";

/// What the officer does, and what both sides hold at the end.
pub(crate) async fn run() {
    let (phone, station) = (Phone::new(), Station::init().await);
    let screen = phone.open().await;
    let photos = record(&phone, &screen).await;
    find_in_records(&screen).await;

    screen.go("#/sync").await;
    screen.says("count-phone-cases", "1").await;
    screen.says("count-station-cases", "0").await;
    screen.shot("4-waiting").await;
    let serving = station.serve().await;
    let code = station.enrol_code(&serving.url).await;
    screen.go("#/enrol").await;
    screen.type_into("enrol-code", &code).await;
    screen.tap("enrol-submit").await;
    screen.find("enrolled").await;
    screen.go("#/sync").await;
    screen.tap("sync-now").await;
    screen.says("count-station-cases", "1").await;
    screen.says("count-phone-cases", "0").await;
    screen.says_something("last-receipt").await;
    screen.shot("5-at-station").await;

    screen.into_session().close().await;
    assert_same(&phone.digest().await, &station.digest().await, photos);
}

/// Three ways in: a scene, a file made on the spot, a true camera file. Gives the number of photos.
async fn record(phone: &Phone, screen: &Screen) -> u64 {
    let mut photos = 0;
    screen.begin_work().await;
    for scene in SCENES {
        screen.tap(scene).await;
        photos += 1;
        screen.says("shoot-count", &photos.to_string()).await;
    }
    for file in camera_files(phone) {
        screen.choose_photo(&file).await;
        photos += 1;
        screen.says("shoot-count", &photos.to_string()).await;
    }
    screen.go("#/confirm").await;
    screen.paints(None, photos).await;
    screen.tap("matter-PK01").await;
    screen.type_plate(PLATE).await;
    screen.type_into("note-input", NOTE).await;
    screen.keeps_note(NOTE).await;
    screen.shot("1-capture").await;
    screen.tap("save").await;
    screen.says_something("saved-line").await;
    screen.shot("2-saved").await;
    photos
}

async fn find_in_records(screen: &Screen) {
    screen.tap("tab-records").await;
    screen.find("case-row").await;
    // A row shows its first photo.
    screen.paints(Some("case-row"), 1).await;
    assert_eq!(screen.all_words("case-row").await.len(), 1);
    assert!(screen.says_something("case-state").await.contains("在手机"));
    screen.shot("3-records").await;
}

fn assert_same(here: &str, there: &str, photos: u64) {
    let differ = here.lines().zip(there.lines()).find(|(here, there)| here != there);
    assert_eq!(differ, None, "the first line that differs");
    assert_eq!(here.lines().count(), there.lines().count());
    let held = here.lines().filter(|line| line.starts_with("photo ")).count();
    assert_eq!(held as u64, photos);
}

/// A twin made on the spot, and a true camera file where there is one.
fn camera_files(phone: &Phone) -> Vec<PathBuf> {
    let fixtures = std::env::var_os("XUNGE_FIXTURES").map(PathBuf::from);
    let real = fixtures
        .map(|folder| folder.join("DSCN0010.jpg"))
        .filter(|file| Path::is_file(file));
    std::iter::once(phone.photo(1)).chain(real).collect()
}
