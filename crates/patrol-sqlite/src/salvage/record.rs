//! A record: a header of types, then the values (SQLite file format, section 2.1).
//!
//! Reads arbitrary bytes: whatever does not add up to exactly the record's length is no record, so that rubbish does
//! not pass for a row.

use rusqlite::types::Value;

/// The varint at the head of `bytes`, and what is behind it; 1 to 9 bytes, big-endian, 7 bits each and 8 in the ninth.
pub(super) fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0_u64;
    let mut rest = bytes;
    for _ in 0..8 {
        let (&byte, behind) = rest.split_first()?;
        rest = behind;
        value = (value << 7) | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, rest));
        }
    }
    let (&byte, rest) = rest.split_first()?;
    Some(((value << 8) | u64::from(byte), rest))
}

/// The values of a record.
pub(super) fn values(record: &[u8]) -> Option<Vec<Value>> {
    let (length, behind) = varint(record)?;
    let length = usize::try_from(length).ok()?;
    let own = record.len().checked_sub(behind.len())?;
    let (mut types, mut body) = behind.split_at_checked(length.checked_sub(own)?)?;
    let mut values = Vec::new();
    while !types.is_empty() {
        let (kind, next) = varint(types)?;
        types = next;
        let (bytes, next) = body.split_at_checked(size(kind)?)?;
        body = next;
        values.push(value(kind, bytes)?);
    }
    body.is_empty().then_some(values)
}

/// Bytes that a value of this type takes; types 10 and 11 are never written to a file.
fn size(kind: u64) -> Option<usize> {
    match kind {
        0 | 8 | 9 => Some(0),
        1..=4 => usize::try_from(kind).ok(),
        5 => Some(6),
        6 | 7 => Some(8),
        10 | 11 => None,
        _ => usize::try_from((kind - 12) / 2).ok(),
    }
}

fn value(kind: u64, bytes: &[u8]) -> Option<Value> {
    Some(match kind {
        0 => Value::Null,
        1..=6 => Value::Integer(integer(bytes)),
        7 => Value::Real(f64::from_be_bytes(*bytes.first_chunk()?)),
        8 => Value::Integer(0),
        9 => Value::Integer(1),
        _ if kind.is_multiple_of(2) => Value::Blob(bytes.to_vec()),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => Value::Text(text.to_owned()),
            Err(_) => Value::Blob(bytes.to_vec()),
        },
    })
}

/// Big-endian, two's complement, 1 to 8 bytes.
fn integer(bytes: &[u8]) -> i64 {
    let negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
    let start = if negative { -1 } else { 0 };
    bytes
        .iter()
        .fold(start, |value: i64, &byte| (value << 8) | i64::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_is_read() {
        let record = [
            9, 0, 1, 5, 7, 8, 9, 15, 16,   // header of 9 bytes, eight types
            0xff, // -1
            0xff, 0xff, 0xff, 0xff, 0xff, 0x00, // -256 in 48 bits
            0x3f, 0xf8, 0, 0, 0, 0, 0, 0,    // 1.5
            b'x', // text of one byte
            1, 2, // blob of two
        ];
        let expected = vec![
            Value::Null,
            Value::Integer(-1),
            Value::Integer(-256),
            Value::Real(1.5),
            Value::Integer(0),
            Value::Integer(1),
            Value::Text("x".to_owned()),
            Value::Blob(vec![1, 2]),
        ];
        assert_eq!(values(&record), Some(expected));
    }

    #[test]
    fn text_that_is_not_utf_8_keeps_its_bytes() {
        assert_eq!(values(&[2, 15, 0xff]), Some(vec![Value::Blob(vec![0xff])]));
    }

    #[test]
    fn a_record_that_does_not_add_up_is_none() {
        for rubbish in [
            &[][..],
            &[2][..],
            &[0][..],
            &[2, 10][..],
            &[2, 15][..],
            &[2, 15, 1, 1][..],
            &[0xff; 12][..],
        ] {
            assert_eq!(values(rubbish), None, "{rubbish:?}");
        }
    }

    #[test]
    fn a_varint_of_nine_bytes_has_all_64_bits() {
        assert_eq!(varint(&[0xff; 9]), Some((u64::MAX, &[][..])));
        assert_eq!(varint(&[0x81, 0x00, 7]), Some((128, &[7][..])));
        assert_eq!(varint(&[0xff; 8]), None);
    }
}
