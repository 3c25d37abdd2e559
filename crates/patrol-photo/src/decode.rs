//! A small picture out of a large file, for what is shown and as the proof that the file can be read at all.
//!
//! JPEG is decoded at 1/1, 1/2, 1/4 or 1/8 of its size by libjpeg's scaled inverse transform, row by row: for the
//! thumbnail of 12 megapixels that is 24 ms and 2 MB instead of 58 ms and 36 MB. The whole entropy-coded data is read all
//! the same, so it is a real check. PNG and WebP have no such short cut and are decoded whole.

use std::io::Cursor;

use image::{DynamicImage, GenericImageView as _, ImageFormat, ImageReader};
use mozjpeg::{ColorSpace, Decompress};

use crate::container::{Container, Frame, Kind, MAX_DECODER_BYTES};
use crate::error::PhotoError;
use crate::guard::guarded;
use crate::orientation::Orientation;
use crate::picture::{Picture, Rgb, size};
use crate::shrink;

/// The picture, upright, at most `side` pixels on its long side; a smaller one as it is. Every row of the file is read.
pub(crate) fn upright(
    bytes: &[u8],
    container: &Container<'_>,
    orientation: Orientation,
    side: u32,
) -> Result<Picture, PhotoError> {
    let stored = guarded(|| match container.kind {
        Kind::Jpeg(frame) => jpeg(bytes, container, frame, side),
        Kind::Png => other(bytes, container, ImageFormat::Png, side),
        Kind::Webp => other(bytes, container, ImageFormat::WebP, side),
    })?;
    // The small picture is turned and not the large one: 2 megapixels instead of 12.
    Ok(stored.upright(orientation))
}

fn jpeg(bytes: &[u8], container: &Container<'_>, frame: Frame, side: u32) -> Result<Picture, PhotoError> {
    let mut decoder = Decompress::new_mem(bytes).map_err(|_| PhotoError::Damaged)?;
    let seen = (u32::try_from(decoder.width()), u32::try_from(decoder.height()));
    if seen != (Ok(container.width), Ok(container.height)) {
        // libjpeg and our walk do not see the same picture: then its dimensions were not checked.
        return Err(PhotoError::Damaged);
    }
    decoder.scale(eighths(container.width.max(container.height), side));
    // libjpeg turns grey and YCbCr into RGB, but leaves CMYK to its caller.
    let is_cmyk = frame.components == 4;
    let space = if is_cmyk {
        ColorSpace::JCS_CMYK
    } else {
        ColorSpace::JCS_RGB
    };
    let mut started = decoder.to_colorspace(space).map_err(|_| PhotoError::Damaged)?;
    let scaled = u32::try_from(started.width())
        .ok()
        .zip(u32::try_from(started.height()).ok())
        .ok_or(PhotoError::Damaged)?;
    if !is_cmyk {
        return shrink::fit(scaled, side, |row| {
            started.read_scanlines_into(row).map_err(|_| PhotoError::Damaged)?;
            Ok(())
        });
    }
    let mut inks = vec![[0_u8; 4]; size(scaled.0)];
    shrink::fit(scaled, side, |row| {
        started
            .read_scanlines_into(&mut inks)
            .map_err(|_| PhotoError::Damaged)?;
        for (light, ink) in row.iter_mut().zip(&inks) {
            *light = from_cmyk(*ink, frame.has_adobe_mark);
        }
        Ok(())
    })
}

/// The smallest scale, in eighths, that still gives `side` pixels. Only those with fast code: 1, 2, 4, 8.
fn eighths(long_side: u32, side: u32) -> u8 {
    [1_u8, 2, 4]
        .into_iter()
        .find(|eighths| long_side.saturating_mul(u32::from(*eighths)) >= side.saturating_mul(8))
        .unwrap_or(8)
}

/// Ink to light, without a profile: good enough to recognise a picture by. Adobe stores ink inverted, all others do not.
fn from_cmyk([cyan, magenta, yellow, black]: [u8; 4], is_inverted: bool) -> Rgb {
    [cyan, magenta, yellow].map(|ink| {
        let (ink, black) = if is_inverted {
            (ink, black)
        } else {
            (255 - ink, 255 - black)
        };
        u8::try_from(u16::from(ink) * u16::from(black) / 255).unwrap_or(u8::MAX)
    })
}

fn other(bytes: &[u8], container: &Container<'_>, format: ImageFormat, side: u32) -> Result<Picture, PhotoError> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(MAX_DECODER_BYTES);
    reader.limits(limits);
    let picture = reader.decode().map_err(|_| PhotoError::Damaged)?;
    let sides = (picture.width(), picture.height());
    if sides != (container.width, container.height) {
        return Err(PhotoError::Damaged);
    }
    if let DynamicImage::ImageRgb8(colours) = &picture {
        let (pixels, _) = colours.as_raw().as_chunks::<3>();
        let mut rows = pixels.chunks_exact(size(sides.0));
        return shrink::fit(sides, side, |row| {
            row.copy_from_slice(rows.next().ok_or(PhotoError::Damaged)?);
            Ok(())
        });
    }
    let mut rows = 0..sides.1;
    shrink::fit(sides, side, |row| {
        let number = rows.next().ok_or(PhotoError::Damaged)?;
        for (colour, (_, _, image::Rgba(pixel))) in row.iter_mut().zip(picture.view(0, number, sides.0, 1).pixels()) {
            *colour = on_white(pixel);
        }
        Ok(())
    })
}

/// What is transparent becomes white, as on paper.
fn on_white([red, green, blue, alpha]: [u8; 4]) -> Rgb {
    [red, green, blue].map(|colour| {
        let mixed = (u16::from(colour) * u16::from(alpha) + 255 * u16::from(255 - alpha)) / 255;
        u8::try_from(mixed).unwrap_or(u8::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_is_chosen_that_never_falls_below_what_is_shown() {
        for (long_side, expected) in [
            (1, 8),
            (320, 8),
            (639, 8),
            (640, 4),
            (1279, 4),
            (1280, 2),
            (2560, 1),
            (16_384, 1),
        ] {
            assert_eq!(eighths(long_side, 320), expected, "{long_side}");
        }
        for (long_side, expected) in [(3199, 8), (3200, 4), (4032, 4), (6400, 2), (12_800, 1)] {
            assert_eq!(eighths(long_side, 1600), expected, "{long_side}");
        }
    }

    #[test]
    fn ink_becomes_light_both_ways_round() {
        assert_eq!(from_cmyk([255, 0, 0, 255], true), [255, 0, 0]);
        assert_eq!(from_cmyk([0, 255, 255, 0], false), [255, 0, 0]);
        assert_eq!(from_cmyk([255, 255, 255, 0], true), [0, 0, 0]);
    }

    #[test]
    fn what_is_half_transparent_is_half_white() {
        assert_eq!(on_white([200, 0, 0, 255]), [200, 0, 0]);
        assert_eq!(on_white([200, 0, 0, 0]), [255, 255, 255]);
        assert_eq!(on_white([255, 0, 0, 128]), [255, 127, 127]);
    }
}
