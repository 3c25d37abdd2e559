//! All JSON that travels, either way: no bytes stop a reader, what is read is written and read again as the same, and no
//! signature that was not made is ever found right.

#![no_main]

use libfuzzer_sys::fuzz_target;
use patrol_wire::{
    AuditReply, Caps, ChangesReply, EnrolReply, EnrolRequest, EnrolmentCertificate, ErrorReply, HeadReply, LogStatus,
    PhotoReceipt, PhotoReply, PublicKey, PushReply, ReadmitReply, ReadmitRequest, Receipt, RecoveryEnvelope, Signed,
    SignedContent,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

fuzz_target!(|input: &[u8]| {
    again::<AuditReply>(input);
    again::<Caps>(input);
    again::<ChangesReply>(input);
    again::<EnrolReply>(input);
    again::<EnrolRequest>(input);
    again::<ErrorReply>(input);
    again::<HeadReply>(input);
    again::<LogStatus>(input);
    again::<PhotoReply>(input);
    again::<PushReply>(input);
    again::<ReadmitReply>(input);
    again::<ReadmitRequest>(input);
    again::<RecoveryEnvelope>(input);
    unsigned::<EnrolmentCertificate>(input);
    unsigned::<PhotoReceipt>(input);
    unsigned::<Receipt>(input);
});

fn again<T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(input: &[u8]) {
    let Ok(read) = serde_json::from_slice::<T>(input) else {
        return;
    };
    // The protocol has no fractions, and those that a stranger sends may lose their last digit on the way.
    if serde_json::from_slice::<Value>(input).is_ok_and(|value| has_fraction(&value)) {
        return;
    }
    let written = serde_json::to_vec(&read).expect("what was read can be written");
    let again: T = serde_json::from_slice(&written).expect("what was written can be read");
    assert_eq!(again, read);
}

fn has_fraction(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(values) => values.iter().any(has_fraction),
        Value::Object(fields) => fields.values().any(has_fraction),
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}

/// A point that nobody has the number of: the hash of a sentence is none of anybody's signatures.
fn unsigned<T: DeserializeOwned + SignedContent>(input: &[u8]) {
    let Ok(signed) = serde_json::from_slice::<Signed<T>>(input) else {
        return;
    };
    if let Ok(stranger) = PublicKey::from_sec1(&STRANGER) {
        assert!(signed.verify(&stranger).is_err(), "a signature from nowhere");
    }
}

/// The generator of P-256, as a key: its private half is 1, and the seeds hold no signature by it.
const STRANGER: [u8; 65] = [
    0x04, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2, 0x77, 0x03,
    0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96, 0x4f, 0xe3, 0x42, 0xe2, 0xfe,
    0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce,
    0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5,
];
