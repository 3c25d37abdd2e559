//! Bytes as letters and digits that a person can read out: Crockford's alphabet, without I, L, O and U.

/// Writes bytes, five bits to a character; the last character is filled up with zeros.
pub(crate) fn encode(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mut text = String::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut held, mut bits) = (0u32, 0u32);
    let mut push = |five: u32| {
        if let Some(character) = ALPHABET.get((five & 31) as usize) {
            text.push(char::from(*character));
        }
    };
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            push(held >> bits);
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        push(held << (5 - bits));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values_are_written_as_crockford_writes_them() {
        assert_eq!(encode(b""), "");
        assert_eq!(encode(&[0xff; 5]), "ZZZZZZZZ");
        assert_eq!(encode(b"foobar"), "CSQPYRK1E8");
        assert_eq!(encode(&[0; 10]).len(), 16);
    }
}
