//! `cargo xtask run`: the product, working, on this machine.
//!
//! With a display: a station and an officer's window. Without one, or with `--patrol`: a scripted officer records a
//! patrol offline, comes back, synchronises, and what the phone holds is compared with what the station holds.
//! A second start finds yesterday's data, as a second day at work would.

mod build;
mod choose_folder;
mod compare;
mod phone;
mod show_window;
mod station;
mod walk_patrol;

use std::path::PathBuf;

use anyhow::Result;

use crate::checkout::Checkout;
use crate::setup;
use choose_folder::Folders;
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
    phone: Phone,
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
        station: Station::at(checkout, &folders.station),
        phone: Phone::at(checkout, &folders.phone),
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
