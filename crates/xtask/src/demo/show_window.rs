//! The station in the background, the officer's window in front.

use anyhow::{Result, bail};

use super::Scene;
use crate::checkout::Checkout;
use crate::process::Call;

/// The window's officer; invented.
const OFFICER: (&str, &str) = ("0417", "林晓");

/// Shows the window until it is closed; then stops the station.
pub(super) fn show(checkout: &Checkout, scene: &Scene) -> Result<()> {
    let serving = scene.station.serve()?;
    let mut call = Call::new(checkout.program("xunge"))
        .env("XUNGE_DATA_DIR", scene.phone.data())
        .env("XUNGE_DEMO_PHOTOS", scene.phone.photos());
    if !scene.phone.is_enrolled()? {
        call = call.env("XUNGE_ENROL_CODE", scene.station.enrol_code(OFFICER, None)?);
    }
    let mut window = call.start()?;
    println!();
    println!("The station's page: {}", serving.address);
    println!("The officer's phone is the window. Close it to stop both; the data stays for the next start.");
    let status = window.wait()?;
    serving.stop();
    if !status.success() && !crate::process::interrupted() {
        bail!("the window ended with {status}");
    }
    Ok(())
}
