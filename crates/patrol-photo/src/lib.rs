//! Photo bytes in, facts and a thumbnail out: what a file is, whether it is whole, when and where it says it was taken.
//!
//! Nothing here knows a file name, a database or a clock, and nothing is ever written back into a photo: the original
//! bytes are the evidence, and this crate only reads them. A file goes through five gates, cheapest first, so that a
//! wrong file is refused within a millisecond and a hostile one never reaches a decoder:
//!
//! 1. its size in bytes, then its first bytes (never its name);
//! 2. the width and height in its header, before anything is decoded;
//! 3. a walk over its container to its end mark, which finds a file that was cut off at any byte;
//! 4. its EXIF, which can say nothing or nonsense but never refuses a photo;
//! 5. a real decode, scaled down to what the thumbnail needs (1/8 for a 12-megapixel JPEG).
//!
//! # What "damaged" means
//! Evidence is not refused because its thumbnail is ugly, but a file that is not a whole picture is refused, because
//! the officer who still stands at the scene can take another. The line between the two is what can be *proved* from
//! the file: a mark that cannot stand where it stands, restart marks out of their order (a piece is missing), a decoder
//! that gives up. A flipped bit inside JPEG's entropy-coded data proves nothing: the result is again a legal file,
//! libjpeg warns at most and shows a stripe, and the officer sees that stripe in the thumbnail. Such a file is taken.
//!
//! The true file behind this rule is an Olympus picture with every header, its full length and its end mark, in which
//! the 14th block of 16 KiB reads as erased flash (all FF). libjpeg shows it without an error: a strip is missing, all
//! that follows is shifted sideways by it, and the last lines are grey. It is [`PhotoError::Damaged`] here. No encoder
//! writes such a run into a scan, so part of what the camera saw is certainly gone; a court would ask which part; and
//! the officer learns at the scene, not at the hearing, that the memory card is failing.
//!
//! # Rejected
//! - The `image` crate alone for JPEG: twice the time and ten times the memory of a scaled decode.
//! - `turbojpeg`: needs cmake, and cannot be linked beside `mozjpeg`.
//! - `fast_image_resize`: after a scaled decode less than twice the thumbnail's size is left, and nothing to gain.
//! - A strict second decode to find flipped bits: doubles the time and refuses photos that show what they should.
//! - Reading HEIC: C++ and LGPL codecs; the camera can write JPEG.

mod bytes;
mod container;
mod decode;
mod error;
mod guard;
mod limits;
mod metadata;
mod orientation;
mod thumbnail;

use container::Container;
use patrol_domain::Mime;

pub use error::PhotoError;
pub use limits::Limits;
pub use metadata::{ExifPlace, TakenAt};
pub use orientation::Orientation;
pub use thumbnail::{THUMBNAIL_MAX_BYTES, THUMBNAIL_MAX_SIDE};

/// What a photo's bytes say about it. All of it is the file's own word and no better than whoever wrote the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// The format, from the bytes and not from a name.
    pub mime: Mime,
    /// Width in pixels as the officer sees the photo, upright.
    pub width: u32,
    /// Height in pixels as the officer sees the photo, upright.
    pub height: u32,
    /// How the stored pixels lie.
    pub orientation: Orientation,
    /// When the camera says it was taken; `None` when it does not say or says nonsense.
    pub taken: Option<TakenAt>,
    /// Where the camera says it was taken.
    pub place: ExifPlace,
}

/// Checks that the bytes are one whole photo and reads what it says about itself. Decodes it, scaled down, to be sure.
///
/// # Errors
/// Every [`PhotoError`]; each says what an officer can do about it.
pub fn inspect(bytes: &[u8], limits: &Limits) -> Result<Inspection, PhotoError> {
    let container = Container::read(bytes, limits)?;
    decode::small(bytes, &container)?;
    Ok(facts(&container))
}

/// Makes the picture for lists: a JPEG, upright, at most [`THUMBNAIL_MAX_SIDE`] pixels on its long side and at most
/// [`THUMBNAIL_MAX_BYTES`] bytes, without EXIF. A smaller photo is not enlarged.
///
/// `inspection` is what [`inspect`] said of the same bytes. The bytes are checked again as far as safety needs it.
///
/// # Errors
/// Every [`PhotoError`]; none when the same bytes passed [`inspect`] under the same limits.
pub fn thumbnail(bytes: &[u8], inspection: &Inspection, limits: &Limits) -> Result<Vec<u8>, PhotoError> {
    let container = Container::read(bytes, limits)?;
    let small = decode::small(bytes, &container)?;
    thumbnail::encode(small, inspection.orientation)
}

/// [`inspect`] and [`thumbnail()`] in one go, with one decode: what taking in a photo costs, some 30 ms for 12
/// megapixels.
///
/// # Errors
/// Every [`PhotoError`], as [`inspect`].
pub fn take_in(bytes: &[u8], limits: &Limits) -> Result<(Inspection, Vec<u8>), PhotoError> {
    let container = Container::read(bytes, limits)?;
    let small = decode::small(bytes, &container)?;
    let inspection = facts(&container);
    let thumbnail = thumbnail::encode(small, inspection.orientation)?;
    Ok((inspection, thumbnail))
}

fn facts(container: &Container<'_>) -> Inspection {
    let metadata::Metadata {
        orientation,
        taken,
        place,
    } = metadata::read(container.exif);
    let (width, height) = orientation.upright_size(container.width, container.height);
    Inspection {
        mime: container.mime(),
        width,
        height,
        orientation,
        taken,
        place,
    }
}
