//! WebP, chunk by chunk to the length its RIFF header announces (RFC 9649).
//!
//! Bytes behind that length are allowed, as behind a JPEG's end.

use super::{Container, Kind, check_dimensions};
use crate::bytes::{array_at, le_u16, le_u24, le_u32, run_at};
use crate::error::PhotoError;
use crate::limits::Limits;

/// `RIFF`, the length, `WEBP`.
const HEADER: usize = 12;
/// A chunk's name and length.
const CHUNK_HEADER: usize = 8;
/// The decoder gives RGBA and keeps the planes it comes from.
const BYTES_PER_PIXEL: u64 = 6;

pub(super) fn walk<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Container<'a>, PhotoError> {
    let announced = le_u32(bytes, 4)
        .and_then(|length| usize::try_from(length).ok())
        .ok_or(PhotoError::Truncated)?;
    let end = announced.checked_add(8).ok_or(PhotoError::Damaged)?;
    // The first chunk gives the dimensions, and they are checked even in a file that is cut off behind them.
    let (width, height) = dimensions(bytes)?;
    check_dimensions(width, height, BYTES_PER_PIXEL, limits)?;
    let whole = bytes.get(..end).ok_or(PhotoError::Truncated)?;
    let mut at = HEADER;
    let mut exif = None;
    let mut has_picture = false;
    while at < end {
        let name: [u8; 4] = array_at(whole, at).ok_or(PhotoError::Damaged)?;
        let length = le_u32(whole, at + 4)
            .and_then(|length| usize::try_from(length).ok())
            .ok_or(PhotoError::Damaged)?;
        let data = run_at(whole, at + CHUNK_HEADER, length).ok_or(PhotoError::Damaged)?;
        match &name {
            b"VP8 " | b"VP8L" | b"ANMF" => has_picture = true,
            // Some writers put JPEG's six bytes of name before the TIFF structure.
            b"EXIF" if exif.is_none() => exif = Some(data.strip_prefix(b"Exif\0\0").unwrap_or(data)),
            _ => {}
        }
        at += CHUNK_HEADER + length + length % 2;
    }
    if !has_picture {
        return Err(PhotoError::Damaged);
    }
    Ok(Container {
        kind: Kind::Webp,
        width,
        height,
        exif,
    })
}

/// Width and height from the first chunk, which is one of three (RFC 9649 clauses 2.5 to 2.7).
fn dimensions(bytes: &[u8]) -> Result<(u32, u32), PhotoError> {
    let name: [u8; 4] = array_at(bytes, HEADER).ok_or(PhotoError::Truncated)?;
    let data = bytes.get(HEADER + CHUNK_HEADER..).ok_or(PhotoError::Truncated)?;
    let sides = match &name {
        b"VP8X" => le_u24(data, 4)
            .zip(le_u24(data, 7))
            .map(|(width, height)| (width + 1, height + 1)),
        b"VP8L" => {
            if data.first().is_some_and(|signature| *signature != 0x2F) {
                return Err(PhotoError::Damaged);
            }
            le_u32(data, 1).map(|bits| ((bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1))
        }
        b"VP8 " => {
            if array_at(data, 3).is_some_and(|start: [u8; 3]| start != [0x9D, 0x01, 0x2A]) {
                return Err(PhotoError::Damaged);
            }
            le_u16(data, 6)
                .zip(le_u16(data, 8))
                .map(|(width, height)| (width & 0x3FFF, height & 0x3FFF))
                .map(|(width, height)| (u32::from(width), u32::from(height)))
        }
        _ => return Err(PhotoError::Damaged),
    };
    sides.ok_or(PhotoError::Truncated)
}
