//! Canonical JSON: RFC 8785 order and escaping, integers only.
//!
//! An op is hashed as bytes, so there must be one way to write it. RFC 8785 (JSON Canonicalization Scheme) sorts keys
//! by their UTF-16 code units and fixes the escapes; its floating-point rules are not needed because the protocol has
//! no fractions: coordinates are in 1e-7 degree, lengths in millimetres, times in milliseconds.

use serde_json::Value;

/// The largest integer that every JSON reader keeps exact: 2^53 − 1.
pub const MAX_INTEGER: i64 = (1 << 53) - 1;

/// The value cannot be written canonically.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    /// A number with a fraction or an exponent.
    #[error("a number is not an integer")]
    NotAnInteger,
    /// An integer beyond ±(2^53 − 1).
    #[error("an integer is beyond ±(2^53 - 1)")]
    TooLarge,
    /// `null`: what is absent is left out.
    #[error("null is never written: what is absent is left out")]
    Null,
}

/// Writes `value` as one line of canonical JSON, without a line feed.
///
/// # Errors
/// [`CanonicalError`] when the value holds a fraction, an over-large integer or a null.
pub fn encode(value: &Value) -> Result<Vec<u8>, CanonicalError> {
    let mut out = Vec::with_capacity(512);
    write(value, &mut out)?;
    Ok(out)
}

fn write(value: &Value, out: &mut Vec<u8>) -> Result<(), CanonicalError> {
    match value {
        Value::Null => return Err(CanonicalError::Null),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => {
            let integer = number.as_i64().ok_or(if number.is_u64() {
                CanonicalError::TooLarge
            } else {
                CanonicalError::NotAnInteger
            })?;
            if integer.unsigned_abs() > MAX_INTEGER.unsigned_abs() {
                return Err(CanonicalError::TooLarge);
            }
            out.extend_from_slice(integer.to_string().as_bytes());
        }
        Value::String(text) => write_string(text, out),
        Value::Array(items) => {
            out.push(b'[');
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    out.push(b',');
                }
                write(item, out)?;
            }
            out.push(b']');
        }
        Value::Object(fields) => {
            let mut sorted: Vec<_> = fields.iter().collect();
            sorted.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            out.push(b'{');
            for (position, (name, item)) in sorted.into_iter().enumerate() {
                if position > 0 {
                    out.push(b',');
                }
                write_string(name, out);
                out.push(b':');
                write(item, out)?;
            }
            out.push(b'}');
        }
    }
    Ok(())
}

/// RFC 8785 §3.2.2.2: the two-character escapes where they exist, `\u00xx` for the other controls, all else verbatim.
fn write_string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for character in text.chars() {
        match character {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            '\u{8}' => out.extend_from_slice(b"\\b"),
            '\t' => out.extend_from_slice(b"\\t"),
            '\n' => out.extend_from_slice(b"\\n"),
            '\u{c}' => out.extend_from_slice(b"\\f"),
            '\r' => out.extend_from_slice(b"\\r"),
            control if control < ' ' => out.extend_from_slice(format!("\\u{:04x}", u32::from(control)).as_bytes()),
            other => out.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn text(value: Value) -> String {
        String::from_utf8(encode(&value).unwrap()).unwrap()
    }

    #[test]
    fn keys_are_sorted_by_utf16_as_in_rfc_8785_section_3_2_3() {
        let value = json!({ "\u{20ac}": 1, "\r": 2, "\u{fb33}": 3, "1": 4, "\u{1f600}": 5, "\u{80}": 6, "\u{f6}": 7 });
        assert_eq!(
            text(value),
            "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"\u{f6}\":7,\"\u{20ac}\":1,\"\u{1f600}\":5,\"\u{fb33}\":3}"
        );
    }

    #[test]
    fn strings_are_escaped_as_in_rfc_8785_section_3_2_2_2() {
        assert_eq!(
            text(json!("\u{20ac}$\u{0f}\nA'B\"\\\\\"/\u{7f}囧龘")),
            "\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\u{7f}囧龘\""
        );
    }

    #[test]
    fn fractions_nulls_and_huge_integers_are_refused() {
        assert_eq!(encode(&json!(1.5)), Err(CanonicalError::NotAnInteger));
        assert_eq!(encode(&json!(1.0)), Err(CanonicalError::NotAnInteger));
        assert_eq!(encode(&json!(MAX_INTEGER + 1)), Err(CanonicalError::TooLarge));
        assert_eq!(encode(&json!(u64::MAX)), Err(CanonicalError::TooLarge));
        assert_eq!(encode(&json!(i64::MIN)), Err(CanonicalError::TooLarge));
        assert_eq!(encode(&json!({ "a": null })), Err(CanonicalError::Null));
        assert_eq!(
            text(json!([-MAX_INTEGER, MAX_INTEGER])),
            "[-9007199254740991,9007199254740991]"
        );
    }
}
