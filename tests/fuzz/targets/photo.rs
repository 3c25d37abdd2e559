//! Photo files: no bytes stop the gates or the decoders, neither bare ones nor a sound file with foreign bytes in it.

#![no_main]

use std::sync::LazyLock;

use fuzz::splice;
use libfuzzer_sys::fuzz_target;
use patrol_photo::{Limits, inspect};
use patrol_testkit::photo::PhotoBuilder;

/// Small, so that a file that announces a city's map is refused and not drawn ten thousand times.
const LIMITS: Limits = Limits {
    max_bytes: 1 << 20,
    max_side: 512,
    max_pixels: 64 * 64,
};

static SOUND: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let small = || PhotoBuilder::new(1).size(24, 16);
    let full = small()
        .taken("2026:06:18 09:12:08", Some("+08:00"))
        .gps(32.341_258_6, 118.840_317_2);
    vec![
        full.orientation(6).build(),
        small().progressive().build(),
        small().grey().build(),
        small().cmyk().build(),
        small().png().build(),
        small().webp().build(),
    ]
});

fuzz_target!(|input: &[u8]| {
    looked_at(input);
    let Some((which, patches)) = input.split_first() else {
        return;
    };
    let sound = SOUND
        .get(usize::from(*which) % SOUND.len())
        .expect("below their number");
    looked_at(&splice(sound, patches));
});

fn looked_at(photo: &[u8]) {
    if let Ok(said) = inspect(photo, &LIMITS) {
        assert!(u64::from(said.width) * u64::from(said.height) <= LIMITS.max_pixels);
        assert!((1..=LIMITS.max_side).contains(&said.width.max(said.height)));
    }
}
