//! The photo vault: what goes in comes out, from any position, and nothing else ever comes out.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

#[path = "shared/phone.rs"]
mod phone;

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use patrol_domain::Sha256Hash;
use patrol_store::{MachineDisk, Vault, VaultError};
use patrol_testkit::SeededRandomness;
use patrol_testkit::op::original;
use phone::{files, holds, note};
use proptest::prelude::*;

const KEY: [u8; 32] = [9; 32];
const CHUNK: usize = 65_536;
const SEALED_CHUNK: usize = CHUNK + 16;
const HEADER: usize = 116;
const CLOSING: usize = 1_040;
const LENGTHS: [usize; 8] = [0, 1, 65_535, 65_536, 65_537, 131_072, 200_000, 5_000_001];

struct Folder {
    folder: tempfile::TempDir,
    vault: Vault,
}

impl Folder {
    fn new(seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let vault = open(folder.path(), KEY, seed);
        Self { folder, vault }
    }

    fn put(&self, bytes: &[u8]) -> Sha256Hash {
        let (sha256, length) = self.vault.put(&mut &*bytes, &note(1)).unwrap();
        assert_eq!((sha256, length), (Sha256Hash::of(bytes), bytes.len() as u64));
        sha256
    }

    fn path(&self, sha256: Sha256Hash) -> PathBuf {
        let name = sha256.to_string();
        self.folder
            .path()
            .join(name.get(..2).unwrap())
            .join(format!("{name}.xgv"))
    }

    fn sealed(&self, sha256: Sha256Hash) -> Vec<u8> {
        std::fs::read(self.path(sha256)).unwrap()
    }

    /// What the vault says when the file holds `bytes` instead.
    #[track_caller]
    fn assert_damaged(&self, sha256: Sha256Hash, bytes: &[u8], what: &str) {
        std::fs::write(self.path(sha256), bytes).unwrap();
        for said in [self.vault.verify(sha256).err(), self.vault.read_all(sha256).err()] {
            assert!(
                matches!(said, Some(VaultError::Damaged(which)) if which == sha256),
                "{what}: {said:?}"
            );
        }
    }
}

fn open(folder: &Path, key: [u8; 32], seed: u64) -> Vault {
    Vault::open(
        folder,
        key,
        Arc::new(SeededRandomness::new(seed)),
        Arc::new(MachineDisk),
    )
    .unwrap()
}

fn flipped(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    *bytes.get_mut(at).unwrap() ^= 0x01;
    bytes
}

#[test]
fn an_original_of_any_length_comes_out_as_it_went_in() {
    let folder = Folder::new(1);
    for length in LENGTHS {
        let bytes = original(length as u64, length);
        let sha256 = folder.put(&bytes);
        assert_eq!(folder.vault.verify(sha256).unwrap(), length as u64);
        assert!(folder.vault.read_all(sha256).unwrap() == bytes, "{length}");
        let mut reader = folder.vault.read(sha256).unwrap();
        assert_eq!(reader.length(), length as u64);
        assert_eq!(reader.note(), Some(note(1)));
        let mut joined = Vec::new();
        while let Some(piece) = reader.next_piece().unwrap() {
            assert!((1..=CHUNK).contains(&piece.len()));
            joined.extend(piece);
        }
        assert!(joined == bytes, "{length} in pieces");
        assert_eq!(reader.next_piece().unwrap(), None, "the end stays the end");
        let expected = HEADER + length + length.div_ceil(CHUNK) * 16 + CLOSING;
        assert_eq!(folder.sealed(sha256).len(), expected, "size of the file for {length}");
    }
    assert!(files(&folder.folder.path().join("incoming")).is_empty());
}

#[test]
fn reading_goes_on_from_any_position() {
    let folder = Folder::new(2);
    for length in [1, 65_535, 65_536, 65_537, 200_000] {
        let bytes = original(9, length);
        let sha256 = folder.put(&bytes);
        let mut reader = folder.vault.read(sha256).unwrap();
        let edges = (0..=length / CHUNK + 1).flat_map(|chunk| {
            let edge = chunk * CHUNK;
            [edge.saturating_sub(1), edge, edge + 1]
        });
        for position in edges.chain([length.saturating_sub(1), length, length + 1]) {
            reader.seek(position as u64);
            let mut rest = Vec::new();
            while let Some(piece) = reader.next_piece().unwrap() {
                rest.extend(piece);
            }
            assert!(rest == bytes[position.min(length)..], "{length} from {position}");
        }
        reader.seek(u64::MAX);
        assert_eq!(reader.next_piece().unwrap(), None);
    }
}

/// A source that gives as little at once as it likes, and fails where it is told.
struct Trickle<'bytes> {
    bytes: &'bytes [u8],
    at_once: usize,
    fails: bool,
}

