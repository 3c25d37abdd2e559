//! A phone's memory in a folder of its own, and what was put into it, for comparing.

#![allow(dead_code, reason = "each test program uses a part of it")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hkdf::Hkdf;
use patrol_domain::digest::JournalDigest;
use patrol_domain::hash::encode_hex;
use patrol_domain::{Fix, Head, LogId, Mime, Op, Part, PhotoRef, PhotoSource, Provider, Seq, Sha256Hash, WallMs};
use patrol_sqlite::rusqlite::Connection;
use patrol_store::{DraftPhoto, Exposure, Journal, PhotoFacts, RootKey, Store, StoreError, StoreOptions, VaultNote};
use patrol_testkit::SeededRandomness;
use patrol_testkit::op::{self, at, case_opened, log_id, log_opened, person, photo_ref};
use sha2::Sha256;
use tempfile::TempDir;

/// The root of every phone here.
pub(crate) const ROOT: [u8; 32] = [0x5a; 32];

/// A phone with a begun journal.
pub(crate) struct Phone {
    folder: TempDir,
    store: Option<Store>,
    /// Everything that was appended.
    pub(crate) written: Vec<(Op, Vec<Part>)>,
    /// Every original that an appended op names.
    pub(crate) originals: BTreeMap<Sha256Hash, u64>,
}

impl Phone {
    /// A new install with op 1.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path(), ROOT).unwrap();
        let first = log_opened(1, person(1));
        store.begin_journal(journal(1), &first, &[]).unwrap();
        Self {
            folder,
            store: Some(store),
            written: vec![(first, Vec::new())],
            originals: BTreeMap::new(),
        }
    }

    /// The memory.
    pub(crate) fn store(&self) -> &Store {
        self.store.as_ref().unwrap()
    }

    /// Where it lies.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Ends the program in good order and starts it again.
    pub(crate) fn reopen(&mut self) -> &Store {
        self.close();
        self.store.insert(open(self.folder.path(), ROOT).unwrap())
    }

    /// Ends the program in good order.
    pub(crate) fn close(&mut self) {
        self.store = None;
    }

    /// What a killed program leaves: the files as they lie there while it runs.
    pub(crate) fn killed(&self) -> TempDir {
        let copy = tempfile::tempdir().unwrap();
        for (path, bytes) in files(self.folder()) {
            let path = copy.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        copy
    }

    /// Puts a photo on the draft.
    pub(crate) fn add_photo(&self, original: &[u8]) -> DraftPhoto {
        let added = facts(original);
        let thumbnail = thumbnail(original);
        self.store()
            .add_draft_photo(
                &Exposure::default(),
                &mut &*original,
                &note(1),
                &thumbnail,
                |sha256, bytes| PhotoFacts {
                    sha256,
                    bytes,
                    ..added.clone()
                },
            )
            .unwrap();
        on_draft(original)
    }

    /// Records a case with these originals.
    pub(crate) fn record(&mut self, seed: u64, originals: &[&[u8]], words: Option<&str>) -> Head {
        for original in originals {
            self.add_photo(original);
        }
        let photos: Vec<PhotoRef> = originals.iter().map(|original| photo_ref(original)).collect();
        let (op, parts) = case_opened(seed, &photos, words);
        let head = save(self.store(), &op, &parts).unwrap();
        self.wrote(op, parts);
        head
    }

    /// Remembers what was appended.
    pub(crate) fn wrote(&mut self, op: Op, parts: Vec<Part>) {
        for photo in &op.photos {
            self.originals.insert(photo.sha256, photo.bytes);
        }
        self.written.push((op, parts));
    }

    /// The station has signed for everything up to `seq`.
    pub(crate) fn ack(&self, seq: u64) {
        let hash = self.store().hash_at(Seq(seq)).unwrap().unwrap();
        let head = Head { seq: Seq(seq), hash };
        self.store()
            .record_receipt(head, "epoch", Seq(0), station_ms(seq), "beacon", "{}")
            .unwrap();
    }

    /// The digest of what was written, from memory.
    pub(crate) fn expected_digest(&self) -> JournalDigest {
        let mut digest = JournalDigest::new(log_id(1));
        for (op, parts) in &self.written {
            digest.add_op(op.encode().unwrap().as_slice(), parts);
        }
        for (sha256, bytes) in &self.originals {
            digest.add_photo(*sha256, *bytes);
        }
        digest
    }

    /// A way into the closed database past the program, as an attacker with the root key has it.
    pub(crate) fn tamper(&mut self, statements: &str) {
        self.close();
        connect(&self.folder.path().join("patrol.db"))
            .execute_batch(statements)
            .unwrap();
        self.store = Some(open(self.folder.path(), ROOT).unwrap());
    }
}

