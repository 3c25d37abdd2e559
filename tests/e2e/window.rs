//! The true window, driven as an officer's fingers drive it: WebKitGTK, the built interface, the true core, real files.
//!
//! Few tests, because each costs a window; what a browser can show as well is tried in Chromium against the same core.
//! Here is only what needs the window itself: a whole patrol day, a killed process, the photo's way in and out, and the
//! doors that have to stay closed. WebKitWebDriver is spoken to directly: on Linux no driver of Tauri's stands between.
//!
//! | variable | meaning |
//! |---|---|
//! | `XUNGE_BIN_DIR` | folder of the built programs; else the one this test was built into |
//! | `XUNGE_FIXTURES` | folder with true camera files; without it only twins made on the spot are used |
//! | `XUNGE_SHOTS` | where pictures of the window go |

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests and nothing else: a loud end is right"
)]

#[path = "window/broken_files.rs"]
mod broken_files;
#[path = "window/closed_doors.rs"]
mod closed_doors;
#[path = "window/killed_window.rs"]
mod killed_window;
#[path = "window/languages.rs"]
mod languages;
#[path = "window/own_enrolment.rs"]
mod own_enrolment;
#[path = "window/patrol_day.rs"]
mod patrol_day;
#[path = "window/phone.rs"]
mod phone;
#[path = "window/program.rs"]
mod program;
#[path = "window/screen.rs"]
mod screen;
#[path = "window/session.rs"]
mod session;
#[path = "window/station.rs"]
mod station;
#[path = "window/unopened_data.rs"]
mod unopened_data;
#[path = "window/wait.rs"]
mod wait;

use wait::within_limit;

#[tokio::test(flavor = "multi_thread")]
async fn a_case_recorded_offline_reaches_the_station_to_the_letter() {
    within_limit(patrol_day::run()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_window_comes_back_with_the_draft() {
    within_limit(killed_window::run()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_photo_is_refused_in_words_and_the_others_stay() {
    within_limit(broken_files::run()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn doors_that_the_window_does_not_need_are_closed() {
    within_limit(closed_doors::run()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_database_opens_a_window_that_says_so() {
    within_limit(unopened_data::run()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_started_with_a_code_enrols_itself_even_when_the_station_comes_later() {
    within_limit(own_enrolment::run()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_window_speaks_english_when_asked() {
    within_limit(languages::run()).await;
}