impl Read for Trickle<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.bytes.is_empty() && self.fails {
            return Err(io::Error::other("the card was pulled out"));
        }
        let count = self.at_once.min(into.len()).min(self.bytes.len());
        let (now, later) = self.bytes.split_at(count);
        into.get_mut(..count).unwrap().copy_from_slice(now);
        self.bytes = later;
        Ok(count)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_bytes_in_any_pieces_come_out_from_anywhere(
        length in 0usize..150_000, at_once in 1usize..70_000, seeks in prop::collection::vec(0u64..160_000, 1..6),
    ) {
        let folder = Folder::new(3);
        let bytes = original(length as u64, length);
        let mut source = Trickle { bytes: &bytes, at_once, fails: false };
        let (sha256, _) = folder.vault.put(&mut source, &note(1)).unwrap();
        let mut reader = folder.vault.read(sha256).unwrap();
        for position in seeks {
            reader.seek(position);
            let from = usize::try_from(position).unwrap().min(length);
            let piece = reader.next_piece().unwrap().unwrap_or_default();
            prop_assert!(piece.is_empty() == (from == length));
            prop_assert!(bytes[from..].starts_with(&piece));
        }
    }
}

#[test]
fn a_source_that_breaks_off_leaves_nothing() {
    let folder = Folder::new(4);
    let bytes = original(1, 100_000);
    let mut source = Trickle {
        bytes: &bytes,
        at_once: 4_000,
        fails: true,
    };
    assert!(matches!(
        folder.vault.put(&mut source, &note(1)),
        Err(VaultError::File(_))
    ));
    assert!(files(folder.folder.path()).is_empty());
    assert!(!folder.vault.contains(Sha256Hash::of(&bytes)).unwrap());
    let missing = folder.vault.read(Sha256Hash::of(&bytes));
    assert!(matches!(missing, Err(VaultError::Missing(_))));
}

#[test]
fn the_file_holds_nothing_readable() {
    let folder = Folder::new(5);
    let words = "王某，电话 13800000000，苏A8K3R7。".repeat(8_000);
    let sealed = folder.sealed(folder.put(words.as_bytes()));
    for word in ["王某", "13800000000", "苏A", "boot_id", "wall_ms", "import"] {
        assert!(!holds(&sealed, word.as_bytes()), "{word}");
    }
}

#[test]
fn a_flipped_bit_anywhere_is_damage() {
    let folder = Folder::new(6);
    let bytes = original(1, 3 * CHUNK + 100);
    let sha256 = folder.put(&bytes);
    let sealed = folder.sealed(sha256);
    // Every byte of the header and some of each run behind it.
    let chunks = HEADER..HEADER + 3 * SEALED_CHUNK + 116;
    let closing = chunks.end..sealed.len();
    let first_tag = HEADER + CHUNK..HEADER + SEALED_CHUNK;
    let last_tag = chunks.end - 16..chunks.end;
    let spots = (0..HEADER)
        .chain(first_tag)
        .chain(last_tag)
        .chain(chunks.step_by(20_011))
        .chain(closing.clone().step_by(97))
        .chain(closing.end - 16..closing.end);
    for at in spots {
        folder.assert_damaged(sha256, &flipped(&sealed, at), &format!("byte {at}"));
    }
    std::fs::write(folder.path(sha256), &sealed).unwrap();
    folder.vault.verify(sha256).unwrap();
}

#[test]
fn a_file_cut_or_grown_anywhere_is_damage() {
    let folder = Folder::new(7);
    let bytes = original(1, 3 * CHUNK + 100);
    let sha256 = folder.put(&bytes);
    let sealed = folder.sealed(sha256);
    let borders = (0..=3).flat_map(|chunk| {
        let border = HEADER + chunk * SEALED_CHUNK;
        [
            border - 1,
            border,
            border + 1,
            border + 16,
            border + CLOSING,
            border + CLOSING + 1,
        ]
    });
    let spots = borders
        .chain([
            0,
            1,
            4,
            5,
            68,
            sealed.len() - 1_041,
            sealed.len() - CLOSING,
            sealed.len() - 16,
            sealed.len() - 1,
        ])
        .chain((0..sealed.len()).step_by(9_973));
    for length in spots {
        folder.assert_damaged(sha256, &sealed[..length], &format!("cut to {length}"));
    }
    for more in [1, 16, 116, CLOSING, SEALED_CHUNK] {
        let grown = [sealed.as_slice(), &vec![0; more]].concat();
        folder.assert_damaged(sha256, &grown, &format!("{more} more"));
    }
    let (body, end) = sealed.split_at(sealed.len() - CLOSING);
    folder.assert_damaged(sha256, &[body, end, end].concat(), "closed twice");
    let shorter = [&body[..HEADER + 2 * SEALED_CHUNK], end].concat();
    folder.assert_damaged(sha256, &shorter, "whole chunks left out before the end");
}

