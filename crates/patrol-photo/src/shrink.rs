//! Smaller pictures, made while the rows of the large one arrive.
//!
//! A decoder hands over row after row; a band of some 4 MB of them is scaled at once and forgotten, so that 12 megapixels
//! never lie in memory as a whole. The bands overlap by the filter's reach, so no seam is left.
//!
//! Lanczos by `fast_image_resize`: it works with the processor's vectors, phones' included, and is some ten times as fast
//! as the `image` crate. It calculates with whole numbers, so the same photo always gives the same pixels.

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};

use crate::error::PhotoError;
use crate::picture::{Picture, Rgb, size};

/// Source pixels held at once, unless the filter reaches further than that.
const BAND_PIXELS: usize = 4 * 1024 * 1024 / 3;
/// How far Lanczos3 reaches to either side, in pixels of the result.
const REACH: usize = 3;

/// Reads all rows of a picture of `source` width and height through `next_row`, and gives it with a long side of at most
/// `side`. A smaller picture is not enlarged.
pub(crate) fn fit(
    source: (u32, u32),
    side: u32,
    mut next_row: impl FnMut(&mut [Rgb]) -> Result<(), PhotoError>,
) -> Result<Picture, PhotoError> {
    let (width, height) = fitted_size(source, side);
    let mut picture = Picture::black(width, height);
    if (width, height) == source {
        for row in picture.pixels.chunks_mut(size(width).max(1)) {
            next_row(row)?;
        }
        return Ok(picture);
    }
    let mut scaler = Scaler::new(source, (width, height));
    for band in picture.pixels.chunks_mut(scaler.rows_at_once * size(width).max(1)) {
        scaler.fill(band, &mut next_row)?;
    }
    Ok(picture)
}

/// The same for a picture that is in memory.
pub(crate) fn fit_picture(picture: &Picture, side: u32) -> Result<Picture, PhotoError> {
    let mut rows = picture.pixels.chunks(size(picture.width).max(1));
    fit((picture.width, picture.height), side, |row| {
        let from = rows.next().filter(|from| from.len() == row.len());
        row.copy_from_slice(from.ok_or(PhotoError::Damaged)?);
        Ok(())
    })
}

/// Width and height with a long side of at most `side`, at least 1 each.
fn fitted_size((width, height): (u32, u32), side: u32) -> (u32, u32) {
    let long = width.max(height);
    if long <= side {
        return (width, height);
    }
    let scaled = |length: u32| {
        let exact = (u64::from(length) * u64::from(side) + u64::from(long) / 2) / u64::from(long);
        u32::try_from(exact).unwrap_or(side).clamp(1, side)
    };
    (scaled(width), scaled(height))
}

/// A window of source rows that moves down, and what is made of it.
struct Scaler {
    source: (u32, u32),
    target: (u32, u32),
    /// Source rows that the filter reaches over the edge of a band.
    margin: usize,
    /// Rows of the result made at once.
    rows_at_once: usize,
    /// Rows of the result that are done.
    done: usize,
    /// Source rows in memory, and the number of the first of them.
    held: Vec<Rgb>,
    first_held: usize,
    resizer: Resizer,
}

impl Scaler {
    fn new(source: (u32, u32), target: (u32, u32)) -> Self {
        let (rows, target_rows) = (size(source.1), size(target.1));
        let margin = REACH * rows.div_ceil(target_rows) + 1;
        let wanted = (BAND_PIXELS / size(source.0).max(1)).max(margin * 4);
        Self {
            source,
            target,
            margin,
            rows_at_once: ((wanted - margin * 2) * target_rows / rows.max(1)).clamp(1, target_rows.max(1)),
            done: 0,
            held: Vec::new(),
            first_held: 0,
            resizer: Resizer::new(),
        }
    }

    /// Makes the next rows of the result, as many as `band` holds.
    fn fill(
        &mut self,
        band: &mut [Rgb],
        next_row: &mut impl FnMut(&mut [Rgb]) -> Result<(), PhotoError>,
    ) -> Result<(), PhotoError> {
        let (rows, target_rows) = (size(self.source.1), size(self.target.1));
        let band_rows = band.len() / size(self.target.0).max(1);
        let until = self.done + band_rows;
        let first = (self.done * rows / target_rows).saturating_sub(self.margin);
        let last = ((until * rows).div_ceil(target_rows) + self.margin).min(rows);
        self.hold(first, last, next_row)?;
        self.scale(band, band_rows).ok_or(PhotoError::Damaged)?;
        self.done = until;
        Ok(())
    }

