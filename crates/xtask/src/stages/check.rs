//! Stages that read without running the product.

use anyhow::Result;

use super::{Outcome, compile};
use crate::checkout::Checkout;
use crate::ui;

/// rustfmt has nothing to change. The fuzz targets are a workspace of their own.
pub(super) fn format(checkout: &Checkout) -> Result<Outcome> {
    checkout.cargo().args(["fmt", "--all", "--check"]).run()?;
    let fuzz = ["fmt", "--check", "--manifest-path", crate::fuzz::MANIFEST];
    checkout.cargo().args(fuzz).run()?;
    Ok(Outcome::Passed)
}

/// The interface: types, lint, unit tests, build.
pub(super) fn interface(checkout: &Checkout) -> Result<Outcome> {
    ui::install(checkout)?;
    ui::npm(checkout)?.args(["run", "check"]).run()?;
    ui::npm(checkout)?.args(["run", "lint", "--if-present"]).run()?;
    ui::npm(checkout)?.arg("test").run()?;
    ui::build(checkout)?;
    Ok(Outcome::Passed)
}

/// No warning in any target.
pub(super) fn clippy(checkout: &Checkout) -> Result<Outcome> {
    ui::build_if_absent(checkout)?;
    compile::selection(checkout.cargo().arg("clippy"))
        .args(["--all-targets", "--", "-D", "warnings"])
        .run()?;
    Ok(Outcome::Passed)
}

/// The documentation builds without a warning (a dead link is one).
pub(super) fn documentation(checkout: &Checkout) -> Result<Outcome> {
    ui::build_if_absent(checkout)?;
    compile::selection(checkout.cargo().args(["doc", "--no-deps"]))
        .env("RUSTDOCFLAGS", "-D warnings")
        .run()?;
    Ok(Outcome::Passed)
}
