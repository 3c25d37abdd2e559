//! Ops and canonical JSON: no bytes stop the reader, and one op has one spelling, as it is named by a hash.
//!
//! The input is lines, each an op or not. What decodes and is written again says nothing that was not there: only
//! fields that this build does not know may be gone, and only empty ones may come.

#![no_main]

use libfuzzer_sys::fuzz_target;
use patrol_domain::case::{CaseOp, fold};
use patrol_domain::op::EncodeError;
use patrol_domain::{Body, Op, canonical};
use serde_json::Value;

fuzz_target!(|input: &[u8]| {
    let mut ops = Vec::new();
    for line in input.split(|byte| *byte == b'\n') {
        one_spelling(line);
        if let Ok(op) = Op::decode(line) {
            written_again(line, &op);
            ops.push(CaseOp { op, parts: Vec::new() });
        }
    }
    for case in ops.iter().filter_map(|one| one.op.case) {
        fold(case, &ops);
    }
});

/// Canonical JSON reads as the same value, and is canonical.
fn one_spelling(line: &[u8]) {
    let Ok(value) = serde_json::from_slice::<Value>(line) else {
        return;
    };
    if let Ok(written) = canonical::encode(&value) {
        let again: Value = serde_json::from_slice(&written).expect("canonical JSON is JSON");
        assert_eq!(again, value);
        assert_eq!(canonical::encode(&again).as_ref(), Ok(&written));
    }
}

fn written_again(line: &[u8], op: &Op) {
    let written = match op.encode() {
        Ok(written) => written,
        Err(EncodeError::Unknown) => {
            assert!(matches!(op.body, Body::Unknown { .. }));
            return;
        }
        // A field that may be absent is written as an empty one, and that is too much for the longest op there is.
        Err(EncodeError::TooLong { .. }) => return,
        Err(error) => panic!("what was read cannot be written: {error}"),
    };
    let read = Op::decode(written.as_slice()).expect("what was written can be read");
    assert_eq!(&read, op);
    let value = |bytes| serde_json::from_slice::<Value>(bytes).expect("an op is JSON");
    let (before, after) = (value(line), value(written.as_slice()));
    assert!(is_said(&after, Some(&before)), "{after} was {before}");
}

/// Whether all that `after` says stood in `before`.
fn is_said(after: &Value, before: Option<&Value>) -> bool {
    match (after, before) {
        (Value::Object(after), before) => after
            .iter()
            .all(|(name, field)| is_said(field, before.and_then(|before| before.get(name)))),
        (Value::Array(after), Some(Value::Array(before))) => {
            after.len() == before.len()
                && after
                    .iter()
                    .zip(before)
                    .all(|(after, before)| is_said(after, Some(before)))
        }
        (Value::Array(after), None) => after.is_empty(),
        (after, before) => Some(after) == before,
    }
}
