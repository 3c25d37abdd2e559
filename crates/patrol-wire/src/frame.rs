//! The body of a push: lines, compressed as one zstd frame.
//!
//! Each line begins with a mark: `o` an op's bytes, `p` a part of the op above it. Ops are taken out as they are and
//! never parsed here, because the station stores any bytes whose chain fits. Lines and not a binary container, so that a
//! journal can be read in a court file with nothing but `zstdcat`.

use std::io::Read as _;

use patrol_domain::Part;

use crate::{MAX_OPS_PER_PUSH, MAX_RAW_BYTES_PER_PUSH};

/// zstd's own default: CPU time is nothing beside a photo's bytes.
const LEVEL: i32 = 3;

/// 2 MiB: what level 3 asks for. A frame may ask for more, up to 2 GiB, and its reader would set that aside.
const MAX_WINDOW_LOG: u32 = 21;

/// One op and the parts beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameOp {
    /// The op's bytes as stored.
    pub op: Vec<u8>,
    /// Its personal fields.
    pub parts: Vec<Part>,
}

/// The body is not a frame of this protocol.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// Not zstd, or cut off.
    #[error("the body cannot be decompressed")]
    Compression(#[source] std::io::Error),
    /// More than [`MAX_RAW_BYTES_PER_PUSH`] or [`MAX_OPS_PER_PUSH`].
    #[error("the body is larger than the protocol allows")]
    TooLarge,
    /// A line without a mark, an op with a line feed, or a part before any op.
    #[error("line {line} of the body is not an op or a part")]
    Line {
        /// Counted from 1.
        line: usize,
    },
}

/// How many bytes an op will take in a frame before compression.
pub fn raw_length(op: &FrameOp) -> usize {
    // Mark and line feed for each line; a part's JSON is its text plus names, salt and escapes.
    let parts: usize = op
        .parts
        .iter()
        .map(|part| 128 + part.field.len() + 6 * part.value.len())
        .sum();
    op.op.len() + 2 + parts
}

/// Writes the body of a push.
///
/// # Errors
/// [`FrameError`] when it would be too large or an op holds a line feed.
pub fn encode(ops: &[FrameOp]) -> Result<Vec<u8>, FrameError> {
    if ops.len() > MAX_OPS_PER_PUSH {
        return Err(FrameError::TooLarge);
    }
    let mut raw = Vec::new();
    for (position, FrameOp { op, parts }) in ops.iter().enumerate() {
        if op.contains(&b'\n') {
            return Err(FrameError::Line { line: position + 1 });
        }
        raw.push(b'o');
        raw.extend_from_slice(op);
        raw.push(b'\n');
        for part in parts {
            raw.push(b'p');
            serde_json::to_writer(&mut raw, part).map_err(|error| FrameError::Compression(error.into()))?;
            raw.push(b'\n');
        }
    }
    if raw.len() > MAX_RAW_BYTES_PER_PUSH {
        return Err(FrameError::TooLarge);
    }
    zstd::encode_all(raw.as_slice(), LEVEL).map_err(FrameError::Compression)
}

/// Reads the body of a push. Never holds more than [`MAX_RAW_BYTES_PER_PUSH`], whatever the body claims to hold.
///
/// # Errors
/// [`FrameError`] when it is not a frame.
pub fn decode(body: &[u8]) -> Result<Vec<FrameOp>, FrameError> {
    let mut raw = Vec::new();
    let mut decoder = zstd::Decoder::new(body).map_err(FrameError::Compression)?;
    decoder
        .window_log_max(MAX_WINDOW_LOG)
        .map_err(FrameError::Compression)?;
    decoder
        .take(MAX_RAW_BYTES_PER_PUSH as u64 + 1)
        .read_to_end(&mut raw)
        .map_err(FrameError::Compression)?;
    if raw.len() > MAX_RAW_BYTES_PER_PUSH {
        return Err(FrameError::TooLarge);
    }
    let mut ops: Vec<FrameOp> = Vec::new();
    let Some(lines) = raw.strip_suffix(b"\n") else {
        return if raw.is_empty() {
            Ok(ops)
        } else {
            Err(FrameError::Line { line: 0 })
        };
    };
    for (position, text) in lines.split(|byte| *byte == b'\n').enumerate() {
        let line = position + 1;
        match text.split_first() {
            Some((b'o', op)) => ops.push(FrameOp {
                op: op.to_vec(),
                parts: Vec::new(),
            }),
            Some((b'p', part)) => {
                let part = serde_json::from_slice(part).map_err(|_| FrameError::Line { line })?;
                ops.last_mut().ok_or(FrameError::Line { line })?.parts.push(part);
            }
            _ => return Err(FrameError::Line { line }),
        }
        if ops.len() > MAX_OPS_PER_PUSH {
            return Err(FrameError::TooLarge);
        }
    }
    Ok(ops)
}

