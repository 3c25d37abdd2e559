//! Builds what the demo runs: the interface and the programs.

use anyhow::Result;

use crate::checkout::{Checkout, WINDOW_FEATURE};
use crate::ui;

/// The window only where it can be shown: everything else builds without its libraries.
pub(super) fn build(checkout: &Checkout, with_window: bool) -> Result<()> {
    ui::build_if_changed(checkout)?;
    let call = checkout
        .cargo()
        .args([
            "build",
            "-p",
            "patrol-station",
            "-p",
            "patrol-headless",
            "-p",
            "patrol-verify",
        ])
        .args(["-p", "patrol-testkit", "--bins"]);
    let call = if with_window {
        call.args(["-p", "xunge", "--features", WINDOW_FEATURE])
    } else {
        call
    };
    call.run()
}
