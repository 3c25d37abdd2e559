//! A photo as an op names it: by the hash of its original bytes, which are never altered.

use serde::{Deserialize, Serialize};

use crate::hash::Sha256Hash;
use crate::time::ShotAt;

/// Formats that are taken as evidence. HEIC is not among them: it cannot be shown or checked everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mime {
    /// JPEG (ITU-T T.81).
    #[serde(rename = "image/jpeg")]
    Jpeg,
    /// PNG.
    #[serde(rename = "image/png")]
    Png,
    /// WebP.
    #[serde(rename = "image/webp")]
    Webp,
}

impl Mime {
    /// The name as it stands in ops and HTTP headers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }

    /// Reads the name back; `None` for a format that is not taken.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Jpeg, Self::Png, Self::Webp]
            .into_iter()
            .find(|mime| mime.as_str() == name)
    }
}

/// What a photo shows in its case. The kinds' shot lists will add roles; a reader that does not know one keeps the op.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum PhotoRole {
    /// The scene, as the officer found it.
    Scene,
    /// A detail: the plate, the goods, the sheet on the windscreen.
    Detail,
    /// The scene after something was done.
    After,
}

impl PhotoRole {
    const ALL: [Self; 3] = [Self::Scene, Self::Detail, Self::After];

    /// The name as it stands in ops.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scene => "scene",
            Self::Detail => "detail",
            Self::After => "after",
        }
    }

    /// Reads the name back; `None` for an unknown one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
}

/// How a photo came into the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum PhotoSource {
    /// Straight from this app's camera.
    Camera,
    /// Chosen from files: may be old, may be anyone's. The record says so.
    Import,
}

impl PhotoSource {
    /// The name as it stands in ops.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Camera => "camera",
            Self::Import => "import",
        }
    }

    /// Reads the name back; `None` for an unknown one.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Camera, Self::Import]
            .into_iter()
            .find(|source| source.as_str() == name)
    }
}

/// One photo of an op.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhotoRef {
    /// SHA-256 of the original bytes.
    pub sha256: Sha256Hash,
    /// How many bytes the original has.
    pub bytes: u64,
    /// Its format.
    pub mime: Mime,
    /// What it shows.
    pub role: PhotoRole,
    /// How it came in.
    pub source: PhotoSource,
    /// Which picture of the pack's shot list it is, by the name that the list gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<String>,
    /// When this phone's camera took it; absent for an import, of which only its own file says when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shot: Option<ShotAt>,
}
