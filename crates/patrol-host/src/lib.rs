//! A desktop's ports: clock, randomness, keys in a file, its own file system.
//!
//! The window and the headless program need the same ones, and only here is the machine's own clock read. A phone will
//! bring others: its keys belong into a hardware keystore.

mod clock;
mod filled_disk;
mod keys;
mod log;
mod moved_clock;
mod random;

use std::path::Path;
use std::sync::Arc;

use patrol_app::{KeyError, MachineDisk, Network, Ports};

pub use clock::{SystemClock, local_text};
pub use filled_disk::FilledDisk;
pub use keys::{FileKeys, seal_root};
pub use log::{LogRing, log_ring};
pub use moved_clock::MovedClock;
pub use random::SystemRandomness;

/// The ports of a desktop whose phone data lie in `data`.
///
/// # Errors
/// [`KeyError`] when the keys are missing although data exist, or cannot be read or made.
pub fn desktop_ports(data: &Path) -> Result<Ports, KeyError> {
    let keys = FileKeys::open(data)?;
    Ok(Ports {
        clock: Arc::new(SystemClock::new()),
        random: Arc::new(SystemRandomness),
        keys: Arc::new(keys),
        network: Arc::new(Network::Unknown),
        disk: Arc::new(MachineDisk),
    })
}
