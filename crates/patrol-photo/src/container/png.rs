//! PNG, chunk by chunk to IEND (ISO/IEC 15948 clause 5).
//!
//! Only the header's checksum is computed here; the decoder checks the picture's own. Bytes behind IEND are allowed.

use super::{Container, Kind, check_dimensions};
use crate::bytes::{array_at, be_u32, run_at};
use crate::error::PhotoError;
use crate::limits::Limits;

const SIGNATURE: usize = 8;
/// Length, type and checksum around a chunk's data.
const FRAMING: usize = 12;
const HEADER_DATA: usize = 13;

pub(super) fn walk<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Container<'a>, PhotoError> {
    let (width, height) = header(bytes, limits)?;
    let mut at = SIGNATURE + FRAMING + HEADER_DATA;
    let mut exif = None;
    let mut has_picture = false;
    loop {
        let length = be_u32(bytes, at).ok_or(PhotoError::Truncated)?;
        let name: [u8; 4] = array_at(bytes, at + 4).ok_or(PhotoError::Truncated)?;
        // ISO/IEC 15948 clause 5.3: at most 2^31 - 1, and names are letters. Anything else is not a cut but damage.
        if length > i32::MAX.unsigned_abs() || !name.iter().all(u8::is_ascii_alphabetic) {
            return Err(PhotoError::Damaged);
        }
        let length = usize::try_from(length).map_err(|_| PhotoError::Damaged)?;
        let data = run_at(bytes, at + 8, length).ok_or(PhotoError::Truncated)?;
        at = at + FRAMING + length;
        if at > bytes.len() {
            return Err(PhotoError::Truncated);
        }
        match &name {
            b"IDAT" => has_picture = true,
            b"eXIf" if exif.is_none() => exif = Some(data),
            b"IEND" if has_picture => {
                return Ok(Container {
                    kind: Kind::Png,
                    width,
                    height,
                    exif,
                });
            }
            b"IEND" => return Err(PhotoError::Damaged),
            _ => {}
        }
    }
}

/// The width and height in IHDR, which must come first.
fn header(bytes: &[u8], limits: &Limits) -> Result<(u32, u32), PhotoError> {
    let framed = run_at(bytes, SIGNATURE, FRAMING + HEADER_DATA).ok_or(PhotoError::Truncated)?;
    let named = run_at(framed, 4, 4 + HEADER_DATA).ok_or(PhotoError::Truncated)?;
    if be_u32(framed, 0) != Some(13) || !named.starts_with(b"IHDR") {
        return Err(PhotoError::Damaged);
    }
    let (width, height) = be_u32(named, 4).zip(be_u32(named, 8)).ok_or(PhotoError::Truncated)?;
    let [depth, colour] = array_at(named, 12).ok_or(PhotoError::Truncated)?;
    let channels = match colour {
        0 => 1,
        4 => 2,
        6 => 4,
        // Colours and palettes, which are decoded to colours.
        _ => 3,
    };
    check_dimensions(width, height, channels * if depth == 16 { 2 } else { 1 }, limits)?;
    if be_u32(framed, 8 + HEADER_DATA) != Some(checksum(named)) {
        return Err(PhotoError::Damaged);
    }
    Ok((width, height))
}

/// CRC-32 bit by bit (ISO/IEC 15948 annex D): a table would not pay for 17 bytes.
fn checksum(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 {
                (crc >> 1) ^ 0xEDB8_8320
            } else {
                crc >> 1
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_of_an_empty_iend_is_the_one_in_every_png() {
        assert_eq!(checksum(b"IEND"), 0xAE42_6082);
    }
}