#[cfg(test)]
mod tests {
    use super::*;
    use patrol_domain::seal::Salt;

    fn op(text: &str, notes: &[&str]) -> FrameOp {
        let parts = notes
            .iter()
            .map(|note| Part {
                field: "note".into(),
                salt: Salt([9; 32]),
                value: (*note).into(),
            })
            .collect();
        FrameOp {
            op: text.as_bytes().to_vec(),
            parts,
        }
    }

    #[test]
    fn what_goes_in_comes_out() {
        let ops = vec![
            op("{\"a\":\"囧\"}", &["两行\n字", ""]),
            op("not even json", &[]),
            op("", &["x"]),
        ];
        assert_eq!(decode(&encode(&ops).unwrap()).unwrap(), ops);
        assert_eq!(decode(&encode(&[]).unwrap()).unwrap(), vec![]);
    }

    #[test]
    fn the_estimate_is_never_too_small() {
        let ops = [op("{}", &["\u{1}\u{2}\"\\囧😀", "x"]), op("{\"a\":1}", &[])];
        let estimate: usize = ops.iter().map(raw_length).sum();
        let raw = zstd::decode_all(encode(&ops).unwrap().as_slice()).unwrap();
        assert!(raw.len() <= estimate, "{} <= {estimate}", raw.len());
    }

    #[test]
    fn a_bomb_is_refused_without_being_unpacked() {
        let bomb = zstd::encode_all(vec![b'o'; 200 << 20].as_slice(), 3).unwrap();
        assert!(bomb.len() < 100_000);
        assert!(matches!(decode(&bomb), Err(FrameError::TooLarge)));
        let many = zstd::encode_all("o\n".repeat(MAX_OPS_PER_PUSH + 1).as_bytes(), 3).unwrap();
        assert!(matches!(decode(&many), Err(FrameError::TooLarge)));
    }

    #[test]
    fn a_frame_that_asks_for_a_huge_window_is_refused() {
        let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
        encoder.window_log(27).unwrap();
        std::io::Write::write_all(&mut encoder, b"o{}\n").unwrap();
        assert!(matches!(
            decode(&encoder.finish().unwrap()),
            Err(FrameError::Compression(_))
        ));
    }

    #[test]
    fn rubbish_is_refused_with_its_line() {
        for (raw, line) in [
            ("p{}\n", 1),
            ("o{}\nx\n", 2),
            ("o{}\n\n", 2),
            ("o{}\npno\n", 2),
            ("o{}", 0),
        ] {
            let body = zstd::encode_all(raw.as_bytes(), 3).unwrap();
            assert!(
                matches!(decode(&body), Err(FrameError::Line { line: found }) if found == line),
                "{raw}"
            );
        }
        assert!(matches!(decode(b"not zstd"), Err(FrameError::Compression(_))));
        let whole = encode(&[op("{}", &["n"])]).unwrap();
        assert!(decode(&whole[..whole.len() - 3]).is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            let _ = decode(&body);
            let _ = decode(&zstd::encode_all(body.as_slice(), 1).unwrap());
        }
    }
}
