//! A photo's outer shape: which format, how large, where its EXIF lies, whether its end is there. Nothing is decoded.
//!
//! The three formats share one order of questions, and the dimensions are asked first: a file that announces
//! 65,500 × 65,500 pixels is refused before one byte of its picture is looked at.

mod heif;
mod jpeg;
mod png;
mod webp;

use patrol_domain::Mime;

use crate::error::PhotoError;
use crate::limits::Limits;

pub(crate) use jpeg::Frame;

const JPEG_MAGIC: &[u8] = &[0xFF, 0xD8, 0xFF];
const PNG_MAGIC: &[u8] = b"\x89PNG\r\n\x1a\n";
const RIFF_MAGIC: &[u8] = b"RIFF";
const WEBP_NAME: &[u8] = b"WEBP";
const RIFF_HEADER: usize = 12;

/// How much memory a decoder may take for one photo. A phone with 4 GB gives an app no more without killing others.
pub(crate) const MAX_DECODER_BYTES: u64 = 256 * 1024 * 1024;

/// The format, with what its decoder must know beforehand.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Jpeg(Frame),
    Png,
    Webp,
}

/// A file that is whole as far as its container tells.
#[derive(Debug)]
pub(crate) struct Container<'a> {
    pub(crate) kind: Kind,
    /// Width in pixels as stored, not upright.
    pub(crate) width: u32,
    /// Height in pixels as stored, not upright.
    pub(crate) height: u32,
    /// The TIFF structure of its EXIF, if it has one.
    pub(crate) exif: Option<&'a [u8]>,
}

impl<'a> Container<'a> {
    /// Walks the container to its end.
    pub(crate) fn read(bytes: &'a [u8], limits: &Limits) -> Result<Self, PhotoError> {
        if bytes.is_empty() {
            return Err(PhotoError::Empty);
        }
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if length > limits.max_bytes {
            return Err(PhotoError::TooLarge {
                bytes: length,
                max: limits.max_bytes,
            });
        }
        if bytes.starts_with(JPEG_MAGIC) {
            return jpeg::walk(bytes, limits);
        }
        if bytes.starts_with(PNG_MAGIC) {
            return png::walk(bytes, limits);
        }
        if bytes.starts_with(RIFF_MAGIC) && bytes.get(RIFF_MAGIC.len() * 2..RIFF_HEADER) == Some(WEBP_NAME) {
            return webp::walk(bytes, limits);
        }
        if heif::is_heif(bytes) {
            return Err(PhotoError::Heic);
        }
        Err(if is_beginning_of_a_photo(bytes) {
            PhotoError::Truncated
        } else {
            PhotoError::NotAnImage
        })
    }

    /// The format's name.
    pub(crate) const fn mime(&self) -> Mime {
        match self.kind {
            Kind::Jpeg(_) => Mime::Jpeg,
            Kind::Png => Mime::Png,
            Kind::Webp => Mime::Webp,
        }
    }
}

/// A file that was cut off within its very first bytes.
fn is_beginning_of_a_photo(bytes: &[u8]) -> bool {
    let cut_riff = bytes.len() < RIFF_HEADER
        && bytes.starts_with(RIFF_MAGIC)
        && bytes
            .get(RIFF_MAGIC.len() * 2..)
            .is_none_or(|rest| WEBP_NAME.starts_with(rest));
    cut_riff
        || [JPEG_MAGIC, PNG_MAGIC, RIFF_MAGIC]
            .iter()
            .any(|magic| magic.starts_with(bytes))
}

/// Refuses announced dimensions that are nothing or too much. `bytes_per_pixel` is what the decoder keeps in memory at
/// once for each pixel, 0 when it works through the picture in strips.
fn check_dimensions(width: u32, height: u32, bytes_per_pixel: u64, limits: &Limits) -> Result<(), PhotoError> {
    if width == 0 || height == 0 {
        return Err(PhotoError::Damaged);
    }
    let pixels = u64::from(width) * u64::from(height);
    let too_wide = width.max(height) > limits.max_side;
    if too_wide || pixels > limits.max_pixels || pixels.saturating_mul(bytes_per_pixel) > MAX_DECODER_BYTES {
        return Err(PhotoError::TooManyPixels { width, height });
    }
    Ok(())
}
