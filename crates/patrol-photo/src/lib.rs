//! Photo bytes in, facts and small copies out: what a file is, whether it is whole, when and where it says it was taken;
//! a thumbnail for lists and a stamped copy to look at.
//!
//! Nothing here knows a file name, a database or a clock, and nothing is ever written back into a photo: the original
//! bytes are the evidence, and this crate only reads them. A file goes through five gates, cheapest first, so that a
//! wrong file is refused within a millisecond and a hostile one never reaches a decoder:
//!
//! 1. its size in bytes, then its first bytes (never its name);
//! 2. the width and height in its header, before anything is decoded;
//! 3. a walk over its container to its end mark, which finds a file that was cut off at any byte;
//! 4. its EXIF, which can say nothing or nonsense but never refuses a photo;
//! 5. a real decode, scaled down to what is asked for (1/8 for the thumbnail of a 12-megapixel JPEG, 1/2 for the copy).
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
//! # Hashes
//! Nothing here hashes. A photo's name is the SHA-256 of its bytes, and it is computed where those bytes stream by
//! anyhow: while the vault encrypts them (`patrol-store`) and while the station writes them down.
//!
//! # Rejected
//! - The `image` crate alone for JPEG: twice the time and ten times the memory of a scaled decode.
//! - `turbojpeg`: needs cmake, and cannot be linked beside `mozjpeg`.
//! - The `image` crate for scaling: ten times the time of `fast_image_resize`, and the whole picture in memory.
//! - libjpeg's scales of 3/8, 5/8, 6/8, 7/8: a shorter way to 1600 pixels, but without vector code slower than 1/2 is.
//! - A strict second decode to find flipped bits: doubles the time and refuses photos that show what they should.
//! - Reading HEIC: C++ and LGPL codecs; the camera can write JPEG.

mod bytes;
mod container;
mod decode;
mod display;
mod encode;
mod error;
mod guard;
mod limits;
mod metadata;
mod orientation;
mod picture;
mod shrink;
mod stamp;
mod thumbnail;

use container::Container;
use patrol_domain::Mime;

pub use display::{DISPLAY_MAX_SIDE, Display};
pub use error::PhotoError;
pub use limits::Limits;
pub use metadata::{ExifPlace, TakenAt};
pub use orientation::Orientation;
pub use stamp::{MAX_STAMP_CHARACTERS, MAX_STAMP_LINES, Stamp, stamp_font};
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

/// The two pictures that are made of a photo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Derived {
    /// The copy to look at, with the stamp if one was given.
    pub display: Display,
    /// The picture for lists, as [`thumbnail()`] describes it; never stamped.
    pub thumbnail: Vec<u8>,
}

/// Checks that the bytes are one whole photo and reads what it says about itself. Decodes it, scaled down, to be sure.
///
/// # Errors
/// Every [`PhotoError`]; each says what an officer can do about it.
pub fn inspect(bytes: &[u8], limits: &Limits) -> Result<Inspection, PhotoError> {
    let container = Container::read(bytes, limits)?;
    let inspection = facts(&container);
    decode::upright(bytes, &container, inspection.orientation, THUMBNAIL_MAX_SIDE)?;
    Ok(inspection)
}

/// Makes the picture for lists: a JPEG, upright, at most [`THUMBNAIL_MAX_SIDE`] pixels on its long side and at most
/// [`THUMBNAIL_MAX_BYTES`] bytes, without EXIF. A smaller photo is not enlarged.
///
/// `inspection` is what [`inspect`] said of the same bytes. The bytes are checked again as far as safety needs it.
///
/// # Errors
/// Every [`PhotoError`]; none when the same bytes passed [`inspect`] under the same limits.
pub fn thumbnail(bytes: &[u8], inspection: &Inspection, limits: &Limits) -> Result<Vec<u8>, PhotoError> {
    let picture = read(bytes, inspection, limits, THUMBNAIL_MAX_SIDE)?;
    thumbnail::encode(&picture)
}

/// [`inspect`] and [`thumbnail()`] in one go, with one decode: what taking in a photo costs, some 30 ms for 12
/// megapixels.
///
/// # Errors
/// Every [`PhotoError`], as [`inspect`].
pub fn take_in(bytes: &[u8], limits: &Limits) -> Result<(Inspection, Vec<u8>), PhotoError> {
    let container = Container::read(bytes, limits)?;
    let inspection = facts(&container);
    let picture = decode::upright(bytes, &container, inspection.orientation, THUMBNAIL_MAX_SIDE)?;
    let thumbnail = thumbnail::encode(&picture)?;
    Ok((inspection, thumbnail))
}

/// Makes the copy to look at: a JPEG, upright, at most [`DISPLAY_MAX_SIDE`] pixels on its long side, without EXIF, with
/// the stamp's words in its pixels when one is given. A smaller photo is not enlarged.
///
/// `inspection` is what [`inspect`] said of the same bytes. The bytes are checked again as far as safety needs it.
///
/// # Errors
/// Every [`PhotoError`]; none when the same bytes passed [`inspect`] under the same limits.
pub fn display(
    bytes: &[u8],
    inspection: &Inspection,
    limits: &Limits,
    stamp: Option<&Stamp>,
) -> Result<Display, PhotoError> {
    let picture = read(bytes, inspection, limits, DISPLAY_MAX_SIDE)?;
    display::encode(picture, stamp)
}

/// [`display()`] and a thumbnail of it before it is stamped, with one decode: some 70 ms and 16 MB for 12 megapixels.
///
/// The thumbnail keeps every promise of [`thumbnail()`] but not its bytes: it is made of the larger copy. The one that
/// travels with a record is [`take_in`]'s.
///
/// # Errors
/// Every [`PhotoError`], as [`display()`].
pub fn derive(
    bytes: &[u8],
    inspection: &Inspection,
    limits: &Limits,
    stamp: Option<&Stamp>,
) -> Result<Derived, PhotoError> {
    let picture = read(bytes, inspection, limits, DISPLAY_MAX_SIDE)?;
    let thumbnail = thumbnail::encode(&picture)?;
    let display = display::encode(picture, stamp)?;
    Ok(Derived { display, thumbnail })
}

fn read(bytes: &[u8], inspection: &Inspection, limits: &Limits, side: u32) -> Result<picture::Picture, PhotoError> {
    let container = Container::read(bytes, limits)?;
    decode::upright(bytes, &container, inspection.orientation, side)
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
