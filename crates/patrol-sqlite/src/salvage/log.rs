//! The write-ahead log: which page images it holds, which of them are committed, and what stands behind a damaged one.
//!
//! A frame is valid when its salts are the log's and its checksum goes on from the frame before (SQLite file format,
//! section 4.3; `walIndexRecover`). SQLite's own recovery therefore ends at the first damaged frame and drops every
//! commit behind it without a word. Those frames are still there and most of them authenticate; but a transaction that
//! never came to its commit, or one that was rolled back, looks the same. So they make a second view, whose rows the
//! caller gets as uncertain. Frames with other salts are of the log's earlier rounds and of no interest.

use std::collections::BTreeMap;

use super::cipher::PAGE;
use super::page::u32_at;
use super::pages::{Pages, View};

const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;
const FRAME: u64 = (FRAME_HEADER + PAGE) as u64;
/// The lowest bit says whether checksums are over big-endian words.
const MAGIC: u32 = 0x377f_0682;
const VERSION: u32 = 3_007_000;

/// What a log holds.
#[derive(Debug, Default)]
pub(super) struct Log {
    /// As SQLite's own recovery sees the database.
    pub(super) committed: View,
    /// With every frame of the log that authenticates, committed or not.
    pub(super) newest: View,
    /// Frames up to the last commit.
    pub(super) frames: u32,
    /// Frames of the same round behind it.
    pub(super) ignored: u32,
    /// Of these, the ones that `newest` takes in.
    pub(super) authentic: u32,
    /// Of the ignored ones, those that end a transaction and that another frame goes on from: a commit that a power cut
    /// tore was never acknowledged, and nothing goes on from it.
    pub(super) lost_commits: u32,
}

type Sums = (u32, u32);

#[derive(Debug, Clone, Copy)]
struct Round {
    salts: [u8; 8],
    big_endian: bool,
    /// The header's checksum, which the first frame goes on from; `None` for a damaged header.
    sums: Option<Sums>,
}

impl Log {
    pub(super) fn read(pages: &mut Pages) -> Self {
        let mut log = Self::default();
        let Some(round) = Round::read(pages) else {
            return log;
        };
        let mut reading = Reading {
            round,
            chain: round.sums,
            before: round.sums,
            open: BTreeMap::new(),
            ended: false,
        };
        let mut index = 0;
        while let Some(frame) = Frame::read(pages, index) {
            reading.take(pages, &frame, &mut log);
            index += 1;
        }
        log
    }
}

impl Round {
    /// `None` for a log that is empty, or whose header and first frame cannot be read.
    fn read(pages: &mut Pages) -> Option<Self> {
        let header: [u8; HEADER] = pages.log.read(0)?;
        let magic = u32_at(&header, 0)?;
        let big_endian = magic == MAGIC | 1;
        let (summed, stored) = header.split_at_checked(HEADER - 8)?;
        let sums = checksum((0, 0), summed, big_endian);
        let sound = magic & !1 == MAGIC
            && u32_at(&header, 4)? == VERSION
            && usize::try_from(u32_at(&header, 8)?).ok()? == PAGE
            && sums == (u32_at(stored, 0)?, u32_at(stored, 4)?);
        if sound {
            return Some(Self {
                salts: *header.get(16..)?.first_chunk()?,
                big_endian,
                sums: Some(sums),
            });
        }
        // SQLite forgets a log with a damaged header; the first frame says which frames belong together.
        let first = Frame::read(pages, 0)?;
        Some(Self {
            salts: first.salts()?,
            big_endian: false,
            sums: None,
        })
    }
}

struct Frame {
    header: [u8; FRAME_HEADER],
    page: [u8; PAGE],
    /// Where its page begins in the log.
    place: u64,
}

impl Frame {
    fn read(pages: &mut Pages, index: u64) -> Option<Self> {
        let start = HEADER as u64 + index.checked_mul(FRAME)?;
        let place = start + FRAME_HEADER as u64;
        if place + PAGE as u64 > pages.log.length {
            return None;
        }
        // A place that the disk does not give is a damaged frame, and no end.
        let header = pages.log.read(start).unwrap_or([0; FRAME_HEADER]);
        let page = pages.log.read(place).unwrap_or([0; PAGE]);
        Some(Self { header, page, place })
    }

    fn number(&self) -> u32 {
        u32_at(&self.header, 0).unwrap_or(0)
    }

    /// Pages of the database after the commit that this frame is; 0 for a frame within a transaction.
    fn size(&self) -> u32 {
        u32_at(&self.header, 4).unwrap_or(0)
    }

    fn salts(&self) -> Option<[u8; 8]> {
        self.header.get(8..)?.first_chunk().copied()
    }

    fn stored(&self) -> Option<Sums> {
        Some((u32_at(&self.header, 16)?, u32_at(&self.header, 20)?))
    }

    fn goes_on_from(&self, before: Option<Sums>, big_endian: bool) -> bool {
        let (Some(before), Some(head)) = (before, self.header.first_chunk::<8>()) else {
            return false;
        };
        let sums = checksum(checksum(before, head, big_endian), &self.page, big_endian);
        self.number() > 0 && Some(sums) == self.stored()
    }
}

struct Reading {
    round: Round,
    /// The checksum up to here, as long as no frame was damaged.
    chain: Option<Sums>,
    /// The checksum that the frame before says it has.
    before: Option<Sums>,
    /// Frames of a transaction that has not come to its commit.
    open: BTreeMap<u32, u64>,
    /// The frame before ended a transaction behind a damaged place.
    ended: bool,
}

impl Reading {
    fn take(&mut self, pages: &Pages, frame: &Frame, log: &mut Log) {
        if frame.salts() != Some(self.round.salts) {
            self.chain = None;
            self.before = None;
            return;
        }
        let number = frame.number();
        if frame.goes_on_from(self.chain, self.round.big_endian) {
            self.chain = frame.stored();
            self.open.insert(number, frame.place);
        } else {
            self.chain = None;
        }
        let linked = frame.goes_on_from(self.before, self.round.big_endian);
        self.before = frame.stored();
        log.ignored += 1;
        log.lost_commits += u32::from(std::mem::take(&mut self.ended) && linked);
        if number > 0 && pages.is_authentic(number, &frame.page).unwrap_or(linked) {
            log.authentic += 1;
            log.newest.overlay.insert(number, frame.place);
            // Without its checksum a header may say anything.
            if linked && frame.size() > 0 {
                log.newest.size = Some(frame.size());
                self.ended = self.chain.is_none();
            }
        }
        if self.chain.is_some() && frame.size() > 0 {
            log.committed.overlay.append(&mut self.open);
            log.committed.size = Some(frame.size());
            log.frames += log.ignored;
            log.ignored = 0;
            log.authentic = 0;
        }
    }
}

/// SQLite's checksum: two sums, each of which takes in the other, over 32-bit words.
fn checksum(from: Sums, bytes: &[u8], big_endian: bool) -> Sums {
    let word = if big_endian {
        u32::from_be_bytes
    } else {
        u32::from_le_bytes
    };
    let (words, _) = bytes.as_chunks::<4>();
    let (pairs, _) = words.as_chunks::<2>();
    pairs.iter().fold(from, |(mut first, mut second), [even, odd]| {
        first = first.wrapping_add(word(*even)).wrapping_add(second);
        second = second.wrapping_add(word(*odd)).wrapping_add(first);
        (first, second)
    })
}
