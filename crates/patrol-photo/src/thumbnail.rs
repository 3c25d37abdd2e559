//! The picture for lists. It travels with its op, before the photo itself, so it has to be small on every day.
//!
//! The 20 KB are a promise and not a hope: quality goes down first, then size. A street scene needs 13 to 20 KB at the
//! first quality; what is finer than that (foliage, gravel, noise at night) goes on to the second or third.

use crate::encode::{Codes, jpeg};
use crate::error::PhotoError;
use crate::guard::guarded;
use crate::picture::Picture;
use crate::shrink;

/// The most pixels on a thumbnail's long side.
pub const THUMBNAIL_MAX_SIDE: u32 = 320;
/// The most bytes a thumbnail has, always.
pub const THUMBNAIL_MAX_BYTES: usize = 20_000;

const QUALITIES: [f32; 5] = [75.0, 65.0, 50.0, 35.0, 20.0];
/// Sizes to fall back to when the worst quality is still too large; noise of 80 × 80 pixels fits at any quality.
const SIDES: [u32; 4] = [THUMBNAIL_MAX_SIDE, 240, 160, 80];

/// Scales down as far as the promise needs and encodes without EXIF. The picture is upright.
pub(crate) fn encode(picture: &Picture) -> Result<Vec<u8>, PhotoError> {
    guarded(|| {
        for side in SIDES {
            let small = shrink::fit_picture(picture, side)?;
            for quality in QUALITIES {
                let bytes = jpeg(&small, quality, Codes::Fitted)?;
                if bytes.len() <= THUMBNAIL_MAX_BYTES {
                    return Ok(bytes);
                }
            }
        }
        Err(PhotoError::Damaged)
    })
}
