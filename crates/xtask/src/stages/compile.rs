//! Building once for all stages.
//!
//! Cargo unites features over the packages of one call. A call for three packages and a call for the workspace would
//! build the big libraries twice; so every stage selects the same: the whole workspace, its test targets, one feature.

use anyhow::Result;

use super::Outcome;
use crate::checkout::{Checkout, WINDOW_FEATURE};
use crate::process::Call;
use crate::ui;

/// Selects what every stage selects.
pub(super) fn selection(call: Call) -> Call {
    call.args(["--workspace", "--features", WINDOW_FEATURE])
}

/// All programs, and the test programs with them.
pub(super) fn build(checkout: &Checkout) -> Result<Outcome> {
    ui::build_if_absent(checkout)?;
    selection(checkout.cargo().arg("build")).arg("--all-targets").run()?;
    Ok(Outcome::Passed)
}

/// What the flows start: built with everything else, as the other stages build it.
pub(crate) fn programs_of_flows(checkout: &Checkout) -> Result<()> {
    ui::build_if_absent(checkout)?;
    selection(checkout.cargo().arg("build")).arg("--bins").run()
}
