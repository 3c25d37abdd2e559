//! The shift from WGS-84 to GCJ-02 and its inverse, in degrees.
//!
//! The shift is the one that every open program uses (`eviltransform`, `coordtransform`); its law is not published, the
//! formula came out in 2010 and agrees with the maps. It is made for China only, and the usual test for "outside" is a
//! box, [`SOUTH`] to [`EAST`]: a border line would be more exact but is itself a map that needs approval (测绘法 38).
//! Of the two boxes in use we take the wide one; the narrow one (73.66–135.05° E) cuts off the Pamir and the river
//! island at Fuyuan. The box also holds Korea and other neighbours, where the shift is as wrong as in every such
//! program; and Hong Kong, Macau and Taiwan, where map services differ among themselves: before a map is shown there,
//! ask the service. Stored points are WGS-84 everywhere, so none of this can spoil a record.
//!
//! At the box's edge the published formula jumps from some 500 m to nothing. Then two points fall on one, others have
//! no origin, and no inverse can exist. So within [`STRIP`] of the edge the shift fades to zero: all of China lies
//! further inside and has the published values to the last digit, and the way there and back holds on the whole globe.

use std::f64::consts::PI;

/// Half the longer axis of the Krasovsky 1940 ellipsoid, in metres.
const A: f64 = 6_378_245.0;
/// Its first eccentricity, squared.
const EE: f64 = 0.006_693_421_622_965_943;

/// Edges of the box in degrees.
const SOUTH: f64 = 0.8293;
const NORTH: f64 = 55.8271;
const WEST: f64 = 72.004;
const EAST: f64 = 137.8347;
/// How far from the edge the shift has its full size, in degrees. Ten times the largest shift in the box (0.0107°),
/// so that the fading is gentle enough for the iteration of [`inverse`]; China is at least 1.4° away from any edge.
const STRIP: f64 = 0.1;

/// When a round of [`inverse`] moves less than this, it is done: 1e-10 degree is a hundredth of a millimetre.
const CLOSE_ENOUGH: f64 = 1e-10;
/// The shift changes by less than a fifth of the way walked, so each round gains a factor of five or more (in China
/// two hundred); 680 m become a hundredth of a millimetre in twelve rounds at worst.
const ROUNDS: usize = 30;

/// WGS-84 to GCJ-02.
pub(super) fn forward(lat: f64, lon: f64) -> (f64, f64) {
    let (north, east) = shift(lat, lon);
    (lat + north, lon + east)
}

/// GCJ-02 to WGS-84, by iteration: a point minus the shift at the last guess. One step alone errs by up to 4 m.
pub(super) fn inverse(lat: f64, lon: f64) -> (f64, f64) {
    let mut guess = (lat, lon);
    for _ in 0..ROUNDS {
        let (north, east) = shift(guess.0, guess.1);
        let better = (lat - north, lon - east);
        let moved = (better.0 - guess.0).abs().max((better.1 - guess.1).abs());
        guess = better;
        if moved < CLOSE_ENOUGH {
            break;
        }
    }
    guess
}

/// How far GCJ-02 lies north and east of WGS-84, in degrees.
fn shift(lat: f64, lon: f64) -> (f64, f64) {
    let inside = (lat - SOUTH).min(NORTH - lat).min(lon - WEST).min(EAST - lon);
    if inside <= 0.0 {
        return (0.0, 0.0);
    }
    let weight = (inside / STRIP).min(1.0);
    let (north, east) = shift_in_metres(lon - 105.0, lat - 35.0);
    let radians = lat.to_radians();
    let magic = 1.0 - EE * radians.sin().powi(2);
    let along_meridian = A * (1.0 - EE) / (magic * magic.sqrt());
    let along_parallel = A / magic.sqrt() * radians.cos();
    (
        weight * (north / along_meridian).to_degrees(),
        weight * (east / along_parallel).to_degrees(),
    )
}

/// The published polynomial and waves; `x` and `y` are degrees east and north of 105° E 35° N.
fn shift_in_metres(x: f64, y: f64) -> (f64, f64) {
    let wave = |amplitude: f64, turns: f64| amplitude * (turns * PI).sin();
    let ripple = wave(20.0, 6.0 * x) + wave(20.0, 2.0 * x);
    let north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * x.abs().sqrt();
    let east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * x.abs().sqrt();
    let north_waves = wave(20.0, y) + wave(40.0, y / 3.0) + wave(160.0, y / 12.0) + wave(320.0, y / 30.0);
    let east_waves = wave(20.0, x) + wave(40.0, x / 3.0) + wave(150.0, x / 12.0) + wave(300.0, x / 30.0);
    (
        north + (ripple + north_waves) * 2.0 / 3.0,
        east + (ripple + east_waves) * 2.0 / 3.0,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shift_fades_to_nothing_at_the_edge_and_is_whole_behind_the_strip() {
        let lat = 30.0;
        assert_eq!(shift(lat, EAST), (0.0, 0.0));
        let at = |lon: f64| shift(lat, lon).1;
        let whole = at(EAST - STRIP);
        assert!((at(EAST - STRIP / 2.0) / whole - 0.5).abs() < 0.05);
        assert!(at(EAST - 1e-6).abs() < 1e-6);
    }

    #[test]
    fn the_four_ends_of_china_are_behind_the_strip() {
        // Pamir, Fuyuan, Zengmu reef, Mohe.
        for (lat, lon) in [(39.2, 73.49), (48.4, 135.09), (3.8, 112.3), (53.57, 123.3)] {
            let inside = (lat - SOUTH).min(NORTH - lat).min(lon - WEST).min(EAST - lon);
            assert!(inside > 1.4, "{lat} {lon}");
        }
    }

    #[test]
    fn the_cusp_at_105_degrees_does_not_hinder_the_inverse() {
        for lon in [105.0, 105.0 + 1e-12, 105.0 - 1e-9, 105.002] {
            let (lat_gcj, lon_gcj) = forward(30.0, lon);
            let (lat, back) = inverse(lat_gcj, lon_gcj);
            assert!((lat - 30.0).abs() < 1e-9 && (back - lon).abs() < 1e-9, "{lon}");
        }
    }
}
