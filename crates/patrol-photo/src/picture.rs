//! Pixels in memory: the one shape in which pictures go from the decoder to the encoder.
//!
//! Always three bytes of colour: what was grey, ink or transparent has become so while its rows were read.

use crate::orientation::Orientation;

/// Red, green, blue.
pub(crate) type Rgb = [u8; 3];

/// Rows that are turned at once. Sixteen rows of the result fit into the nearest cache, whichever way the source runs.
const ROWS_AT_ONCE: usize = 16;

/// A picture, row by row from the top left; it has as many pixels as its sides say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) pixels: Vec<Rgb>,
}

/// Where the pixels of a turned picture come from: `origin + x · across + y · down` in the stored one.
struct Route {
    origin: usize,
    across: isize,
    down: isize,
}

impl Picture {
    /// A black picture. At most 120 million pixels are ever asked for (`Limits`), which fits any address space.
    pub(crate) fn black(width: u32, height: u32) -> Self {
        let pixels = vec![[0; 3]; size(width) * size(height)];
        Self { width, height, pixels }
    }

    /// Turns stored pixels upright.
    pub(crate) fn upright(self, orientation: Orientation) -> Self {
        if orientation == Orientation::Normal {
            return self;
        }
        let route = self.route(orientation);
        let (width, height) = orientation.upright_size(self.width, self.height);
        let mut turned = Self::black(width, height);
        let row_length = size(width).max(1);
        for (block, target) in turned.pixels.chunks_mut(row_length * ROWS_AT_ONCE).enumerate() {
            let first = block * ROWS_AT_ONCE;
            let mut rows: Vec<&mut [Rgb]> = target.chunks_mut(row_length).collect();
            for x in 0..row_length {
                let mut at = route.at(x, first);
                for row in &mut rows {
                    if let (Some(to), Some(from)) = (row.get_mut(x), self.pixels.get(at)) {
                        *to = *from;
                    }
                    at = at.wrapping_add_signed(route.down);
                }
            }
        }
        turned
    }

    fn route(&self, orientation: Orientation) -> Route {
        let (width, height) = (size(self.width), size(self.height));
        let last_row = height.saturating_sub(1) * width;
        let last_column = width.saturating_sub(1);
        let row = width.cast_signed();
        let (origin, across, down) = match orientation {
            Orientation::Normal => (0, 1, row),
            Orientation::MirroredHorizontally => (last_column, -1, row),
            Orientation::Turned180 => (last_row + last_column, -1, -row),
            Orientation::MirroredVertically => (last_row, 1, -row),
            Orientation::Transposed => (0, row, 1),
            Orientation::Turned90 => (last_row, -row, 1),
            Orientation::Transversed => (last_row + last_column, -row, -1),
            Orientation::Turned270 => (last_column, row, -1),
        };
        Route { origin, across, down }
    }
}

impl Route {
    /// Within the stored picture for every pixel of the turned one.
    fn at(&self, x: usize, y: usize) -> usize {
        let steps = x.cast_signed() * self.across + y.cast_signed() * self.down;
        self.origin.wrapping_add_signed(steps)
    }
}

/// A side as a length in memory; `usize` has 32 bits at least wherever this runs.
pub(crate) fn size(side: u32) -> usize {
    usize::try_from(side).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three columns, two rows: 0 1 2 over 3 4 5.
    fn six() -> Picture {
        Picture {
            width: 3,
            height: 2,
            pixels: (0..6).map(|number| [number; 3]).collect(),
        }
    }

    #[test]
    fn each_orientation_puts_row_and_column_0_where_the_standard_says() {
        let expected: [(u32, [u8; 6]); 8] = [
            (1, [0, 1, 2, 3, 4, 5]),
            (2, [2, 1, 0, 5, 4, 3]),
            (3, [5, 4, 3, 2, 1, 0]),
            (4, [3, 4, 5, 0, 1, 2]),
            (5, [0, 3, 1, 4, 2, 5]),
            (6, [3, 0, 4, 1, 5, 2]),
            (7, [5, 2, 4, 1, 3, 0]),
            (8, [2, 5, 1, 4, 0, 3]),
        ];
        for (value, order) in expected {
            let orientation = Orientation::from_exif(value).unwrap();
            let turned = six().upright(orientation);
            assert_eq!((turned.width, turned.height), orientation.upright_size(3, 2));
            assert_eq!(turned.pixels, order.map(|number| [number; 3]), "{orientation:?}");
        }
    }

    #[test]
    fn a_picture_higher_than_a_block_of_rows_is_turned_whole() {
        let mut tall = Picture::black(2, 37);
        for (number, pixel) in (0..).zip(&mut tall.pixels) {
            *pixel = [number; 3];
        }
        let back = tall
            .clone()
            .upright(Orientation::Turned90)
            .upright(Orientation::Turned270);
        assert_eq!(back, tall);
    }
}
