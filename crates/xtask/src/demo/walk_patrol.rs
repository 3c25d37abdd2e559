//! A scripted patrol: two officers on one phone and one on another, recorded offline, one phone killed in the middle,
//! carried to the station over a bad line, and both sides' exports verified.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::{BadLine, Scene};
use crate::process::Call;

/// Number and name; all invented.
const FIRST: (&str, &str) = ("0417", "林晓");
const SECOND: (&str, &str) = ("0533", "周正");
const THIRD: (&str, &str) = ("0628", "许安");

/// Walks it. `and_end`: stops the station afterwards; otherwise it stays until Ctrl-C. An error when station and phones do
/// not hold exactly the same.
pub(super) fn walk(scene: &Scene, and_end: bool) -> Result<()> {
    let Scene {
        station,
        line,
        phone: _,
        shared,
        second,
        verify: _,
        exports: _,
    } = scene;

    println!(
        "\nIn the morning, at the station: phone A for {} and {}, phone B for {}.",
        FIRST.1, SECOND.1, THIRD.1
    );
    {
        let serving = station.serve()?;
        let _line = line.lead(serving.host())?;
        let url = BadLine::url();
        if !shared.is_enrolled()? {
            shared.enrol(&station.enrol_code(FIRST, Some(&url))?)?;
            shared.sign_in(&station.enrol_code(SECOND, Some(&url))?)?;
        }
        if !second.is_enrolled()? {
            second.enrol(&station.enrol_code(THIRD, Some(&url))?)?;
        }
        serving.stop();
    }

    println!("\nOn patrol. The station is off; there is no network.");
    shared.hand_to(FIRST.0)?;
    shared.record(4)?;
    second.record_and_be_killed(3)?;
    shared.hand_to(SECOND.0)?;
    shared.record(4)?;
    second.record(3)?;

    println!("\nBack, over a bad line: {}.", BadLine::describe());
    let serving = station.serve()?;
    {
        let _line = line.lead(serving.host())?;
        // Both at once; B is killed once more while it sends.
        std::thread::scope(|scope| {
            let a = scope.spawn(|| shared.sync(None));
            let b = scope.spawn(|| second.sync(Some(4)));
            let joined = [a.join(), b.join()];
            for outcome in joined {
                outcome.map_err(|_| anyhow::anyhow!("a phone's thread ended badly"))??;
            }
            anyhow::Ok(())
        })?;
        shared.audit()?;
        second.audit()?;
    }

    println!("\nWhat each side holds, in files that anybody can check.");
    export_and_verify(scene)?;
    println!("The station's page: {}", serving.address);
    if and_end {
        serving.stop();
        return Ok(());
    }
    println!("\nThe station goes on until Ctrl-C; the data stays for the next start.");
    serving.wait()
}

/// Three exports; each must be sound, and the station's must hold exactly what the phones' hold.
fn export_and_verify(scene: &Scene) -> Result<()> {
    let folder = &scene.exports;
    if folder.exists() {
        std::fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let file = |name: &str| -> PathBuf { folder.join(name) };
    let (station, shared, second) = (file("station.tar"), file("phone-a.tar"), file("phone-b.tar"));
    scene.shared.export(&shared)?;
    scene.second.export(&second)?;
    scene
        .station
        .export(&[scene.shared.log()?, scene.second.log()?], &station)?;
    Call::new(&scene.verify)
        .args([&shared, &second])
        .arg("--equal")
        .arg(&station)
        .run()
}
