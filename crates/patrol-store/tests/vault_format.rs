//! ◆ The bytes of a vault file, version `XGV1`, written out once more from the page in `src/vault/format.rs` and pinned:
//! the originals of every phone in the field lie in this format, so it can never change.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

#[path = "shared/phone.rs"]
mod phone;

use std::path::Path;
use std::sync::Arc;

use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use patrol_domain::hash::decode_hex;
use patrol_domain::port::random;
use patrol_domain::{Sha256Hash, canonical};
use patrol_store::{MachineDisk, Vault};
use patrol_testkit::SeededRandomness;
use patrol_testkit::op::original;
use phone::{ROOT, derive, note};

const SEED: u64 = 0x5847_5631;
/// The golden file's original.
const WORDS: &str = "车主不在场，已贴单。囧𠮷😀";

fn vault_key() -> [u8; 32] {
    derive(ROOT, b"xunge vault 1")
}

fn open(folder: &Path) -> Vault {
    Vault::open(
        folder,
        vault_key(),
        Arc::new(SeededRandomness::new(SEED)),
        Arc::new(MachineDisk),
    )
    .unwrap()
}

fn path(folder: &Path, sha256: Sha256Hash) -> std::path::PathBuf {
    let name = sha256.to_string();
    folder.join(name.get(..2).unwrap()).join(format!("{name}.xgv"))
}

/// The file that the program writes for `bytes`, as the first one of a vault with this seed.
fn written(bytes: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let (sha256, _) = open(folder.path()).put(&mut &*bytes, &note(1)).unwrap();
    std::fs::read(path(folder.path(), sha256)).unwrap()
}

/// The same file from the page alone.
fn by_the_page(bytes: &[u8]) -> Vec<u8> {
    let source = SeededRandomness::new(SEED);
    let file_id: [u8; 16] = random(&source);
    let prefix: [u8; 19] = random(&source);
    let wrap_nonce: [u8; 24] = random(&source);
    let file_key: [u8; 32] = random(&source);
    let seal = |key: &[u8; 32], nonce: [u8; 24], msg: &[u8], aad: &[u8]| {
        let cipher = XChaCha20Poly1305::new(key.into());
        cipher.encrypt(&nonce.into(), Payload { msg, aad }).unwrap()
    };

    let mut file = [b"XGV1".as_slice(), &[1], &1u32.to_be_bytes(), &file_id].concat();
    assert_eq!(file.len(), 25);
    let wrapped = seal(&vault_key(), wrap_nonce, &file_key, &file);
    file.extend_from_slice(&prefix);
    file.extend_from_slice(&wrap_nonce);
    file.extend_from_slice(&wrapped);
    assert_eq!(file.len(), 116);

    let associated = [b"XGV1".as_slice(), &[1], &file_id, &prefix].concat();
    let nonce = |counter: u32, closing: u8| {
        let nonce = [prefix.as_slice(), &counter.to_be_bytes(), &[closing]].concat();
        <[u8; 24]>::try_from(nonce).unwrap()
    };
    let mut counter = 0;
    for chunk in bytes.chunks(65_536) {
        file.extend(seal(&file_key, nonce(counter, 0), chunk, &associated));
        counter += 1;
    }
    let note = canonical::encode(&serde_json::to_value(note(1)).unwrap()).unwrap();
    let mut closing = Sha256Hash::of(bytes).as_bytes().to_vec();
    closing.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
    closing.extend_from_slice(&u16::try_from(note.len()).unwrap().to_be_bytes());
    closing.extend_from_slice(&note);
    closing.resize(1_024, 0);
    file.extend(seal(&file_key, nonce(counter, 1), &closing, &associated));
    file
}

#[test]
fn the_program_writes_what_the_page_says_to_the_byte() {
    for length in [0, 1, 65_535, 65_536, 65_537, 200_000] {
        let bytes = original(1, length);
        let file = written(&bytes);
        assert_eq!(file.len(), 116 + length + length.div_ceil(65_536) * 16 + 1_040);
        assert!(file == by_the_page(&bytes), "{length}");
    }
}

#[test]
fn the_hashes_of_golden_files_never_change() {
    let hash = |length| Sha256Hash::of(&written(&original(1, length))).to_string();
    assert_eq!(
        hash(0),
        "aca8027767bb4935efe164fdad98c90dc5df889da696f1ce5e5fee9a0b525d12"
    );
    assert_eq!(
        hash(200_000),
        "c1f64a1933dd9fec21c2d9532e3361d2b67ede8159a9d36778785506f7c937c2"
    );
}

#[test]
fn a_file_of_the_first_release_opens_today() {
    let file: Vec<u8> = include_str!("vault_format/golden.hex")
        .lines()
        .flat_map(|line| line.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap()))
        .map(|pair| decode_hex::<1>(pair).unwrap()[0])
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let store = phone::open(folder.path(), ROOT).unwrap();
    let sha256 = Sha256Hash::of(WORDS.as_bytes());
    let path = path(&folder.path().join("vault"), sha256);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, &file).unwrap();
    let vault = store.vault();
    assert_eq!(vault.read_all(sha256).unwrap(), WORDS.as_bytes());
    assert_eq!(vault.read(sha256).unwrap().note(), Some(note(1)));
    assert!(file == written(WORDS.as_bytes()), "and would be written the same today");
}
