//! Whatever the bytes are, there is an answer: a photo with a thumbnail that keeps its promise, or a reason.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends loudly")]

use std::sync::OnceLock;

use patrol_photo::{DISPLAY_MAX_SIDE, Limits, Stamp, THUMBNAIL_MAX_BYTES, derive, inspect, take_in};
use patrol_testkit::photo::PhotoBuilder;
use proptest::prelude::*;

fn samples() -> &'static [Vec<u8>] {
    static SAMPLES: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    SAMPLES.get_or_init(|| {
        let builder = PhotoBuilder::new(1)
            .size(120, 90)
            .gps(32.3, 118.8)
            .taken("2026:06:18 09:12:08", Some("+08:00"));
        let jpeg = builder.clone().camera_thumbnail();
        [
            jpeg.clone(),
            jpeg.clone().progressive(),
            jpeg.cmyk(),
            builder.clone().png(),
            builder.webp(),
        ]
        .map(PhotoBuilder::build)
        .to_vec()
    })
}

fn answer(bytes: &[u8]) -> bool {
    // Small limits, so that a flipped dimension does not make one round take a second.
    let limits = Limits {
        max_pixels: 4_000_000,
        ..Limits::default()
    };
    // Whoever asks for copies may hold what was said of other bytes.
    let foreign = inspect(&samples()[0], &limits).unwrap();
    let stamp = Stamp::new(["2026-06-18 09:12:08", "雄州街道柳叶街 12 号", "张伟", "0618-003"]);
    let derived = derive(bytes, &foreign, &limits, Some(&stamp));
    match take_in(bytes, &limits) {
        Ok((inspection, thumbnail)) => {
            assert!(thumbnail.len() <= THUMBNAIL_MAX_BYTES);
            let derived = derive(bytes, &inspection, &limits, Some(&stamp)).unwrap();
            assert!(derived.thumbnail.len() <= THUMBNAIL_MAX_BYTES);
            assert!(derived.display.width.max(derived.display.height) <= DISPLAY_MAX_SIDE);
            true
        }
        Err(refused) => {
            assert_eq!(derived, Err(refused));
            false
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_have_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        answer(&bytes);
    }

    #[test]
    fn random_bytes_behind_a_photos_first_bytes_have_an_answer(
        sample in 0_usize..5,
        kept in 2_usize..400,
        bytes in proptest::collection::vec(any::<u8>(), 0..2000),
    ) {
        let photo = &samples()[sample];
        let mixed = [&photo[..kept.min(photo.len())], &bytes].concat();
        answer(&mixed);
    }

    #[test]
    fn any_words_have_a_stamp(lines in proptest::collection::vec(any::<String>(), 0..8), height in 1_u32..500) {
        let photo = PhotoBuilder::new(2).size(400, height).build();
        let limits = Limits::default();
        let stamp = Stamp::new(&lines);
        let inspection = inspect(&photo, &limits).unwrap();
        let derived = derive(&photo, &inspection, &limits, Some(&stamp)).unwrap();
        prop_assert!(!derived.display.is_stamped || !stamp.lines().is_empty());
    }

    #[test]
    fn a_cut_photo_is_never_taken(sample in 0_usize..5, cut in any::<prop::sample::Index>()) {
        let photo = &samples()[sample];
        prop_assert!(!answer(&photo[..cut.index(photo.len())]));
    }

    #[test]
    fn flipped_bits_have_an_answer(
        sample in 0_usize..5,
        flips in proptest::collection::vec((any::<prop::sample::Index>(), 0_u8..8), 1..12),
    ) {
        let mut photo = samples()[sample].clone();
        for (at, bit) in flips {
            let at = at.index(photo.len());
            photo[at] ^= 1 << bit;
        }
        answer(&photo);
    }

    #[test]
    fn a_piece_that_went_missing_has_an_answer(
        sample in 0_usize..5,
        from in any::<prop::sample::Index>(),
        length in 1_usize..300,
    ) {
        let mut photo = samples()[sample].clone();
        let from = from.index(photo.len());
        photo.drain(from..(from + length).min(photo.len()));
        answer(&photo);
    }
}
