//! The recovery key: what phones seal their root keys to, so that a wiped keystore is not a lost patrol.
//!
//! HPKE (RFC 9180) in base mode: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305. The public half has a file of
//! its own, because the station needs no more to run: the private half may lie in a safe until a phone must be opened.

use std::path::Path;

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::DhP256HkdfSha256;
use hpke::{Deserializable as _, Kem, OpModeR};
use p256::SecretKey;
use p256::elliptic_curve::sec1::ToSec1Point as _;
use patrol_domain::DeviceId;
use patrol_domain::hash::{decode_hex, encode_hex};
use patrol_sqlite::Disk;
use patrol_wire::{PublicKey, RecoveryEnvelope};

use crate::durable;
use crate::key::KeyError;
use crate::layout::Layout;
use crate::ports::Ports;

/// Bytes of an encapsulated key: an uncompressed point.
const ENCAPSULATED: usize = 65;
/// Bytes of a sealed root: 32 and the tag.
const SEALED: usize = 48;

/// An envelope cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum RecoveryError {
    /// The key file.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Not of the form that phones send.
    #[error("the envelope is malformed")]
    Form,
    /// Sealed to another key.
    #[error("the envelope was sealed to recovery key {wanted}, this one is {found}")]
    OtherKey {
        /// The key id in the envelope.
        wanted: String,
        /// This key's.
        found: String,
    },
    /// Changed, or of another phone.
    #[error("the envelope does not open: it was changed, or it is another phone's")]
    Sealed,
}

/// The private half.
pub struct RecoveryKey {
    private: <DhP256HkdfSha256 as Kem>::PrivateKey,
    public: PublicKey,
}

impl std::fmt::Debug for RecoveryKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RecoveryKey({})", self.public.key_id())
    }
}

impl RecoveryKey {
    /// Makes a key pair and writes both halves, durably, to files that must not be there.
    ///
    /// # Errors
    /// [`KeyError`] when a file is there already or cannot be written.
    pub(crate) fn make(layout: &Layout, ports: &Ports) -> Result<Self, KeyError> {
        // All but one in 2^32 of 32-byte values are keys.
        let (bytes, key) = loop {
            let bytes: [u8; 32] = ports.random()?;
            if let Ok(key) = Self::from_bytes(&bytes) {
                break (bytes, key);
            }
        };
        let public = format!("{}\n", encode_hex(&key.public.to_sec1()));
        let private = format!("{}\n", encode_hex(&bytes));
        durable::write_new(&*ports.disk, &layout.recovery_key(), private.as_bytes())?;
        durable::write_new(&*ports.disk, &layout.recovery_public(), public.as_bytes())?;
        Ok(key)
    }

    /// Reads the private half.
    ///
    /// # Errors
    /// [`KeyError`] when the file is missing or holds something else.
    pub fn load(path: &Path) -> Result<Self, KeyError> {
        let text = std::fs::read_to_string(path)?;
        Self::from_bytes(&decode_hex::<32>(text.trim()).ok_or(KeyError::Form)?)
    }

    fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        let point = SecretKey::from_slice(bytes)
            .map_err(|_| KeyError::Form)?
            .public_key()
            .to_sec1_point(false);
        let public = PublicKey::from_sec1(point.as_bytes()).map_err(|_| KeyError::Form)?;
        let private = <DhP256HkdfSha256 as Kem>::PrivateKey::from_bytes(bytes).map_err(|_| KeyError::Form)?;
        Ok(Self { private, public })
    }

    /// The public half, which stands in each enrolment certificate.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Opens what `device` sealed and gives its root back.
    ///
    /// # Errors
    /// [`RecoveryError`] when it was sealed to another key, by another device, or changed.
    pub fn open(&self, device: DeviceId, envelope: &RecoveryEnvelope) -> Result<[u8; 32], RecoveryError> {
        let RecoveryEnvelope { key_id, enc, sealed } = envelope;
        if *key_id != self.public.key_id() {
            return Err(RecoveryError::OtherKey {
                wanted: key_id.clone(),
                found: self.public.key_id(),
            });
        }
        let enc = decode_hex::<ENCAPSULATED>(enc).ok_or(RecoveryError::Form)?;
        let sealed = decode_hex::<SEALED>(sealed).ok_or(RecoveryError::Form)?;
        let enc = <DhP256HkdfSha256 as Kem>::EncappedKey::from_bytes(&enc).map_err(|_| RecoveryError::Form)?;
        let opened = hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, DhP256HkdfSha256>(
            &OpModeR::Base,
            &self.private,
            &enc,
            &RecoveryEnvelope::info(device),
            &sealed,
            &[],
        );
        let root = opened.map_err(|_| RecoveryError::Sealed)?;
        <[u8; 32]>::try_from(root.as_slice()).map_err(|_| RecoveryError::Sealed)
    }
}

