//! HEIC, HEIF and AVIF by their `ftyp` box (ISO/IEC 14496-12 clause 4.3), only to tell the officer what to change.

use crate::bytes::{array_at, be_u32, run_at};

/// Brands of still pictures and their sequences (ISO/IEC 23008-12 annex B, AV1 Image File Format clause 9).
const BRANDS: [&[u8; 4]; 13] = [
    b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"mif2", b"msf1", b"avif", b"avis",
];

/// Whether the file calls itself a picture of the HEIF family; a film (`mp42`, `qt  `) does not.
pub(super) fn is_heif(bytes: &[u8]) -> bool {
    if run_at(bytes, 4, 4) != Some(b"ftyp") {
        return false;
    }
    let length = be_u32(bytes, 0)
        .and_then(|length| usize::try_from(length).ok())
        .unwrap_or(0);
    // The box is a few dozen bytes; a longer one is not searched. The main brand counts even if the box is cut off.
    let named = run_at(bytes, 8, 4).into_iter();
    let compatible = (16..length.min(256)).step_by(4).filter_map(|at| run_at(bytes, at, 4));
    named
        .chain(compatible)
        .any(|brand| array_at::<4>(brand, 0).is_some_and(|brand| BRANDS.contains(&&brand)))
}
