//! What the station takes from outside: time, randomness and the disk.
//!
//! They come in through traits, so that a test can set the clock back, repeat a run and cut the power.

mod machine;

use std::sync::Arc;

use patrol_domain::StationMs;
use patrol_sqlite::{Disk, MachineDisk};

/// Tells the station's time.
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970-01-01 UTC.
    fn now(&self) -> StationMs;

    /// Whether this clock follows a reference; `None` when nobody here can tell.
    fn is_synchronised(&self) -> Option<bool> {
        None
    }
}

/// The system gave no random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system gives no random bytes")]
pub struct RandomnessError;

/// Gives bytes that nobody can guess.
pub trait Randomness: Send + Sync {
    /// Fills all of `bytes`.
    ///
    /// # Errors
    /// [`RandomnessError`] when there are none to be had; the bytes must then not be used.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomnessError>;
}

/// All of them.
#[derive(Clone)]
pub struct Ports {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The random bytes.
    pub random: Arc<dyn Randomness>,
    /// Photos, uploads, keys and settings. The database's own file goes through SQLite's VFS.
    pub disk: Arc<dyn Disk>,
}

impl Ports {
    /// Those of the machine.
    pub fn machine() -> Self {
        Self {
            clock: Arc::new(machine::MachineClock),
            random: Arc::new(machine::MachineRandomness),
            disk: Arc::new(MachineDisk),
        }
    }

    /// `N` random bytes.
    pub(crate) fn random<const N: usize>(&self) -> Result<[u8; N], RandomnessError> {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes)?;
        Ok(bytes)
    }
}
