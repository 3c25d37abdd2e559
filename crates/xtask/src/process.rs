//! Other programs: calling them, and ending them again whatever happens to us.
//!
//! Every child is registered while it lives. A Ctrl-C or a `kill` of this task is passed on to all of them, so that no
//! station is left behind holding its port.

mod call;
mod interrupt;
mod watch;

pub(crate) use call::Call;
pub(crate) use interrupt::{interrupted, listen as listen_for_interrupts};
pub(crate) use watch::Running;