#[test]
fn chunks_of_other_places_and_other_files_are_damage() {
    let folder = Folder::new(8);
    let (first, second) = (original(1, 2 * CHUNK), original(2, 2 * CHUNK));
    let (a, b) = (folder.put(&first), folder.put(&second));
    let (sealed_a, sealed_b) = (folder.sealed(a), folder.sealed(b));
    let parts = |sealed: &[u8]| {
        let (header, rest) = sealed.split_at(HEADER);
        let (one, rest) = rest.split_at(SEALED_CHUNK);
        let (two, closing) = rest.split_at(SEALED_CHUNK);
        [header, one, two, closing].map(<[u8]>::to_vec)
    };
    let ([header, one, two, closing], other) = (parts(&sealed_a), parts(&sealed_b));
    let join = |parts: [&Vec<u8>; 4]| parts.map(Vec::as_slice).concat();
    for (what, bytes) in [
        ("swapped within", join([&header, &two, &one, &closing])),
        ("doubled within", join([&header, &one, &one, &closing])),
        ("first chunk of another", join([&header, &other[1], &two, &closing])),
        ("second chunk of another", join([&header, &one, &other[2], &closing])),
        ("closing of another", join([&header, &one, &two, &other[3]])),
        ("header of another", join([&other[0], &one, &two, &closing])),
        ("another file under this name", sealed_b.clone()),
    ] {
        folder.assert_damaged(a, &bytes, what);
    }
    assert!(folder.vault.verify(b).is_ok());
}

#[test]
fn a_piece_before_the_damage_may_be_read_and_none_behind_it() {
    let folder = Folder::new(9);
    let bytes = original(1, 3 * CHUNK);
    let sha256 = folder.put(&bytes);
    let sealed = flipped(&folder.sealed(sha256), HEADER + SEALED_CHUNK + 5);
    std::fs::write(folder.path(sha256), sealed).unwrap();
    let mut reader = folder.vault.read(sha256).unwrap();
    assert!(reader.next_piece().unwrap().unwrap() == bytes[..CHUNK]);
    assert!(matches!(reader.next_piece(), Err(VaultError::Damaged(_))));
    reader.seek(2 * CHUNK as u64);
    assert!(reader.next_piece().unwrap().unwrap() == bytes[2 * CHUNK..]);
}

#[test]
fn another_key_opens_nothing() {
    let folder = Folder::new(10);
    let sha256 = folder.put(b"original");
    let other = open(folder.folder.path(), [8; 32], 10);
    assert!(other.contains(sha256).unwrap());
    assert!(matches!(other.verify(sha256), Err(VaultError::Damaged(_))));
    assert!(folder.vault.verify(sha256).is_ok());
}

#[test]
fn the_same_bytes_twice_are_one_file_and_the_first_one_stays() {
    let folder = Folder::new(11);
    let bytes = original(1, 70_000);
    let sha256 = folder.put(&bytes);
    let sealed = folder.sealed(sha256);
    let (again, length) = folder.vault.put(&mut bytes.as_slice(), &note(2)).unwrap();
    assert_eq!((again, length), (sha256, 70_000));
    assert_eq!(files(folder.folder.path()).len(), 1);
    assert!(folder.sealed(sha256) == sealed);
    assert_eq!(folder.vault.read(sha256).unwrap().note(), Some(note(1)));
}

#[test]
fn a_damaged_file_gives_way_to_the_good_bytes_at_hand() {
    let folder = Folder::new(12);
    let bytes = original(1, 2 * CHUNK + 7);
    let sha256 = folder.put(&bytes);
    let sealed = folder.sealed(sha256);
    for damaged in [
        flipped(&sealed, 5),
        flipped(&sealed, HEADER + 70_000),
        Vec::new(),
        sealed[..HEADER].to_vec(),
    ] {
        folder.assert_damaged(sha256, &damaged, "before");
        folder.put(&bytes);
        assert!(folder.vault.read_all(sha256).unwrap() == bytes);
        assert_eq!(files(folder.folder.path()).len(), 1);
    }
}

#[test]
fn a_note_that_does_not_fit_is_refused_before_anything_is_shown() {
    let folder = Folder::new(13);
    let mut long = note(1);
    long.at.beacon = Some("b".repeat(1_000));
    assert!(matches!(
        folder.vault.put(&mut b"x".as_slice(), &long),
        Err(VaultError::NoteTooLong)
    ));
    assert!(files(folder.folder.path()).is_empty());
    long.at.beacon = Some("b".repeat(600));
    long.fix = None;
    let (sha256, _) = folder.vault.put(&mut b"x".as_slice(), &long).unwrap();
    assert_eq!(folder.vault.read(sha256).unwrap().note(), Some(long));
}

#[test]
fn opening_removes_half_written_files_and_nothing_else() {
    let folder = Folder::new(14);
    let sha256 = folder.put(&original(1, 70_000));
    let before = files(folder.folder.path());
    let incoming = folder.folder.path().join("incoming");
    std::fs::write(incoming.join("aa.xgv"), b"XGV1 half").unwrap();
    std::fs::write(incoming.join("bb.xgv"), b"").unwrap();
    std::fs::write(folder.folder.path().join("ff"), b"not ours").unwrap();
    let vault = open(folder.folder.path(), KEY, 15);
    let mut after = files(folder.folder.path());
    assert_eq!(after.remove(Path::new("ff")).as_deref(), Some(b"not ours".as_slice()));
    assert!(after == before);
    assert!(vault.verify(sha256).is_ok());
}
