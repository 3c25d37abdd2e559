//! The key that receipts and certificates are signed with.
//!
//! Kept as 64 hexadecimal digits in a file of its own, readable by the station's user only. Signatures are
//! deterministic (RFC 6979), so that a weak random generator cannot give the key away.

use std::path::Path;

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use patrol_domain::Sha256Hash;
use patrol_domain::hash::{decode_hex, encode_hex};
use patrol_sqlite::Disk;
use patrol_wire::signature::SignatureError;
use patrol_wire::{PublicKey, Signed, SignedContent};

use crate::durable;
use crate::layout::Layout;
use crate::ports::{Ports, RandomnessError};

/// The key cannot be made, kept or read.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("the key file cannot be read or written")]
    File(#[from] std::io::Error),
    /// The file does not hold a key.
    #[error("the key file does not hold 64 hexadecimal digits of a P-256 key")]
    Form,
    /// No random bytes.
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
}

/// The station's signing key.
pub struct ReceiptKey {
    signing: SigningKey,
    public: PublicKey,
    /// The first key's secret: marks outlive the keys that come after it.
    marks: [u8; 32],
}

impl std::fmt::Debug for ReceiptKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ReceiptKey({})", self.public.key_id())
    }
}

impl ReceiptKey {
    /// Makes a key and writes it, durably, to a file that must not be there.
    ///
    /// # Errors
    /// [`KeyError`] when the file is there already or cannot be written.
    pub(crate) fn make(path: &Path, ports: &Ports) -> Result<Self, KeyError> {
        let key = Self::random(ports)?;
        key.write(path, ports)?;
        Ok(key)
    }

    /// A key that follows this one, written durably to a file of its own. It signs nothing until the database says so.
    ///
    /// # Errors
    /// As [`ReceiptKey::make`].
    pub(crate) fn make_next(&self, layout: &Layout, ports: &Ports) -> Result<Self, KeyError> {
        let next = Self::random(ports)?;
        next.write(&layout.later_key(&next.public.key_id()), ports)?;
        Ok(Self {
            marks: self.marks,
            ..next
        })
    }

    fn random(ports: &Ports) -> Result<Self, KeyError> {
        // All but one in 2^32 of 32-byte values are keys.
        loop {
            if let Ok(key) = Self::from_bytes(&ports.random()?) {
                return Ok(key);
            }
        }
    }

    fn write(&self, path: &Path, ports: &Ports) -> Result<(), KeyError> {
        let text = format!("{}\n", encode_hex(&self.signing.to_bytes()));
        Ok(durable::write_new(&*ports.disk, path, text.as_bytes())?)
    }

    /// Reads the key that signs: `present` as the database says it, the first one when it says nothing.
    ///
    /// # Errors
    /// [`KeyError`] when its file or the first key's is missing, or holds another key.
    pub(crate) fn load_present(
        disk: &dyn Disk,
        layout: &Layout,
        present: Option<&PublicKey>,
    ) -> Result<Self, KeyError> {
        let first = Self::load(disk, &layout.receipt_key())?;
        match present {
            Some(present) if *present != first.public => {
                let later = Self::load(disk, &layout.later_key(&present.key_id()))?;
                if later.public != *present {
                    return Err(KeyError::Form);
                }
                Ok(Self {
                    marks: first.marks,
                    ..later
                })
            }
            Some(_) | None => Ok(first),
        }
    }

    /// Reads the key.
    ///
    /// # Errors
    /// [`KeyError`] when the file is missing or holds something else.
    pub fn load(disk: &dyn Disk, path: &Path) -> Result<Self, KeyError> {
        let text = durable::read_text(disk, path)?;
        Self::from_bytes(&decode_hex::<32>(text.trim()).ok_or(KeyError::Form)?)
    }

    pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        let signing = SigningKey::from_slice(bytes).map_err(|_| KeyError::Form)?;
        let point = signing.verifying_key().to_sec1_point(false);
        let public = PublicKey::from_sec1(point.as_bytes()).map_err(|_| KeyError::Form)?;
        Ok(Self {
            signing,
            public,
            marks: *bytes,
        })
    }

    /// The public half, which phones pin at enrolment.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// A mark on words that this station has given out, which nobody else can make. Kept short, since it travels in each
    /// cursor: 16 bytes.
    pub(crate) fn mark(&self, words: &[u8]) -> [u8; 16] {
        let whole = Sha256Hash::of_all(&[b"xgc4", &self.marks, words, &self.marks]);
        let mut short = [0; 16];
        short
            .iter_mut()
            .zip(whole.as_bytes())
            .for_each(|(to, from)| *to = *from);
        short
    }

    /// Signs bytes whose meaning the caller has fixed.
    pub(crate) fn sign_bytes(&self, message: &[u8]) -> [u8; 64] {
        let signature: Signature = self.signing.sign(message);
        signature.to_bytes().into()
    }

    /// Signs.
    ///
    /// # Errors
    /// [`SignatureError::Content`] when the content cannot be written canonically.
    pub fn sign<T: SignedContent>(&self, content: T) -> Result<Signed<T>, SignatureError> {
        Signed::sign(content, &self.public.key_id(), |message| {
            let signature: Signature = self.signing.sign(message);
            Ok(signature.to_bytes().into())
        })
    }
}
