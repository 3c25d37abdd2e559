//! The one place where a panic of a decoder ends.
//!
//! `mozjpeg` reports every fatal error of libjpeg by unwinding with `resume_unwind`, which does not call the panic hook,
//! so nothing reaches stderr. The other decoders are not meant to panic; should one do so on a hostile file, the officer
//! still gets an answer and the hook writes what a bug deserves. Builds with `panic = "abort"` would break this.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::PhotoError;

/// Runs a decoder or an encoder; an unwinding one means [`PhotoError::Damaged`].
///
/// Nothing that `work` touched is used after it unwound: it owns what it builds and only reads the photo's bytes.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T, PhotoError>) -> Result<T, PhotoError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(PhotoError::Damaged))
}
