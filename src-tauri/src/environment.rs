//! What the window is told by its environment; an officer's phone sets none of it.

use std::ffi::OsString;
use std::path::PathBuf;

use patrol_app::Options;

/// Where the data lie, instead of the system's place for them.
const DATA: &str = "XUNGE_DATA_DIR";
/// A folder of rendered scenes that stand in for a camera.
const DEMO_PHOTOS: &str = "XUNGE_DEMO_PHOTOS";
/// A code with which a phone that belongs to no station yet enrols itself.
const ENROL_CODE: &str = "XUNGE_ENROL_CODE";

/// The environment, read once.
#[derive(Debug)]
pub(crate) struct Environment {
    /// For opening the app.
    pub(crate) options: Options,
    /// For the demo.
    pub(crate) enrol_code: Option<String>,
}

impl Environment {
    /// Reads it; `usual` is the data folder of somebody who says nothing.
    pub(crate) fn read<E>(usual: impl FnOnce() -> Result<PathBuf, E>) -> Result<Self, E> {
        Self::from(|name| std::env::var_os(name), usual)
    }

    fn from<E>(
        variable: impl Fn(&str) -> Option<OsString>,
        usual: impl FnOnce() -> Result<PathBuf, E>,
    ) -> Result<Self, E> {
        // An empty one is how a script says "not set".
        let variable = |name| variable(name).filter(|value| !value.is_empty());
        Ok(Self {
            options: Options {
                data: variable(DATA).map_or_else(usual, |folder| Ok(PathBuf::from(folder)))?,
                demo_photos: variable(DEMO_PHOTOS).map(PathBuf::from),
            },
            enrol_code: variable(ENROL_CODE).map(|code| code.to_string_lossy().trim().to_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usual() -> Result<PathBuf, ()> {
        Ok(PathBuf::from("usual"))
    }

    #[test]
    fn without_a_word_the_data_lie_where_the_system_wants_them() {
        let read = Environment::from(|_| None, usual).unwrap();
        assert_eq!(read.options.data, PathBuf::from("usual"));
        assert_eq!((read.options.demo_photos, read.enrol_code), (None, None));
        let empty = Environment::from(|_| Some(OsString::new()), usual).unwrap();
        assert_eq!(empty.options.data, PathBuf::from("usual"));
        assert!(Environment::from(|_| None, || Err("no home")).is_err());
    }

    #[test]
    fn each_variable_is_heard() {
        let told = |name: &str| match name {
            DATA => Some("phone".into()),
            DEMO_PHOTOS => Some("scenes".into()),
            ENROL_CODE => Some("code\n".into()),
            _ => None,
        };
        let read = Environment::from(told, || Err("not asked")).unwrap();
        assert_eq!(read.options.data, PathBuf::from("phone"));
        assert_eq!(read.options.demo_photos, Some(PathBuf::from("scenes")));
        assert_eq!(read.enrol_code.as_deref(), Some("code"));
    }
}
