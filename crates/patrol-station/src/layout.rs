//! Where everything lies in the station's data folder.
//!
//! ```text
//! station.toml            what people set
//! station.db              journals, devices, receipts
//! initialising            only in a folder that an `init` has not finished
//! restoring               only in a folder that a restore has not finished
//! serve.lock              held by the one process that serves
//! import.lock             held by the one process that imports
//! keys/receipt.key        the first signing key; kept for ever, for pull's cursors are marked with it
//! keys/receipt-<id>.key   those that came after it; the database says which one signs
//! keys/recovery.pub       what phones seal their root keys to
//! keys/recovery.key       its private half; may be kept elsewhere, serving never reads it
//! marker/marker.json      epoch and revocations, outside the database and in no backup
//! keys/authority.pem      the station's certificate authority, which phones pin; .key beside it
//! keys/tls.pem            the certificate that it serves with, and the private key to it
//! photos/ab/<sha256>.jpg  originals, verified; the suffix comes from the bytes and is only a label
//! thumbs/ab/<sha256>.jpg  thumbnails
//! incoming/<device>/      uploads that are not complete
//! importing/<device>/     the same of an import, which may be at work beside the serving process
//! ```

use std::path::{Path, PathBuf};

use patrol_domain::{DeviceId, Sha256Hash};

/// The paths in one data folder.
#[derive(Debug, Clone)]
pub struct Layout {
    data: PathBuf,
    marker: PathBuf,
    incoming: PathBuf,
}

impl Layout {
    /// The paths under `data`; nothing is made.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        let data = data.into();
        let (marker, incoming) = (data.join("marker"), data.join("incoming"));
        Self { data, marker, incoming }
    }

    /// The same, with the marker's folder somewhere else; a relative one counts from the data folder.
    #[must_use]
    pub fn with_marker(self, folder: Option<&Path>) -> Self {
        match folder {
            Some(folder) => Self {
                marker: self.data.join(folder),
                ..self
            },
            None => self,
        }
    }

    /// The same, with uploads on their way where no serving process writes.
    #[must_use]
    pub(crate) fn for_import(self) -> Self {
        Self {
            incoming: self.data.join("importing"),
            ..self
        }
    }

    /// The folder of the epoch marker: outside the database, and in no backup.
    pub fn marker(&self) -> PathBuf {
        self.marker.clone()
    }

    /// The data folder itself.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// What people set.
    pub fn config(&self) -> PathBuf {
        self.data.join("station.toml")
    }

    /// The database.
    pub fn database(&self) -> PathBuf {
        self.data.join("station.db")
    }

    /// The file that the serving process holds locked.
    pub fn serve_lock(&self) -> PathBuf {
        self.data.join("serve.lock")
    }

    /// The file that the importing process holds locked.
    pub fn import_lock(&self) -> PathBuf {
        self.data.join("import.lock")
    }

    /// Says that this is no station yet; gone when it is whole.
    pub fn initialising(&self) -> PathBuf {
        self.data.join("initialising")
    }

    /// Names the backup that is being restored here; gone when it is whole.
    pub fn restoring(&self) -> PathBuf {
        self.data.join("restoring")
    }

    /// The folder of the keys.
    pub fn keys(&self) -> PathBuf {
        self.data.join("keys")
    }

    /// The first signing key.
    pub fn receipt_key(&self) -> PathBuf {
        self.keys().join("receipt.key")
    }

    /// A signing key that came after the first.
    pub fn later_key(&self, key_id: &str) -> PathBuf {
        self.keys().join(format!("receipt-{key_id}.key"))
    }

    /// The public half of the recovery key.
    pub fn recovery_public(&self) -> PathBuf {
        self.keys().join("recovery.pub")
    }

    /// The private half of the recovery key, unless it is kept elsewhere.
    pub fn recovery_key(&self) -> PathBuf {
        self.keys().join("recovery.key")
    }

    /// The certificate authority.
    pub fn authority(&self) -> PathBuf {
        self.keys().join("authority.pem")
    }

    /// The authority's private key.
    pub fn authority_key(&self) -> PathBuf {
        self.keys().join("authority.key")
    }

    /// The certificate that the station serves with, and the private key to it.
    pub fn certificate(&self) -> PathBuf {
        self.keys().join("tls.pem")
    }

    /// All originals.
    pub fn photos(&self) -> PathBuf {
        self.data.join("photos")
    }

    /// One original; `extension` may be empty.
    pub fn photo(&self, sha256: Sha256Hash, extension: &str) -> PathBuf {
        let name = if extension.is_empty() {
            sha256.to_string()
        } else {
            format!("{sha256}.{extension}")
        };
        self.photos().join(shelf(sha256)).join(name)
    }

    /// All thumbnails.
    pub fn thumbs(&self) -> PathBuf {
        self.data.join("thumbs")
    }

    /// One thumbnail.
    pub fn thumb(&self, sha256: Sha256Hash) -> PathBuf {
        self.thumbs().join(shelf(sha256)).join(format!("{sha256}.jpg"))
    }

    /// All uploads that are not complete.
    pub fn incoming(&self) -> PathBuf {
        self.incoming.clone()
    }

    /// One phone's uploads.
    pub fn incoming_of(&self, device: DeviceId) -> PathBuf {
        self.incoming().join(device.to_string())
    }

    /// The part of an original that has arrived.
    pub fn part(&self, device: DeviceId, sha256: Sha256Hash) -> PathBuf {
        self.incoming_of(device).join(format!("{sha256}.part"))
    }
}

/// Files are spread over 256 folders, because some file systems and most people dislike a folder of a million.
/// The names of all folders that originals lie in.
pub(crate) fn shelves() -> Vec<String> {
    (0..=u8::MAX).map(|first| format!("{first:02x}")).collect()
}

fn shelf(sha256: Sha256Hash) -> String {
    sha256.to_string().chars().take(2).collect()
}
