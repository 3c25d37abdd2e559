//! A full disk: said as such, nothing half-written stays, and when there is room again everything goes on.
//!
//! The disk is a true one, a file system in memory of a few megabytes, which needs a mount and so a namespace of its
//! own: the test starts itself again under `unshare`. Where the system does not allow that (a container without user
//! namespaces) it says so on standard error and proves nothing.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

#[path = "shared/phone.rs"]
mod phone;

use std::path::Path;
use std::process::Command;

use patrol_domain::WallMs;
use patrol_domain::digest::JournalDigest;
use patrol_store::{Draft, DraftFields, Exposure, Store, StoreError};
use patrol_testkit::op::{case_opened, log_id, log_opened, original, person, photo_ref};
use phone::{ROOT, facts, files, journal, note, on_draft, open, save};

const SMALL_DISK: &str = "XUNGE_TEST_SMALL_DISK";
const MOUNT: &str = "mount -t tmpfs -o size=14m tmpfs \"$0\" && exec \"$@\"";

/// Runs the test named `name` again with a disk of its own, and there its body with that disk's folder.
#[allow(clippy::print_stderr, reason = "a test that proves nothing has to say so")]
fn on_a_small_disk(name: &str, body: impl FnOnce(&Path)) {
    if let Some(folder) = std::env::var_os(SMALL_DISK) {
        return body(Path::new(&folder));
    }
    if !Command::new("unshare")
        .args(["-rm", "true"])
        .status()
        .is_ok_and(|status| status.success())
    {
        eprintln!("not tested: this system gives no mount namespace to a test");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let status = Command::new("unshare")
        .args(["-rm", "sh", "-c", MOUNT])
        .arg(folder.path())
        .arg(std::env::current_exe().unwrap())
        .args([name, "--exact", "--nocapture"])
        .env(SMALL_DISK, folder.path())
        .status()
        .unwrap();
    assert!(status.success(), "{name} failed on the small disk");
}

/// Takes all room but `left` bytes.
fn fill(folder: &Path, left: usize) {
    let path = folder.join("other app's file");
    let mut length = 64 << 20;
    let mut file = std::fs::File::create(&path).unwrap();
    // The largest piece that still fits, down to one page.
    while length >= 4_096 {
        if std::io::Write::write_all(&mut file, &vec![1; length]).is_err() {
            length /= 2;
        }
    }
    let full = file.metadata().unwrap().len();
    file.set_len(full.saturating_sub(left as u64)).unwrap();
}

fn free(folder: &Path) {
    std::fs::remove_file(folder.join("other app's file")).unwrap();
}

fn begun(folder: &Path) -> Store {
    let store = open(&folder.join("memory"), ROOT).unwrap();
    store.begin_journal(journal(1), &log_opened(1, person(1)), &[]).unwrap();
    store.keep_reserve().unwrap();
    store
}

#[test]
fn an_original_that_does_not_fit_leaves_nothing_and_fits_later() {
    on_a_small_disk("an_original_that_does_not_fit_leaves_nothing_and_fits_later", |disk| {
        let store = begun(disk);
        let bytes = original(1, 900_000);
        fill(disk, 300_000);
        let before = files(&disk.join("memory/vault"));
        let add = || {
            store.add_draft_photo(
                &Exposure::default(),
                &mut bytes.as_slice(),
                &note(1),
                b"thumb",
                |_, _| facts(&bytes),
            )
        };
        for _ in 0..3 {
            let failed = add().unwrap_err();
            assert!(failed.is_disk_full(), "{failed:?}");
            assert!(matches!(failed, StoreError::Vault(_)), "{failed:?}");
            assert!(files(&disk.join("memory/vault")) == before, "no side file stays");
            assert_eq!(store.draft().unwrap(), Draft::default());
        }
        free(disk);
        add().unwrap();
        assert!(store.vault().verify(facts(&bytes).sha256).is_ok());
        assert_eq!(store.draft().unwrap().photos, [on_draft(&bytes)]);
    });
}

#[test]
fn a_full_disk_still_takes_the_case_of_a_photo_that_was_taken_and_no_further_photo() {
    on_a_small_disk(
        "a_full_disk_still_takes_the_case_of_a_photo_that_was_taken_and_no_further_photo",
        |disk| {
            let (store, bytes) = (begun(disk), original(1, 1_000));
            let add = |bytes: &[u8]| {
                store.add_draft_photo(&Exposure::default(), &mut &*bytes, &note(1), b"thumb", |_, _| {
                    facts(bytes)
                })
            };
            add(&bytes).unwrap();
            fill(disk, 0);
            let (op, parts) = case_opened(1, &[photo_ref(&bytes)], Some(&"长".repeat(200_000)));
            save(&store, &op, &parts).unwrap();
            fill(&disk.join("memory"), 0);
            let more = original(2, 1_000);
            for _ in 0..3 {
                assert!(matches!(add(&more).unwrap_err(), StoreError::NoRoom));
                assert_eq!(store.draft().unwrap(), Draft::default());
            }
            free(disk);
            free(&disk.join("memory"));
            add(&more).unwrap();
            assert_eq!(store.draft().unwrap().photos, [on_draft(&more)]);
        },
    );
}

#[test]
fn a_save_that_does_not_fit_loses_neither_draft_nor_journal() {
    on_a_small_disk("a_save_that_does_not_fit_loses_neither_draft_nor_journal", |disk| {
        let store = begun(disk);
        let bytes = original(1, 1_000);
        store
            .add_draft_photo(
                &Exposure::default(),
                &mut bytes.as_slice(),
                &note(1),
                b"thumb",
                |_, _| facts(&bytes),
            )
            .unwrap();
        let fields = DraftFields {
            note: "占道".into(),
            ..DraftFields::default()
        };
        store.write_draft(&fields, WallMs(1)).unwrap();
        let (draft, head) = (store.draft().unwrap(), store.head().unwrap());
        std::fs::remove_file(disk.join("memory/reserve")).unwrap();
        fill(disk, 0);
        let long = "长".repeat(200_000);
        let (op, parts) = case_opened(1, &[photo_ref(&bytes)], Some(&long));
        for _ in 0..3 {
            let failed = save(&store, &op, &parts).unwrap_err();
            assert!(failed.is_disk_full(), "{failed:?}");
            assert_eq!((store.draft().unwrap(), store.head().unwrap()), (draft.clone(), head));
        }
        // A program that starts on a full disk reads what is there.
        drop(store);
        let store = open(&disk.join("memory"), ROOT);
        if let Ok(store) = &store {
            assert_eq!(store.draft().unwrap(), draft);
        } else {
            assert!(store.as_ref().unwrap_err().is_disk_full(), "{store:?}");
        }
        drop(store);
        free(disk);
        let store = open(&disk.join("memory"), ROOT).unwrap();
        assert_eq!((store.draft().unwrap(), store.head().unwrap()), (draft, head));
        save(&store, &op, &parts).unwrap();
        let mut expected = JournalDigest::new(log_id(1));
        expected.add_op(log_opened(1, person(1)).encode().unwrap().as_slice(), &[]);
        expected.add_op(op.encode().unwrap().as_slice(), &parts);
        expected.add_photo(facts(&bytes).sha256, 1_000);
        assert_eq!(store.digest().unwrap(), expected);
    });
}
