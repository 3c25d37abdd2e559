//! 100,000 recorded cases in one memory, built once for all figures that ask for them.
//!
//! Every case goes through `Store::append`, so the file is what a phone would have. It is built in the machine's memory,
//! where a sync costs nothing, and then copied to the disk. All but the newest thousand cases are at the station.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use patrol_domain::{Mime, PhotoRef, PhotoRole, PhotoSource, Seq, Sha256Hash};
use patrol_store::SignedPhoto;
use patrol_testkit::op;
use tempfile::TempDir;

use crate::phone;
use crate::watch::millis;

/// How many cases there are.
pub(crate) const CASES: u64 = 100_000;

/// How many of them wait for the station.
const WAITING: u64 = 1_000;

const RECEIPT: &str =
    r#"{"kind":"photo","station":"01997b9e-8f2a-7c4e-9d10-2f6b8a4c1e55","at":1781745128000,"sig":"MEUCIQDx3T1m0b7m"}"#;

static BUILT: Mutex<Option<TempDir>> = Mutex::new(None);

/// The memory's folder on the disk; nobody has it open.
pub(crate) fn folder() -> PathBuf {
    let mut built = BUILT.lock().unwrap();
    built.get_or_insert_with(build).path().join("data")
}

/// Removes the folder.
pub(crate) fn forget() {
    BUILT.lock().unwrap().take();
}

#[allow(
    clippy::print_stderr,
    reason = "a minute without a word looks like a program that hangs"
)]
fn build() -> TempDir {
    let in_memory = Path::new("/dev/shm");
    let quick = if in_memory.is_dir() {
        tempfile::tempdir_in(in_memory).unwrap()
    } else {
        tempfile::tempdir().unwrap()
    };
    let data = quick.path().join("data");
    let took = millis(|| fill(&data));
    eprintln!("{CASES} cases recorded in {:.1} s", took / 1000.0);
    let folder = tempfile::tempdir().unwrap();
    copy(&data, &folder.path().join("data"));
    folder
}

fn fill(data: &Path) {
    let store = phone::begin(data, phone::on_machine());
    let mut signed = store.head().unwrap().0;
    for seed in 1..=CASES {
        let photos = photos(seed);
        let (op, parts) = op::varied_case(seed, &photos);
        let head = store.append(&op, &parts).unwrap();
        if seed <= CASES - WAITING {
            signed = head;
            for photo in photos {
                let signed = SignedPhoto {
                    sha256: photo.sha256,
                    station_ms: 0,
                    receipt: RECEIPT.into(),
                };
                store.record_photo_receipts(&[signed]).unwrap();
            }
        }
    }
    store
        .record_receipt(signed, "epoch", Seq(signed.seq.0), 0, "beacon", RECEIPT)
        .unwrap();
    store.checkpoint().unwrap();
}

/// One photo each, two for every tenth case.
fn photos(seed: u64) -> Vec<PhotoRef> {
    let count = if seed.is_multiple_of(10) { 2 } else { 1 };
    let photo = |position: u64| PhotoRef {
        sha256: Sha256Hash::of(&(seed * 4 + position).to_be_bytes()),
        bytes: 3_400_000 + seed,
        mime: Mime::Jpeg,
        role: PhotoRole::Scene,
        source: PhotoSource::Camera,
        slot: None,
        shot: None,
    };
    (0..count).map(photo).collect()
}

/// Copies a folder and what is in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let (from, to) = entry.map(|entry| (entry.path(), to.join(entry.file_name()))).unwrap();
        if from.is_dir() {
            copy(&from, &to);
        } else {
            std::fs::copy(from, to).unwrap();
        }
    }
}
