//! What to do next, as plain data: no clock, no network, no disk.

use std::collections::BTreeSet;

use patrol_domain::Sha256Hash;
use patrol_store::{PendingPhoto, StoredOp};
use patrol_wire::frame::{FrameOp, raw_length};
use patrol_wire::{Caps, MAX_OPS_PER_PUSH, MAX_RAW_BYTES_PER_PUSH, MAX_THUMBNAIL_BYTES};

/// How many originals are on their way at once: a second one fills the line while the first waits for its receipt.
const IN_FLIGHT: usize = 2;

/// What may go now: what the officer has set, what the network costs, what the station takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// The officer has stopped everything.
    pub is_paused: bool,
    /// Originals may go; else they wait for a network that costs nothing. Ops and thumbnails never do.
    pub originals: bool,
    /// What the station takes at once.
    pub limits: Limits,
}

impl Policy {
    /// Everything may go.
    pub const OPEN: Self = Self {
        is_paused: false,
        originals: true,
        limits: Limits::OWN,
    };
}

/// How much goes at once: this program's own limits, or less where the station takes less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most ops of one push.
    pub ops: usize,
    /// The most bytes of one push before compression.
    pub raw_bytes: usize,
    /// The largest thumbnail, in bytes. A larger one stays on the phone: a picture for lists is no reason to hold up
    /// evidence, and its original is at the station.
    pub thumbnail_bytes: usize,
    /// How many originals are on their way at once.
    pub in_flight: usize,
}

impl Limits {
    /// This program's own.
    pub const OWN: Self = Self {
        ops: MAX_OPS_PER_PUSH,
        raw_bytes: MAX_RAW_BYTES_PER_PUSH,
        thumbnail_bytes: MAX_THUMBNAIL_BYTES,
        in_flight: IN_FLIGHT,
    };

    /// This program's own, or less where the station takes less; never none, but for thumbnails.
    pub fn within(caps: &Caps) -> Self {
        let smaller = |own: usize, theirs: u64| own.min(usize::try_from(theirs).unwrap_or(own));
        let least = |own, theirs| smaller(own, theirs).max(1);
        let Caps {
            max_ops_per_push,
            max_raw_bytes_per_push,
            max_thumbnail_bytes,
            photos_in_flight,
        } = *caps;
        Self {
            ops: least(Self::OWN.ops, max_ops_per_push),
            raw_bytes: least(Self::OWN.raw_bytes, max_raw_bytes_per_push),
            thumbnail_bytes: smaller(Self::OWN.thumbnail_bytes, max_thumbnail_bytes),
            in_flight: least(Self::OWN.in_flight, photos_in_flight),
        }
    }
}

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
    /// Send these originals, a few at a time.
    Originals(Vec<PendingPhoto>),
    /// Something waits that may not go now.
    Held,
    /// Nothing waits, or what waits was refused in this round.
    Done,
}

/// Ops before thumbnails before originals. A photo refused in this round is left for the next, so that it cannot hold
/// up the others.
pub fn plan(backlog: Backlog, refused: &BTreeSet<Sha256Hash>, policy: &Policy) -> Step {
    let Backlog {
        ops,
        thumbnails,
        originals,
    } = backlog;
    let Policy {
        is_paused,
        originals: originals_may_go,
        limits,
    } = policy;
    if *is_paused {
        let nothing = ops.is_empty() && thumbnails.is_empty() && originals.is_empty();
        return if nothing { Step::Done } else { Step::Held };
    }
    if !ops.is_empty() {
        return Step::Push(cut_batch(ops, limits));
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
    } else if !originals_may_go {
        Step::Held
    } else {
        Step::Originals(originals)
    }
}

/// As many ops from the front as one push can take, by count and by bytes; never none.
fn cut_batch(ops: Vec<StoredOp>, limits: &Limits) -> Vec<StoredOp> {
    let mut bytes = 0;
    let fits = ops.iter().take(limits.ops).take_while(|op| {
        bytes += raw_length(&op.bytes, &op.parts);
        bytes <= limits.raw_bytes
    });
    let count = fits.count().max(1);
    ops.into_iter().take(count).collect()
}

