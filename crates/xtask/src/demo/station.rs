//! The demo's station: made, started, asked, stopped.

use std::io::{BufRead, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::process::ChildStdout;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::checkout::Checkout;
use crate::process::{Call, Running};

/// A fixed port, so that a bookmark of the console works tomorrow; loopback, because a demo is for this machine.
const LISTEN: &str = "127.0.0.1:8620";
const NAME: &str = "雄州街道城管中队（演示）";
/// How long a station may take until it listens: opening its database, on a slow disk, after a crash.
const STARTING: Duration = Duration::from_secs(60);

/// A station's program and data folder.
pub(super) struct Station {
    program: PathBuf,
    data: PathBuf,
    /// Without TLS: somebody will open its page, and a browser would warn of a certificate that it does not know.
    is_plain: bool,
}

/// A station at work. Dropping it stops it.
pub(super) struct Serving {
    running: Running,
    /// Where it listens: `http://…`.
    pub(super) address: String,
}

impl Station {
    pub(super) fn at(checkout: &Checkout, data: &Path, is_plain: bool) -> Self {
        Self {
            program: checkout.program("patrol-station"),
            data: data.to_path_buf(),
            is_plain,
        }
    }

    fn call(&self, task: &str) -> Call {
        let mode = if self.is_plain { "off-on-loopback" } else { "on" };
        Call::new(&self.program)
            .arg(task)
            .arg("--data")
            .arg(&self.data)
            .env("XUNGE_STATION_TLS_MODE", mode)
    }

    /// Makes the station on the first start.
    pub(super) fn init_if_absent(&self) -> Result<()> {
        if self.data.join("station.toml").is_file() {
            return Ok(());
        }
        println!("A new demo station: {NAME}.");
        println!("District 320116 六合区, street office 320116006 雄州街道 and its communities are real codes;");
        println!("all street names, people and cases are invented.");
        self.call("init")
            .args(["--name", NAME, "--listen", LISTEN])
            .args(["--district", "320116=六合区", "--office", "320116006=雄州街道"])
            .run()
    }

    /// Starts it and waits until it listens.
    pub(super) fn serve(&self) -> Result<Serving> {
        // Its log would drown the patrol's own words; whoever wants it says so in the environment.
        let log = std::env::var("RUST_LOG").unwrap_or_else(|_| "warn".to_owned());
        let (running, stdout) = self.call("serve").env("RUST_LOG", log).start_piped()?;
        let (tell, told) = channel();
        std::thread::Builder::new()
            .name("station's words".to_owned())
            .spawn(move || repeat(BufReader::new(stdout).lines(), &tell))
            .context("cannot start a thread")?;
        match told.recv_timeout(STARTING) {
            Ok(address) => Ok(Serving { running, address }),
            Err(RecvTimeoutError::Timeout) => bail!("the station does not listen after {} s", STARTING.as_secs()),
            Err(RecvTimeoutError::Disconnected) => {
                bail!("the station ended before it listened; its reason stands above (is {LISTEN} taken?)")
            }
        }
    }

    /// A one-time code for an officer; `url` is where phones see the station, when that is elsewhere.
    pub(super) fn enrol_code(&self, (number, name): (&str, &str), url: Option<&str>) -> Result<String> {
        let call = self.call("enrol-code").args(["--officer", number, "--name", name]);
        let call = match url {
            Some(url) => call.args(["--url", url]),
            None => call,
        };
        Ok(call.capture()?.trim().to_owned())
    }

    /// Hands out these journals, in one file.
    pub(super) fn export(&self, logs: &[String], out: &Path) -> Result<()> {
        let call = Call::new(&self.program)
            .args(["log", "export", "--data"])
            .arg(&self.data);
        let call = logs.iter().fold(call, |call, log| call.args(["--log", log]));
        call.arg("--out").arg(out).run()
    }
}

impl Serving {
    /// Host and port, without the scheme.
    pub(super) fn host(&self) -> &str {
        self.address
            .split_once("://")
            .map_or(self.address.as_str(), |(_, host)| host)
    }

    /// Waits until somebody stops it.
    pub(super) fn wait(mut self) -> Result<()> {
        let status = self.running.wait()?;
        if !status.success() && !crate::process::interrupted() {
            bail!("the station ended by itself ({status})");
        }
        Ok(())
    }

    /// Stops it in order.
    pub(super) fn stop(self) {
        self.running.stop();
    }
}

/// Passes the station's lines on to the terminal for as long as it speaks, and tells where it listens.
fn repeat(lines: Lines<BufReader<ChildStdout>>, tell: &Sender<String>) {
    for line in lines.map_while(Result::ok) {
        match listening(&line) {
            // Nobody waits any more when it announces itself a second time.
            Some(address) => drop(tell.send(address.to_owned())),
            None => println!("{line}"),
        }
    }
}

fn listening(line: &str) -> Option<&str> {
    line.strip_prefix("listening ")
        .map(str::trim)
        .filter(|address| address.starts_with("http"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_that_names_the_address_is_known_from_others() {
        assert_eq!(
            listening("listening http://127.0.0.1:8620"),
            Some("http://127.0.0.1:8620")
        );
        assert_eq!(listening("listening to nobody"), None);
        assert_eq!(listening("opened the database"), None);
    }
}
