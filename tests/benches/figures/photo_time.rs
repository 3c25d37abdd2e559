//! `photo_time`: a photo of 4 MB durable and recorded, against the work that nobody can leave out.
//!
//! The floor hashes the same bytes (SHA-256), seals them (XChaCha20-Poly1305, 64 KiB at a time, in place), writes, syncs,
//! renames, syncs the folder and commits the same three statements by bare SQLite. The reserve is there beforehand.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use chacha20poly1305::aead::{AeadInOut as _, KeyInit as _};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use patrol_sqlite::rusqlite::{Connection, TransactionBehavior};
use patrol_testkit::op;
use sha2::{Digest as _, Sha256};

use crate::bare::{self, sql};
use crate::watch::{median, millis};
use crate::{Figure, phone};

const RUNS: u64 = 11;
const PHOTOS_PER_RUN: u64 = 6;
const PHOTO_BYTES: usize = 4_000_000;
const CHUNK: usize = 64 * 1024;
const BAR: f64 = 1.2;
const DRAFT: [u8; 16] = [4; 16];
const BOOT: &str = "5f2c1d0e-8c3b-4f6e-9a7d-0b1c2d3e4f50";

pub(crate) fn measure() -> Figure {
    let folder = tempfile::tempdir().unwrap();
    let store = phone::begin(&folder.path().join("ours"), phone::on_machine());
    store.keep_reserve().unwrap();
    let mut bare = Bare::begin(&folder.path().join("bare"));
    let (mut values, mut floors) = (Vec::new(), Vec::new());
    // The first run makes folders and fills caches.
    for run in 0..=RUNS {
        let (mut ours_ms, mut bare_ms) = (Vec::new(), Vec::new());
        for photo in 0..PHOTOS_PER_RUN {
            let seed = run * PHOTOS_PER_RUN + photo;
            let original = op::original(seed, PHOTO_BYTES);
            ours_ms.push(millis(|| phone::add_photo(&store, seed, &original)));
            bare_ms.push(millis(|| bare.add_photo(&original)));
        }
        store.discard_draft().unwrap();
        bare.connection.execute(sql!("draft/delete_photos"), [DRAFT]).unwrap();
        if run > 0 {
            values.push(median(&mut ours_ms));
            floors.push(median(&mut bare_ms));
        }
    }
    Figure::against(
        "photo_time",
        &values,
        &floors,
        "ms",
        BAR,
        "a photo of 4 MB in the vault and on the draft ÷ bare SHA-256, XChaCha20-Poly1305, write, sync, rename, sync of the \
         folder and one commit of the same rows",
    )
}

struct Bare {
    folder: PathBuf,
    connection: Connection,
    cipher: XChaCha20Poly1305,
    buffer: Vec<u8>,
}

impl Bare {
    fn begin(folder: &Path) -> Self {
        std::fs::create_dir_all(folder.join("vault")).unwrap();
        let connection = bare::begin(&folder.join("bare.db"));
        connection.execute(sql!("draft/begin"), [DRAFT]).unwrap();
        Self {
            folder: folder.join("vault"),
            connection,
            cipher: XChaCha20Poly1305::new(&[9; 32].into()),
            buffer: Vec::with_capacity(CHUNK + 16),
        }
    }

    fn add_photo(&mut self, original: &[u8]) {
        let side = self.folder.join("side");
        let hash = self.write(&side, original);
        std::fs::rename(&side, self.folder.join(patrol_domain::hash::encode_hex(&hash))).unwrap();
        File::open(&self.folder).unwrap().sync_all().unwrap();
        self.record(&hash);
    }

    fn write(&mut self, side: &Path, original: &[u8]) -> [u8; 32] {
        let mut file = File::create(side).unwrap();
        let mut hasher = Sha256::new();
        for (counter, chunk) in original.chunks(CHUNK).enumerate() {
            hasher.update(chunk);
            let mut nonce = [0; 24];
            nonce[16..].copy_from_slice(&counter.to_be_bytes());
            self.buffer.clear();
            self.buffer.extend_from_slice(chunk);
            self.cipher
                .encrypt_in_place(&XNonce::from(nonce), b"associated", &mut self.buffer)
                .unwrap();
            file.write_all(&self.buffer).unwrap();
        }
        file.sync_all().unwrap();
        hasher.finalize().into()
    }

    fn record(&mut self, hash: &[u8; 32]) {
        let tx = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .unwrap();
        bare::run(
            &tx,
            sql!("photo/insert_photo"),
            &[
                &hash.as_slice(),
                &4_000_000,
                &"image/jpeg",
                &"camera",
                &3000,
                &4000,
                &"2026-06-18T09:12:08",
                &r#"{"lat_e7":323412586,"lon_e7":1188403172,"provider":"exif"}"#,
                &None::<String>,
                &[0x5a_u8; 12_000].as_slice(),
            ],
        );
        bare::run(&tx, sql!("outbox/expect_photo"), &[&hash.as_slice()]);
        let (none, wall_ms) = (None::<String>, 1_781_745_128_000_i64);
        let fix = r#"{"lat_e7":323412586,"lon_e7":1188403172,"provider":"exif"}"#;
        bare::run(
            &tx,
            sql!("draft/insert_photo"),
            &[
                &DRAFT,
                &hash.as_slice(),
                &"scene",
                &none,
                &wall_ms,
                &60_000,
                &BOOT,
                &fix,
            ],
        );
        bare::run(&tx, sql!("draft/touch_draft"), &[&DRAFT, &wall_ms]);
        tx.commit().unwrap();
    }
}
