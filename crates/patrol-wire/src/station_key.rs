//! The keys that a station signs with: the one that phones pin at their enrolment, and those that came after it.
//!
//! A new key is announced by a statement that the key before has signed, and the new one too: the first signature is why a
//! phone believes the new key, the second is why the old one is still believed by somebody who knows the new one alone.

use patrol_domain::{Sha256Hash, StationId, StationMs};
use serde::{Deserialize, Serialize};

use crate::signature::{PublicKey, SignatureError, Signed, SignedContent};

/// A station signs with another key from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeySuccession {
    /// The station.
    pub station: StationId,
    /// The new key.
    pub key: PublicKey,
    /// SHA-256 of the key before.
    pub before: Sha256Hash,
    /// Since when, by the station's clock.
    pub since_ms: StationMs,
}

impl SignedContent for KeySuccession {
    const CONTEXT: [u8; 4] = *b"xgn1";
}

/// The same words, signed by both keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyStatement {
    /// By the key before.
    pub by_old: Signed<KeySuccession>,
    /// By the new one.
    pub by_new: Signed<KeySuccession>,
}

impl KeyStatement {
    /// What it says of the new key, if `old` and that key have both signed it.
    ///
    /// # Errors
    /// [`SignatureError`] otherwise.
    pub fn verify(&self, old: &PublicKey) -> Result<&KeySuccession, SignatureError> {
        let said = self.by_old.verify(old)?;
        let is_one_word = self.by_new.verify(&said.key)? == said && said.before == old.thumbprint();
        is_one_word.then_some(said).ok_or(SignatureError::Mismatch)
    }
}

/// `GET /v1/keys`, for anybody: every key of the station, and how each followed from the one before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeysReply {
    /// The keys, the first one first.
    pub keys: Vec<PublicKey>,
    /// The statements, in their order.
    pub statements: Vec<KeyStatement>,
}

impl KeysReply {
    /// Whether it says no more than which key there is.
    pub fn is_of_one(&self) -> bool {
        self.statements.is_empty()
    }
}

/// The keys that statements tie to those that are believed, these included and first: those that came after them, and those
/// that came before, for the new key has signed too. A phone that was enrolled under a later key believes a station by it
/// that was restored to before the succession.
pub fn tied(believed: Vec<PublicKey>, station: StationId, told: &KeysReply) -> Vec<PublicKey> {
    let mut keys = believe(believed, station, &told.statements);
    loop {
        let before = told.keys.iter().filter(|key| !keys.contains(key)).find(|key| {
            let said = told.statements.iter().filter_map(|one| one.verify(key).ok());
            said.into_iter()
                .any(|said| said.station == station && keys.contains(&said.key))
        });
        match before {
            Some(key) => {
                keys.push(key.clone());
                keys = believe(keys, station, &told.statements);
            }
            None => return keys,
        }
    }
}

/// The keys that follow from those that are believed, these included; in any order of the statements, and also where a
/// station that was restored has succeeded one key twice.
pub fn believe(believed: Vec<PublicKey>, station: StationId, statements: &[KeyStatement]) -> Vec<PublicKey> {
    let mut keys = believed;
    loop {
        let next = statements.iter().find_map(|statement| {
            let said = keys.iter().find_map(|key| statement.verify(key).ok())?;
            (said.station == station && !keys.contains(&said.key)).then(|| said.key.clone())
        });
        match next {
            Some(key) => keys.push(key),
            None => return keys,
        }
    }
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::signature::Signer as _;
    use p256::ecdsa::{Signature, SigningKey};

    use super::*;

    fn key(byte: u8) -> SigningKey {
        SigningKey::from_slice(&[byte; 32]).unwrap()
    }

    fn public(byte: u8) -> PublicKey {
        PublicKey::from_sec1(key(byte).verifying_key().to_sec1_point(false).as_bytes()).unwrap()
    }

    fn station() -> StationId {
        "01978123-4567-7abc-8def-0123456789ab".parse().unwrap()
    }

    fn statement(old: u8, new: u8) -> KeyStatement {
        let content = KeySuccession {
            station: station(),
            key: public(new),
            before: public(old).thumbprint(),
            since_ms: StationMs(1),
        };
        let sign = |byte: u8| {
            Signed::sign(content.clone(), &public(byte).key_id(), |message| {
                let signature: Signature = key(byte).sign(message);
                Ok::<_, SignatureError>(signature.to_bytes().into())
            })
            .unwrap()
        };
        KeyStatement {
            by_old: sign(old),
            by_new: sign(new),
        }
    }

    #[test]
    fn a_chain_of_keys_is_believed_from_the_pinned_one_on_and_no_further_than_it_holds() {
        let chain = [statement(2, 3), statement(1, 2), statement(3, 4)];
        let believed = |pinned, statements: &[KeyStatement]| believe(vec![public(pinned)], station(), statements).len();
        assert_eq!(believed(1, &chain), 4);
        assert_eq!(believed(3, &chain), 2);
        assert_eq!(believed(9, &chain), 1);
        assert_eq!(believed(1, &chain[..1]), 1, "the link from the first is gone");
        // A restored station has succeeded the same key once more.
        assert_eq!(believed(1, &[statement(1, 2), statement(1, 5)]), 3);
    }

    #[test]
    fn whoever_knows_any_key_of_a_chain_comes_to_all_of_them_and_to_no_other() {
        let told = KeysReply {
            keys: vec![public(1), public(2), public(3), public(9)],
            statements: vec![statement(1, 2), statement(2, 3), statement(8, 9)],
        };
        for known in 1..=3 {
            let mut keys = tied(vec![public(known)], station(), &told);
            assert_eq!(keys.first(), Some(&public(known)));
            keys.sort_by_key(PublicKey::thumbprint);
            let mut all = [1, 2, 3].map(public);
            all.sort_by_key(PublicKey::thumbprint);
            assert_eq!(keys, all);
        }
        assert_eq!(tied(vec![public(9)], station(), &told), [public(9)]);
        let other = "01978123-4567-7abc-8def-0123456789ac".parse().unwrap();
        assert_eq!(tied(vec![public(3)], other, &told), [public(3)]);
    }

    #[test]
    fn a_statement_that_one_of_both_has_not_signed_counts_for_nothing() {
        let mut forged = statement(1, 2);
        forged.by_new = statement(1, 3).by_new;
        assert!(forged.verify(&public(1)).is_err());
        let mut forged = statement(1, 2);
        forged.by_old.content.key = public(3);
        assert!(forged.verify(&public(1)).is_err());
        assert!(statement(1, 2).verify(&public(2)).is_err());
        let other = "01978123-4567-7abc-8def-0123456789ac".parse().unwrap();
        assert_eq!(believe(vec![public(1)], other, &[statement(1, 2)]).len(), 1);
    }
}
