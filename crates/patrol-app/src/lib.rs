//! The officer's use cases behind host ports and one dispatch table.
//!
//! A window and a development server are both thin: they hand a command's name, its JSON and perhaps a photo's bytes to
//! [`App::dispatch`] and hand back what comes. What is shown, refused and remembered is decided here.

mod app;
mod case;
mod dispatch;
mod draft;
mod error;
mod pack;
mod port;
mod record;
mod sync;
mod view;

pub use app::{App, Options};
pub use dispatch::{COMMANDS, Photo};
pub use error::{AppError, ErrorCode, ErrorReply};
pub use pack::{Patrol, PatrolCase};
pub use patrol_domain as domain;
pub use patrol_sync::{Phase, SyncEvent};
pub use port::{KeyError, Keys, Ports};
pub use view::*;
