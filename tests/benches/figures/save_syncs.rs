//! `save_syncs`: what one saved case asks of the disk, counted and not timed.
//!
//! The disk is [`CrashDisk`], through which SQLite and the vault both go, so nothing is missed. A save that runs into a
//! checkpoint, and the first one behind it (which begins the log anew), are not counted among the others; what they
//! write is spread over all saves in `save_bytes_whole`. Photos are durable long before the save and counted apart.

use std::sync::Arc;

use patrol_store::DraftFields;
use patrol_testkit::CrashDisk;
use patrol_testkit::crash::Counters;
use patrol_testkit::op;

use crate::{Figure, phone};

const CASES: u64 = 400;
const PHOTO_BYTES: usize = 300_000;
const SAVE_SYNCS: f64 = 1.0;
const SAVE_KB: f64 = 96.0;
const SAVE_KB_WHOLE: f64 = 192.0;
/// The original's file, its folder, the commit of its row. One more when it is the first in one of the 256 folders.
const PHOTO_SYNCS: f64 = 3.0;
const PHOTO_KB: f64 = 384.0;

pub(crate) fn measure() -> Vec<Figure> {
    let mut meter = Meter {
        disk: CrashDisk::new(1),
        begins_anew: false,
    };
    let disk = meter.disk.clone();
    let store = phone::begin(&disk.root().join("data"), Arc::new(disk.clone()));
    store.keep_reserve().unwrap();
    let (mut photos, mut saves) = (Vec::new(), Vec::new());
    for seed in 1..=CASES {
        let original = op::original(seed, PHOTO_BYTES);
        photos.push(meter.count(|| phone::add_photo(&store, seed, &original)));
        let note = "车主不在场，已贴告知单。";
        let fields = DraftFields {
            matter: Some("PK01".into()),
            plate: op::plate(seed),
            street: None,
            note: note.into(),
            ..DraftFields::default()
        };
        meter.count(|| store.write_draft(&fields, op::at(seed).wall_ms).unwrap());
        let opened = op::case_opened(seed, &[op::photo_ref(&original)], Some(note));
        saves.push(meter.count(|| phone::save(&store, &opened)));
    }
    let whole: u64 = saves
        .iter()
        .map(|save| save.counters.database.bytes + save.counters.wal.bytes)
        .sum();
    let saves: Vec<Counters> = undisturbed(&saves);
    let photos: Vec<Counters> = undisturbed(&photos);
    let mut syncs = Figure::absolute(
        "save_syncs",
        &saves.iter().map(|save| number(save.syncs())).collect::<Vec<_>>(),
        "syncs",
        SAVE_SYNCS,
        "syncs of files and folders per saved case outside of checkpoints; exactly 1 in every one of them",
    );
    syncs.ok = syncs.spread == [SAVE_SYNCS; 2];
    vec![
        syncs,
        Figure::absolute(
            "save_bytes",
            &saves
                .iter()
                .map(|save| kb(save.database.bytes + save.wal.bytes))
                .collect::<Vec<_>>(),
            "KB",
            SAVE_KB,
            "bytes written to database and write-ahead log per saved case outside of checkpoints",
        ),
        Figure::absolute(
            "save_bytes_whole",
            &[kb(whole) / number(CASES)],
            "KB",
            SAVE_KB_WHOLE,
            "the mean over all saved cases, checkpoints and what the photos' rows leave to them included",
        ),
        Figure::absolute(
            "photo_syncs",
            &photos.iter().map(|photo| number(photo.syncs())).collect::<Vec<_>>(),
            "syncs",
            PHOTO_SYNCS,
            "syncs per photo: its file, its folder, the commit of its row",
        ),
        Figure::absolute(
            "photo_bytes",
            &photos.iter().map(|photo| kb(bytes(photo))).collect::<Vec<_>>(),
            "KB",
            PHOTO_KB,
            "bytes written per photo of 300 KB with a thumbnail of 12 KB: its file and its row",
        ),
    ]
}

/// Counts, and knows which work a checkpoint had a part in.
struct Meter {
    disk: CrashDisk,
    begins_anew: bool,
}

struct Count {
    counters: Counters,
    is_undisturbed: bool,
}

impl Meter {
    fn count(&mut self, work: impl FnOnce()) -> Count {
        self.disk.reset_counters();
        work();
        let counters = self.disk.counters();
        let checkpointed = counters.database.writes > 0;
        let is_undisturbed = !checkpointed && !self.begins_anew;
        self.begins_anew = checkpointed;
        Count {
            counters,
            is_undisturbed,
        }
    }
}

/// Without a checkpoint, and without what begins the log anew behind one.
fn undisturbed(all: &[Count]) -> Vec<Counters> {
    all.iter()
        .filter(|one| one.is_undisturbed)
        .map(|one| one.counters)
        .collect()
}

fn bytes(counters: &Counters) -> u64 {
    counters.database.bytes + counters.wal.bytes + counters.other.bytes
}

fn kb(bytes: u64) -> f64 {
    number(bytes) / 1000.0
}

#[allow(clippy::cast_precision_loss, reason = "counts far below 2^53")]
fn number(count: u64) -> f64 {
    count as f64
}
