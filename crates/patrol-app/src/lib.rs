//! The officer's use cases behind host ports and one dispatch table.
//!
//! A window and a development server are both thin: they hand a command's name, its JSON and perhaps a photo's bytes to
//! [`App::dispatch`] and hand back what comes. What is shown, refused and remembered is decided here.

mod act;
mod app;
mod case;
mod dispatch;
mod draft;
mod error;
mod pack;
mod photo;
mod port;
mod record;
mod recover;
mod shot;
mod sync;
mod verify;
mod view;

pub use act::Amendment;
pub use app::{App, Options};
pub use dispatch::{COMMANDS, Photo};
pub use error::{AppError, ErrorCode, ErrorReply};
pub use pack::{Patrol, PatrolCase};
pub use patrol_domain as domain;
pub use patrol_store::{Adoption, CaseHistory, Difference, Salvaged, Shot, Verification};
pub use patrol_store::{Disk, MachineDisk};
pub use patrol_sync::{Phase, SyncEvent};
pub use port::{KeyError, Keys, Ports};
pub use recover::Recovered;
pub use view::*;
