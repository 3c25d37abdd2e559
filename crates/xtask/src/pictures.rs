//! `cargo xtask pictures`: every screen in both languages, every light and every size, with a contact sheet for each set.
//!
//! People look at them; what a machine can see (overflow, a missing translation, contrast, size of targets) fails the task.

use anyhow::{Context, Result};

use crate::checkout::Checkout;
use crate::stages::{compile, prove};
use crate::{setup, ui};

/// Takes them all into `pictures` of the target folder.
pub(crate) fn take(checkout: &Checkout) -> Result<()> {
    setup::for_pictures(checkout)?;
    compile::programs_of_flows(checkout)?;
    ui::build_if_changed(checkout)?;
    let folder = checkout.target_folder().join("pictures");
    // Yesterday's pictures of a screen that is gone would look as if it were still there.
    if folder.exists() {
        std::fs::remove_dir_all(&folder).with_context(|| format!("cannot clear {}", folder.display()))?;
    }
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    println!("The pictures and their contact sheets go to {}.", folder.display());
    prove::flows(checkout)?
        .arg("pictures")
        .env("XUNGE_PICTURES", &folder)
        .run()
}