/// The station's time of the receipt for `seq`.
pub(crate) fn station_ms(seq: u64) -> i64 {
    op::FIRST_MS + i64::try_from(seq).unwrap()
}

/// Opens a memory with foreseeable randomness, another row of it for each opening of this program.
pub(crate) fn open(folder: &Path, root: [u8; 32]) -> Result<Store, StoreError> {
    static OPENINGS: AtomicU64 = AtomicU64::new(1);
    let seed = OPENINGS.fetch_add(1, Ordering::Relaxed);
    Ok(Store::open(&options(folder, root, seed))?.store)
}

/// Where a memory lies, with the randomness of `seed`.
pub(crate) fn options(folder: &Path, root: [u8; 32], seed: u64) -> StoreOptions {
    StoreOptions::new(
        folder,
        RootKey::new(root),
        Arc::new(SeededRandomness::new(seed)),
        WallMs(op::FIRST_MS),
    )
}

/// A journal's row.
pub(crate) fn journal(seed: u64) -> Journal {
    Journal {
        log: log_id(seed),
        author: person(1),
    }
}

/// The journal's id as SQL writes it.
pub(crate) fn log_literal(log: LogId) -> String {
    format!("x'{}'", encode_hex(log.as_bytes()))
}

/// What the vault is told beside the bytes.
pub(crate) fn note(seed: u64) -> VaultNote {
    VaultNote {
        at: at(seed),
        fix: Fix::from_e7(323_412_586, 1_188_403_172, Provider::Gnss).ok(),
        source: PhotoSource::Import,
        draft: None,
    }
}

/// What is known of an original.
pub(crate) fn facts(original: &[u8]) -> PhotoFacts {
    PhotoFacts {
        sha256: Sha256Hash::of(original),
        bytes: original.len() as u64,
        mime: Mime::Jpeg,
        source: PhotoSource::Import,
        width: 4032,
        height: 3024,
        taken: Some("2026-06-18T09:12:08".into()),
        fix: Fix::from_e7(323_412_586, 1_188_403_172, Provider::Exif).ok(),
        place_problem: None,
    }
}

/// An original as it stands on the draft.
pub(crate) fn on_draft(original: &[u8]) -> DraftPhoto {
    DraftPhoto {
        facts: facts(original),
        exposure: Exposure::default(),
        came: Some((&note(1).at).into()),
        fix: note(1).fix,
    }
}

/// Bytes that stand for a thumbnail.
pub(crate) fn thumbnail(original: &[u8]) -> Vec<u8> {
    [b"thumbnail of ".as_slice(), Sha256Hash::of(original).as_bytes()].concat()
}

/// A key derived from the root by its released name (◆): what `patrol_store` does inside, written out once more.
pub(crate) fn derive<const N: usize>(root: [u8; 32], name: &[u8]) -> [u8; N] {
    let mut key = [0; N];
    Hkdf::<Sha256>::new(None, &root).expand(name, &mut key).unwrap();
    key
}

/// A second connection to a phone's database.
pub(crate) fn connect(path: &Path) -> Connection {
    let key: [u8; 48] = derive(ROOT, b"xunge database 1");
    let connection = Connection::open(path).unwrap();
    connection
        .pragma_update(None, "key", format!("x'{}'", encode_hex(&key)))
        .unwrap();
    connection
}

/// Every file under a folder with its bytes.
pub(crate) fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(one) = folders.pop() {
        for entry in std::fs::read_dir(one).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_owned();
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// Whether `needle` stands anywhere in `bytes`.
pub(crate) fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

/// Makes the draft the case that `op` opens.
pub(crate) fn save(store: &Store, op: &Op, parts: &[Part]) -> Result<Head, StoreError> {
    let saved = store.save_draft(|_| Ok::<_, StoreError>((op.clone(), parts.to_vec(), ())));
    saved.map(|(head, ())| head)
}
