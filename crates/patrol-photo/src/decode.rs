//! A small picture out of a large file, for the thumbnail and as the proof that the file can be read at all.
//!
//! JPEG is decoded at 1/1, 1/2, 1/4 or 1/8 of its size by libjpeg's scaled inverse transform: for 12 megapixels that is
//! 24 ms and 2 MB instead of 58 ms and 36 MB. The whole entropy-coded data is read all the same, so it is a real check.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, ImageReader, RgbImage};
use mozjpeg::{ColorSpace, Decompress};

use crate::container::{Container, Frame, Kind, MAX_DECODER_BYTES};
use crate::error::PhotoError;
use crate::guard::guarded;
use crate::thumbnail::THUMBNAIL_MAX_SIDE;

/// The stored picture, not upright, large enough to make a thumbnail of.
pub(crate) fn small(bytes: &[u8], container: &Container<'_>) -> Result<DynamicImage, PhotoError> {
    let size = (container.width, container.height);
    guarded(|| match container.kind {
        Kind::Jpeg(frame) => jpeg(bytes, size, frame),
        Kind::Png => other(bytes, size, ImageFormat::Png),
        Kind::Webp => other(bytes, size, ImageFormat::WebP),
    })
}

fn jpeg(bytes: &[u8], (width, height): (u32, u32), frame: Frame) -> Result<DynamicImage, PhotoError> {
    let mut decoder = Decompress::new_mem(bytes).map_err(|_| PhotoError::Damaged)?;
    let seen = (u32::try_from(decoder.width()), u32::try_from(decoder.height()));
    if seen != (Ok(width), Ok(height)) {
        // libjpeg and our walk do not see the same picture: then its dimensions were not checked.
        return Err(PhotoError::Damaged);
    }
    decoder.scale(eighths(width.max(height)));
    // libjpeg turns grey and YCbCr into RGB, but leaves CMYK to its caller.
    let is_cmyk = frame.components == 4;
    let space = if is_cmyk {
        ColorSpace::JCS_CMYK
    } else {
        ColorSpace::JCS_RGB
    };
    let mut started = decoder.to_colorspace(space).map_err(|_| PhotoError::Damaged)?;
    let (width, height) = (started.width(), started.height());
    let pixels: Vec<u8> = started.read_scanlines().map_err(|_| PhotoError::Damaged)?;
    let colours = if is_cmyk {
        from_cmyk(&pixels, frame.has_adobe_mark)
    } else {
        pixels
    };
    let (width, height) = u32::try_from(width)
        .ok()
        .zip(u32::try_from(height).ok())
        .ok_or(PhotoError::Damaged)?;
    RgbImage::from_raw(width, height, colours)
        .map(DynamicImage::ImageRgb8)
        .ok_or(PhotoError::Damaged)
}

/// The smallest scale, in eighths, that still gives the thumbnail's long side. Only those with fast code: 1, 2, 4, 8.
fn eighths(long_side: u32) -> u8 {
    [1_u8, 2, 4]
        .into_iter()
        .find(|eighths| long_side.saturating_mul(u32::from(*eighths)) >= THUMBNAIL_MAX_SIDE * 8)
        .unwrap_or(8)
}

/// Ink to light, without a profile: good enough to recognise a picture by. Adobe stores ink inverted, all others do not.
fn from_cmyk(pixels: &[u8], is_inverted: bool) -> Vec<u8> {
    let light = |ink: u8, black: u8| {
        let (ink, black) = if is_inverted {
            (ink, black)
        } else {
            (255 - ink, 255 - black)
        };
        u8::try_from(u16::from(ink) * u16::from(black) / 255).unwrap_or(u8::MAX)
    };
    let (inks, _) = pixels.as_chunks::<4>();
    inks.iter()
        .flat_map(|[cyan, magenta, yellow, black]| [cyan, magenta, yellow].map(|ink| light(*ink, *black)))
        .collect()
}

fn other(bytes: &[u8], size: (u32, u32), format: ImageFormat) -> Result<DynamicImage, PhotoError> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(MAX_DECODER_BYTES);
    reader.limits(limits);
    let picture = reader.decode().map_err(|_| PhotoError::Damaged)?;
    if (picture.width(), picture.height()) != size {
        return Err(PhotoError::Damaged);
    }
    Ok(picture)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_is_chosen_that_never_falls_below_the_thumbnail() {
        for (side, expected) in [
            (1, 8),
            (320, 8),
            (639, 8),
            (640, 4),
            (1279, 4),
            (1280, 2),
            (2560, 1),
            (16_384, 1),
        ] {
            assert_eq!(eighths(side), expected, "{side}");
        }
    }

    #[test]
    fn ink_becomes_light_both_ways_round() {
        assert_eq!(from_cmyk(&[255, 0, 0, 255], true), [255, 0, 0]);
        assert_eq!(from_cmyk(&[0, 255, 255, 0], false), [255, 0, 0]);
        assert_eq!(from_cmyk(&[255, 255, 255, 0], true), [0, 0, 0]);
    }
}
