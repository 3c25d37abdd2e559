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