    /// Moves the window: forgets the rows before `first`, reads those before `last`.
    fn hold(
        &mut self,
        first: usize,
        last: usize,
        next_row: &mut impl FnMut(&mut [Rgb]) -> Result<(), PhotoError>,
    ) -> Result<(), PhotoError> {
        let width = size(self.source.0).max(1);
        let outlived = (first - self.first_held) * width;
        self.held.drain(..outlived.min(self.held.len()));
        self.first_held = first;
        let kept = self.held.len();
        self.held.resize((last - first) * width, [0; 3]);
        for row in self.held.get_mut(kept..).unwrap_or_default().chunks_mut(width) {
            next_row(row)?;
        }
        Ok(())
    }

    /// With the pixel's type named: left to the library, its code for all fifteen would take two minutes to compile.
    ///
    /// `None` when sizes and lengths do not agree, which they do.
    fn scale(&mut self, band: &mut [Rgb], band_rows: usize) -> Option<()> {
        let held_rows = u32::try_from(self.held.len()).ok()? / self.source.0;
        let from = TypedImageRef::<U8x3>::from_buffer(self.source.0, held_rows, self.held.as_flattened()).ok()?;
        let (width, band_rows) = (self.target.0, u32::try_from(band_rows).ok()?);
        let mut to = TypedImage::<U8x3>::from_buffer(width, band_rows, band.as_flattened_mut()).ok()?;
        let rows_each = f64::from(self.source.1) / f64::from(self.target.1);
        let top = f64::from(u32::try_from(self.done).ok()?) * rows_each;
        let top = (top - f64::from(u32::try_from(self.first_held).ok()?)).max(0.0);
        // Rounding may put the last band's end a hair behind the last row, which the library refuses.
        let height = (f64::from(band_rows) * rows_each).min(f64::from(held_rows) - top);
        let options = ResizeOptions::new()
            .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
            .crop(0.0, top, f64::from(self.source.0), height);
        self.resizer.resize_typed(&from, &mut to, &options).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(width: u32, height: u32) -> Picture {
        let mut state = 1_u32;
        let mut picture = Picture::black(width, height);
        for colour in picture.pixels.as_flattened_mut() {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *colour = state.to_be_bytes()[0];
        }
        picture
    }

    /// The whole picture at once, without bands.
    fn in_one_go(picture: &Picture, side: u32) -> Picture {
        let (width, height) = fitted_size((picture.width, picture.height), side);
        let mut small = Picture::black(width, height);
        let from = TypedImageRef::<U8x3>::from_buffer(picture.width, picture.height, picture.pixels.as_flattened());
        let mut to = TypedImage::<U8x3>::from_buffer(width, height, small.pixels.as_flattened_mut()).unwrap();
        Resizer::new().resize_typed(&from.unwrap(), &mut to, None).unwrap();
        small
    }

    #[test]
    fn bands_leave_no_seam() {
        for (width, height, side) in [
            (2000, 1500, 1600),
            (1000, 4000, 1600),
            (3000, 1700, 320),
            (1601, 1601, 1600),
        ] {
            let picture = noise(width, height);
            let banded = fit_picture(&picture, side).unwrap();
            let whole = in_one_go(&picture, side);
            let difference = banded
                .pixels
                .as_flattened()
                .iter()
                .zip(whole.pixels.as_flattened())
                .map(|(one, other)| one.abs_diff(*other))
                .max();
            // A coefficient may round the other way when its place is counted from the band's edge.
            assert!(difference <= Some(1), "{width} × {height}: {difference:?}");
        }
    }

    #[test]
    fn the_long_side_decides_and_nothing_vanishes() {
        assert_eq!(fitted_size((4000, 3000), 1600), (1600, 1200));
        assert_eq!(fitted_size((3000, 4000), 1600), (1200, 1600));
        assert_eq!(fitted_size((1600, 1), 1600), (1600, 1));
        assert_eq!(fitted_size((16_000, 1), 320), (320, 1));
        assert_eq!(fitted_size((5, 5), 320), (5, 5));
    }

    #[test]
    fn every_row_of_the_source_is_read_once() {
        for (source, side) in [
            ((1200, 999), 320),
            ((33, 16_000), 1600),
            ((16_000, 3), 320),
            ((7, 7), 320),
        ] {
            let mut rows = 0;
            fit(source, side, |row| {
                rows += 1;
                assert_eq!(row.len(), size(source.0));
                Ok(())
            })
            .unwrap();
            assert_eq!(rows, source.1, "{source:?}");
        }
    }
}
