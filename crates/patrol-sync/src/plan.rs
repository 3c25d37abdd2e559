//! What to do next, as plain data: no clock, no network, no disk.

use std::collections::BTreeSet;

use patrol_domain::Sha256Hash;
use patrol_store::{PendingPhoto, StoredOp};
use patrol_wire::frame::{FrameOp, raw_length};
use patrol_wire::{MAX_OPS_PER_PUSH, MAX_RAW_BYTES_PER_PUSH};

/// What waits on the phone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Ops behind the last receipt, oldest first; as many as one push can take.
    pub ops: Vec<StoredOp>,
    /// Thumbnails whose op is at the station, newest first.
    pub thumbnails: Vec<PendingPhoto>,
    /// Originals whose op is at the station, newest first.
    pub originals: Vec<PendingPhoto>,
}

/// The next thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Send these ops.
    Push(Vec<StoredOp>),
    /// Send these thumbnails.
    Thumbnails(Vec<PendingPhoto>),
    /// Send these originals, two at a time.
    Originals(Vec<PendingPhoto>),
    /// Nothing waits, or what waits was refused in this round.
    Done,
}

/// Ops before thumbnails before originals. A photo refused in this round is left for the next, so that it cannot hold
/// up the others.
pub fn plan(backlog: Backlog, refused: &BTreeSet<Sha256Hash>) -> Step {
    let Backlog {
        ops,
        thumbnails,
        originals,
    } = backlog;
    if !ops.is_empty() {
        return Step::Push(cut_batch(ops));
    }
    let open = |photos: Vec<PendingPhoto>| -> Vec<PendingPhoto> {
        photos
            .into_iter()
            .filter(|photo| !refused.contains(&photo.sha256))
            .collect()
    };
    let thumbnails = open(thumbnails);
    if !thumbnails.is_empty() {
        return Step::Thumbnails(thumbnails);
    }
    let originals = open(originals);
    if originals.is_empty() {
        Step::Done
    } else {
        Step::Originals(originals)
    }
}

/// As many ops from the front as one push can take, by count and by bytes; never none.
fn cut_batch(ops: Vec<StoredOp>) -> Vec<StoredOp> {
    let mut bytes = 0;
    let fits = ops.iter().take(MAX_OPS_PER_PUSH).take_while(|op| {
        bytes += raw_length(&frame_op(op));
        bytes <= MAX_RAW_BYTES_PER_PUSH
    });
    let count = fits.count().max(1);
    ops.into_iter().take(count).collect()
}

pub(crate) fn frame_op(op: &StoredOp) -> FrameOp {
    FrameOp {
        op: op.bytes.clone(),
        parts: op.parts.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use patrol_domain::{PhotoSource, Seq};

    fn op(seq: u64, bytes: usize) -> StoredOp {
        StoredOp {
            seq: Seq(seq),
            bytes: vec![b'x'; bytes],
            hash: Sha256Hash::of(b""),
            parts: Vec::new(),
        }
    }

    fn photo(name: &[u8]) -> PendingPhoto {
        PendingPhoto {
            sha256: Sha256Hash::of(name),
            bytes: 10,
            source: PhotoSource::Camera,
            begun: false,
        }
    }

    fn pushed(ops: Vec<StoredOp>) -> usize {
        match plan(
            Backlog {
                ops,
                ..Backlog::default()
            },
            &BTreeSet::new(),
        ) {
            Step::Push(ops) => ops.len(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn ops_go_before_thumbnails_and_thumbnails_before_originals() {
        let mut backlog = Backlog {
            ops: vec![op(1, 10)],
            thumbnails: vec![photo(b"a")],
            originals: vec![photo(b"a"), photo(b"b")],
        };
        assert!(matches!(plan(backlog.clone(), &BTreeSet::new()), Step::Push(_)));
        backlog.ops.clear();
        assert!(matches!(plan(backlog.clone(), &BTreeSet::new()), Step::Thumbnails(_)));
        backlog.thumbnails.clear();
        assert!(matches!(plan(backlog.clone(), &BTreeSet::new()), Step::Originals(photos) if photos.len() == 2));
        let refused = BTreeSet::from([photo(b"a").sha256]);
        assert!(matches!(plan(backlog.clone(), &refused), Step::Originals(photos) if photos == [photo(b"b")]));
        assert_eq!(plan(Backlog::default(), &refused), Step::Done);
    }

    #[test]
    fn a_push_is_bounded_by_count_and_by_bytes_and_never_empty() {
        assert_eq!(pushed((1..=700).map(|seq| op(seq, 10)).collect()), MAX_OPS_PER_PUSH);
        assert_eq!(pushed((1..=10).map(|seq| op(seq, 60_000)).collect()), 4);
        assert_eq!(pushed(vec![op(1, MAX_RAW_BYTES_PER_PUSH * 2)]), 1);
    }
}
