//! Keys in two files beside the data: right for a desktop and for tests, not for a phone.
//!
//! Whoever holds the keys holds the data: a lock keeps a second process from the same folder, because two of them would
//! make two keys at a first start, number two cases alike, and clear away each other's half-written photos.
//!
//! The files are made once, durable before they are used, readable by their owner only. A missing file beside existing
//! data is an error and never a reason for new keys: with new keys the data would be lost for good.

use std::convert::Infallible;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::DhP256HkdfSha256;
use hpke::rand_core::{CryptoRng, TryCryptoRng, TryRng};
use hpke::{Deserializable as _, Kem, OpModeS, Serializable as _};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use patrol_app::{App, KeyError, Keys, SealedRoot};
use patrol_domain::hash::{decode_hex, encode_hex};
use patrol_domain::port::{Randomness as _, random};

use crate::random::SystemRandomness;

/// The keys of one install, in memory.
pub struct FileKeys {
    root: [u8; 32],
    device: SigningKey,
    /// Held as long as the app is open; the system lets go of it when the process ends, however it ends.
    _lock: File,
}

impl std::fmt::Debug for FileKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FileKeys(..)")
    }
}

impl FileKeys {
    /// Reads `keys/root.key` and `keys/device.key` in the data folder, or makes them when there are no data yet.
    ///
    /// # Errors
    /// [`KeyError`] when they are missing beside existing data, or cannot be read or made.
    pub fn open(data: &Path) -> Result<Self, KeyError> {
        let lock = lock(data)?;
        let folder = data.join("keys");
        let fresh = !App::exists(data);
        if fresh {
            std::fs::create_dir_all(&folder).map_err(|error| KeyError::Unreadable(error.to_string()))?;
        }
        let root = read_or_make(&folder, "root.key", fresh)?;
        let device = read_or_make(&folder, "device.key", fresh)?;
        let device = SigningKey::from_slice(&device)
            .map_err(|_| KeyError::Unreadable("device.key holds no P-256 key".into()))?;
        Ok(Self {
            root,
            device,
            _lock: lock,
        })
    }
}

impl Keys for FileKeys {
    fn root(&self) -> Result<[u8; 32], KeyError> {
        Ok(self.root)
    }

    fn device_key(&self) -> Result<Vec<u8>, KeyError> {
        Ok(self.device.verifying_key().to_sec1_point(false).as_bytes().to_vec())
    }

    fn seal_root(&self, recovery_key: &[u8], info: &[u8]) -> Result<SealedRoot, KeyError> {
        seal_root(&self.root, recovery_key, info)
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], KeyError> {
        let signature: Signature = self
            .device
            .try_sign(message)
            .map_err(|error| KeyError::Unreadable(error.to_string()))?;
        Ok(signature.to_bytes().into())
    }
}

/// Seals a root key to a station's recovery key (HPKE, RFC 9180), for keys that lie elsewhere than in files.
///
/// # Errors
/// [`KeyError`] when the recovery key is no point.
pub fn seal_root(root: &[u8; 32], recovery_key: &[u8], info: &[u8]) -> Result<SealedRoot, KeyError> {
    seal(root, recovery_key, info, &mut HpkeRandomness)
}

/// Seals a root key; the randomness is handed in so that a vector can be written down.
fn seal(
    root: &[u8; 32],
    recovery_key: &[u8],
    info: &[u8],
    randomness: &mut impl CryptoRng,
) -> Result<SealedRoot, KeyError> {
    let unusable = |error: hpke::HpkeError| KeyError::Unreadable(format!("the recovery key: {error}"));
    let recipient = <DhP256HkdfSha256 as Kem>::PublicKey::from_bytes(recovery_key).map_err(unusable)?;
    let (enc, sealed) = hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, DhP256HkdfSha256>(
        &OpModeS::Base,
        &recipient,
        info,
        root,
        &[],
        randomness,
    )
    .map_err(unusable)?;
    Ok(SealedRoot {
        enc: enc.to_bytes().to_vec(),
        sealed,
    })
}

/// The system's randomness, as hpke asks for it.
struct HpkeRandomness;

impl TryRng for HpkeRandomness {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(random(&SystemRandomness)))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(random(&SystemRandomness)))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        SystemRandomness.fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for HpkeRandomness {}

