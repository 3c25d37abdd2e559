//! `cargo xtask run`: the product, working, on this machine.
//!
//! With a display: a station and an officer's window. Without one, or with `--patrol`: two officers on one phone and one
//! on another record a patrol offline, one phone is killed in the middle, both come back over a bad line, and what station
//! and phones hold is exported and verified. A second start finds yesterday's data, as a second day at work would.

mod build;
mod choose_folder;
mod line;
mod phone;
mod show_window;
mod station;
mod walk_patrol;

use std::path::PathBuf;

use anyhow::Result;

use crate::checkout::Checkout;
use crate::setup;
use choose_folder::Folders;
use line::BadLine;
use phone::Phone;
use station::Station;

/// What the person wants to see.
pub(crate) struct Wish {
    /// The scripted patrol, and an end.
    pub(crate) patrol: bool,
    /// Without yesterday's data.
    pub(crate) reset: bool,
    /// Another folder for the data.
    pub(crate) data: Option<PathBuf>,
}

/// What both ways of showing need.
struct Scene {
    station: Station,
    line: BadLine,
    /// The window's.
    phone: Phone,
    /// Two officers share it.
    shared: Phone,
    second: Phone,
    verify: PathBuf,
    exports: PathBuf,
}

/// Sets up and shows.
pub(crate) fn run(checkout: &Checkout, wish: &Wish) -> Result<()> {
    // First what costs nothing and may be refused; then what takes minutes.
    let folders = Folders::choose(checkout.root(), wish.data.as_deref())?;
    if wish.reset {
        folders.clear()?;
    }
    let with_window = !wish.patrol && has_display();
    setup::for_run(checkout, with_window)?;
    build::build(checkout, with_window)?;
    folders.create_place()?;

    let scene = Scene {
        station: Station::at(checkout, &folders.station, with_window),
        line: BadLine::at(checkout),
        phone: Phone::at(checkout, &folders.phone, "phone"),
        shared: Phone::at(checkout, &folders.shared_phone, "A"),
        second: Phone::at(checkout, &folders.second_phone, "B"),
        verify: checkout.program("patrol-verify"),
        exports: folders.exports,
    };
    scene.station.init_if_absent()?;
    if with_window {
        show_window::show(checkout, &scene)
    } else {
        walk_patrol::walk(&scene, wish.patrol)
    }
}

fn has_display() -> bool {
    ["WAYLAND_DISPLAY", "DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}
