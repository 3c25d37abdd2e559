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

#[path = "figures/backup.rs"]
mod backup;
#[path = "figures/bare.rs"]
mod bare;
#[path = "figures/bare_save.rs"]
mod bare_save;
#[path = "figures/caller.rs"]
mod caller;
#[path = "figures/cases.rs"]
mod cases;
#[path = "figures/cold_start.rs"]
mod cold_start;
#[path = "figures/driven.rs"]
mod driven;
#[path = "figures/find_100k.rs"]
mod find_100k;
#[path = "figures/hand.rs"]
mod hand;
#[path = "figures/light.rs"]
mod light;
#[path = "figures/load.rs"]
mod load;
#[path = "figures/one_op.rs"]
mod one_op;
#[path = "figures/open_100k.rs"]
mod open_100k;
#[path = "figures/phone.rs"]
mod phone;
#[path = "figures/photo_derive.rs"]
mod photo_derive;
#[path = "figures/photo_rate.rs"]
mod photo_rate;
#[path = "figures/photo_time.rs"]
mod photo_time;
#[path = "figures/push_rate.rs"]
mod push_rate;
#[path = "figures/resend.rs"]
mod resend;
#[path = "figures/rsync.rs"]
mod rsync;
#[path = "figures/save_syncs.rs"]
mod save_syncs;
#[path = "figures/save_time.rs"]
mod save_time;
#[path = "figures/shift_memory.rs"]
mod shift_memory;
#[path = "figures/slow_100.rs"]
mod slow_100;
#[path = "figures/station.rs"]
mod station;
#[path = "figures/station_memory.rs"]
mod station_memory;
#[path = "figures/storm.rs"]
mod storm;
#[path = "figures/watch.rs"]
mod watch;
#[path = "figures/wire_bytes.rs"]
mod wire_bytes;

use serde::{Serialize, Serializer};

use watch::{median, spread};

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
    /// What the ratio is held to.
    pub bar: Bar,
    /// Whether it keeps to it.
    pub ok: bool,
    /// Lowest and highest ratio among the runs.
    pub spread: [f64; 2],
    /// How many runs.
    pub runs: usize,
    /// What is measured, in one sentence.
    pub means: &'static str,
    /// What has to hold beside the ratio, as a number of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
}

/// What a ratio is held to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Bar {
    /// It must not be above this: what we need over what is needed.
    AtMost(f64),
    /// It must not be below this: what we do over what can be done.
    AtLeast(f64),
}

impl Bar {
    fn holds(self, ratio: f64) -> bool {
        match self {
            Self::AtMost(bar) => ratio <= bar,
            Self::AtLeast(bar) => ratio >= bar,
        }
    }
}

impl Serialize for Bar {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::AtMost(bar) => serializer.serialize_f64(*bar),
            Self::AtLeast(bar) => serializer.collect_str(&format_args!("≥ {bar}")),
        }
    }
}

/// A number with a bar of its own beside the ratio: a share of slow cases, a count.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Limit {
    /// What it is: `p95`.
    pub name: &'static str,
    /// The number.
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
    /// It must not be above this.
    pub bar: f64,
}

impl Figure {
    /// Ours against a floor; the runs stand in both in the order in which they took turns.
    pub(crate) fn against(
        name: &'static str,
        ours: &[f64],
        floors: &[f64],
        unit: &'static str,
        bar: f64,
        means: &'static str,
    ) -> Self {
        Self::held_to(Bar::AtMost(bar), name, ours, floors, unit, means)
    }

    /// As [`Figure::against`], where more is better: what is done in a second.
    pub(crate) fn at_least(
        name: &'static str,
        ours: &[f64],
        floors: &[f64],
        unit: &'static str,
        bar: f64,
        means: &'static str,
    ) -> Self {
        Self::held_to(Bar::AtLeast(bar), name, ours, floors, unit, means)
    }

    fn held_to(
        bar: Bar,
        name: &'static str,
        ours: &[f64],
        floors: &[f64],
        unit: &'static str,
        means: &'static str,
    ) -> Self {
        let mut ratios: Vec<f64> = ours.iter().zip(floors).map(|(ours, floor)| ours / floor).collect();
        let ratio = median(&mut ratios);
        Self {
            name,
            value: median(&mut ours.to_vec()),
            unit,
            floor: median(&mut floors.to_vec()),
            ratio,
            bar,
            ok: bar.holds(ratio),
            spread: spread(&ratios),
            runs: ours.len(),
            means,
            limit: None,
        }
    }

    /// A number that has no floor but one unit: a count, bytes.
    pub(crate) fn absolute(
        name: &'static str,
        values: &[f64],
        unit: &'static str,
        bar: f64,
        means: &'static str,
    ) -> Self {
        Self::against(name, values, &vec![1.0; values.len()], unit, bar, means)
    }

    /// With a second number that has to hold too.
    pub(crate) fn with_limit(mut self, limit: Limit) -> Self {
        self.ok &= limit.value <= limit.bar;
        self.limit = Some(limit);
        self
    }
}

/// A name on the command line, and what measures it: one figure or several that share their set-up.
type Bench = (&'static str, fn() -> Vec<Figure>);

fn main() {
    let figures: &[Bench] = &[
        ("photo_derive", photo_derive::measure),
        ("save_syncs", save_syncs::measure),
        ("save_time", save_time::measure),
        ("photo_time", || vec![photo_time::measure()]),
        ("find_100k", find_100k::measure),
        ("open_100k", || vec![open_100k::measure()]),
        ("push_rate", push_rate::measure),
        ("wire_bytes", wire_bytes::measure),
        ("one_op", || vec![one_op::measure()]),
        ("slow_100", || vec![slow_100::measure()]),
        ("photo_rate", || vec![photo_rate::measure()]),
        ("resend", || vec![resend::measure()]),
        ("station_memory", || vec![station_memory::measure()]),
        ("storm", || vec![storm::measure()]),
        ("backup", || vec![backup::measure()]),
        ("cold_start", || vec![cold_start::measure()]),
        ("capture_weight", || vec![hand::capture_weight()]),
        ("shutter_saved", || vec![hand::shutter_saved()]),
        ("scroll_100k", || vec![hand::scroll_100k()]),
        ("shift_memory", || vec![shift_memory::measure()]),
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
    cases::forget();
    let json = serde_json::to_string_pretty(&measured).unwrap();
    match std::env::var_os("XUNGE_BENCH_OUT") {
        Some(path) => std::fs::write(path, json).unwrap(),
        None => println!("{json}"),
    }
}
