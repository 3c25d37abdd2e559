//! `cargo xtask make-map`: the invented district's map files anew, from the plan in the test kit.
//!
//! The plan lives there and not here because it writes SQLite, which this program does without.

use anyhow::Result;

use crate::checkout::Checkout;

/// Where they are kept, from the root.
const ASSETS: &str = "assets";

/// Writes them.
pub(crate) fn run(checkout: &Checkout) -> Result<()> {
    let program = ["run", "--quiet", "--package", "patrol-testkit", "--bin", "make-map"];
    checkout.cargo().args(program).args(["--", ASSETS]).run()
}
