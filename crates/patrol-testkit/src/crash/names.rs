//! The names of files and folders: those that everybody sees, those on the platter, and the changes between.
//!
//! # What a cut does to names
//!
//! * A name's change (made, renamed, removed) is durable once its folder was synced, and not before; syncing the file is
//!   not enough, as POSIX allows.
//! * One change is atomic. A rename is one change, also between two folders: one of its two names is there afterwards,
//!   and what it replaced is either still there or replaced. Syncing either of the two folders makes it durable.
//! * Of the changes that were not synced any set survives, but never one without the earlier ones of the same names.
//!
//! The last rule is the strictest that is true of a real file system: ext4 keeps a prefix of all changes (one journal);
//! f2fs a prefix up to its last checkpoint, and of what came after it the names of those files alone that were synced,
//! whatever else happened in the folder before (roll-forward recovery); btrfs logs per inode, much the same. All of them
//! keep the order of changes to one name. A folder that was synced while its own name was not goes with its name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::chance::Chance;

/// Which file's bytes; names come and go, this stays.
pub(super) type Inode = u64;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    File(Inode),
    Folder,
}

#[derive(Debug, Clone)]
enum Change {
    Make(PathBuf, Entry),
    Rename(PathBuf, PathBuf),
    Remove(PathBuf),
}

type Entries = BTreeMap<PathBuf, Entry>;

/// All names of a disk, as paths from its root. The root itself is the empty path and always there.
#[derive(Debug, Clone)]
pub(super) struct Names {
    now: Entries,
    durable: Entries,
    unsynced: Vec<Change>,
}

impl Names {
    pub(super) fn new() -> Self {
        let root = Entries::from([(PathBuf::new(), Entry::Folder)]);
        Self {
            now: root.clone(),
            durable: root,
            unsynced: Vec::new(),
        }
    }

    pub(super) fn get(&self, path: &Path) -> Option<Entry> {
        self.now.get(path).copied()
    }

    /// Every name there is, sorted.
    pub(super) fn all(&self) -> impl Iterator<Item = (&Path, Entry)> {
        self.now.iter().map(|(path, entry)| (path.as_path(), *entry))
    }

    /// Whether a new name can stand at `path`: the folder above it is there.
    pub(super) fn has_room_for(&self, path: &Path) -> bool {
        path.parent().and_then(|above| self.get(above)) == Some(Entry::Folder)
    }

    pub(super) fn make(&mut self, path: &Path, entry: Entry) {
        self.change(Change::Make(path.to_owned(), entry));
    }

    pub(super) fn rename(&mut self, from: &Path, to: &Path) {
        self.change(Change::Rename(from.to_owned(), to.to_owned()));
    }

    pub(super) fn remove(&mut self, path: &Path) {
        self.change(Change::Remove(path.to_owned()));
    }

    fn change(&mut self, change: Change) {
        apply(&mut self.now, &change);
        self.unsynced.push(change);
    }

    /// Makes the changes in `folder` durable, and the earlier ones that they build on.
    pub(super) fn sync(&mut self, folder: &Path) {
        let mut needed: BTreeSet<PathBuf> = BTreeSet::new();
        let mut synced = Vec::new();
        let mut left = Vec::new();
        for change in std::mem::take(&mut self.unsynced).into_iter().rev() {
            let here = change.paths().any(|path| path.parent() == Some(folder));
            if here || change.paths().any(|path| needed.contains(path)) {
                needed.extend(change.paths().map(Path::to_owned));
                synced.push(change);
            } else {
                left.push(change);
            }
        }
        for change in synced.iter().rev() {
            apply(&mut self.durable, change);
        }
        left.reverse();
        self.unsynced = left;
    }

    /// Everything is durable as it is.
    pub(super) fn sync_all(&mut self) {
        self.unsynced.clear();
        self.durable.clone_from(&self.now);
    }

