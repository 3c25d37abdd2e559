//! Numbers out of a run of bytes, where a missing byte is an answer and not a panic.

/// `N` bytes at `at`; `None` when the run is too short.
pub(crate) fn array_at<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk::<N>().copied()
}

/// A 16-bit number, most significant byte first.
pub(crate) fn be_u16(bytes: &[u8], at: usize) -> Option<u16> {
    array_at(bytes, at).map(u16::from_be_bytes)
}

/// A 32-bit number, most significant byte first.
pub(crate) fn be_u32(bytes: &[u8], at: usize) -> Option<u32> {
    array_at(bytes, at).map(u32::from_be_bytes)
}

/// A 16-bit number, least significant byte first.
pub(crate) fn le_u16(bytes: &[u8], at: usize) -> Option<u16> {
    array_at(bytes, at).map(u16::from_le_bytes)
}

/// A 24-bit number, least significant byte first.
pub(crate) fn le_u24(bytes: &[u8], at: usize) -> Option<u32> {
    let [low, middle, high] = array_at(bytes, at)?;
    Some(u32::from_le_bytes([low, middle, high, 0]))
}

/// A 32-bit number, least significant byte first.
pub(crate) fn le_u32(bytes: &[u8], at: usize) -> Option<u32> {
    array_at(bytes, at).map(u32::from_le_bytes)
}

/// `length` bytes from `at`; `None` when the run is too short.
pub(crate) fn run_at(bytes: &[u8], at: usize, length: usize) -> Option<&[u8]> {
    bytes.get(at..at.checked_add(length)?)
}
