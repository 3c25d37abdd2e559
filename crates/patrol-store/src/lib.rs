//! The phone's memory: journal, views, photo vault, draft, outbox.
//!
//! What an officer has seen as "saved" is here, in one transaction, with its photos durable before it. The journal is
//! the truth; `view_*` tables are written with it and can be made again from it; `sync_*` tables say what the station
//! has signed for.

mod case;
mod draft;
mod enrolment;
mod error;
mod journal;
mod key;
mod outbox;
mod photo;
mod store;
mod vault;

pub use case::{CasePage, CasePhoto, CaseRecord, Counts};
pub use draft::{Draft, DraftFields, DraftToSave};
pub use enrolment::{EnrolmentAttempt, StationRecord};
pub use error::StoreError;
pub use journal::{Journal, StoredOp, StoredReceipt};
pub use key::RootKey;
pub use outbox::{ClockMeasurement, LogProgress, Moment, PendingPhoto, PhotoProblem};
pub use patrol_sqlite::DatabaseError;
pub use photo::PhotoFacts;
pub use store::Store;
pub use vault::{Vault, VaultError, VaultNote, VaultReader};
