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
        // All but one in 2^32 of 32-byte values are keys.
        let key = loop {
            let bytes: [u8; 32] = ports.random()?;
            if let Ok(key) = Self::from_bytes(&bytes) {
                durable::write_new(&*ports.disk, path, format!("{}\n", encode_hex(&bytes)).as_bytes())?;
                break key;
            }
        };
        Ok(key)
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
        Ok(Self { signing, public })
    }

    /// The public half, which phones pin at enrolment.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// A mark on words that this station has given out, which nobody else can make. Kept short, since it travels in each
    /// cursor: 16 bytes.
    pub(crate) fn mark(&self, words: &[u8]) -> [u8; 16] {
        let secret = self.signing.to_bytes();
        let whole = Sha256Hash::of_all(&[b"xgc4", &secret, words, &secret]);
        let mut short = [0; 16];
        short
            .iter_mut()
            .zip(whole.as_bytes())
            .for_each(|(to, from)| *to = *from);
        short
    }

    /// What this station has signed itself; nothing when somebody else made it.
    pub(crate) fn own<'signed, T: SignedContent>(&self, signed: &'signed Signed<T>) -> Option<&'signed T> {
        signed.verify(&self.public).ok()
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
