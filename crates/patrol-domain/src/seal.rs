//! Personal fields stand in an op as a salted hash; the words themselves travel beside it and can be erased.
//!
//! A journal cannot be edited, but a person's data must be erasable (Personal Information Protection Law of the PRC,
//! art. 47). So names, numbers, free text and track points are *sealed*: the op holds
//! `SHA-256("xgp1" ‖ salt ‖ field name ‖ 0 ‖ value)` and a [`Part`] beside the op holds salt and value. When the part is
//! erased, the chain still verifies, and nobody can guess the value back from the hash without the salt.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::hash::{Sha256Hash, decode_hex, encode_hex};

/// What stands in the op for a personal field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sealed(pub Sha256Hash);

/// 32 random bytes that keep a short value from being guessed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt(pub [u8; 32]);

impl std::fmt::Debug for Salt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Salt(..)")
    }
}

/// A personal field's value beside its op.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Which field of the op's body, e.g. `note`.
    pub field: String,
    /// The salt, as 64 hexadecimal digits.
    pub salt: Salt,
    /// The words as typed.
    pub value: String,
}

impl Part {
    /// The value that the op must hold for this part.
    pub fn seal(&self) -> Sealed {
        Sealed(Sha256Hash::of_all(&[
            b"xgp1",
            &self.salt.0,
            self.field.as_bytes(),
            &[0],
            self.value.as_bytes(),
        ]))
    }
}

impl Serialize for Salt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&encode_hex(&self.0))
    }
}

impl<'de> Deserialize<'de> for Salt {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        decode_hex(&text)
            .map(Self)
            .ok_or_else(|| serde::de::Error::custom("a salt is 64 lowercase hexadecimal digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_depends_on_salt_field_and_value() {
        let part = Part {
            field: "note".into(),
            salt: Salt([1; 32]),
            value: "王某".into(),
        };
        let other_salt = Part {
            salt: Salt([2; 32]),
            ..part.clone()
        };
        let other_field = Part {
            field: "name".into(),
            ..part.clone()
        };
        let other_value = Part {
            value: "王".into(),
            ..part.clone()
        };
        for other in [other_salt, other_field, other_value] {
            assert_ne!(part.seal(), other.seal());
        }
        // The zero byte keeps field and value apart.
        let left = Part {
            field: "ab".into(),
            salt: Salt([1; 32]),
            value: "c".into(),
        };
        let right = Part {
            field: "a".into(),
            salt: Salt([1; 32]),
            value: "bc".into(),
        };
        assert_ne!(left.seal(), right.seal());
    }
}
