//! What is being typed about a case that is already recorded. It stands on disk from the first pause of the keys, as the
//! draft of a new case does, and goes in the transaction that makes it an op.

use patrol_domain::{CaseId, WallMs};
use patrol_sqlite::Transaction;

use crate::error::StoreError;
use crate::store::Store;

/// Which act is being typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActKind {
    /// A mistake is put right.
    Amend,
    /// The case is made void.
    Void,
    /// Something was done.
    Step,
}

impl ActKind {
    const ALL: [Self; 3] = [Self::Amend, Self::Void, Self::Step];

    /// As it stands in a column.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Amend => "amend",
            Self::Void => "void",
            Self::Step => "step",
        }
    }

    /// Reads [`ActKind::as_str`] back; `None` for another name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// What was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedAct {
    /// Which act.
    pub act: ActKind,
    /// The fields as JSON; this crate does not look into them.
    pub fields: String,
    /// When it last reached the disk.
    pub saved: WallMs,
}

impl Store {
    /// Writes what was typed about a case; `None` when nothing is wanted any more.
    ///
    /// # Errors
    /// [`StoreError`]; what was there before stands.
    pub fn write_act(&self, case: CaseId, act: ActKind, fields: Option<&str>, at: WallMs) -> Result<(), StoreError> {
        self.write(|tx| {
            let Some(fields) = fields else {
                return forget_act(tx, case, act);
            };
            tx.prepare_cached(include_str!("act_draft/write.sql"))?.execute((
                case.as_bytes().as_slice(),
                act.as_str(),
                fields,
                at.0,
            ))?;
            Ok(())
        })
    }
}

pub(crate) fn forget_act(tx: &Transaction<'_>, case: CaseId, act: ActKind) -> Result<(), StoreError> {
    tx.prepare_cached(include_str!("act_draft/delete.sql"))?
        .execute((case.as_bytes().as_slice(), act.as_str()))?;
    Ok(())
}

pub(crate) fn list_acts(tx: &Transaction<'_>, case: CaseId) -> Result<Vec<TypedAct>, StoreError> {
    let mut statement = tx.prepare_cached(include_str!("act_draft/list.sql"))?;
    let rows = statement.query_map([case.as_bytes().as_slice()], |row| {
        Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?))
    })?;
    let mut acts = Vec::new();
    for row in rows {
        let (act, fields, saved) = row?;
        let act = ActKind::from_name(&act).ok_or(StoreError::Column("act_draft.act"))?;
        acts.push(TypedAct {
            act,
            fields,
            saved: WallMs(saved),
        });
    }
    Ok(acts)
}
