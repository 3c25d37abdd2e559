//! What a test sees of a picture: the colours at its corners, which `PhotoBuilder` paints upright.

use image::GenericImageView as _;
use patrol_testkit::photo::CORNERS;

fn near(seen: [u8; 3], expected: [u8; 3]) -> bool {
    seen.iter()
        .zip(expected)
        .all(|(seen, expected)| seen.abs_diff(expected) < 45)
}

/// A JPEG whose corners are where the builder put them.
pub(crate) fn assert_upright(jpeg: &[u8], name: &str) {
    let picture = image::load_from_memory(jpeg).unwrap().to_rgb8();
    let (right, bottom) = (picture.width() - 1, picture.height() - 1);
    for ((x, y), expected) in [(0, 0), (right, 0), (0, bottom), (right, bottom)]
        .into_iter()
        .zip(CORNERS)
    {
        // A patch and not a pixel, because of the noise.
        let (left, top) = (x.min(right - 7), y.min(bottom - 7));
        let patch = picture.view(left, top, 8, 8);
        let sums = patch.pixels().fold([0_u32; 3], |sums, (_, _, pixel)| {
            std::array::from_fn(|channel| sums[channel] + u32::from(pixel.0[channel]))
        });
        let seen = sums.map(|sum| u8::try_from(sum / 64).unwrap());
        assert!(
            near(seen, expected),
            "{name}: corner {x},{y} is {seen:?} and not {expected:?}"
        );
    }
}
