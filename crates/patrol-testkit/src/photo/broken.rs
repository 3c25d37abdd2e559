//! Files that are no photos, or not whole ones, or that lie.

use super::PhotoBuilder;
use super::exif::GpsRaw;

/// A photo whose coordinates are wrong in this way, and all else is right.
pub fn bad_gps(raw: GpsRaw) -> Vec<u8> {
    PhotoBuilder::new(7)
        .taken("2026:06:18 09:12:08", Some("+08:00"))
        .gps_raw(raw)
        .build()
}

/// The first `fraction` (0 to 1) of a file: a copy that broke off. Never the whole file, never nothing.
pub fn truncated(bytes: &[u8], fraction: f64) -> Vec<u8> {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a file's length is far below 2^52, and the fraction is clamped"
    )]
    let kept = (bytes.len() as f64 * fraction.clamp(0.0, 1.0)) as usize;
    bytes
        .iter()
        .take(kept.clamp(1, bytes.len().saturating_sub(1).max(1)))
        .copied()
        .collect()
}

/// A camera that crashed between creating a file and writing it.
pub fn zero_bytes() -> Vec<u8> {
    Vec::new()
}

/// A small JPEG whose header says 65,500 × 65,500: 12.9 GB once decoded.
pub fn huge_dimensions() -> Vec<u8> {
    let mut bytes = PhotoBuilder::new(11).size(64, 64).without_exif().build();
    // SOF0, length 17, precision 8; then height and width.
    let mark = [0xFF, 0xC0, 0x00, 0x11, 0x08];
    if let Some(at) = bytes.windows(mark.len()).position(|window| window == mark) {
        let side = 65_500_u16.to_be_bytes();
        for (place, byte) in bytes.iter_mut().skip(at + mark.len()).zip([side, side].concat()) {
            *place = byte;
        }
    }
    bytes
}

/// A PNG of some hundred bytes that says 60,000 × 60,000, with right checksums.
pub fn png_bomb() -> Vec<u8> {
    let side = 60_000_u32.to_be_bytes();
    let header = [&side[..], &side, &[8, 2, 0, 0, 0]].concat();
    let chunks = [
        (b"IHDR", header.as_slice()),
        (b"IDAT", &[0x78, 0x9C, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01]),
        (b"IEND", &[]),
    ];
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    for (name, data) in chunks {
        bytes.extend(u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes());
        let named = [name.as_slice(), data].concat();
        bytes.extend_from_slice(&named);
        bytes.extend(checksum(&named).to_be_bytes());
    }
    bytes
}

/// The first boxes of a phone's HEIC file.
pub fn heic_header() -> Vec<u8> {
    let mut bytes = b"\0\0\0\x24ftypheic\0\0\0\0mif1MiHBMiHEMiPrmiaf".to_vec();
    bytes.extend_from_slice(b"\0\0\0\x08mdat");
    bytes.extend_from_slice(&[0x5A; 256]);
    bytes
}

/// A note that someone named `照片.jpg`.
pub fn text_named_jpg() -> Vec<u8> {
    "这不是照片。\n".repeat(40).into_bytes()
}

/// CRC-32 as PNG uses it (ISO/IEC 15948 annex D).
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
