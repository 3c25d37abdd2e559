//! SHA-256 of files, to know whether something must be done again.

use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// SHA-256 of the bytes, as lowercase hex.
pub(crate) fn of_bytes(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// One SHA-256 over all files below the folders (names and bytes), as lowercase hex. Folders for which `keep` says no
/// are left out; a folder that does not exist counts as empty.
pub(crate) fn of_folders(folders: &[&Path], keep: &dyn Fn(&Path) -> bool) -> Result<String> {
    let mut files = Vec::new();
    for folder in folders {
        collect(folder, keep, &mut files)?;
    }
    files.sort();
    let mut sum = Sha256::new();
    for file in files {
        let bytes = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        sum.update(file.as_os_str().as_encoded_bytes());
        sum.update([0]);
        sum.update(Sha256::digest(&bytes));
    }
    Ok(hex(&sum.finalize()))
}

fn collect(folder: &Path, keep: &dyn Fn(&Path) -> bool, files: &mut Vec<std::path::PathBuf>) -> Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let entry = entry?;
        let path = entry.path();
        let kind = entry.file_type()?;
        if !keep(&path) {
            continue;
        }
        if kind.is_dir() {
            collect(&path, keep, files)?;
        } else if kind.is_file() {
            files.push(path);
        }
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_byte_changes_the_sum_and_a_left_out_folder_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir(root.join("skipped")).unwrap();
        std::fs::write(root.join("a.ts"), "1").unwrap();
        let keep = |path: &Path| !path.ends_with("skipped");
        let first = of_folders(&[root], &keep).unwrap();
        std::fs::write(root.join("skipped/b.ts"), "2").unwrap();
        assert_eq!(first, of_folders(&[root], &keep).unwrap());
        std::fs::write(root.join("a.ts"), "3").unwrap();
        assert_ne!(first, of_folders(&[root], &keep).unwrap());
    }

    #[test]
    fn the_sum_of_nothing_is_the_known_one() {
        assert_eq!(
            of_bytes(b""),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }
}
