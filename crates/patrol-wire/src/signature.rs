//! ES256 signatures (FIPS 186-5, curve P-256, SHA-256) with an `alg` field beside each, so that another can follow.
//!
//! ES256 and not Ed25519: it is what Android's hardware keystores can make.

use std::fmt;

use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use patrol_domain::hash::{decode_hex, encode_hex};
use patrol_domain::{Sha256Hash, canonical};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

/// How something was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Alg {
    /// ECDSA over P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
}

/// The signature does not belong to these words and this key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// Not a point on the curve.
    #[error("not a public key")]
    Key,
    /// Not a signature, or of other words, or by another key.
    #[error("the signature does not fit")]
    Mismatch,
    /// The content cannot be written canonically, so nobody can have signed it.
    #[error("the signed content is not canonical")]
    Content,
    /// Signed by another key than the one that is trusted.
    #[error("signed by key {found}, trusted is {trusted}")]
    OtherKey {
        /// The key id in the content.
        found: String,
        /// The key id that was pinned.
        trusted: String,
    },
}

/// A P-256 public key.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// Reads an uncompressed SEC 1 point (65 bytes).
    ///
    /// # Errors
    /// [`SignatureError::Key`] when the bytes are none.
    pub fn from_sec1(bytes: &[u8]) -> Result<Self, SignatureError> {
        VerifyingKey::from_sec1_bytes(bytes)
            .map(Self)
            .map_err(|_| SignatureError::Key)
    }

    /// The uncompressed SEC 1 point (65 bytes).
    pub fn to_sec1(&self) -> Vec<u8> {
        self.0.to_sec1_point(false).as_bytes().to_vec()
    }

    /// SHA-256 of the SEC 1 point: what an enrolment code and a journal's first op name a key by.
    pub fn thumbprint(&self) -> Sha256Hash {
        Sha256Hash::of(&self.to_sec1())
    }

    /// The first sixteen digits of the thumbprint: enough to pick among a station's own keys.
    pub fn key_id(&self) -> String {
        self.thumbprint().to_string().chars().take(16).collect()
    }

    /// Checks a signature over `message`.
    ///
    /// # Errors
    /// [`SignatureError::Mismatch`] when it is not one of this key over these bytes.
    pub fn verify(&self, message: &[u8], signature: &SignatureBytes) -> Result<(), SignatureError> {
        let signature = Signature::from_slice(&signature.0).map_err(|_| SignatureError::Mismatch)?;
        self.0.verify(message, &signature).map_err(|_| SignatureError::Mismatch)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.key_id())
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&encode_hex(&self.to_sec1()))
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes: [u8; 65] =
            decode_hex(&text).ok_or_else(|| serde::de::Error::custom("a public key is 130 hexadecimal digits"))?;
        Self::from_sec1(&bytes).map_err(serde::de::Error::custom)
    }
}

/// The two numbers of an ES256 signature, 64 bytes, as 128 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignatureBytes(pub [u8; 64]);

impl Serialize for SignatureBytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&encode_hex(&self.0))
    }
}

impl<'de> Deserialize<'de> for SignatureBytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        decode_hex(&text)
            .map(Self)
            .ok_or_else(|| serde::de::Error::custom("a signature is 128 hexadecimal digits"))
    }
}

/// Content that a station signs.
pub trait SignedContent: Serialize + DeserializeOwned {
    /// Four bytes in front of what is signed, so that a signature over one kind of content never fits another.
    const CONTEXT: [u8; 4];
}

/// Content with its signature over `CONTEXT ‖ canonical JSON of {content…, alg, key_id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed<T> {
    /// What was signed; its fields stand beside `alg`, `key_id` and `sig`.
    #[serde(flatten)]
    pub content: T,
    /// Signed fields that this build does not know: a newer station's receipts must verify on older phones for ever.
    #[serde(flatten)]
    pub later: Map<String, Value>,
    /// Which of the signer's keys.
    pub key_id: String,
    /// How.
    pub alg: Alg,
    /// The signature.
    pub sig: SignatureBytes,
}

#[derive(Serialize)]
struct Unsigned<'content, T> {
    #[serde(flatten)]
    content: &'content T,
    #[serde(flatten)]
    later: &'content Map<String, Value>,
    key_id: &'content str,
    alg: Alg,
}

impl<T: SignedContent> Signed<T> {
    /// Signs `content`; `sign` gets the bytes and gives 64 bytes back.
    ///
    /// # Errors
    /// [`SignatureError::Content`] when the content cannot be written canonically; whatever `sign` returns.
    pub fn sign<E: From<SignatureError>>(
        content: T,
        key_id: &str,
        sign: impl FnOnce(&[u8]) -> Result<[u8; 64], E>,
    ) -> Result<Self, E> {
        let later = Map::new();
        let message = message(&content, &later, key_id, Alg::Es256)?;
        let sig = SignatureBytes(sign(&message)?);
        Ok(Self {
            content,
            later,
            key_id: key_id.to_owned(),
            alg: Alg::Es256,
            sig,
        })
    }

    /// The content, if `key` signed it.
    ///
    /// # Errors
    /// [`SignatureError`] otherwise.
    pub fn verify(&self, key: &PublicKey) -> Result<&T, SignatureError> {
        let trusted = key.key_id();
        if self.key_id != trusted {
            return Err(SignatureError::OtherKey {
                found: self.key_id.clone(),
                trusted,
            });
        }
        key.verify(&message(&self.content, &self.later, &self.key_id, self.alg)?, &self.sig)?;
        Ok(&self.content)
    }
}

fn message<T: SignedContent>(
    content: &T,
    later: &Map<String, Value>,
    key_id: &str,
    alg: Alg,
) -> Result<Vec<u8>, SignatureError> {
    let unsigned = serde_json::to_value(Unsigned {
        content,
        later,
        key_id,
        alg,
    })
    .map_err(|_| SignatureError::Content)?;
    let mut message = T::CONTEXT.to_vec();
    message.extend(canonical::encode(&unsigned).map_err(|_| SignatureError::Content)?);
    Ok(message)
}
