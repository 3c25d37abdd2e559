//! A scripted patrol: recorded offline, carried to the station, then both sides compared.

use anyhow::{Result, bail};

use super::{Scene, compare};

/// Walks it. `and_end`: stops the station afterwards; otherwise it stays until Ctrl-C. An error when the station does
/// not hold exactly what the phone holds.
pub(super) fn walk(scene: &Scene, and_end: bool) -> Result<()> {
    println!();
    println!("On patrol. The station is off; there is no network.");
    scene.phone.record()?;

    println!();
    println!("Back at the station.");
    let serving = scene.station.serve()?;
    if !scene.phone.is_enrolled()? {
        scene.phone.enrol(&scene.station.enrol_code()?)?;
    }
    scene.phone.sync()?;
    println!();
    scene.phone.show_status()?;
    println!("The station's page: {}", serving.address);

    println!();
    let phone = scene.phone.digest()?;
    let head = compare::Head::read(&phone)?;
    let station = scene.station.digest(&head.log)?;
    let differences = compare::differences(&phone, &station);
    if !differences.is_empty() {
        println!("NOT equal. Lines only on the phone (-) and only at the station (+):");
        for line in &differences {
            println!("{line}");
        }
        bail!(
            "the station does not hold what the phone holds ({} lines differ)",
            differences.len()
        );
    }
    println!(
        "equal: log {}, {} ops, {} photos",
        head.log,
        head.ops,
        compare::count_photos(&phone)
    );
    if and_end {
        serving.stop();
        return Ok(());
    }
    println!();
    println!(
        "The station goes on at {} until Ctrl-C; the data stays for the next start.",
        serving.address
    );
    serving.wait()
}
