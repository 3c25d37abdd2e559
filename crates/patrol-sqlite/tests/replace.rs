//! The way of a damaged file to its dated name, cut by a power failure between any two of its steps.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test ends loudly and shows its figures"
)]

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use patrol_sqlite::{
    Disk, DiskRead, DiskWrite, MachineDisk, Replacement, finish_replacement, replace_with_salvaged, salvaging_path,
    set_aside,
};

/// Carries out so many changes of a folder, then none.
#[derive(Debug)]
struct CutDisk {
    left: AtomicUsize,
}

impl CutDisk {
    fn after(changes: usize) -> Self {
        Self {
            left: AtomicUsize::new(changes),
        }
    }

    fn change(&self) -> io::Result<()> {
        let spend = |left: usize| left.checked_sub(1);
        self.left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, spend)
            .map(drop)
            .map_err(|_| io::Error::other("the power is gone"))
    }
}

impl Disk for CutDisk {
    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        MachineDisk.make_folder(folder)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.change()?;
        MachineDisk.sync_folder(folder)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        MachineDisk.list(folder)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskWrite>> {
        MachineDisk.create(path)
    }

    fn append(&self, path: &Path) -> io::Result<(Box<dyn DiskWrite>, u64)> {
        MachineDisk.append(path)
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskRead>> {
        MachineDisk.open(path)
    }

    fn length(&self, path: &Path) -> io::Result<Option<u64>> {
        MachineDisk.length(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.change()?;
        assert!(!to.exists(), "{} would be replaced", to.display());
        MachineDisk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.change()?;
        MachineDisk.remove(path)
    }
}

/// Always enough.
const NEVER: usize = 1000;

struct Folder(tempfile::TempDir);

impl Folder {
    /// A damaged file with a log, as a killed program leaves it, and a salvaged copy.
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (name, text) in files {
            std::fs::write(folder.0.path().join(name), text).unwrap();
        }
        folder
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("patrol.db")
    }

    fn files(&self) -> BTreeMap<String, String> {
        let paths = MachineDisk.list(self.0.path()).unwrap();
        let name = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
        paths
            .iter()
            .map(|path| (name(path), std::fs::read_to_string(path).unwrap()))
            .collect()
    }
}

const DAMAGED: [(&str, &str); 3] = [
    ("patrol.db", "damaged"),
    ("patrol.db-wal", "its log"),
    ("patrol.db-shm", ""),
];
const BUILT: [(&str, &str); 2] = [("patrol.db.salvaging", "salvaged"), ("patrol.db.salvaging-shm", "")];
const REPLACED: [(&str, &str); 3] = [
    ("patrol-damaged-2026-03-01.db", "damaged"),
    ("patrol-damaged-2026-03-01.db-wal", "its log"),
    ("patrol.db", "salvaged"),
];

fn texts(files: &[(&str, &str)]) -> BTreeMap<String, String> {
    files
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect()
}

#[test]
fn a_replacement_cut_between_any_two_steps_is_finished_or_begun_again() {
    let (mut finished, mut begun_again) = (0, 0);
    for first in 0.. {
        // The power may fail again while the next start is at it.
        for second in (0..20).chain([NEVER]) {
            let folder = Folder::new(&[&DAMAGED[..], &BUILT].concat());
            let cut = replace_with_salvaged(&CutDisk::after(first), &folder.path(), "2026-03-01");
            if let Ok(aside) = cut {
                assert_eq!(aside.file_name().unwrap(), "patrol-damaged-2026-03-01.db");
                assert_eq!(folder.files(), texts(&REPLACED));
                assert_eq!(
                    finish_replacement(&MachineDisk, &folder.path()).unwrap(),
                    Replacement::Nothing
                );
                assert_eq!(folder.files(), texts(&REPLACED));
                println!("{first} changes in all; {finished} finished, {begun_again} begun again");
                assert!(finished > 100 && begun_again > 10);
                return;
            }
            let _ = finish_replacement(&CutDisk::after(second), &folder.path());
            let last = finish_replacement(&MachineDisk, &folder.path()).unwrap();
            let files = folder.files();
            if files == texts(&REPLACED) {
                finished += 1;
            } else {
                assert!(last != Replacement::Finished, "{first}, {second}");
                assert_eq!(files, texts(&DAMAGED), "{first}, {second}");
                begun_again += 1;
            }
            assert_eq!(
                finish_replacement(&MachineDisk, &folder.path()).unwrap(),
                Replacement::Nothing
            );
        }
    }
}

#[test]
fn a_file_that_is_set_aside_alone_takes_its_log_along_whenever_it_is_cut() {
    for first in 0.. {
        let folder = Folder::new(&[&DAMAGED[..], &[("patrol.db.salvaging", "half")]].concat());
        let done = set_aside(&CutDisk::after(first), &folder.path(), "2026-03-01").is_ok();
        finish_replacement(&MachineDisk, &folder.path()).unwrap();
        let files = folder.files();
        assert!(!files.contains_key("patrol.db.salvaging"));
        assert!(
            files == texts(&REPLACED[..2]) || (!done && files == texts(&DAMAGED)),
            "{first}: {files:?}"
        );
        if done {
            return;
        }
    }
}

#[test]
fn a_name_that_is_taken_is_never_taken_again() {
    let folder = Folder::new(&DAMAGED);
    for (count, expected) in [(1, "x.db"), (2, "x_2.db"), (3, "x_3.db")] {
        std::fs::write(folder.path(), count.to_string()).unwrap();
        let aside = set_aside(&MachineDisk, &folder.path(), "x").unwrap();
        assert_eq!(
            aside.file_name().unwrap().to_str().unwrap(),
            format!("patrol-damaged-{expected}")
        );
        assert_eq!(std::fs::read_to_string(aside).unwrap(), count.to_string());
    }
    assert_eq!(folder.files().len(), 4, "three files and the first one's log");
}

#[test]
fn a_clock_that_was_set_back_gives_no_log_to_another_file() {
    let folder = Folder::new(&DAMAGED);
    std::fs::remove_file(folder.path().with_file_name("patrol.db-wal")).unwrap();
    set_aside(&MachineDisk, &folder.path(), "2030-01-01").unwrap();
    std::fs::write(folder.path(), "second").unwrap();
    std::fs::write(folder.path().with_file_name("patrol.db-wal"), "second's log").unwrap();
    // Cut behind the first rename.
    assert!(set_aside(&CutDisk::after(2), &folder.path(), "2026-03-01").is_err());
    finish_replacement(&MachineDisk, &folder.path()).unwrap();
    assert_eq!(folder.files()["patrol-damaged-2026-03-01.db-wal"], "second's log");
}

#[test]
fn a_log_without_any_file_is_kept_under_a_name_of_its_own() {
    let folder = Folder::new(&[("patrol.db-wal", "a log")]);
    assert_eq!(
        finish_replacement(&MachineDisk, &folder.path()).unwrap(),
        Replacement::Nothing
    );
    assert_eq!(folder.files(), texts(&[("patrol-damaged-alone.db-wal", "a log")]));
}

#[test]
fn nothing_happens_without_a_complete_copy_or_with_a_stamp_that_is_none() {
    let folder = Folder::new(&DAMAGED);
    let replace =
        |stamp: &str| replace_with_salvaged(&MachineDisk, &folder.path(), stamp).map_err(|error| error.kind());
    assert_eq!(replace("x"), Err(io::ErrorKind::NotFound));
    let building = salvaging_path(&folder.path());
    std::fs::write(&building, "salvaged").unwrap();
    for stamp in ["", "../x", "2026/03", "三月"] {
        assert_eq!(replace(stamp), Err(io::ErrorKind::InvalidInput), "{stamp}");
    }
    std::fs::write(folder.path().with_file_name("patrol.db.salvaging-wal"), "rows").unwrap();
    assert_eq!(replace("x"), Err(io::ErrorKind::InvalidInput));
    assert_eq!(folder.files()["patrol.db"], "damaged");
    assert_eq!(
        finish_replacement(&MachineDisk, &folder.path()).unwrap(),
        Replacement::BuildingCut
    );
    assert_eq!(folder.files(), texts(&DAMAGED));
}

#[test]
fn a_first_start_finds_nothing_to_finish() {
    let folder = Folder::new(&[]);
    assert_eq!(
        finish_replacement(&MachineDisk, &folder.path()).unwrap(),
        Replacement::Nothing
    );
    assert!(folder.files().is_empty());
}
