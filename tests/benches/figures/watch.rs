//! Measuring: the one place of the benches that reads a clock.

use std::time::Instant;

/// How long `work` took, in milliseconds.
#[allow(
    clippy::disallowed_methods,
    reason = "a bench measures elapsed time; nothing is decided by it"
)]
pub(crate) fn millis<T>(work: impl FnOnce() -> T) -> f64 {
    let begun = Instant::now();
    std::hint::black_box(work());
    begun.elapsed().as_secs_f64() * 1000.0
}

/// The middle value; the mean of the two middle ones for an even count.
pub(crate) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 {
        values[middle]
    } else {
        f64::midpoint(values[middle - 1], values[middle])
    }
}

/// The value that 95 of 100 do not exceed.
pub(crate) fn p95(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[(values.len() * 95).div_ceil(100) - 1]
}

/// Lowest and highest.
pub(crate) fn spread(values: &[f64]) -> [f64; 2] {
    [
        values.iter().copied().fold(f64::MAX, f64::min),
        values.iter().copied().fold(0.0, f64::max),
    ]
}

/// Time that goes on while other things happen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    #[allow(
        clippy::disallowed_methods,
        reason = "a bench measures elapsed time; nothing is decided by it"
    )]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// Milliseconds so far.
    pub(crate) fn millis(self) -> f64 {
        self.0.elapsed().as_secs_f64() * 1000.0
    }
}

/// The full size, or the small one where the whole is only to be seen running (`XUNGE_BENCH_SMALL`); its figures say nothing.
pub(crate) fn sized<T>(full: T, small: T) -> T {
    if std::env::var_os("XUNGE_BENCH_SMALL").is_some() {
        small
    } else {
        full
    }
}

/// A count as a number to reckon with.
#[allow(clippy::cast_precision_loss, reason = "counts far below 2^53")]
pub(crate) fn count<T: TryInto<u64>>(count: T) -> f64 {
    count.try_into().unwrap_or(u64::MAX) as f64
}
