//! The figures that the project holds itself to: `cargo xtask bench [name…]`.
//!
//! Each figure is a ratio against a floor that is measured in the same run, taking turns with it, because these machines
//! are shared and an absolute time says more about the neighbours than about the code.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a bench may stop at the first surprise"
)]
#![allow(
    clippy::print_stdout,
    reason = "without a file to write to, the figures go to the terminal"
)]

#[path = "figures/photo_derive.rs"]
mod photo_derive;
#[path = "figures/save_time.rs"]
mod save_time;
#[path = "figures/watch.rs"]
mod watch;

use serde::Serialize;

/// One figure as `target/bench.json` holds it.
#[derive(Debug, Serialize)]
pub(crate) struct Figure {
    /// Its name on the command line.
    pub name: &'static str,
    /// Our median.
    pub value: f64,
    /// Unit of value and floor.
    pub unit: &'static str,
    /// The floor's median, measured in the same run.
    pub floor: f64,
    /// value ÷ floor.
    pub ratio: f64,
    /// The ratio must not be above this.
    pub bar: f64,
    /// Whether it is not.
    pub ok: bool,
    /// Lowest and highest ratio among the runs.
    pub spread: [f64; 2],
    /// How many runs.
    pub runs: usize,
    /// What is measured, in one sentence.
    pub means: &'static str,
}

/// A name on the command line, and what measures it: one figure or several that share their set-up.
type Bench = (&'static str, fn() -> Vec<Figure>);

fn main() {
    let figures: &[Bench] = &[
        ("photo_derive", photo_derive::measure),
        ("save_time", || vec![save_time::measure()]),
    ];
    // Cargo hands `--bench` through.
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with("--"))
        .collect();
    let unknown: Vec<_> = wanted
        .iter()
        .filter(|name| !figures.iter().any(|(known, _)| known == name))
        .collect();
    assert!(unknown.is_empty(), "no such figure: {unknown:?}");
    let measured: Vec<Figure> = figures
        .iter()
        .filter(|(name, _)| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name))
        .flat_map(|(_, measure)| measure())
        .collect();
    let json = serde_json::to_string_pretty(&measured).unwrap();
    match std::env::var_os("XUNGE_BENCH_OUT") {
        Some(path) => std::fs::write(path, json).unwrap(),
        None => println!("{json}"),
    }
}
