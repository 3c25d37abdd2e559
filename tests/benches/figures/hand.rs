//! What the officer's hand feels: the figures of the screens, counted by the flows (`ui/flows`) in Chromium against the
//! phone's program as it is shipped.
//!
//! The flows say numbers and judge nothing; here they meet their bars. Chromium's renderer stands in for the phone's
//! webview: the interface and the core are the true ones.

use std::collections::HashMap;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::bare_save::Bare;
use crate::station::program;
use crate::watch::{median, millis, p95};
use crate::{Figure, Limit, cases, phone};

const WEIGHT_KB: f64 = 120.0;
const WAIT_MS: f64 = 100.0;
const FRAME_MS: f64 = 33.0;
/// A photo as the camera of the flows makes it, about.
const PHOTO_BYTES: usize = 300_000;
const FLOORS: usize = 30;

pub(crate) fn capture_weight() -> Figure {
    let weight = counted("weight", &[]);
    Figure::absolute(
        "capture_weight",
        &weight["capture_weight"],
        "KB",
        WEIGHT_KB,
        "all files of the page from the start over kind, shutter and confirmation to a saved case, gzip",
    )
}

pub(crate) fn shutter_saved() -> Figure {
    let waits = &counted("speed", &[])["shutter_saved"];
    let floor = median(&mut durable_floors());
    let above: Vec<f64> = waits.iter().map(|wait| wait - floor).collect();
    Figure::absolute(
        "shutter_saved",
        &above,
        "ms",
        WAIT_MS,
        "shutter to photo on disk and tap on save to the word on the screen, less a bare durable photo and a bare durable save",
    )
    .with_limit(Limit {
        name: "p95",
        value: p95(&mut above.clone()),
        unit: "ms",
        bar: 3.0 * WAIT_MS,
    })
}

/// A photo written durably under another name first, and the save's SQL by bare SQLite: what nobody can do without.
fn durable_floors() -> Vec<f64> {
    let folder = tempfile::tempdir().unwrap();
    let mut bare = Bare::open(&folder.path().join("bare.db"));
    let photo = vec![0x5a; PHOTO_BYTES];
    (0..FLOORS)
        .map(|run| {
            bare.prepare();
            millis(|| {
                put(folder.path(), run, &photo);
                bare.save();
            })
        })
        .collect()
}

fn put(folder: &Path, run: usize, bytes: &[u8]) {
    let side = folder.join("side");
    let mut file = File::create(&side).unwrap();
    file.write_all(bytes).unwrap();
    file.sync_all().unwrap();
    std::fs::rename(&side, folder.join(run.to_string())).unwrap();
    File::open(folder).unwrap().sync_all().unwrap();
}

pub(crate) fn scroll_100k() -> Figure {
    let data = cases::folder();
    hand_keys_over(&data);
    let mut frames = counted("speed", &[("XUNGE_100K", data.to_str().unwrap())])["scroll_100k"].clone();
    let slow = p95(&mut frames);
    Figure::absolute(
        "scroll_100k",
        &[slow],
        "ms",
        FRAME_MS,
        "p95 of the time between two frames while 100,000 records are flicked through and jumped over",
    )
}

/// The program reads its keys from files; the figures have theirs at hand.
fn hand_keys_over(data: &Path) {
    let hex: String = phone::ROOT.iter().map(|byte| format!("{byte:02x}")).collect();
    std::fs::create_dir_all(data.join("keys")).unwrap();
    for name in ["root.key", "device.key"] {
        std::fs::write(data.join("keys").join(name), &hex).unwrap();
    }
}

/// Runs one file of flows and gives what it noted.
fn counted(flow: &str, variables: &[(&str, &str)]) -> HashMap<String, Vec<f64>> {
    let folder = tempfile::tempdir().unwrap();
    let noted = folder.path().join("noted.json");
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui");
    let programs = program("patrol-headless").parent().unwrap().to_owned();
    let status = Command::new("npm")
        .args(["run", "flows", "--", flow])
        .current_dir(ui)
        .env("XUNGE_BIN_DIR", programs)
        .env("XUNGE_MEASURED", &noted)
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .stdout(std::io::stderr())
        .status()
        .unwrap();
    assert!(status.success(), "the flow `{flow}` failed");
    serde_json::from_str(&std::fs::read_to_string(&noted).unwrap()).unwrap()
}