/// Makes the data folder durable and takes it for this process.
fn lock(data: &Path) -> Result<File, KeyError> {
    let unreadable = |error: std::io::Error| KeyError::Unreadable(format!("{}: {error}", data.display()));
    std::fs::create_dir_all(data).map_err(unreadable)?;
    if let Some(parent) = data.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        File::open(parent)
            .and_then(|folder| folder.sync_all())
            .map_err(unreadable)?;
    }
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(data.join("phone.lock"));
    let file = file.map_err(unreadable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(KeyError::InUse),
        Err(TryLockError::Error(error)) => Err(unreadable(error)),
    }
}

fn read_or_make(folder: &Path, name: &str, fresh: bool) -> Result<[u8; 32], KeyError> {
    let path = folder.join(name);
    match std::fs::read_to_string(&path) {
        Ok(text) => {
            decode_hex(text.trim()).ok_or_else(|| KeyError::Unreadable(format!("{name} is not 64 hexadecimal digits")))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && fresh => {
            let bytes = make_key();
            make(folder, name, &encode_hex(&bytes))
                .map_err(|error| KeyError::Unreadable(format!("{name}: {error}")))?;
            Ok(bytes)
        }
        Err(error) => Err(KeyError::Unreadable(format!("{name}: {error}"))),
    }
}

/// 32 bytes that are also a valid P-256 scalar; all but one in 2^32 are.
fn make_key() -> [u8; 32] {
    loop {
        let bytes = random(&SystemRandomness);
        if SigningKey::from_slice(&bytes).is_ok() {
            return bytes;
        }
    }
}

fn make(folder: &Path, name: &str, text: &str) -> std::io::Result<()> {
    let side = folder.join(format!("{name}.new"));
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&side)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&side, folder.join(name))?;
    File::open(folder)?.sync_all()?;
    if let Some(parent) = folder.parent() {
        File::open(parent)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn keys_are_made_once_for_their_owner_only_and_stay_the_same() {
        let data = tempfile::tempdir().unwrap();
        let first = FileKeys::open(data.path()).unwrap();
        let (root, device) = (first.root().unwrap(), first.device_key().unwrap());
        assert!(
            matches!(FileKeys::open(data.path()), Err(KeyError::InUse)),
            "one process at a time"
        );
        drop(first);
        let again = FileKeys::open(data.path()).unwrap();
        assert_eq!((again.root().unwrap(), again.device_key().unwrap()), (root, device));
        let mode = std::fs::metadata(data.path().join("keys/root.key"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_sealed_root_opens_with_the_recovery_key_for_this_device_only() {
        let data = tempfile::tempdir().unwrap();
        let keys = FileKeys::open(data.path()).unwrap();
        // The recovery key of the vector in docs/PROTOCOL.md.
        let private = [7; 32];
        let public = SigningKey::from_slice(&private).unwrap();
        let public = public.verifying_key().to_sec1_point(false).as_bytes().to_vec();
        let private = <DhP256HkdfSha256 as Kem>::PrivateKey::from_bytes(&private).unwrap();
        let (first, again) = (
            keys.seal_root(&public, b"xgk1 device").unwrap(),
            keys.seal_root(&public, b"xgk1 device").unwrap(),
        );
        assert_ne!(first, again, "sealed anew each time");
        assert_eq!((first.enc.len(), first.sealed.len()), (65, 48));
        let open = |sealed: &SealedRoot, info: &[u8]| {
            let enc = <DhP256HkdfSha256 as Kem>::EncappedKey::from_bytes(&sealed.enc).unwrap();
            hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, DhP256HkdfSha256>(
                &hpke::OpModeR::Base,
                &private,
                &enc,
                info,
                &sealed.sealed,
                &[],
            )
        };
        assert_eq!(open(&first, b"xgk1 device").unwrap(), keys.root().unwrap());
        assert!(open(&first, b"xgk1 another").is_err());
        assert!(keys.seal_root(&[4; 65], b"").is_err(), "not a point");
    }

    #[test]
    fn new_keys_are_never_made_beside_existing_data() {
        let data = tempfile::tempdir().unwrap();
        drop(FileKeys::open(data.path()).unwrap());
        std::fs::write(data.path().join("patrol.db"), "x").unwrap();
        std::fs::remove_file(data.path().join("keys/root.key")).unwrap();
        assert!(FileKeys::open(data.path()).is_err());
        assert!(!data.path().join("keys/root.key").exists());
    }
}
