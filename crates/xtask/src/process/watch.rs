//! A child that is always ended and always waited for.
//!
//! A thread waits for each child, so that "wait at most ten seconds, then kill" needs no polling. The process id is
//! forgotten under the same lock under which the child is reaped: a signal never reaches a stranger who got the number
//! next.

use std::process::{Child, ExitStatus};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};

use super::interrupt;

/// How long a child may take to end itself when asked to.
const PATIENCE: Duration = Duration::from_secs(15);

/// A started program. Dropping it ends it: first asked (SIGTERM), then made (SIGKILL).
pub(crate) struct Running {
    name: String,
    target: Arc<Target>,
    ended: Receiver<std::io::Result<ExitStatus>>,
    status: Option<ExitStatus>,
}

/// Whom to signal; nobody any more once the child is reaped.
pub(crate) struct Target(Mutex<Option<Pid>>);

impl Target {
    /// Sends a signal if the child still lives.
    pub(crate) fn signal(&self, signal: Signal) {
        if let Some(pid) = *self.lock() {
            // It may have ended by itself this moment: then there is nothing left to do.
            let _ = kill_process(pid, signal);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Pid>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Running {
    /// Takes a child into care.
    pub(super) fn watch(mut child: Child, name: &str) -> Result<Self> {
        let pid = Pid::from_child(&child);
        let target = Arc::new(Target(Mutex::new(Some(pid))));
        let (tell, ended) = channel();
        let watched = Arc::clone(&target);
        std::thread::Builder::new()
            .name(format!("waits for {name}"))
            .spawn(move || {
                // NOWAIT leaves the dead child its number until we hold the lock.
                while matches!(
                    waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT),
                    Err(rustix::io::Errno::INTR)
                ) {}
                let mut slot = watched.lock();
                let status = child.wait();
                *slot = None;
                // Nobody listens any more when the owner was dropped after a SIGKILL.
                let _ = tell.send(status);
            })
            .context("cannot start a thread")?;
        interrupt::register(&target);
        Ok(Self {
            name: name.to_owned(),
            target,
            ended,
            status: None,
        })
    }

    /// Waits for its end, however long.
    pub(crate) fn wait(&mut self) -> Result<ExitStatus> {
        if let Some(status) = self.status {
            return Ok(status);
        }
        let status = self
            .ended
            .recv()
            .context("the waiting thread is gone")?
            .with_context(|| format!("cannot wait for `{}`", self.name))?;
        self.status = Some(status);
        Ok(status)
    }

    /// Asks it to end and waits; kills it when it does not listen.
    pub(crate) fn stop(mut self) {
        self.end();
    }

    /// Kills it (SIGKILL), as a battery that falls out would.
    pub(crate) fn kill(mut self) {
        self.target.signal(Signal::KILL);
        // Its status is what we made it.
        let _ = self.wait();
    }

    fn end(&mut self) {
        if self.status.is_some() {
            return;
        }
        self.target.signal(Signal::TERM);
        if matches!(self.ended.recv_timeout(PATIENCE), Err(RecvTimeoutError::Timeout)) {
            eprintln!(
                "`{}` did not stop within {} s and is killed",
                self.name,
                PATIENCE.as_secs()
            );
            self.target.signal(Signal::KILL);
            let _ = self.ended.recv();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};

    use crate::process::Call;

    #[test]
    fn a_dropped_child_is_ended_and_its_last_words_are_heard() {
        let script = "trap 'echo ended; exit 0' TERM; echo ready; while :; do sleep 0.05; done";
        let (running, stdout) = Call::new("sh").args(["-c", script]).silently().start_piped().unwrap();
        let mut lines = BufReader::new(stdout).lines();
        assert_eq!(lines.next().unwrap().unwrap(), "ready");
        drop(running);
        assert_eq!(lines.next().unwrap().unwrap(), "ended");
        assert!(lines.next().is_none());
    }

    #[test]
    fn the_status_can_be_asked_for_twice() {
        let mut running = Call::new("sh").args(["-c", "exit 4"]).silently().start().unwrap();
        assert_eq!(running.wait().unwrap().code(), Some(4));
        assert_eq!(running.wait().unwrap().code(), Some(4));
    }
}
