//! Stages that run the product.

use anyhow::Result;

use super::{Outcome, compile};
use crate::checkout::Checkout;
use crate::process::Call;
use crate::ui;

/// The package with the whole-system tests.
const ACCEPTANCE: &str = "acceptance";
/// Its test program that has a stage of its own: it needs a display.
const APART: [&str; 1] = ["window"];
/// The usual advice for WebKit without a graphics card; here they make WebDriver's screenshots hang for ever.
const HARMFUL: [&str; 2] = ["WEBKIT_DISABLE_DMABUF_RENDERER", "WEBKIT_DISABLE_COMPOSITING_MODE"];

/// Everything that needs neither browser nor window.
pub(super) fn rust(checkout: &Checkout) -> Result<Outcome> {
    ui::build_if_absent(checkout)?;
    // The runner refuses a filter that names a program that does not exist.
    let apart = APART
        .into_iter()
        .filter(|target| checkout.has_target(ACCEPTANCE, target));
    let filter: Vec<String> = apart.map(|target| format!("not binary({target})")).collect();
    let call = nextest(checkout, checkout.cargo());
    let call = if filter.is_empty() {
        call
    } else {
        call.arg("-E").arg(filter.join(" and "))
    };
    call.run()?;
    Ok(Outcome::Passed)
}

/// The examples in the documentation.
pub(super) fn examples(checkout: &Checkout) -> Result<Outcome> {
    let fences = ["/// ```", "//! ```"];
    let has_example = |text: &str| {
        text.lines()
            .any(|line| fences.iter().any(|fence| line.trim_start() == *fence))
    };
    let is_rust = |path: &str| {
        std::path::Path::new(path)
            .extension()
            .is_some_and(|ending| ending == "rs")
    };
    if !checkout
        .sources()?
        .iter()
        .any(|source| is_rust(&source.path) && has_example(&source.text))
    {
        return Ok(Outcome::Nothing("no examples to run"));
    }
    ui::build_if_absent(checkout)?;
    compile::selection(checkout.cargo().args(["test", "--doc"])).run()?;
    Ok(Outcome::Passed)
}

/// The interface in Chromium: the flows, and the pictures that say most.
pub(super) fn browser(checkout: &Checkout) -> Result<Outcome> {
    compile::programs_of_flows(checkout)?;
    ui::install(checkout)?;
    ui::build_if_changed(checkout)?;
    flows(checkout)?.run()?;
    Ok(Outcome::Passed)
}

/// The call that runs the flows (`ui/flows`) against the programs of this checkout.
pub(crate) fn flows(checkout: &Checkout) -> Result<Call> {
    let call = ui::npm(checkout)?.args(["run", "flows", "--"]);
    Ok(call.env("XUNGE_BIN_DIR", checkout.program_folder()))
}

/// The true window, on a display of its own; one at a time, as there is one keyboard focus.
pub(super) fn window(checkout: &Checkout) -> Result<Outcome> {
    if !checkout.has_target(ACCEPTANCE, "window") {
        return Ok(Outcome::Nothing("there is no test program `window`"));
    }
    ui::build_if_absent(checkout)?;
    let screen = ["-a", "-s", "-screen 0 1280x1000x24", "cargo"];
    let call = nextest(checkout, checkout.call("xvfb-run").args(screen)).args(["-j", "1", "-E", "binary(window)"]);
    HARMFUL.iter().fold(call, |call, name| call.without_env(name)).run()?;
    Ok(Outcome::Passed)
}

fn nextest(checkout: &Checkout, cargo: Call) -> Call {
    compile::selection(cargo.args(["nextest", "run"])).env("XUNGE_BIN_DIR", checkout.program_folder())
}
