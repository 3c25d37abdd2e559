//! Debian and Ubuntu packages: what is missing, why it is needed, and installing it.
//!
//! Root installs at once; anybody else is asked, or shown the line to run. On another system the names are printed and
//! the work goes on: whoever runs that knows what its packages are called.

use std::io::{IsTerminal, Write};

use anyhow::{Result, bail};
use rustix::process::geteuid;

use crate::checkout::Checkout;
use crate::process::Call;

/// What a package is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Purpose {
    /// Compiling the station and the phone's core.
    Build,
    /// The officer's window.
    Window,
    /// The tests only.
    Test,
    /// What figures are measured against.
    Bench,
}

/// A Debian package, and why.
struct Package {
    name: &'static str,
    purpose: Purpose,
    why: &'static str,
}

const fn package(name: &'static str, purpose: Purpose, why: &'static str) -> Package {
    Package { name, purpose, why }
}

const PACKAGES: &[Package] = &[
    package(
        "build-essential",
        Purpose::Build,
        "the C and C++ compilers for SQLite, the JPEG codec and libFuzzer",
    ),
    package("pkg-config", Purpose::Build, "finds the system's libraries"),
    package(
        "libssl-dev",
        Purpose::Build,
        "SQLCipher's cryptography: the phone's database is encrypted",
    ),
    package(
        "nasm",
        Purpose::Build,
        "the fast paths of the JPEG codec; without it photos take twice as long",
    ),
    package(
        "libwebkit2gtk-4.1-dev",
        Purpose::Window,
        "the window in which the interface runs",
    ),
    package("fonts-noto-cjk", Purpose::Window, "Chinese text"),
    package("webkit2gtk-driver", Purpose::Test, "drives the real window in tests"),
    package("xvfb", Purpose::Test, "a display for the window tests"),
    package("xauth", Purpose::Test, "lets xvfb-run hand that display out"),
    package("chromium", Purpose::Test, "the browser tests of the interface"),
    package(
        "util-linux",
        Purpose::Test,
        "a tiny disk to fill up (mount) and process isolation (unshare) in fault tests",
    ),
    package(
        "libjpeg-turbo-progs",
        Purpose::Bench,
        "djpeg, against which photos are measured",
    ),
    package(
        "libvips-tools",
        Purpose::Bench,
        "vipsthumbnail, against which photos are measured",
    ),
    package(
        "rsync",
        Purpose::Bench,
        "rsync, against which uploads and backups are measured",
    ),
];

/// Makes sure that the packages for these purposes are there.
pub(crate) fn install(checkout: &Checkout, purposes: &[Purpose]) -> Result<()> {
    let wanted: Vec<&Package> = PACKAGES.iter().filter(|one| purposes.contains(&one.purpose)).collect();
    let Some(known) = dpkg_says(checkout, &wanted) else {
        let names: Vec<&str> = wanted.iter().map(|one| one.name).collect();
        println!(
            "This is not Debian or Ubuntu; make sure that you have what they call: {}",
            names.join(" ")
        );
        return Ok(());
    };
    let missing: Vec<&Package> = wanted
        .into_iter()
        .filter(|one| !is_installed(&known, one.name))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("Packages this machine lacks:");
    for one in &missing {
        println!("  {:<24} {}", one.name, one.why);
    }
    let names: Vec<&str> = missing.iter().map(|one| one.name).collect();
    if geteuid().is_root() {
        return fetch(&names, false);
    }
    let line = format!(
        "sudo apt-get update && sudo apt-get install -y --no-install-recommends {}",
        names.join(" ")
    );
    if std::io::stdin().is_terminal() && agreed("Install them now with sudo? [y/N] ")? {
        return fetch(&names, true);
    }
    bail!("please run this, then start again:\n  {line}");
}

/// What dpkg knows of the packages; nothing where there is no dpkg or apt.
fn dpkg_says(checkout: &Checkout, wanted: &[&Package]) -> Option<String> {
    checkout.call("apt-get").arg("--version").silently().ask()?;
    checkout.call("dpkg-query").arg("--version").silently().ask()?;
    // One question each: dpkg-query fails as a whole when it does not know one of several names.
    let lines = wanted.iter().filter_map(|one| {
        let format = "-f=${Package} ${db:Status-Status}\n";
        checkout
            .call("dpkg-query")
            .args(["-W", format, one.name])
            .silently()
            .ask()
    });
    Some(lines.collect())
}

fn is_installed(known: &str, name: &str) -> bool {
    known
        .lines()
        .any(|line| line.split_once(' ') == Some((name, "installed")))
}

fn agreed(question: &str) -> Result<bool> {
    print!("{question}");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes" | "j" | "ja" | "是"))
}

fn fetch(names: &[&str], with_sudo: bool) -> Result<()> {
    let apt = || {
        let call = if with_sudo {
            Call::new("sudo").arg("env").with_terminal()
        } else {
            Call::new("env")
        };
        // The lock time-out: another apt may be at work (unattended upgrades on a machine just started).
        call.args([
            "DEBIAN_FRONTEND=noninteractive",
            "apt-get",
            "-o",
            "DPkg::Lock::Timeout=300",
        ])
    };
    if let Err(error) = apt().arg("update").run() {
        // One dead third-party list must not stop packages that come from elsewhere.
        println!("warning: {error:#}; trying to install nevertheless");
    }
    let install = ["install", "-y", "--no-install-recommends"];
    if apt().args(install).args(names).run().is_ok() {
        return Ok(());
    }
    // Seen when two apts ran at the same moment and one removed the other's archives.
    println!("The installation broke off; one attempt to repair it.");
    apt().arg("-f").args(install).args(names).run()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_removed_package_whose_settings_remain_is_not_installed() {
        let known = "nasm installed\nxvfb config-files\n";
        assert!(is_installed(known, "nasm"));
        assert!(!is_installed(known, "xvfb"));
        assert!(!is_installed(known, "xauth"));
        assert!(!is_installed(known, "nas"));
    }

    #[test]
    fn without_a_display_nothing_of_the_window_is_asked_for() {
        let names: Vec<_> = PACKAGES
            .iter()
            .filter(|one| one.purpose == Purpose::Build)
            .map(|one| one.name)
            .collect();
        assert_eq!(names, ["build-essential", "pkg-config", "libssl-dev", "nasm"]);
    }
}
