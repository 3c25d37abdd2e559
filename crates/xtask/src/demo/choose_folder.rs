//! Where the demo's station and phones keep their data: outside the checkout, and never somebody else's folder.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// The folders of a demo.
#[derive(Debug)]
pub(super) struct Folders {
    pub(super) station: PathBuf,
    /// The phone that is shown as a window.
    pub(super) phone: PathBuf,
    /// The phone of the scripted patrol that two officers share.
    pub(super) shared_phone: PathBuf,
    /// The other phone of the scripted patrol.
    pub(super) second_phone: PathBuf,
    /// What station and phones hand out at the end of a scripted patrol; made anew each time.
    pub(super) exports: PathBuf,
}

impl Folders {
    /// `wished`, else `$XUNGE_DATA_HOME`, else `xunge/demo` in the user's data folder. Refuses a place in the checkout.
    pub(super) fn choose(root: &Path, wished: Option<&Path>) -> Result<Self> {
        let place = match wished {
            Some(place) => place.to_path_buf(),
            None => usual()?,
        };
        let place = true_path(&place)?;
        let root = root.canonicalize().context("cannot resolve the checkout's path")?;
        if place.starts_with(&root) {
            bail!(
                "{} is inside the checkout: data does not belong there, name another folder",
                place.display()
            );
        }
        Ok(Self {
            station: place.join("station"),
            phone: place.join("phone"),
            shared_phone: place.join("phone-shared"),
            second_phone: place.join("phone-second"),
            exports: place.join("exports"),
        })
    }

    /// Removes all, after a look that they are what they should be.
    pub(super) fn clear(&self) -> Result<()> {
        let all = [
            (&self.station, "station.toml"),
            (&self.phone, "patrol.db"),
            (&self.shared_phone, "patrol.db"),
            (&self.second_phone, "patrol.db"),
            (&self.exports, "station.tar"),
        ];
        for (folder, sign) in all {
            if !is_absent_or_ours(folder, sign)? {
                bail!(
                    "{} has no {sign}, so it does not look like a demo of ours: look at it and remove it by hand",
                    folder.display()
                );
            }
        }
        for (folder, _) in all.into_iter().filter(|(folder, _)| folder.exists()) {
            std::fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
            println!("Removed {}", folder.display());
        }
        Ok(())
    }

    /// Creates the place for all; station and phones make their own folders, with the rights they want.
    pub(super) fn create_place(&self) -> Result<()> {
        let place = self.station.parent().context("the demo's folder has no place")?;
        std::fs::create_dir_all(place).with_context(|| format!("cannot create {}", place.display()))
    }
}

fn usual() -> Result<PathBuf> {
    let named = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    if let Some(place) = named("XUNGE_DATA_HOME") {
        return Ok(place);
    }
    let data = named("XDG_DATA_HOME").or_else(|| named("HOME").map(|home| home.join(".local/share")));
    Ok(data
        .context("neither HOME nor XDG_DATA_HOME is set: say where with --data")?
        .join("xunge/demo"))
}

/// The path with all links resolved, for a folder that need not exist yet.
fn true_path(place: &Path) -> Result<PathBuf> {
    let place = std::path::absolute(place).context("that is no usable path")?;
    for above in place.ancestors() {
        if let Ok(resolved) = above.canonicalize() {
            let rest = place
                .strip_prefix(above)
                .context("a path does not begin with its own ancestor")?;
            let has_dots = rest.components().any(|part| part == std::path::Component::ParentDir);
            if has_dots {
                bail!("{} leads through a folder that does not exist", place.display());
            }
            return Ok(if rest.as_os_str().is_empty() {
                resolved
            } else {
                resolved.join(rest)
            });
        }
    }
    bail!("{} cannot be resolved", place.display())
}

fn is_absent_or_ours(folder: &Path, sign: &str) -> Result<bool> {
    if !folder.exists() || folder.join(sign).is_file() {
        return Ok(true);
    }
    // A start that was broken off early leaves an empty folder.
    let mut entries = std::fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    Ok(entries.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_in_the_checkout_is_refused_also_through_a_link() {
        let checkout = tempfile::tempdir().unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        let link = elsewhere.path().join("link");
        std::os::unix::fs::symlink(checkout.path(), &link).unwrap();
        for place in [
            checkout.path().join("data"),
            link.join("data/deeper"),
            checkout.path().to_path_buf(),
        ] {
            let error = Folders::choose(checkout.path(), Some(&place)).unwrap_err();
            assert!(error.to_string().contains("inside the checkout"), "{error}");
        }
        Folders::choose(checkout.path(), Some(&elsewhere.path().join("data"))).unwrap();
    }

    #[test]
    fn reset_removes_a_demo_and_refuses_a_stranger() {
        let place = tempfile::tempdir().unwrap();
        let checkout = tempfile::tempdir().unwrap();
        let folders = Folders::choose(checkout.path(), Some(place.path())).unwrap();
        folders.clear().unwrap();
        std::fs::create_dir(&folders.station).unwrap();
        std::fs::create_dir(&folders.phone).unwrap();
        std::fs::write(folders.station.join("station.toml"), "").unwrap();
        std::fs::write(folders.phone.join("letters.txt"), "dear").unwrap();
        assert!(folders.clear().unwrap_err().to_string().contains("patrol.db"));
        assert!(folders.station.exists(), "all or nothing");
        std::fs::write(folders.phone.join("patrol.db"), "").unwrap();
        folders.clear().unwrap();
        assert!(!folders.station.exists() && !folders.phone.exists());
        assert!(place.path().exists());
    }
}
