//! One order for a set of ops: each behind those that its `after` names, ties by id.

use std::collections::{BTreeMap, BTreeSet};

use super::fold::CaseOp;
use crate::id::OpId;

/// All ops, each behind those of the set that it names. Names of ops outside the set count as done.
///
/// Honest ops cannot name each other in a circle; forged ones can, and are then taken by id.
pub(super) fn arrange(ops: &BTreeMap<OpId, &CaseOp>) -> Vec<OpId> {
    let mut missing: BTreeMap<OpId, usize> = BTreeMap::new();
    let mut followers: BTreeMap<OpId, Vec<OpId>> = BTreeMap::new();
    for (id, op) in ops {
        let before: BTreeSet<OpId> = op
            .op
            .after
            .iter()
            .copied()
            .filter(|before| ops.contains_key(before))
            .collect();
        missing.insert(*id, before.len());
        for before in before {
            followers.entry(before).or_default().push(*id);
        }
    }
    let mut ready: BTreeSet<OpId> = missing
        .iter()
        .filter(|(_, count)| **count == 0)
        .map(|(id, _)| *id)
        .collect();
    let mut arranged = Vec::with_capacity(ops.len());
    while let Some(id) = ready.pop_first().or_else(|| missing.keys().next().copied()) {
        missing.remove(&id);
        arranged.push(id);
        for follower in followers.remove(&id).unwrap_or_default() {
            if let Some(count) = missing.get_mut(&follower) {
                *count -= 1;
                if *count == 0 {
                    ready.insert(follower);
                }
            }
        }
    }
    arranged
}

/// The ops that no other op of the set names: what the next op of the case has to name.
pub(super) fn heads(ops: &BTreeMap<OpId, &CaseOp>) -> Vec<OpId> {
    let named: BTreeSet<OpId> = ops.values().flat_map(|op| op.op.after.iter().copied()).collect();
    ops.keys().copied().filter(|id| !named.contains(id)).collect()
}
