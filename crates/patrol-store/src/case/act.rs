//! What an officer does about a case that is already recorded: more photos, a step, an amendment, a void.

use std::io::Read;

use patrol_domain::case::{Case, CaseOp, fold};
use patrol_domain::{BootId, BootMs, CaseId, Head, Op, OpId, Part, Sha256Hash};
use patrol_sqlite::{DatabaseError, Transaction};

use super::project::list_case_ops;
use crate::act_draft::{ActKind, forget_act};
use crate::error::StoreError;
use crate::journal::append;
use crate::mirror::pulled_heads;
use crate::outbox::{Moment, read_moment};
use crate::photo::{PhotoFacts, insert_photo};
use crate::shot::take_found;
use crate::store::Store;
use crate::vault::VaultNote;

/// Makes an op and its parts from the case as it stands.
type Build<'build, T, E> = &'build mut dyn FnMut(&CaseToChange<'_, '_>) -> Result<(Op, Vec<Part>, T), E>;

/// A case with everything that was ever said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseHistory {
    /// The case as its ops make it.
    pub case: Case,
    /// Its ops, in the order in which they came to this phone.
    pub ops: Vec<CaseOp>,
}

/// A case as it stands in the transaction that will change it.
pub struct CaseToChange<'transaction, 'connection> {
    tx: &'transaction Transaction<'connection>,
    id: CaseId,
    /// The case; its heads are what the new op has to name.
    pub case: Case,
}

impl std::fmt::Debug for CaseToChange<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CaseToChange")
            .field("case", &self.case)
            .finish_non_exhaustive()
    }
}

impl CaseToChange<'_, '_> {
    /// What the station has let this phone know of time.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn moment(&self, boot_id: BootId, boot: BootMs) -> Result<Moment, StoreError> {
        read_moment(self.tx, boot_id, boot)
    }

    /// What was typed for this act becomes an op: it is not asked for again, in the same transaction.
    ///
    /// # Errors
    /// [`StoreError`] when the database refuses.
    pub fn forget_typed(&self, act: ActKind) -> Result<(), StoreError> {
        forget_act(self.tx, self.id, act)
    }
}

impl Store {
    /// A case with its history.
    ///
    /// # Errors
    /// [`StoreError::NoSuchCase`] for one that this phone does not know.
    pub fn case(&self, case: CaseId) -> Result<CaseHistory, StoreError> {
        self.read(|tx| {
            let ops: Vec<CaseOp> = list_case_ops(tx, case)?.into_iter().map(|op| op.case_op).collect();
            if ops.is_empty() {
                return Err(StoreError::NoSuchCase(case));
            }
            Ok(CaseHistory {
                case: fold(case, &ops),
                ops,
            })
        })
    }

    /// Appends an op about a case that is already recorded: `build` sees the case as it stands and gives the op and its
    /// parts, all in one transaction with one sync of the disk.
    ///
    /// # Errors
    /// What `build` refuses, [`StoreError::NoSuchCase`], or why it cannot be written; nothing was saved then.
    pub fn change_case<T, E>(
        &self,
        case: CaseId,
        mut build: impl FnMut(&CaseToChange<'_, '_>) -> Result<(Op, Vec<Part>, T), E>,
    ) -> Result<(Head, T), E>
    where
        E: From<StoreError> + From<DatabaseError>,
    {
        self.write(|tx| change(tx, case, &mut build))
    }

    /// Takes an original into the vault and then appends the op that brings it to a case that is already recorded.
    ///
    /// # Errors
    /// As [`Store::change_case`]; [`StoreError::NoRoom`] when the op could not be saved any more. The original may then lie
    /// in the vault without a row, and is found at the next start.
    pub fn add_case_photo<T, E>(
        &self,
        case: CaseId,
        original: &mut dyn Read,
        note: &VaultNote,
        thumbnail: &[u8],
        describe: impl FnOnce(Sha256Hash, u64) -> PhotoFacts,
        mut build: impl FnMut(&CaseToChange<'_, '_>, &PhotoFacts) -> Result<(Op, Vec<Part>, T), E>,
    ) -> Result<(Head, T), E>
    where
        E: From<StoreError> + From<DatabaseError>,
    {
        self.keep_reserve()?;
        let (sha256, bytes) = self.vault.put(original, note).map_err(StoreError::from)?;
        let facts = describe(sha256, bytes);
        self.write(|tx| {
            insert_photo(tx, &facts, thumbnail)?;
            // A search for what was left behind may have met it before its row.
            tx.prepare_cached(include_str!("../shot/delete_found.sql"))
                .and_then(|mut delete| delete.execute([sha256.as_bytes().as_slice()]))
                .map_err(StoreError::from)?;
            change(tx, case, &mut |to_change| build(to_change, &facts))
        })
    }

    /// Brings a found photo to a case that is already recorded.
    ///
    /// # Errors
    /// As [`Store::change_case`]; [`StoreError::NoSuchPhoto`] when it is not among the found ones.
    pub fn place_found_on_case<T, E>(
        &self,
        case: CaseId,
        sha256: Sha256Hash,
        mut build: impl FnMut(&CaseToChange<'_, '_>, &PhotoFacts) -> Result<(Op, Vec<Part>, T), E>,
    ) -> Result<(Head, T), E>
    where
        E: From<StoreError> + From<DatabaseError>,
    {
        self.write(|tx| {
            let facts = take_found(tx, sha256)?;
            change(tx, case, &mut |to_change| build(to_change, &facts))
        })
    }
}

fn change<T, E>(tx: &Transaction<'_>, case: CaseId, build: Build<'_, T, E>) -> Result<(Head, T), E>
where
    E: From<StoreError>,
{
    let ops = list_case_ops(tx, case)?;
    if ops.is_empty() {
        return Err(StoreError::NoSuchCase(case).into());
    }
    let mut folded = fold(case, ops.iter().map(|op| &op.case_op));
    // What others have said of the case stands in front of what is said now, although its words are not here.
    let is_known = |id: &OpId| ops.iter().any(|op| op.case_op.op.id == *id);
    folded
        .heads
        .extend(pulled_heads(tx, case)?.into_iter().filter(|id| !is_known(id)));
    folded.heads.sort_unstable();
    folded.heads.dedup();
    let to_change = CaseToChange {
        tx,
        id: case,
        case: folded,
    };
    let (op, parts, built) = build(&to_change)?;
    Ok((append(tx, &op, &parts)?, built))
}
