//! What a phone has acknowledged, written down outside of it.
//!
//! Two states are kept: what is certain, and what an act under way would make of it. After a power cut the phone has to be
//! in one of the two, whole; anything else is a loss or half a save.

#![allow(dead_code, reason = "each test program uses a part of it")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use patrol_domain::op::Adopted;
use patrol_domain::{Body, CaseId, LogId, Op, Part, Sha256Hash};
use patrol_store::DraftFields;

/// An op as it was given to the phone.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) op: Op,
    pub(crate) bytes: Vec<u8>,
    /// By field.
    pub(crate) parts: Vec<Part>,
}

impl Written {
    pub(crate) fn new(op: &Op, parts: &[Part]) -> Arc<Self> {
        Arc::new(Self {
            op: op.clone(),
            bytes: op.encode().unwrap().as_slice().to_vec(),
            parts: sorted(parts),
        })
    }
}

/// Parts in the order of their fields.
pub(crate) fn sorted(parts: &[Part]) -> Vec<Part> {
    let mut parts = parts.to_vec();
    parts.sort_by(|one, other| one.field.cmp(&other.field));
    parts
}

/// What a phone holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    /// The journal in use.
    pub(crate) log: Option<LogId>,
    /// Its ops by position.
    pub(crate) ops: BTreeMap<u64, Arc<Written>>,
    /// Ops of journals before it.
    pub(crate) former: Vec<Arc<Written>>,
    /// What was typed.
    pub(crate) fields: DraftFields,
    /// The draft's photos in order.
    pub(crate) draft: Vec<Sha256Hash>,
    /// Originals that must be readable.
    pub(crate) photos: BTreeMap<Sha256Hash, Arc<Vec<u8>>>,
    /// What the camera has made durable and nobody has taken in yet, by the file's name.
    pub(crate) shots: BTreeMap<String, Arc<Vec<u8>>>,
}

impl Known {
    pub(crate) fn append(&mut self, written: Arc<Written>) {
        let next = self.ops.keys().next_back().map_or(1, |last| last + 1);
        self.ops.insert(next, written);
    }

    /// A new journal with `first`, and what it takes over.
    pub(crate) fn begin(&mut self, log: LogId, first: Arc<Written>, adopted: Option<(Arc<Written>, Adopted)>) {
        let before = std::mem::take(&mut self.ops);
        self.former.extend(before.values().cloned());
        self.log = Some(log);
        self.append(first);
        let Some((says_so, Adopted { from_seq, to_seq, .. })) = adopted else {
            return;
        };
        self.append(says_so);
        for (_, written) in before.range(from_seq.0..=to_seq.0) {
            if !written.op.body.is_about_its_journal() {
                self.append(Arc::clone(written));
            }
        }
    }

    /// Every op that speaks of a case, by case; each once.
    pub(crate) fn by_case(&self) -> BTreeMap<CaseId, BTreeMap<Vec<u8>, Vec<Part>>> {
        let mut cases: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        for written in self.former.iter().chain(self.ops.values()) {
            if let Some(case) = written.op.case {
                let ops = cases.entry(case).or_default();
                ops.insert(written.bytes.clone(), written.parts.clone());
            }
        }
        cases
    }

    /// Cases whose opening is known: those that are shown.
    pub(crate) fn opened(&self) -> BTreeSet<CaseId> {
        let all = self.former.iter().chain(self.ops.values());
        all.filter(|written| matches!(written.op.body, Body::CaseOpened(_)))
            .filter_map(|written| written.op.case)
            .collect()
    }

    /// Photos that an op of a case names.
    pub(crate) fn named(&self) -> BTreeSet<Sha256Hash> {
        let all = self.former.iter().chain(self.ops.values());
        all.flat_map(|written| written.op.photos.iter().map(|photo| photo.sha256))
            .collect()
    }
}

/// What is certain and what is under way.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger {
    pub(crate) known: Known,
    pub(crate) wanted: Option<Known>,
    /// Photos that may have reached the vault, or the camera's folder, without anybody having been told.
    pub(crate) on_their_way: BTreeSet<Sha256Hash>,
}

impl Ledger {
    /// An act begins.
    pub(crate) fn want(&mut self, change: impl FnOnce(&mut Known)) {
        let mut wanted = self.known.clone();
        change(&mut wanted);
        self.wanted = Some(wanted);
    }

    /// The act was acknowledged.
    pub(crate) fn done(&mut self) {
        if let Some(wanted) = self.wanted.take() {
            self.known = wanted;
        }
        self.on_their_way.clear();
    }

    /// The act was refused.
    pub(crate) fn refused(&mut self) {
        self.wanted = None;
    }
}
