//! What the EXIF of a photo says. It may say nothing or nonsense, and never costs a photo its place in the record.
//!
//! A field that cannot be read is as if it were absent, with one exception: coordinates that are there and are no place
//! are told apart from coordinates that are not there, because an officer asks "why is my photo not on the map?".

mod place;
mod taken;

use exif::{Error, Exif, Field, In, Reader, Tag};

use crate::guard::guarded;
use crate::orientation::Orientation;

pub use place::ExifPlace;
pub use taken::TakenAt;

/// EXIF of a camera fits in one JPEG segment (64 KiB). PNG and WebP could carry any amount; more than this is not EXIF.
const MAX_EXIF_BYTES: usize = 1024 * 1024;

/// The three things we ask.
#[derive(Debug, Default)]
pub(crate) struct Metadata {
    pub(crate) orientation: Orientation,
    pub(crate) taken: Option<TakenAt>,
    pub(crate) place: ExifPlace,
}

/// Reads a TIFF structure (JEITA CP-3451 clause 4.5).
pub(crate) fn read(tiff: Option<&[u8]>) -> Metadata {
    let Some(tiff) = tiff.filter(|tiff| tiff.len() <= MAX_EXIF_BYTES) else {
        return Metadata::default();
    };
    // A reader that panics on one photo's EXIF must not take the photo with it.
    guarded(|| Ok(parse(tiff).map(|exif| facts(&exif)).unwrap_or_default())).unwrap_or_default()
}

/// Goes on behind a broken field: one camera writes a GPS pointer of no length beside a good time.
fn parse(tiff: &[u8]) -> Option<Exif> {
    match Reader::new().continue_on_error(true).read_raw(tiff.to_vec()) {
        Ok(exif) => Some(exif),
        Err(Error::PartialResult(partial)) => Some(partial.into_inner().0),
        Err(_) => None,
    }
}

fn facts(exif: &Exif) -> Metadata {
    let orientation = field(exif, Tag::Orientation)
        .and_then(|field| field.value.get_uint(0))
        .and_then(Orientation::from_exif)
        .unwrap_or_default();
    Metadata {
        orientation,
        taken: taken::read(exif),
        place: place::read(exif),
    }
}

/// A field of the photo itself, not of the small picture that the camera packed beside it.
fn field(exif: &Exif, tag: Tag) -> Option<&Field> {
    exif.get_field(tag, In::PRIMARY)
}

/// The text of an ASCII field, without the zero byte and the blanks that pad it.
fn text(exif: &Exif, tag: Tag) -> Option<&str> {
    text_of(field(exif, tag)?)
}

fn text_of(field: &Field) -> Option<&str> {
    let exif::Value::Ascii(lines) = &field.value else {
        return None;
    };
    let text = std::str::from_utf8(lines.first()?).ok()?;
    let text = text.trim_matches(|character: char| character == '\0' || character.is_whitespace());
    (!text.is_empty()).then_some(text)
}
