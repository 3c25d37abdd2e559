//! A phone's memory for the figures: the store alone, with its keys at hand, so that bare SQLite can open the same file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use patrol_domain::port::Randomness;
use patrol_domain::{Fix, Mime, Op, Part, PhotoSource, Provider, Sha256Hash};
use patrol_sqlite::{Disk, MachineDisk};
use patrol_store::{Exposure, Journal, Opened, PhotoFacts, RootKey, Store, StoreError, StoreOptions, VaultNote};
use patrol_testkit::op;
use patrol_testkit::random::SeededRandomness;

/// The root of all keys of the figures.
pub(crate) const ROOT: [u8; 32] = [7; 32];

/// How large the thumbnail of a photo is.
const THUMBNAIL: usize = 12_000;

pub(crate) fn options(data: &Path, disk: Arc<dyn Disk>) -> StoreOptions {
    let random: Arc<dyn Randomness> = Arc::new(SeededRandomness::new(1));
    let now = op::at(0).wall_ms;
    StoreOptions {
        disk,
        ..StoreOptions::new(data, RootKey::new(ROOT), random, now)
    }
}

/// A memory with a journal in which nothing is recorded yet.
pub(crate) fn begin(data: &Path, disk: Arc<dyn Disk>) -> Store {
    let Opened { store, .. } = Store::open(&options(data, disk)).unwrap();
    let journal = Journal {
        log: op::log_id(0),
        author: op::person(1),
    };
    store
        .begin_journal(journal, &op::log_opened(0, journal.author), &[])
        .unwrap();
    store
}

pub(crate) fn on_machine() -> Arc<dyn Disk> {
    Arc::new(MachineDisk)
}

/// The database in a memory's folder.
pub(crate) fn database(data: &Path) -> PathBuf {
    data.join("patrol.db")
}

/// Takes an original in, as the app does after it has looked at the picture.
pub(crate) fn add_photo(store: &Store, seed: u64, original: &[u8]) {
    let at = op::at(seed);
    let fix = Fix::from_e7(323_412_586, 1_188_403_172, Provider::Exif).ok();
    let note = VaultNote {
        at,
        fix,
        source: PhotoSource::Camera,
        draft: None,
    };
    let describe = |sha256, bytes| facts(sha256, bytes, fix);
    store
        .add_draft_photo(&Exposure::default(), &mut &*original, &note, &thumbnail(), describe)
        .unwrap();
}

/// As large as one, and with a JPEG's first bytes, which is all that a station looks at.
fn thumbnail() -> Vec<u8> {
    let mut bytes = vec![0x5a; THUMBNAIL];
    bytes[..3].copy_from_slice(&[0xff, 0xd8, 0xff]);
    bytes
}

fn facts(sha256: Sha256Hash, bytes: u64, fix: Option<Fix>) -> PhotoFacts {
    PhotoFacts {
        sha256,
        bytes,
        mime: Mime::Jpeg,
        source: PhotoSource::Camera,
        width: 3000,
        height: 4000,
        taken: Some("2026-06-18T09:12:08".into()),
        fix,
        place_problem: None,
    }
}

/// Makes the draft a case, with everything that the app reads and gives out on the way.
pub(crate) fn save(store: &Store, opened: &(Op, Vec<Part>)) {
    let (op, parts) = opened;
    let saved: Result<_, StoreError> = store.save_draft(|draft| {
        draft.moment(op.at.boot_id, op.at.boot_ms)?;
        let number = draft.next_number("0618-")?;
        Ok((op.clone(), parts.clone(), number))
    });
    saved.unwrap();
}
