//! The picture for lists. It travels with its op, before the photo itself, so it has to be small on every day.
//!
//! The 20 KB are a promise and not a hope: quality goes down first, then size. A street scene needs 13 to 20 KB at the
//! first quality; what is finer than that (foliage, gravel, noise at night) goes on to the second or third.

use image::imageops::FilterType;
use image::{DynamicImage, RgbImage};
use mozjpeg::{ColorSpace, Compress};

use crate::error::PhotoError;
use crate::guard::guarded;
use crate::orientation::Orientation;

/// The most pixels on a thumbnail's long side.
pub const THUMBNAIL_MAX_SIDE: u32 = 320;
/// The most bytes a thumbnail has, always.
pub const THUMBNAIL_MAX_BYTES: usize = 20_000;

const QUALITIES: [f32; 5] = [75.0, 65.0, 50.0, 35.0, 20.0];
/// Sizes to fall back to when the worst quality is still too large; noise of 80 × 80 pixels fits at any quality.
const SIDES: [u32; 4] = [THUMBNAIL_MAX_SIDE, 240, 160, 80];

/// Scales down, turns upright and encodes without EXIF.
pub(crate) fn encode(stored: DynamicImage, orientation: Orientation) -> Result<Vec<u8>, PhotoError> {
    guarded(|| {
        let mut picture = fit(stored, THUMBNAIL_MAX_SIDE);
        orientation.apply(&mut picture);
        for side in SIDES {
            picture = fit(picture, side);
            let colours = on_white(&picture);
            for quality in QUALITIES {
                let bytes = jpeg(&colours, quality)?;
                if bytes.len() <= THUMBNAIL_MAX_BYTES {
                    return Ok(bytes);
                }
            }
        }
        Err(PhotoError::Damaged)
    })
}

/// Scales down to a long side; a smaller picture stays as it is.
fn fit(picture: DynamicImage, side: u32) -> DynamicImage {
    let (width, height) = (picture.width(), picture.height());
    let long = width.max(height);
    if long <= side {
        return picture;
    }
    let scaled = |length: u32| {
        let exact = (u64::from(length) * u64::from(side) + u64::from(long) / 2) / u64::from(long);
        u32::try_from(exact).unwrap_or(side).clamp(1, side)
    };
    // A box filter first when there is much to throw away (PNG and WebP come at full size), then the careful one.
    let coarse = side.saturating_mul(2);
    let picture = if long > coarse.saturating_mul(2) {
        picture.thumbnail_exact(scaled(width).saturating_mul(2), scaled(height).saturating_mul(2))
    } else {
        picture
    };
    picture.resize_exact(scaled(width), scaled(height), FilterType::Lanczos3)
}

/// Colours only; what is transparent becomes white, as on paper.
fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let mut colours = RgbImage::new(picture.width(), picture.height());
    for (flat, image::Rgba([red, green, blue, alpha])) in colours.pixels_mut().zip(picture.to_rgba8().pixels().copied())
    {
        let over = |colour: u8| {
            let mixed = (u16::from(colour) * u16::from(alpha) + 255 * u16::from(255 - alpha)) / 255;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        *flat = image::Rgb([over(red), over(green), over(blue)]);
    }
    colours
}

/// Baseline JPEG with fitted Huffman tables: mozjpeg's trellis search saves a sixth and takes 10 ms instead of 0.6.
fn jpeg(colours: &RgbImage, quality: f32) -> Result<Vec<u8>, PhotoError> {
    let side = |length: u32| usize::try_from(length).map_err(|_| PhotoError::Damaged);
    let mut compress = Compress::new(ColorSpace::JCS_RGB);
    compress.set_fastest_defaults();
    compress.set_size(side(colours.width())?, side(colours.height())?);
    compress.set_quality(quality);
    compress.set_optimize_coding(true);
    let mut started = compress.start_compress(Vec::new()).map_err(|_| PhotoError::Damaged)?;
    started
        .write_scanlines(colours.as_raw())
        .map_err(|_| PhotoError::Damaged)?;
    started.finish().map_err(|_| PhotoError::Damaged)
}
