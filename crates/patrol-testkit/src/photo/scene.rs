//! What a test photo shows: a smooth gradient between four corner colours, under sensor noise.
//!
//! Twelve megapixels have to come out of an unoptimised build in a fraction of a second, so a row is not computed for
//! each of 3,000 lines: bands of rows share a few noisy prototypes, picked by chance.

/// The colours at the corners as seen, before the seed shifts them a little: top left, top right, bottom left, bottom
/// right.
pub const CORNERS: [[u8; 3]; 4] = [[200, 60, 60], [60, 180, 60], [60, 60, 200], [200, 200, 60]];

/// Rows that share their prototypes.
const BAND: u32 = 64;
/// Noisy rows drawn for a band.
const PROTOTYPES: usize = 4;

/// A picture in the making; `width` and `height` are as stored.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scene {
    pub(super) seed: u64,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) noise: u8,
    pub(super) orientation: u16,
}

impl Scene {
    /// RGB, three bytes for each stored pixel.
    pub(super) fn draw(self) -> Vec<u8> {
        let mut chance = Xorshift::new(self.seed);
        let [top_left, top_right, bottom_left, bottom_right] =
            stored_corners(self.orientation).map(|corner| corner.map(|colour| i32::from(colour) + chance.within(12)));
        let mut pixels = Vec::with_capacity(self.width as usize * self.height as usize * 3);
        let mut row = 0;
        while row < self.height {
            let left = between(top_left, bottom_left, row, self.height);
            let right = between(top_right, bottom_right, row, self.height);
            let prototypes: [Vec<u8>; PROTOTYPES] = std::array::from_fn(|_| self.row(left, right, &mut chance));
            for _ in row..self.height.min(row + BAND) {
                let [first, second, third, fourth] = &prototypes;
                pixels.extend_from_slice(match chance.next() >> 62 {
                    0 => first,
                    1 => second,
                    2 => third,
                    _ => fourth,
                });
            }
            row += BAND;
        }
        pixels
    }

    /// One row with noise: the same shift for a pixel's three colours, as most of a sensor's noise is in brightness.
    fn row(self, left: [i32; 3], right: [i32; 3], chance: &mut Xorshift) -> Vec<u8> {
        let mut row = Vec::with_capacity(self.width as usize * 3);
        for column in 0..self.width {
            let shift = chance.within(i32::from(self.noise));
            let colour = between(left, right, column, self.width);
            row.extend(colour.map(|colour| u8::try_from((colour + shift).clamp(0, 255)).unwrap_or(u8::MAX)));
        }
        row
    }
}

/// The corner colours as they lie in a file whose EXIF says `orientation`.
fn stored_corners(orientation: u16) -> [[u8; 3]; 4] {
    let [top_left, top_right, bottom_left, bottom_right] = CORNERS;
    match orientation {
        2 => [top_right, top_left, bottom_right, bottom_left],
        3 => [bottom_right, bottom_left, top_right, top_left],
        4 => [bottom_left, bottom_right, top_left, top_right],
        5 => [top_left, bottom_left, top_right, bottom_right],
        // Row 0 is seen on the right, column 0 on top.
        6 => [top_right, bottom_right, top_left, bottom_left],
        7 => [bottom_right, top_right, bottom_left, top_left],
        // Row 0 is seen on the left, column 0 at the bottom.
        8 => [bottom_left, top_left, bottom_right, top_right],
        _ => CORNERS,
    }
}

/// The colour at `step` of `steps` on the way.
fn between(from: [i32; 3], to: [i32; 3], step: u32, steps: u32) -> [i32; 3] {
    let (step, steps) = (
        i32::try_from(step).unwrap_or(0),
        i32::try_from(steps).unwrap_or(i32::MAX).max(1),
    );
    let [from_red, from_green, from_blue] = from;
    let [to_red, to_green, to_blue] = to;
    [
        from_red + (to_red - from_red) * step / steps,
        from_green + (to_green - from_green) * step / steps,
        from_blue + (to_blue - from_blue) * step / steps,
    ]
}

/// Marsaglia's xorshift: enough chance for noise, and the same everywhere.
struct Xorshift(u64);

impl Xorshift {
    /// Neighbouring seeds must not give neighbouring noise, hence the multiplication; zero would stay zero for ever.
    fn new(seed: u64) -> Self {
        Self((seed ^ 0x9E37_79B9_7F4A_7C15).wrapping_mul(0xBF58_476D_1CE4_E5B9) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number from -`most` to `most`.
    fn within(&mut self, most: i32) -> i32 {
        let spread = u64::try_from(most).unwrap_or(0) * 2 + 1;
        i32::try_from((self.next() >> 32) % spread).unwrap_or(0) - most
    }
}
