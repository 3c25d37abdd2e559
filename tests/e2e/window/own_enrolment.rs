//! A window that was started with a code, as the demo starts it.

use serde_json::json;

use crate::phone::Phone;
use crate::screen::Screen;
use crate::station::Station;

/// With a station it opens enrolled; without one it opens as well, and enrols when the station comes.
pub(crate) async fn run() {
    let station = Station::init().await;
    let serving = station.serve().await;
    let url = serving.url.clone();
    let phone = Phone::with_code(station.enrol_code(&url).await);
    let other = Phone::with_code(station.enrol_code(&url).await);

    let screen = phone.open().await;
    assert_eq!(officer(&screen).await.as_deref(), Some("0417"), "at the first look");
    screen.into_session().close().await;

    serving.stop().await;
    let screen = other.open().await;
    assert_eq!(officer(&screen).await, None);
    let _serving = station.serve_at(url.trim_start_matches("https://")).await;
    screen.until("an officer", async || officer(&screen).await).await;
    screen.into_session().close().await;
}

async fn officer(screen: &Screen) -> Option<String> {
    let state = screen.call("app_state", json!({ "args": {} })).await;
    Some(state["ok"]["officer"]["number"].as_str()?.to_owned())
}
