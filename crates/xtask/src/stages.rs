//! `cargo xtask test`: the stages in their order, each run whatever became of the one before, and a table at the end.
//!
//! It does not stop at the first failure: somebody who comes back to a long run wants the whole list.

mod check;
pub(crate) mod compile;
pub(crate) mod prove;

use std::time::Duration;

use anyhow::{Result, bail};

use crate::checkout::Checkout;
use crate::clock::StopWatch;
use crate::process::interrupted;
use crate::{fuzz, setup, tidy};

/// How a stage that did not fail ended.
pub(crate) enum Outcome {
    /// It was run and all is well.
    Passed,
    /// There was nothing to run, and why.
    Nothing(&'static str),
}

struct Stage {
    name: &'static str,
    what: &'static str,
    run: fn(&Checkout) -> Result<Outcome>,
}

/// In order. The interface comes before everything that compiles the window: it is built into that program.
const STAGES: &[Stage] = &[
    Stage {
        name: "setup",
        what: "what this machine lacks",
        run: |checkout| setup::for_test(checkout).map(|()| Outcome::Passed),
    },
    Stage {
        name: "format",
        what: "rustfmt",
        run: check::format,
    },
    Stage {
        name: "tidy",
        what: "arrows, generated files, stray notes",
        run: |checkout| tidy::run(checkout).map(|()| Outcome::Passed),
    },
    Stage {
        name: "ui",
        what: "types, lint, unit tests and build of the interface",
        run: check::interface,
    },
    Stage {
        name: "clippy",
        what: "lints of all Rust targets",
        run: check::clippy,
    },
    Stage {
        name: "build",
        what: "programs and test programs",
        run: compile::build,
    },
    Stage {
        name: "rust",
        what: "unit, property, fault and whole-system tests",
        run: prove::rust,
    },
    Stage {
        name: "doctest",
        what: "examples in the documentation",
        run: prove::examples,
    },
    Stage {
        name: "fuzz",
        what: "made-up bytes for whatever reads bytes from elsewhere",
        run: fuzz::shortly,
    },
    Stage {
        name: "rustdoc",
        what: "the documentation builds without a warning",
        run: check::documentation,
    },
    Stage {
        name: "browser",
        what: "the interface in Chromium against the true core",
        run: prove::browser,
    },
    Stage {
        name: "window",
        what: "the true window",
        run: prove::window,
    },
];

/// Runs the named stages, or all. An error when one fails.
pub(crate) fn run(checkout: &Checkout, names: &[String]) -> Result<()> {
    let stages = choose(names)?;
    let whole = StopWatch::start();
    let mut lines = Vec::new();
    for (number, stage) in stages.iter().enumerate() {
        println!("\n=== {} ({}/{}): {}", stage.name, number + 1, stages.len(), stage.what);
        let watch = StopWatch::start();
        let outcome = (stage.run)(checkout);
        if interrupted() {
            bail!("stopped");
        }
        if let Err(error) = &outcome {
            println!("=== {} FAILED: {error:#}", stage.name);
        }
        lines.push(Line {
            name: stage.name,
            outcome,
            taken: watch.elapsed(),
        });
    }
    report(&lines, whole.elapsed())
}

struct Line {
    name: &'static str,
    outcome: Result<Outcome>,
    taken: Duration,
}

fn choose(names: &[String]) -> Result<Vec<&'static Stage>> {
    let known: Vec<&str> = STAGES.iter().map(|stage| stage.name).collect();
    if let Some(unknown) = names.iter().find(|name| !known.contains(&name.as_str())) {
        bail!("there is no stage `{unknown}`; there are: {}", known.join(" "));
    }
    Ok(STAGES
        .iter()
        .filter(|stage| names.is_empty() || names.iter().any(|name| name == stage.name))
        .collect())
}

fn report(lines: &[Line], whole: Duration) -> Result<()> {
    println!("\n{:<10} {:>8}", "stage", "seconds");
    for line in lines {
        let verdict = match &line.outcome {
            Ok(Outcome::Passed) => "passed".to_owned(),
            Ok(Outcome::Nothing(why)) => format!("passed: {why}"),
            Err(error) => format!("FAILED: {error:#}"),
        };
        println!("{:<10} {:>8.1}  {verdict}", line.name, line.taken.as_secs_f64());
    }
    println!("{:<10} {:>8.1}", "total", whole.as_secs_f64());
    let failed = lines.iter().filter(|line| line.outcome.is_err()).count();
    println!("\n{} passed, {failed} failed", lines.len() - failed);
    if failed > 0 {
        bail!("{failed} of {} stages failed", lines.len());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_stages_run_in_their_own_order_and_unknown_ones_are_refused() {
        let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let chosen: Vec<_> = choose(&names(&["rust", "format"]))
            .unwrap()
            .iter()
            .map(|stage| stage.name)
            .collect();
        assert_eq!(chosen, ["format", "rust"]);
        assert_eq!(choose(&[]).unwrap().len(), STAGES.len());
        assert!(choose(&names(&["rusty"])).is_err());
    }

    #[test]
    fn one_failure_fails_the_whole() {
        let line = |outcome| Line {
            name: "format",
            outcome,
            taken: Duration::from_secs(1),
        };
        let fine = [line(Ok(Outcome::Passed)), line(Ok(Outcome::Nothing("no such target")))];
        report(&fine, Duration::from_secs(2)).unwrap();
        let broken = [line(Ok(Outcome::Passed)), line(Err(anyhow::anyhow!("not formatted")))];
        assert!(report(&broken, Duration::from_secs(2)).is_err());
    }
}
