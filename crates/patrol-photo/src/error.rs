//! Why a photo is not taken in. The screens decide by the variant; the sentence is for logs and for the command line.

/// Why bytes are refused as a photo. Each variant asks for a different act of the officer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhotoError {
    /// No bytes at all: the camera or the copy failed. Take it again.
    #[error("the file is empty; take the photo again")]
    Empty,
    /// More bytes than are taken.
    #[error("the file has {bytes} bytes and at most {max} are taken; use a smaller picture")]
    TooLarge {
        /// How many bytes the file has.
        bytes: u64,
        /// How many are taken.
        max: u64,
    },
    /// HEIC, HEIF or AVIF: it cannot be shown or checked everywhere, so it is not evidence here.
    #[error("the photo is in the HEIC family; set the camera's format to JPEG (most compatible) and take it again")]
    Heic,
    /// Not JPEG, PNG or WebP, whatever the file is called.
    #[error("the file is not a JPEG, PNG or WebP picture, whatever its name says")]
    NotAnImage,
    /// The beginning of a photo without its end: a copy or a transfer broke off.
    #[error("the file breaks off before the end of the picture; copy or take it again")]
    Truncated,
    /// It has a beginning and an end, but what lies between is not a whole picture.
    #[error("the picture is damaged and cannot be read as a whole; take it again")]
    Damaged,
    /// Its header announces more pixels than are taken, or more than can be decoded within a phone's memory.
    #[error("the picture says it is {width} by {height} pixels, which is more than is taken")]
    TooManyPixels {
        /// Announced width in pixels, as stored.
        width: u32,
        /// Announced height in pixels, as stored.
        height: u32,
    },
}
