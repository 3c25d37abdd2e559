//! The phone's memory: journal, views, photo vault, draft, outbox.
//!
//! What an officer has seen as "saved" is here, in one transaction, with its photos durable before it. The journal is
//! the truth; `view_*` tables are written with it and can be made again from it; `sync_*` tables say what the station
//! has signed for.

mod act_draft;
mod budget;
mod case;
mod draft;
mod enrolment;
mod error;
mod export;
mod find;
mod journal;
mod key;
mod marker;
mod mirror;
mod outbox;
mod person;
mod photo;
mod pin;
mod preference;
mod prune;
mod receipt;
mod salvage;
mod setting;
mod shift;
mod shot;
mod station_key;
mod store;
mod succession;
mod tile_pack;
mod told;
mod vault;
mod verify;
mod views;

pub use act_draft::{ActKind, TypedAct};
pub use case::{
    CaseFile, CaseHistory, CasePage, CasePhoto, CaseRecord, CaseToChange, Counts, PhotoFile, PlacedReceipt,
};
pub use draft::{Draft, DraftFields, DraftPhoto, DraftTimer, DraftToSave, Exposure};
pub use enrolment::{EnrolmentAttempt, StationRecord};
pub use error::StoreError;
pub use find::{Bounds, CaseFilter, CasePoint, CaseQuery, Leaf, Lies, Term};
pub use journal::{Journal, StoredOp, StoredReceipt};
pub use key::RootKey;
pub use marker::{Beginning, Standing};
pub use mirror::{Mirror, MirrorChange, MirrorCursors, SetAside};
pub use outbox::{ClockMeasurement, LogProgress, Moment, PendingPhoto, PhotoProblem, SignedBefore, SignedPhoto};
pub use patrol_sqlite::{DatabaseError, Disk, DiskRead, DiskWrite, MachineDisk};
pub use person::Person;
pub use photo::PhotoFacts;
pub use pin::{Pin, WrongTries};
pub use preference::Preference;
pub use prune::Pruned;
pub use receipt::{ListedReceipt, LostPhoto, ReceiptOf};
pub use salvage::{Salvaged, SalvagedLog, survey};
pub use setting::{Audit, Settings, Standing as DeviceStanding};
pub use shift::{PendingPoint, ShiftCase, ShiftRecord};
pub use shot::{Adoption, FoundPhoto, Orphan, Shot};
pub use station_key::TiedKey;
pub use store::{Opened, Store, StoreOptions};
pub use succession::EarlierLog;
pub use tile_pack::{TileAt, TileFacts, TilePack, TilePackError};
pub use told::SalvageTold;
pub use vault::{Vault, VaultError, VaultNote, VaultReader};
pub use verify::{Difference, Verification};
