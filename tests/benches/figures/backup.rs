//! `backup`: a gigabyte of originals backed up while the station serves, and verified ÷ rsync of the same folder.
//!
//! Both are the shipped programs as processes, to another folder on the same disk, every file synced. Ours reads all
//! contents once more to verify them; rsync only copies. Both read from memory what was just written, so neither has the
//! disk's reading in it. Ten gigabytes are ten times as many files: both sides grow alike.

use std::path::Path;
use std::process::{Command, Stdio};

use patrol_domain::PhotoRef;
use tokio::runtime::Runtime;

use crate::load::{self, Phone};
use crate::station::{Program, Serving, program, quick_folder};
use crate::watch::{millis, sized};
use crate::{Figure, cases, rsync};

const BAR: f64 = 2.0;
const BYTES: usize = 3_000_000;

pub(crate) fn measure() -> Figure {
    let runtime = Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("station");
    runtime.block_on(fill(&data, sized(334, 6)));
    let serving = runtime.block_on(Program::serve(&data));
    let (mut ours, mut floors) = (Vec::new(), Vec::new());
    for _ in 0..sized(3, 1) {
        let into = tempfile::tempdir().unwrap();
        let (backup, copy) = (into.path().join("backup"), into.path().join("copy"));
        ours.push(millis(|| {
            run(Command::new(program("patrol-station"))
                .args(["backup", "--data"])
                .arg(&data)
                .arg("--to")
                .arg(&backup));
            run(Command::new(program("patrol-station"))
                .arg("verify")
                .arg(&backup)
                .arg("--data")
                .arg(&data));
        }));
        floors.push(millis(|| rsync::copy(&data, &copy)));
    }
    drop(serving);
    Figure::against(
        "backup",
        &ours,
        &floors,
        "ms",
        BAR,
        "`patrol-station backup`, then `verify`, of a station with 1 GB of originals that serves meanwhile ÷ `rsync \
         --fsync` of its folder, onto the same disk",
    )
}

/// A station with so many originals; made where a sync costs nothing, then put on the disk.
async fn fill(data: &Path, photos: u64) {
    let quick = quick_folder();
    let vault = load::vault(&quick.path().join("vault"));
    let cases: Vec<Vec<PhotoRef>> = (0..photos).map(|seed| vec![load::put(&vault, seed, BYTES)]).collect();
    let made = quick.path().join("station");
    let serving = Serving::begin(&made).await;
    let code = serving.code().await;
    Phone::enrolled(&code, 1, &cases).await.bring(&vault).await;
    serving.end().await;
    cases::copy(&made, data);
    // What was put there must not still be on its way to the disk while others are measured.
    rustix::fs::sync();
}

fn run(command: &mut Command) {
    let done = command.env("RUST_LOG", "warn").stdout(Stdio::null()).status().unwrap();
    assert!(done.success(), "{command:?}: {done}");
}
