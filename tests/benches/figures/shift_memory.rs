//! `shift_memory`: what a shift leaves behind in the memory of the window and its helpers.
//!
//! In the true window: a browser under test keeps a copy of what goes over its network, which would be counted as ours.
//! The machine has no camera, so the photos are the demo's scenes; each goes the way of a photo that was chosen.

use std::time::Duration;

use serde_json::json;
use tokio::runtime::Runtime;
use tokio::time::interval;

use crate::Figure;
use crate::driven::{Display, Driven};
use crate::station::program;
use crate::watch::{count, median, sized};

const BAR_MB: f64 = 30.0;
const SCENES: [&str; 3] = [
    "01-parking-wide-a.jpg",
    "02-parking-wide-b.jpg",
    "03-parking-plate-close.jpg",
];
/// The first cases fetch the screens and fill the caches.
const WARM: usize = 20;
/// So many cases are looked at at the beginning and at the end.
const SPAN: usize = 20;
/// From one case to the next at least: WebKit takes 100 changes of a page's address in 30 seconds, which no hand reaches.
const PACE: Duration = Duration::from_millis(1_400);

pub(crate) fn measure() -> Figure {
    let (cases, points) = sized((200, 10_000), (WARM + 2 * SPAN, 600));
    let folder = tempfile::tempdir().unwrap();
    let display = Display::open();
    let grown = Runtime::new().unwrap().block_on(async {
        let window = Driven::start(&program("xunge"), folder.path(), &display).await;
        tap(&window, "enrol-leave").await;
        see(&window, "tile-PK01").await;
        ask(&window, "shift_start", &json!({ "grids": [] })).await;
        let mut held = Vec::new();
        let mut pace = interval(PACE);
        for case in 0..cases {
            pace.tick().await;
            record(&window).await;
            walk(&window, points / cases * case, points / cases).await;
            held.push(count(window.memory()));
        }
        window.close().await;
        // What a script engine holds goes up and down with its collections: the middle of a span, not one look.
        median(&mut held.split_off(cases - SPAN)) - median(&mut held[WARM..WARM + SPAN].to_vec())
    });
    Figure::absolute(
        "shift_memory",
        &[grown / f64::from(1 << 20)],
        "MB",
        BAR_MB,
        "growth of the window and its helpers over a shift of 200 cases, 600 photos and 10,000 track points, from the cases 21 to 40 to the last 20",
    )
}

async fn record(window: &Driven) {
    tap(window, "tile-PK01").await;
    for (taken, scene) in (1..).zip(SCENES) {
        tap(window, &format!("demo-photo-{scene}")).await;
        let counted = format!(
            "return {}?.textContent.trim() === '{taken}' ? true : null",
            part("shoot-count")
        );
        window.until(&counted).await;
    }
    tap(window, "save").await;
    see(window, "saved-line").await;
    see(window, "tile-PK01").await;
}

/// A metre a second, a point every three seconds, as the page's receiver would hand them over.
async fn walk(window: &Driven, from: usize, points: usize) {
    let script = format!(
        "const now = Date.now();
         const points = Array.from({{ length: {points} }}, (_, step) => ({{
           lat_e7: 323412586 + ({from} + step) * 270, lon_e7: 1188403172, accuracy_mm: 6000,
           wall_ms: now - ({points} - step) * 1000, is_mock: false }}));
         window.walked = null;
         window.__TAURI_INTERNALS__.invoke('track_add', {{ args: {{ points }} }}).then(() => {{ window.walked = true; }});
         return true;"
    );
    window.until(&script).await;
    window.until("return window.walked;").await;
}

async fn ask(window: &Driven, command: &str, args: &serde_json::Value) {
    let script = format!(
        "window.asked = null;
         window.__TAURI_INTERNALS__.invoke('{command}', {{ args: {args} }}).then(() => {{ window.asked = true; }});
         return true;"
    );
    window.until(&script).await;
    window.until("return window.asked;").await;
}

async fn tap(window: &Driven, name: &str) {
    let part = part(name);
    let script = format!("const one = {part}; if (!one || one.disabled) return null; one.click(); return true;");
    window.until(&script).await;
}

async fn see(window: &Driven, name: &str) {
    window.until(&format!("return {} ? true : null", part(name))).await;
}

fn part(name: &str) -> String {
    format!("document.querySelector('[data-testid=\"{name}\"]')")
}
