//! A sound file with foreign bytes in it: random bytes alone never get past a checksum or a length.

/// Applies the patches that `input` holds to `sound`, one after the other.
///
/// A patch is `place (3, big-endian) ‖ act (1) ‖ length (1) ‖ bytes`, the place taken modulo the file's length. Acts
/// modulo 4: put in place of what is there, put between, take that many bytes out, cut the file there.
pub fn splice(sound: &[u8], input: &[u8]) -> Vec<u8> {
    let mut file = sound.to_vec();
    let mut rest = input;
    while let Some(([first, second, third, act, length], behind)) = rest.split_first_chunk() {
        let length = usize::from(*length);
        let place = u32::from_be_bytes([0, *first, *second, *third]) as usize % (file.len() + 1);
        let end = (place + length).min(file.len());
        rest = behind;
        if matches!(act % 4, 0 | 1) {
            let (bytes, behind) = behind.split_at(behind.len().min(length));
            let replaced = if act % 4 == 0 {
                end.min(place + bytes.len())
            } else {
                place
            };
            file.splice(place..replaced, bytes.iter().copied());
            rest = behind;
        } else if act % 4 == 2 {
            file.drain(place..end);
        } else {
            file.truncate(place);
        }
    }
    file
}
