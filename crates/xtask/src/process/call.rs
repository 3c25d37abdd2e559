//! One call of another program, said aloud before it is made.

use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::path::Path;
use std::process::{ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail};

use super::watch::Running;

/// A program with its arguments.
pub(crate) struct Call {
    command: Command,
    spoken: String,
    silent: bool,
}

impl Call {
    /// A program, found on PATH or by its path. Reads nothing from the terminal unless told to.
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        let spoken = Path::new(program.as_ref())
            .file_name()
            .unwrap_or(program.as_ref())
            .to_string_lossy()
            .into_owned();
        Self::named(program, &spoken)
    }

    /// The same, with the name under which it is spoken of.
    pub(crate) fn named(program: impl AsRef<OsStr>, name: &str) -> Self {
        let mut command = Command::new(program);
        command.stdin(Stdio::null());
        for (name, _) in std::env::vars_os().filter(|(name, _)| is_ours_alone(name)) {
            command.env_remove(name);
        }
        Self {
            command,
            spoken: name.to_owned(),
            silent: false,
        }
    }

    /// One more argument.
    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        let text = arg.as_ref().to_string_lossy();
        let quote = if text.is_empty() || text.contains(' ') { "'" } else { "" };
        self.spoken = format!("{} {quote}{text}{quote}", self.spoken);
        self.command.arg(arg);
        self
    }

    /// More arguments.
    pub(crate) fn args<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(self, args: I) -> Self {
        args.into_iter().fold(self, Self::arg)
    }

    /// Sets a variable.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Takes a variable away.
    pub(crate) fn without_env(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Where to run it.
    pub(crate) fn folder(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Lets it read from the terminal (a password for sudo).
    pub(crate) fn with_terminal(mut self) -> Self {
        self.command.stdin(Stdio::inherit());
        self
    }

    /// Does not announce it.
    pub(crate) fn silently(mut self) -> Self {
        self.silent = true;
        self
    }

    /// Runs it to its end, its words going to the terminal. An error when it fails.
    pub(crate) fn run(mut self) -> Result<()> {
        self.announce();
        let running = self.spawn()?;
        self.judge(running)
    }

    /// Runs it to its end and gives back what it said on stdout. An error when it fails.
    pub(crate) fn capture(mut self) -> Result<String> {
        self.command.stdout(Stdio::piped());
        let (running, mut stdout) = self.spawn_piped()?;
        let mut text = String::new();
        stdout
            .read_to_string(&mut text)
            .with_context(|| format!("cannot read what `{}` says", self.spoken))?;
        self.judge(running)?;
        Ok(text)
    }

    /// What it says on stdout, and nothing when it cannot be started or fails: for questions to the machine.
    pub(crate) fn ask(mut self) -> Option<String> {
        self.command.stderr(Stdio::null());
        self.capture().ok()
    }

    /// Starts it and goes on.
    pub(crate) fn start(mut self) -> Result<Running> {
        self.announce();
        self.spawn()
    }

    /// Starts it and goes on, handing over its stdout.
    pub(crate) fn start_piped(mut self) -> Result<(Running, ChildStdout)> {
        self.announce();
        self.command.stdout(Stdio::piped());
        self.spawn_piped()
    }

    fn announce(&self) {
        if !self.silent {
            eprintln!("\u{2192} {}", self.spoken);
        }
    }

    fn spawn(&mut self) -> Result<Running> {
        let child = self.command.spawn().with_context(|| self.cannot_start())?;
        Running::watch(child, &self.spoken)
    }

    fn spawn_piped(&mut self) -> Result<(Running, ChildStdout)> {
        let mut child = self.command.spawn().with_context(|| self.cannot_start())?;
        let stdout = child.stdout.take().context("a piped program has no stdout")?;
        Ok((Running::watch(child, &self.spoken)?, stdout))
    }

    fn cannot_start(&self) -> String {
        let program = self.command.get_program().to_string_lossy();
        format!("cannot start `{program}`: is it installed?")
    }

    fn judge(&self, mut running: Running) -> Result<()> {
        let status = running.wait()?;
        if super::interrupted() {
            bail!("stopped");
        }
        if !status.success() {
            bail!("`{}` failed ({status})", self.spoken);
        }
        Ok(())
    }
}

/// Variables that cargo sets for *this* program. Handed down they make ring's build script and its like believe that
/// something changed, and every `cargo build` by hand rebuilds half the tree.
fn is_ours_alone(name: &OsString) -> bool {
    let Some(name) = name.to_str() else { return false };
    ["CARGO_PKG_", "CARGO_MANIFEST_"]
        .iter()
        .any(|start| name.starts_with(start))
        || ["OUT_DIR", "CARGO_PRIMARY_PACKAGE", "CARGO_CRATE_NAME"].contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_fails_is_an_error_that_names_it() {
        let error = Call::new("sh").args(["-c", "exit 3"]).silently().run().unwrap_err();
        assert_eq!(error.to_string(), "`sh -c 'exit 3'` failed (exit status: 3)");
    }

    #[test]
    fn what_a_program_says_is_given_back() {
        assert_eq!(Call::new("echo").arg("雄州").capture().unwrap(), "雄州\n");
    }

    #[test]
    fn a_program_that_does_not_exist_gives_no_answer() {
        assert_eq!(Call::new("no-such-program-here").ask(), None);
    }
}