    /// What is there when the power comes back; see the rules above.
    pub(super) fn cut(&mut self, chance: &mut Chance) {
        let odds = chance.odds();
        let mut lost: BTreeSet<PathBuf> = BTreeSet::new();
        for change in std::mem::take(&mut self.unsynced) {
            let possible = !change.paths().any(|path| lost.contains(path));
            if possible && chance.keeps(odds) {
                apply(&mut self.durable, &change);
            } else {
                lost.extend(change.paths().map(Path::to_owned));
            }
        }
        let whole = self.durable.clone();
        self.durable.retain(|path, _| {
            let mut above = path.ancestors().skip(1);
            above.all(|above| whole.get(above) == Some(&Entry::Folder))
        });
        self.now.clone_from(&self.durable);
    }

    /// The files that a name leads to, now or after a cut.
    pub(super) fn needed(&self) -> BTreeSet<Inode> {
        let made = self.unsynced.iter().filter_map(|change| match change {
            Change::Make(_, entry) => Some(entry),
            Change::Rename(..) | Change::Remove(_) => None,
        });
        let entries = self.now.values().chain(self.durable.values()).chain(made);
        entries
            .filter_map(|entry| match entry {
                Entry::File(inode) => Some(*inode),
                Entry::Folder => None,
            })
            .collect()
    }
}

impl Change {
    fn paths(&self) -> impl Iterator<Item = &Path> {
        let (first, second) = match self {
            Self::Make(path, _) | Self::Remove(path) => (path, None),
            Self::Rename(from, to) => (from, Some(to)),
        };
        std::iter::once(first).chain(second).map(PathBuf::as_path)
    }
}

fn apply(entries: &mut Entries, change: &Change) {
    match change {
        Change::Make(path, entry) => {
            entries.insert(path.clone(), *entry);
        }
        Change::Rename(from, to) => {
            if let Some(entry) = entries.remove(from) {
                entries.insert(to.clone(), entry);
            }
        }
        Change::Remove(path) => {
            entries.remove(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names_after(seed: u64, names: &Names) -> Vec<String> {
        let mut names = names.clone();
        names.cut(&mut Chance::new(seed));
        let files = names.all().skip(1);
        files
            .map(|(path, entry)| format!("{} {entry:?}", path.display()))
            .collect()
    }

    #[test]
    fn a_rename_leaves_the_old_or_the_new_and_never_half() {
        let mut names = Names::new();
        names.make(Path::new("a"), Entry::File(1));
        names.make(Path::new("b"), Entry::File(2));
        names.sync(Path::new(""));
        names.rename(Path::new("b"), Path::new("a"));
        let seen: BTreeSet<_> = (0..200).map(|seed| names_after(seed, &names)).collect();
        let expected = [vec!["a File(1)", "b File(2)"], vec!["a File(2)"]];
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn syncing_the_new_folder_makes_a_rename_and_the_name_before_it_durable() {
        let mut names = Names::new();
        for folder in ["in", "out"] {
            names.make(Path::new(folder), Entry::Folder);
        }
        names.sync(Path::new(""));
        names.make(Path::new("in/x"), Entry::File(1));
        names.make(Path::new("in/y"), Entry::File(2));
        names.rename(Path::new("in/x"), Path::new("out/x"));
        names.sync(Path::new("out"));
        let seen: BTreeSet<_> = (0..200).map(|seed| names_after(seed, &names)).collect();
        assert!(seen.iter().all(|names| names.contains(&"out/x File(1)".to_owned())));
        assert_eq!(seen.len(), 2, "y was not synced: {seen:?}");
    }

    #[test]
    fn a_folder_without_a_durable_name_takes_its_files_along() {
        let mut names = Names::new();
        names.make(Path::new("in"), Entry::Folder);
        names.make(Path::new("in/x"), Entry::File(1));
        names.sync(Path::new("in"));
        let seen: BTreeSet<_> = (0..200).map(|seed| names_after(seed, &names)).collect();
        assert_eq!(
            seen.into_iter().collect::<Vec<_>>(),
            [vec![], vec!["in Folder", "in/x File(1)"]]
        );
    }
}
