//! Pieces of a track: what is read is written the same, as the text is hashed.

#![no_main]

use libfuzzer_sys::fuzz_target;
use patrol_domain::track;

fuzz_target!(|input: &[u8]| {
    let Ok(text) = str::from_utf8(input) else {
        return;
    };
    if let Ok(points) = track::decode(text) {
        assert_eq!(track::cut(&points), [text]);
        let length = track::length_m(&points, i64::MAX);
        assert!(length.is_finite() && length >= 0.0, "{length} m");
    }
});
