//! The officer's use cases behind host ports and one dispatch table.
//!
//! A window and a development server are both thin: they hand a command's name, its JSON and perhaps a photo's bytes to
//! [`App::dispatch`] and hand back what comes. What is shown, refused and remembered is decided here.

mod act;
mod app;
mod budget;
mod case;
mod dispatch;
mod draft;
mod error;
mod export;
mod grid;
mod here;
mod officer;
mod pack;
mod photo;
mod plate;
mod port;
mod preference;
mod prune;
mod record;
mod recover;
mod seen;
mod shift;
mod shot;
mod sync;
mod tile;
mod timer;
mod verify;
mod view;

pub use act::Amendment;
pub use app::{App, Options};
pub use case::{Find, Original};
pub use dispatch::{COMMANDS, Photo};
pub use error::{AppError, ErrorCode, ErrorReply};
pub use grid::GroundError;
pub use pack::{Patrol, PatrolCase};
pub use patrol_domain as domain;
pub use patrol_store::{
    Adoption, Audit, CaseHistory, Difference, Person, Preference, Pruned, Salvaged, Settings, Shot, Verification,
};
pub use patrol_store::{Disk, DiskRead, DiskWrite, MachineDisk};
pub use patrol_sync::{ExportFile, Finished, Phase, Progress, SyncEvent};
pub use port::{KeyError, Keys, Network, NetworkPort, Ports, SealedRoot};
pub use recover::Recovered;
pub use shift::ReceivedPoint;
pub use view::*;
