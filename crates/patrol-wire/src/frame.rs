//! The body of a push: lines, compressed as one zstd frame.
//!
//! Each line begins with a mark: `o` an op's bytes, `p` a part of the op above it. Ops are taken out as they are and
//! never parsed here, because the station stores any bytes whose chain fits. Lines and not a binary container, so that a
//! journal can be read in a court file with nothing but `zstdcat`.

use std::io::Read as _;

use patrol_domain::Part;

use crate::{MAX_OPS_PER_PUSH, MAX_RAW_BYTES_PER_PUSH};

/// The highest level that keeps to [`MAX_WINDOW_LOG`]: for a batch of 200 ops 8 % less than zstd's own default of 3 and
/// some milliseconds more, which are nothing beside a photo's bytes.
///
/// Rejected: a dictionary trained on ops. It saves a batch of 200 nothing (the batch is its own dictionary after the
/// first few ops) and half of an op that travels alone, some 250 bytes beside 800 of headers; for that, every station
/// would have to keep every dictionary that was ever shipped.
const LEVEL: i32 = 8;

/// 2 MiB. A frame may ask for more, up to 2 GiB, and its reader would set that aside.
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

/// How many bytes an op takes in a frame before compression, never too few.
pub fn raw_length(op: &[u8], parts: &[Part]) -> usize {
    // Mark and line feed for each line; a part's JSON is its text with escapes, its salt, and names.
    let parts: usize = parts
        .iter()
        .map(|part| 128 + escaped_length(&part.field) + escaped_length(&part.value))
        .sum();
    op.len() + 2 + parts
}

/// As JSON writes it; Chinese stands as it is.
fn escaped_length(text: &str) -> usize {
    text.bytes()
        .map(|byte| match byte {
            b'"' | b'\\' => 2,
            0..b' ' => 6,
            _ => 1,
        })
        .sum()
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
    fn the_estimate_is_never_too_small_and_for_words_hardly_too_large() {
        let check = |ops: &[FrameOp], slack: usize| {
            let estimate: usize = ops.iter().map(|op| raw_length(&op.op, &op.parts)).sum();
            let raw = zstd::decode_all(encode(ops).unwrap().as_slice()).unwrap().len();
            assert!((raw..=raw + slack).contains(&estimate), "{raw} and {estimate}");
        };
        check(
            &[op("{}", &["\u{1}\u{2}\n\"\\\u{7f}囧😀", "x"]), op("{\"a\":1}", &[])],
            90,
        );
        check(&[op("{}", &["车主不在场，已贴告知单。".repeat(1_000).as_str()])], 40);
    }

    #[test]
    fn a_full_batch_keeps_to_the_window_that_a_reader_allows() {
        // Nothing to be found twice, so that nothing keeps the encoder from looking back as far as it can.
        let random = patrol_domain::hash::encode_hex(&[0x5a; 32]);
        let ops: Vec<FrameOp> = (0..500)
            .map(|number| op(&format!("{number}{random}").repeat(6), &[]))
            .collect();
        assert_eq!(decode(&encode(&ops).unwrap()).unwrap(), ops);
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
