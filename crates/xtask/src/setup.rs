//! What a fresh machine lacks, and getting it: Node, Debian packages, the test runner, the interface's libraries.
//!
//! Nothing is installed without its reason being said, and nothing by a user who is not root without asking.

mod check_node;
mod install_nextest;
mod install_packages;

use anyhow::Result;

use crate::checkout::Checkout;
use crate::ui;
use install_packages::Purpose;

/// Everything the demo needs. The window's libraries only where there is a window to show.
pub(crate) fn for_run(checkout: &Checkout, with_window: bool) -> Result<()> {
    check_node::check(checkout)?;
    let purposes: &[Purpose] = if with_window {
        &[Purpose::Build, Purpose::Window]
    } else {
        &[Purpose::Build]
    };
    install_packages::install(checkout, purposes)?;
    ui::install(checkout)
}

/// Everything the tests need.
pub(crate) fn for_test(checkout: &Checkout) -> Result<()> {
    check_node::check(checkout)?;
    install_packages::install(checkout, &[Purpose::Build, Purpose::Window, Purpose::Test])?;
    install_nextest::install(checkout)?;
    ui::install(checkout)
}

/// Everything the pictures need.
pub(crate) fn for_pictures(checkout: &Checkout) -> Result<()> {
    check_node::check(checkout)?;
    install_packages::install(checkout, &[Purpose::Build, Purpose::Window, Purpose::Test])?;
    ui::install(checkout)
}

/// Everything the fuzz targets need.
pub(crate) fn for_fuzz(checkout: &Checkout) -> Result<()> {
    install_packages::install(checkout, &[Purpose::Build])
}

/// Everything the figures need.
pub(crate) fn for_bench(checkout: &Checkout) -> Result<()> {
    check_node::check(checkout)?;
    install_packages::install(
        checkout,
        &[Purpose::Build, Purpose::Window, Purpose::Bench, Purpose::Test],
    )
}
