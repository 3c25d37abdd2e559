//! rsync, against which the way of the originals is measured: a program that brings files and does nothing else.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A daemon on loopback that takes files in; ends when this is dropped.
pub(crate) struct Daemon {
    child: Child,
    port: u16,
}

impl Daemon {
    /// Takes files into `into`.
    pub(crate) fn serve(folder: &Path, into: &Path) -> Self {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .and_then(|free| free.local_addr())
            .unwrap()
            .port();
        let settings = folder.join("rsyncd.conf");
        let text = format!(
            "use chroot = no\nreverse lookup = no\n[in]\npath = {}\nread only = no\n{}",
            into.display(),
            as_root()
        );
        std::fs::write(&settings, text).unwrap();
        let child = Command::new("rsync")
            .args(["--daemon", "--no-detach", "--address=127.0.0.1"])
            .arg(format!("--port={port}"))
            .arg(format!("--config={}", settings.display()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("rsync: {error} (Debian package rsync has it)"));
        let daemon = Self { child, port };
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            std::thread::yield_now();
        }
        daemon
    }

    /// Brings all files of a folder, each one synced before it gets its name.
    pub(crate) fn bring(&self, from: &Path) {
        run(Command::new("rsync")
            .args(["--archive", "--fsync", "--whole-file"])
            .arg(format!("{}/", from.display()))
            .arg(format!("rsync://127.0.0.1:{}/in/", self.port)));
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It holds nothing that an orderly end would save.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Copies a folder on this machine, each file synced.
pub(crate) fn copy(from: &Path, to: &Path) {
    run(Command::new("rsync")
        .args(["--archive", "--fsync", "--whole-file"])
        .arg(format!("{}/", from.display()))
        .arg(format!("{}/", to.display())));
}

/// A daemon that root starts would write as nobody.
fn as_root() -> &'static str {
    if rustix::process::geteuid().is_root() {
        "uid = 0\ngid = 0\n"
    } else {
        ""
    }
}

fn run(command: &mut Command) {
    let done = command.stdout(Stdio::null()).status();
    let done = done.unwrap_or_else(|error| panic!("{command:?}: {error} (Debian package rsync has it)"));
    assert!(done.success(), "{command:?}: {done}");
}
