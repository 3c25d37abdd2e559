//! Mapbox Vector Tile 2.1, written by hand: five kinds of message are less than a dependency.
//!
//! A tile is protobuf: layers of features with tags (indices into the layer's keys and values) and a geometry of moves in
//! whole tile units. <https://github.com/mapbox/vector-tile-spec/tree/master/2.1>

/// Units along a tile's edge.
pub const EXTENT: u32 = 4096;

/// A point in tile units: x to the right, y down.
pub type Unit = [i32; 2];

/// What a feature looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// Single points.
    Points(Vec<Unit>),
    /// Lines.
    Lines(Vec<Vec<Unit>>),
    /// Outer rings, each closed (the last point is the first) and in either direction.
    Rings(Vec<Vec<Unit>>),
}

/// One thing on the tile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feature {
    /// Names and texts.
    pub tags: Vec<(&'static str, String)>,
    /// Where.
    pub shape: Shape,
}

/// A layer's bytes, as field 3 of a tile. Nothing for a layer without features.
pub fn layer(name: &str, features: &[Feature]) -> Vec<u8> {
    if features.is_empty() {
        return Vec::new();
    }
    let mut keys: Vec<&str> = Vec::new();
    let mut values: Vec<&str> = Vec::new();
    let mut body = Vec::new();
    bytes(&mut body, 1, name.as_bytes());
    for feature in features {
        let mut tags = Vec::new();
        for (key, value) in &feature.tags {
            varint(&mut tags, index_of(&mut keys, key));
            varint(&mut tags, index_of(&mut values, value));
        }
        let mut message = Vec::new();
        bytes(&mut message, 2, &tags);
        let (kind, geometry) = geometry(&feature.shape);
        number(&mut message, 3, kind);
        bytes(&mut message, 4, &geometry);
        bytes(&mut body, 2, &message);
    }
    for key in keys {
        bytes(&mut body, 3, key.as_bytes());
    }
    for value in values {
        let mut message = Vec::new();
        bytes(&mut message, 1, value.as_bytes());
        bytes(&mut body, 4, &message);
    }
    number(&mut body, 5, u64::from(EXTENT));
    number(&mut body, 15, 2);
    let mut tile = Vec::new();
    bytes(&mut tile, 3, &body);
    tile
}

fn index_of<'a>(known: &mut Vec<&'a str>, wanted: &'a str) -> u64 {
    let found = known.iter().position(|one| *one == wanted).unwrap_or_else(|| {
        known.push(wanted);
        known.len() - 1
    });
    found as u64
}

/// The feature's type and its commands: MoveTo 1, LineTo 2, ClosePath 7, each with a count.
fn geometry(shape: &Shape) -> (u64, Vec<u8>) {
    let mut out = Vec::new();
    let mut pen = [0, 0];
    let kind = match shape {
        Shape::Points(points) => {
            command(&mut out, 1, points.len());
            points.iter().for_each(|point| step(&mut out, &mut pen, *point));
            1
        }
        Shape::Lines(lines) => {
            lines.iter().for_each(|line| draw(&mut out, &mut pen, line));
            2
        }
        Shape::Rings(rings) => {
            for ring in rings {
                let open = ring.split_last().map_or(&[][..], |(_, open)| open);
                let turned: Vec<Unit> = if is_clockwise(ring) {
                    open.to_vec()
                } else {
                    open.iter().rev().copied().collect()
                };
                draw(&mut out, &mut pen, &turned);
                command(&mut out, 7, 1);
            }
            3
        }
    };
    (kind, out)
}

/// An outer ring has to run clockwise as seen on the screen, y down (§4.3.3.3).
fn is_clockwise(ring: &[Unit]) -> bool {
    twice_the_area(ring) > 0
}

/// Twice a closed ring's area, above zero when it runs clockwise with y down.
pub fn twice_the_area(ring: &[Unit]) -> i64 {
    ring.windows(2)
        .filter_map(|pair| match pair {
            [[x0, y0], [x1, y1]] => Some(i64::from(*x0) * i64::from(*y1) - i64::from(*x1) * i64::from(*y0)),
            _ => None,
        })
        .sum()
}

fn draw(out: &mut Vec<u8>, pen: &mut Unit, line: &[Unit]) {
    let Some((first, rest)) = line.split_first() else {
        return;
    };
    command(out, 1, 1);
    step(out, pen, *first);
    command(out, 2, rest.len());
    rest.iter().for_each(|point| step(out, pen, *point));
}

fn command(out: &mut Vec<u8>, id: u64, count: usize) {
    varint(out, id | (count as u64) << 3);
}

fn step(out: &mut Vec<u8>, pen: &mut Unit, to: Unit) {
    let ([x0, y0], [x1, y1]) = (*pen, to);
    varint(out, zigzag(x1 - x0));
    varint(out, zigzag(y1 - y0));
    *pen = to;
}

fn zigzag(value: i32) -> u64 {
    u64::from(((value << 1) ^ (value >> 31)).cast_unsigned())
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn number(out: &mut Vec<u8>, field: u64, value: u64) {
    varint(out, field << 3);
    varint(out, value);
}

fn bytes(out: &mut Vec<u8>, field: u64, value: &[u8]) {
    varint(out, field << 3 | 2);
    varint(out, value.len() as u64);
    out.extend_from_slice(value);
}
