//! Making ops: who, when, in which order, with which personal fields sealed.

use std::sync::{Mutex, PoisonError};

use patrol_domain::id::IdMint;
use patrol_domain::op::Op;
use patrol_domain::port::random;
use patrol_domain::seal::Salt;
use patrol_domain::{
    At, Body, BootId, BootMs, CaseId, DraftId, LogId, OpId, Part, PersonId, PhotoRef, Sealed, ShiftId,
};
use patrol_store::{Journal, Moment, Store, StoreError};
use uuid::Uuid;

use crate::port::Ports;

/// Makes ops. They name no journal: each stands in the one that is in use when it is appended.
pub(crate) struct Recorder {
    ports: Ports,
    author: Mutex<PersonId>,
    mint: Mutex<IdMint>,
}

impl Recorder {
    pub(crate) fn resume(ports: Ports, journal: Journal, last: Option<OpId>) -> Self {
        Self {
            ports,
            author: Mutex::new(journal.author),
            mint: Mutex::new(IdMint::after(last)),
        }
    }

    /// A journal that does not exist yet, and the recorder for its first op. The person stays the same on the same phone.
    pub(crate) fn begin(ports: Ports, author: Option<PersonId>) -> (Journal, Self) {
        let mut mint = IdMint::default();
        let wall = ports.clock.wall();
        let log = LogId::new(mint.next(wall, random(&*ports.random)));
        let author = author.unwrap_or_else(|| PersonId::new(mint.next(wall, random(&*ports.random))));
        (
            Journal { log, author },
            Self {
                ports,
                author: Mutex::new(author),
                mint: Mutex::new(mint),
            },
        )
    }

    pub(crate) fn new_log(&self) -> LogId {
        LogId::new(self.mint())
    }

    /// Who records at the moment.
    pub(crate) fn author(&self) -> PersonId {
        *self.author.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Another officer has taken the phone.
    pub(crate) fn set_author(&self, author: PersonId) {
        *self.author.lock().unwrap_or_else(PoisonError::into_inner) = author;
    }

    /// A person for an officer who signs in on this phone for the first time.
    pub(crate) fn new_person(&self) -> PersonId {
        PersonId::new(self.mint())
    }

    pub(crate) fn new_case(&self) -> CaseId {
        CaseId::new(self.mint())
    }

    pub(crate) fn new_shift(&self) -> ShiftId {
        ShiftId::new(self.mint())
    }

    pub(crate) fn new_draft(&self) -> DraftId {
        DraftId::new(self.mint())
    }

    /// The present moment, as far as the phone can tell.
    pub(crate) fn now(&self, store: &Store) -> Result<At, StoreError> {
        self.at(|boot_id, boot| store.moment(boot_id, boot))
    }

    /// The present moment; `moment` says what is known from the station.
    pub(crate) fn at(
        &self,
        moment: impl FnOnce(BootId, BootMs) -> Result<Moment, StoreError>,
    ) -> Result<At, StoreError> {
        let clock = &self.ports.clock;
        let (boot_ms, boot_id) = (clock.boot(), clock.boot_id());
        let Moment { beacon, offset } = moment(boot_id, boot_ms)?;
        Ok(At {
            wall_ms: clock.wall(),
            boot_ms,
            boot_id,
            gnss_ms: None,
            offset,
            tz: clock.zone(),
            beacon,
        })
    }

    pub(crate) fn op(&self, at: At, case: Option<CaseId>, photos: Vec<PhotoRef>, body: Body) -> Op {
        Op {
            id: OpId::new(self.mint()),
            at,
            author: self.author(),
            case,
            after: Vec::new(),
            photos,
            body,
        }
    }

    /// An op about a case that is already recorded: it stands behind all that is known of the case.
    pub(crate) fn op_behind(&self, at: At, case: CaseId, heads: &[OpId], photos: Vec<PhotoRef>, body: Body) -> Op {
        Op {
            after: heads.to_vec(),
            ..self.op(at, Some(case), photos, body)
        }
    }

    /// Takes a personal field out of the op: the part goes beside it, the seal into it.
    pub(crate) fn seal(&self, field: &str, value: &str) -> (Part, Sealed) {
        let part = Part {
            field: field.to_owned(),
            salt: Salt(random(&*self.ports.random)),
            value: value.to_owned(),
        };
        let sealed = part.seal();
        (part, sealed)
    }

    fn mint(&self) -> Uuid {
        let mut mint = self.mint.lock().unwrap_or_else(PoisonError::into_inner);
        mint.next(self.ports.clock.wall(), random(&*self.ports.random))
    }
}