pub(crate) fn frame_op(op: StoredOp) -> FrameOp {
    FrameOp {
        op: op.bytes,
        parts: op.parts,
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

    fn pushed_under(policy: &Policy, ops: Vec<StoredOp>) -> usize {
        match plan(
            Backlog {
                ops,
                ..Backlog::default()
            },
            &BTreeSet::new(),
            policy,
        ) {
            Step::Push(ops) => ops.len(),
            other => panic!("{other:?}"),
        }
    }

    fn pushed(ops: Vec<StoredOp>) -> usize {
        pushed_under(&Policy::OPEN, ops)
    }

    #[test]
    fn a_station_that_takes_less_is_obeyed_and_one_that_takes_more_changes_nothing() {
        let caps = |ops, bytes, photos| Caps {
            max_ops_per_push: ops,
            max_raw_bytes_per_push: bytes,
            max_thumbnail_bytes: 20_000,
            photos_in_flight: photos,
        };
        let small = Policy {
            limits: Limits::within(&caps(7, 1_000, 1)),
            ..Policy::OPEN
        };
        assert_eq!(small.limits.in_flight, 1);
        assert_eq!(pushed_under(&small, (1..=20).map(|seq| op(seq, 10)).collect()), 7);
        assert_eq!(pushed_under(&small, (1..=20).map(|seq| op(seq, 400)).collect()), 2);
        assert_eq!(Limits::within(&caps(u64::MAX, u64::MAX, u64::MAX)), Limits::OWN);
        let tiny = Caps {
            max_thumbnail_bytes: 0,
            ..caps(1, 1, 1)
        };
        assert_eq!(Limits::within(&tiny).thumbnail_bytes, 0, "it takes none");
        let none = Limits::within(&caps(0, 0, 0));
        assert_eq!((none.ops, none.raw_bytes, none.in_flight), (1, 1, 1));
    }

    #[test]
    fn on_a_network_that_costs_ops_and_thumbnails_go_and_originals_wait_and_in_a_pause_nothing_goes() {
        let mut backlog = Backlog {
            ops: vec![op(1, 10)],
            thumbnails: vec![photo(b"a")],
            originals: vec![photo(b"a")],
        };
        let (none, costs) = (
            BTreeSet::new(),
            Policy {
                originals: false,
                ..Policy::OPEN
            },
        );
        let paused = Policy {
            is_paused: true,
            ..Policy::OPEN
        };
        assert_eq!(plan(backlog.clone(), &none, &paused), Step::Held);
        assert!(matches!(plan(backlog.clone(), &none, &costs), Step::Push(_)));
        backlog.ops.clear();
        assert!(matches!(plan(backlog.clone(), &none, &costs), Step::Thumbnails(_)));
        backlog.thumbnails.clear();
        assert_eq!(plan(backlog.clone(), &none, &costs), Step::Held);
        assert_eq!(plan(Backlog::default(), &none, &costs), Step::Done);
        assert_eq!(plan(Backlog::default(), &none, &paused), Step::Done);
    }

    #[test]
    fn ops_go_before_thumbnails_and_thumbnails_before_originals() {
        let mut backlog = Backlog {
            ops: vec![op(1, 10)],
            thumbnails: vec![photo(b"a")],
            originals: vec![photo(b"a"), photo(b"b")],
        };
        assert!(matches!(
            plan(backlog.clone(), &BTreeSet::new(), &Policy::OPEN),
            Step::Push(_)
        ));
        backlog.ops.clear();
        assert!(matches!(
            plan(backlog.clone(), &BTreeSet::new(), &Policy::OPEN),
            Step::Thumbnails(_)
        ));
        backlog.thumbnails.clear();
        assert!(
            matches!(plan(backlog.clone(), &BTreeSet::new(), &Policy::OPEN), Step::Originals(photos) if photos.len() == 2)
        );
        let refused = BTreeSet::from([photo(b"a").sha256]);
        assert!(
            matches!(plan(backlog.clone(), &refused, &Policy::OPEN), Step::Originals(photos) if photos == [photo(b"b")])
        );
        assert_eq!(plan(Backlog::default(), &refused, &Policy::OPEN), Step::Done);
    }

    #[test]
    fn a_push_is_bounded_by_count_and_by_bytes_and_never_empty() {
        assert_eq!(pushed((1..=700).map(|seq| op(seq, 10)).collect()), MAX_OPS_PER_PUSH);
        assert_eq!(pushed((1..=10).map(|seq| op(seq, 60_000)).collect()), 4);
        assert_eq!(pushed(vec![op(1, MAX_RAW_BYTES_PER_PUSH * 2)]), 1);
    }
}
