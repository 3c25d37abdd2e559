//! The display copy: what is looked at, printed and shown around, while the original stays untouched in the vault.
//!
//! A JPEG of at most 1600 pixels: plates stay legible (a plate that fills a fiftieth of the picture's width has 32 pixels
//! of it), and 300 to 500 KB load at once. It is a fresh encode, so nothing of the original's EXIF can be in it, and the
//! stamp is in its pixels. It can be made again from the original at any time and is evidence of nothing by itself.

use crate::encode::{Codes, jpeg};
use crate::error::PhotoError;
use crate::guard::guarded;
use crate::picture::Picture;
use crate::stamp::Stamp;

/// The most pixels on a display copy's long side.
pub const DISPLAY_MAX_SIDE: u32 = 1600;

/// Coding at this quality leaves a signal 35 dB above its noise, which nobody sees on a screen; 90 would double the bytes.
const QUALITY: f32 = 80.0;

/// A copy to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Display {
    /// The file: a baseline JPEG, 4:2:0, without EXIF.
    pub jpeg: Vec<u8>,
    /// Width in pixels; it is upright.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Whether the stamp is on it: `false` when none was asked for, when it has no words, or when the picture is too
    /// small to hold them legibly (see [`Stamp`]).
    pub is_stamped: bool,
}

/// Draws the stamp and encodes. The picture is upright and small enough.
pub(crate) fn encode(mut picture: Picture, stamp: Option<&Stamp>) -> Result<Display, PhotoError> {
    guarded(|| {
        let is_stamped = stamp.is_some_and(|stamp| stamp.draw_on(&mut picture));
        Ok(Display {
            jpeg: jpeg(&picture, QUALITY, Codes::Standard)?,
            width: picture.width,
            height: picture.height,
            is_stamped,
        })
    })
}
