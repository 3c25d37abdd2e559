//! JPEG, segment by segment and through the entropy-coded data to its end mark (ITU-T T.81 annex B).
//!
//! Looking for the bytes FF D9 at the end of the file would be wrong twice: motion photos and MPF files carry more
//! behind the end, and the camera's small picture inside EXIF has an end mark of its own. So the walk goes the way the
//! standard builds a file: segments are skipped by their length, and within a scan only FF followed by something else
//! than 00 or a restart mark ends it. `skip_until` finds the next FF with libc's `memchr`, so that the walk over 4 MB
//! takes about a millisecond even in a development build.

use std::io::BufRead as _;

use super::{Container, Kind, check_dimensions};
use crate::bytes::{array_at, be_u16, run_at};
use crate::error::PhotoError;
use crate::limits::Limits;

/// What the decoder must know of a JPEG beforehand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    /// Colour components: 1 grey, 3 colour, 4 CMYK.
    pub(crate) components: u8,
    /// An APP14 segment of Adobe: its CMYK values are stored inverted.
    pub(crate) has_adobe_mark: bool,
}

/// Scans in one picture: 1 in a camera's file, 10 in most progressive ones. More is a bomb, as each costs a whole pass.
const MAX_SCANS: u32 = 100;
/// A picture in several scans is kept as coefficients, two bytes for each of at most three components.
const COEFFICIENT_BYTES_PER_PIXEL: u64 = 6;
/// A flipped bit makes one fill byte, perhaps two, and costs no photo; an erased block makes hundreds at least.
const MAX_FILL_WITHIN_DATA: usize = 64;

const START_OF_SCAN: u8 = 0xDA;
const END_OF_IMAGE: u8 = 0xD9;
const START_OF_IMAGE: u8 = 0xD8;
const RESTART_INTERVAL: u8 = 0xDD;
const APP1: u8 = 0xE1;
const APP14: u8 = 0xEE;

struct Walk<'a, 'l> {
    bytes: &'a [u8],
    at: usize,
    limits: &'l Limits,
    size: Option<(u32, u32)>,
    components: u8,
    restart_interval: u16,
    scans: u32,
    has_adobe_mark: bool,
    exif: Option<&'a [u8]>,
}

pub(super) fn walk<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Container<'a>, PhotoError> {
    let mut walk = Walk {
        bytes,
        at: 2,
        limits,
        size: None,
        components: 0,
        restart_interval: 0,
        scans: 0,
        has_adobe_mark: false,
        exif: None,
    };
    loop {
        match walk.next_mark()? {
            END_OF_IMAGE => break,
            // TEM, and a restart mark outside a scan: no length follows.
            0x01 | 0xD0..=0xD7 => {}
            // A second beginning, a stuffed zero, or a mark that table B.1 reserves: not a JPEG any more.
            START_OF_IMAGE | 0x00 | 0x02..=0xBF => return Err(PhotoError::Damaged),
            mark => walk.segment(mark)?,
        }
    }
    let Walk {
        size: Some((width, height)),
        components,
        scans: 1..,
        has_adobe_mark,
        exif,
        ..
    } = walk
    else {
        return Err(PhotoError::Damaged);
    };
    Ok(Container {
        kind: Kind::Jpeg(Frame {
            components,
            has_adobe_mark,
        }),
        width,
        height,
        exif,
    })
}

impl Walk<'_, '_> {
    /// The next mark. Stray bytes before it are passed over, as every decoder does; some cameras leave them.
    fn next_mark(&mut self) -> Result<u8, PhotoError> {
        self.skip_to_ff()?;
        self.after_fill().map(|(mark, _)| mark)
    }

    /// Sets the position behind the next FF.
    fn skip_to_ff(&mut self) -> Result<(), PhotoError> {
        let mut rest = self.bytes.get(self.at..).ok_or(PhotoError::Truncated)?;
        self.at += rest.skip_until(0xFF).map_err(|_| PhotoError::Truncated)?;
        Ok(())
    }

    /// The byte behind an FF, past the fill bytes that may stand before a mark (clause B.1.1.2), and their number.
    fn after_fill(&mut self) -> Result<(u8, usize), PhotoError> {
        let start = self.at;
        loop {
            let byte = *self.bytes.get(self.at).ok_or(PhotoError::Truncated)?;
            self.at += 1;
            if byte != 0xFF {
                return Ok((byte, self.at - start - 1));
            }
        }
    }

    /// A segment with a length, and the entropy-coded data behind it when it starts a scan.
    fn segment(&mut self, mark: u8) -> Result<(), PhotoError> {
        let length = usize::from(be_u16(self.bytes, self.at).ok_or(PhotoError::Truncated)?);
        let data_length = length.checked_sub(2).ok_or(PhotoError::Damaged)?;
        let data = run_at(self.bytes, self.at + 2, data_length).ok_or(PhotoError::Truncated)?;
        self.at += length;
        match mark {
            // SOF0 to SOF15; C4 (DHT), C8 (JPG) and CC (DAC) are no frames.
            0xC0..=0xCF if !matches!(mark, 0xC4 | 0xC8 | 0xCC) => self.frame(data)?,
            RESTART_INTERVAL => self.restart_interval = be_u16(data, 0).ok_or(PhotoError::Damaged)?,
            APP1 if self.exif.is_none() && data.starts_with(b"Exif\0") => self.exif = data.get(6..),
            APP14 if data.starts_with(b"Adobe") => self.has_adobe_mark = true,
            START_OF_SCAN => self.scan(data)?,
            _ => {}
        }
        Ok(())
    }

    /// Dimensions and components of a frame header (clause B.2.2).
    fn frame(&mut self, data: &[u8]) -> Result<(), PhotoError> {
        let [_precision, high, low, wide_high, wide_low, components] = array_at(data, 0).ok_or(PhotoError::Damaged)?;
        let height = u32::from(u16::from_be_bytes([high, low]));
        let width = u32::from(u16::from_be_bytes([wide_high, wide_low]));
        check_dimensions(width, height, 0, self.limits)?;
        self.size = Some((width, height));
        self.components = components;
        Ok(())
    }

    /// Goes through a scan's entropy-coded data to the mark behind it (clause B.1.1.5).
    fn scan(&mut self, header: &[u8]) -> Result<(), PhotoError> {
        let (width, height) = self.size.ok_or(PhotoError::Damaged)?;
        let in_scan = *header.first().ok_or(PhotoError::Damaged)?;
        self.scans += 1;
        if self.scans > MAX_SCANS {
            return Err(PhotoError::Damaged);
        }
        if self.scans > 1 || in_scan < self.components {
            check_dimensions(width, height, COEFFICIENT_BYTES_PER_PIXEL, self.limits)?;
        }
        let mut expected_restart = 0;
        loop {
            self.skip_to_ff()?;
            let mark_at = self.at.saturating_sub(1);
            match self.after_fill()? {
                // No encoder fills before data that goes on: this is a block of the memory card that was erased.
                (0x00 | 0xD0..=0xD7, fill) if fill > MAX_FILL_WITHIN_DATA => return Err(PhotoError::Damaged),
                (0x00, _) => {}
                // They count 0 to 7 and begin again; a gap in the order is a gap in the picture.
                (restart @ 0xD0..=0xD7, _) if self.restart_interval > 0 && restart & 7 == expected_restart => {
                    expected_restart = (expected_restart + 1) & 7;
                }
                (0xD0..=0xD7, _) => return Err(PhotoError::Damaged),
                _ => {
                    self.at = mark_at;
                    return Ok(());
                }
            }
        }
    }
}
