//! Vault files: what is read is what was put in, or it is an error. Wrong bytes under a photo's name would be evidence
//! that nobody took.

#![no_main]

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use fuzz::{Shelf, splice, whole_file};
use libfuzzer_sys::fuzz_target;
use patrol_domain::{PhotoSource, Sha256Hash};
use patrol_sqlite::Disk;
use patrol_store::{Vault, VaultNote};
use patrol_testkit::op::{at, original};
use patrol_testkit::{CrashDisk, SeededRandomness};

const KEY: [u8; 32] = [7; 32];
const FOLDER: &str = "/vault";

/// A file of the vault, with what was put into it.
struct Sound {
    path: PathBuf,
    file: Vec<u8>,
    original: Vec<u8>,
    sha256: Sha256Hash,
    note: VaultNote,
}

/// None, less than a chunk, a chunk and a little: one chunk more is only the same again.
static SOUND: LazyLock<[Sound; 3]> = LazyLock::new(|| [0, 300, 64 * 1024 + 100].map(put));

fuzz_target!(|input: &[u8]| {
    for sound in SOUND.iter().take(2) {
        read(sound, input);
    }
    let Some((which, patches)) = input.split_first() else {
        return;
    };
    let sound = SOUND
        .get(usize::from(*which) % SOUND.len())
        .expect("below their number");
    read(sound, &splice(&sound.file, patches));
});

fn open(folder: &Path, disk: Arc<dyn Disk>) -> Vault {
    Vault::open(folder, KEY, Arc::new(SeededRandomness::new(7)), disk).expect("nothing breaks this disk")
}

fn put(length: usize) -> Sound {
    let disk = CrashDisk::new(7);
    let vault = open(&disk.root().join("vault"), Arc::new(disk.clone()));
    let original = original(7, length);
    let note = VaultNote {
        at: at(7),
        fix: None,
        source: PhotoSource::Import,
        draft: None,
    };
    let (sha256, _) = vault.put(&mut &*original, &note).expect("nothing breaks this disk");
    let name = sha256.to_string();
    let below: PathBuf = [name.get(..2).expect("hexadecimal"), &format!("{name}.xgv")]
        .iter()
        .collect();
    Sound {
        file: whole_file(&disk, &disk.root().join("vault").join(&below)),
        path: Path::new(FOLDER).join(below),
        original,
        sha256,
        note,
    }
}

/// Reads the file in a sound one's place, whole and piece by piece.
fn read(sound: &Sound, file: &[u8]) {
    let shelf = Shelf::default().with(&sound.path, file);
    let vault = open(Path::new(FOLDER), Arc::new(shelf));
    if let Ok(bytes) = vault.read_all(sound.sha256) {
        assert!(bytes == sound.original, "other bytes than were put in");
    }
    let Ok(mut reader) = vault.read(sound.sha256) else {
        return;
    };
    assert_eq!(reader.length(), sound.original.len() as u64);
    assert_eq!(reader.note().as_ref(), Some(&sound.note));
    // From within the first chunk, and from the second, whatever became of the one before.
    for begin in [0, 200, 64 * 1024, 64 * 1024 + 50] {
        let mut at = begin.min(sound.original.len());
        reader.seek(begin as u64);
        while let Ok(Some(piece)) = reader.next_piece() {
            let expected = sound.original.get(at..at + piece.len());
            assert!(expected == Some(&*piece), "other bytes than were put in");
            at += piece.len();
        }
    }
}