/// Reads the public half; nothing at a station that was made before there were recovery keys.
pub(crate) fn public_key(disk: &dyn Disk, layout: &Layout) -> Result<Option<PublicKey>, KeyError> {
    match durable::read_text(disk, &layout.recovery_public()) {
        Ok(text) => {
            let point = decode_hex::<ENCAPSULATED>(text.trim()).ok_or(KeyError::Form)?;
            PublicKey::from_sec1(&point).map(Some).map_err(|_| KeyError::Form)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Whether an envelope has the form of one that was sealed to `key`; only the private half can tell more.
pub(crate) fn fits(envelope: &RecoveryEnvelope, key: &PublicKey) -> bool {
    let RecoveryEnvelope { key_id, enc, sealed } = envelope;
    *key_id == key.key_id()
        && decode_hex::<ENCAPSULATED>(enc).is_some_and(|point| PublicKey::from_sec1(&point).is_ok())
        && decode_hex::<SEALED>(sealed).is_some()
}

#[cfg(test)]
mod tests {
    use patrol_sqlite::MachineDisk;

    use super::*;

    /// Pinned in docs/PROTOCOL.md: the private key is 32 × 07, the root 32 × 2a.
    const DEVICE: &str = "01978123-4567-7abc-8def-0123456789ab";
    const ENC: &str = "04049af650ae91bd6d3c43f135ead0cf5100241e9527bbd330b1f750d423d5daae\
                       7587c635f58f46edb559a0ebd5da6e7007e509176f74594b2d7bd80d59d274bb";
    const SEALED_ROOT: &str = "45d97c73409c70458e3f19a14d077267cafa54ad4bb95e021d09d9dbd964c6e9\
                               8ef59cb3ceb4d0493657f5dc70692916";

    fn key(byte: u8) -> RecoveryKey {
        RecoveryKey::from_bytes(&[byte; 32]).unwrap()
    }

    fn envelope() -> RecoveryEnvelope {
        RecoveryEnvelope {
            key_id: "c8f193e678e762f9".into(),
            enc: ENC.into(),
            sealed: SEALED_ROOT.into(),
        }
    }

    #[test]
    fn the_pinned_envelope_opens_to_its_root() {
        let device = DEVICE.parse().unwrap();
        assert!(fits(&envelope(), key(7).public()));
        assert_eq!(key(7).open(device, &envelope()).unwrap(), [0x2a; 32]);
    }

    #[test]
    fn another_device_another_key_and_a_changed_byte_do_not_open() {
        let device: DeviceId = DEVICE.parse().unwrap();
        let other = "01978123-4567-7abc-8def-0123456789ac".parse().unwrap();
        assert!(matches!(key(7).open(other, &envelope()), Err(RecoveryError::Sealed)));
        assert!(!fits(&envelope(), key(8).public()));
        assert!(matches!(
            key(8).open(device, &envelope()),
            Err(RecoveryError::OtherKey { .. })
        ));
        let changed = RecoveryEnvelope {
            sealed: SEALED_ROOT.replacen("45", "46", 1),
            ..envelope()
        };
        assert!(matches!(key(7).open(device, &changed), Err(RecoveryError::Sealed)));
        let short = RecoveryEnvelope {
            enc: "04".into(),
            ..envelope()
        };
        assert!(!fits(&short, key(7).public()));
        assert!(matches!(key(7).open(device, &short), Err(RecoveryError::Form)));
    }

    #[test]
    fn a_pair_is_written_in_two_files_and_the_public_one_is_enough_to_run() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::new(folder.path());
        std::fs::create_dir(layout.keys()).unwrap();
        assert_eq!(public_key(&MachineDisk, &layout).unwrap(), None, "a station of before");
        let made = RecoveryKey::make(&layout, &Ports::machine()).unwrap();
        assert_eq!(
            RecoveryKey::load(&layout.recovery_key()).unwrap().public(),
            made.public()
        );
        std::fs::remove_file(layout.recovery_key()).unwrap();
        assert_eq!(public_key(&MachineDisk, &layout).unwrap().as_ref(), Some(made.public()));
    }
}
