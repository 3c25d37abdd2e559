//! The plan's plane in metres, and the two ways out of it: degrees (WGS-84) and the square of web maps.

/// Metres east and north of the plan's origin.
pub type Metres = [f64; 2];

/// The origin: 32.3372 N, 118.8330 E.
pub const ORIGIN: [f64; 2] = [118.833, 32.3372];
/// Metres in a degree at the origin (GRS 80: 111,132.954 − 559.822 cos 2φ …, rounded to whole metres).
const METRES_PER_DEGREE: [f64; 2] = [94_125.0, 110_893.0];

/// Longitude and latitude in degrees, to 1e-7.
pub fn degrees([east, north]: Metres) -> [f64; 2] {
    let [lon, lat] = ORIGIN;
    let [per_lon, per_lat] = METRES_PER_DEGREE;
    let rounded = |degrees: f64| (degrees * 1e7).round() / 1e7;
    [rounded(lon + east / per_lon), rounded(lat + north / per_lat)]
}

/// Metres from degrees.
pub fn metres([lon, lat]: [f64; 2]) -> Metres {
    let [lon_0, lat_0] = ORIGIN;
    let [per_lon, per_lat] = METRES_PER_DEGREE;
    [(lon - lon_0) * per_lon, (lat - lat_0) * per_lat]
}

/// The square of web maps (EPSG:3857 scaled to 0–1): x from west to east, y from north to south.
pub fn square([lon, lat]: [f64; 2]) -> [f64; 2] {
    let sine = lat.to_radians().sin();
    let y = 0.5 - ((1.0 + sine) / (1.0 - sine)).ln() / (4.0 * std::f64::consts::PI);
    [lon / 360.0 + 0.5, y]
}

/// How far a point lies from a line of points.
pub fn distance(point: Metres, line: &[Metres]) -> f64 {
    line.windows(2)
        .filter_map(|pair| match pair {
            [from, to] => Some(to_segment(point, *from, *to)),
            _ => None,
        })
        .fold(f64::INFINITY, f64::min)
}

fn to_segment([x, y]: Metres, [x0, y0]: Metres, [x1, y1]: Metres) -> f64 {
    let (dx, dy) = (x1 - x0, y1 - y0);
    let along = (((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
    (x - x0 - along * dx).hypot(y - y0 - along * dy)
}

/// Whether a point lies in a closed ring.
pub fn is_inside([x, y]: Metres, ring: &[Metres]) -> bool {
    ring.windows(2)
        .filter(|pair| match pair {
            [[x0, y0], [x1, y1]] => (*y0 > y) != (*y1 > y) && x < (x1 - x0) * (y - y0) / (y1 - y0) + x0,
            _ => false,
        })
        .count()
        % 2
        == 1
}
