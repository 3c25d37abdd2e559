//! Ctrl-C and `kill`: passed on to every living child; then this task comes to its own end in order.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use anyhow::{Context, Result};
use rustix::process::Signal;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::watch::Target;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
static LIVING: Mutex<Vec<Weak<Target>>> = Mutex::new(Vec::new());

/// Whether somebody asked this task to stop.
pub(crate) fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// From now on a signal no longer ends this program by itself.
pub(crate) fn listen() -> Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).context("cannot listen for signals")?;
    std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            for _ in signals.forever() {
                INTERRUPTED.store(true, Ordering::SeqCst);
                // Also after Ctrl-C, which the terminal sends to the children itself: `kill -INT` reaches only us.
                end_all();
            }
        })
        .context("cannot start a thread")?;
    Ok(())
}

/// Notes a child, to be ended with us.
pub(super) fn register(target: &Arc<Target>) {
    let mut living = LIVING.lock().unwrap_or_else(PoisonError::into_inner);
    living.retain(|one| one.strong_count() > 0);
    living.push(Arc::downgrade(target));
    drop(living);
    // The signal may have come between its start and now.
    if interrupted() {
        target.signal(Signal::TERM);
    }
}

fn end_all() {
    let living = LIVING.lock().unwrap_or_else(PoisonError::into_inner);
    for target in living.iter().filter_map(Weak::upgrade) {
        target.signal(Signal::TERM);
    }
}
