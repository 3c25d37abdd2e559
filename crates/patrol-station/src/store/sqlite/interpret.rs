//! What a station can tell from an op's bytes without a database: the op, the photos it names, the parts that fit.
//!
//! An op of a later version must not lose its photos or its words on the way, so photos and parts are looked for in the
//! JSON as such: a part belongs to an op when the op's body holds its seal anywhere, whatever the op's kind.

use patrol_domain::op::DecodeError;
use patrol_domain::{Op, Part, Sha256Hash};
use patrol_wire::frame::FrameOp;
use serde_json::Value;

/// A photo as an op names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NamedPhoto {
    /// The original's hash.
    pub(super) sha256: Sha256Hash,
    /// Its length.
    pub(super) bytes: u64,
}

/// An op as far as it is understood.
#[derive(Debug)]
pub(super) struct Interpreted<'frame> {
    /// As received.
    pub(super) bytes: &'frame [u8],
    /// The op, when it is one.
    pub(super) op: Result<Op, DecodeError>,
    /// The photos that it names.
    pub(super) photos: Vec<NamedPhoto>,
    /// The parts whose seal stands in it.
    pub(super) parts: Vec<&'frame Part>,
}

/// Reads an op and what came beside it.
pub(super) fn interpret(frame: &FrameOp) -> Interpreted<'_> {
    let FrameOp { op: bytes, parts } = frame;
    let op = Op::decode(bytes);
    let read_json = || serde_json::from_slice::<Value>(bytes).unwrap_or(Value::Null);
    let json = if op.is_err() || !parts.is_empty() {
        read_json()
    } else {
        Value::Null
    };
    let photos = match &op {
        Ok(op) => op
            .photos
            .iter()
            .map(|photo| NamedPhoto {
                sha256: photo.sha256,
                bytes: photo.bytes,
            })
            .collect(),
        Err(_) => json
            .get("photos")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(named)
            .collect(),
    };
    let body = json.get("body").unwrap_or(&Value::Null);
    let parts = parts
        .iter()
        .filter(|part| holds(body, &part.seal().0.to_string()))
        .collect();
    Interpreted {
        bytes,
        op,
        photos,
        parts,
    }
}

fn named(photo: &Value) -> Option<NamedPhoto> {
    let sha256 = photo.get("sha256")?.as_str()?.parse().ok()?;
    Some(NamedPhoto {
        sha256,
        bytes: photo.get("bytes")?.as_u64()?,
    })
}

/// Recursion ends: serde_json reads at most 128 levels.
fn holds(value: &Value, seal: &str) -> bool {
    match value {
        Value::String(text) => text == seal,
        Value::Array(items) => items.iter().any(|item| holds(item, seal)),
        Value::Object(fields) => fields.values().any(|item| holds(item, seal)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
