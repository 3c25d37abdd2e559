//! Grids that divide a rectangle: every point is in exactly one of them, on shared edges and corners too.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

use patrol_domain::grid::Outline;
use patrol_domain::{Grid, GridCode, Grids, Wgs84};
use proptest::prelude::*;

/// South-western corner of the rectangle, in 1e-7 degrees: the grid of the first work plan, in Luhe.
const WEST: i64 = 1_188_400_000;
const SOUTH: i64 = 323_400_000;
const COLUMNS: usize = 5;
const ROWS: usize = 4;
/// Side of a cell before its corners are moved; a corner moves by less than half of it.
const SIDE: i64 = 20;

/// How the cells of the rectangle are cut and walked.
#[derive(Debug, Clone)]
struct Cut {
    /// How far each inner corner is moved.
    moved: Vec<(i64, i64)>,
    /// Per cell: 0 whole, 1 and 2 halved along a diagonal, 3 and 4 a block cut out of the middle that is a cell too.
    kinds: Vec<u8>,
    /// Per cell: first point, direction.
    walks: Vec<(usize, bool)>,
    /// Whether the edges between the rows have a knee in their middle: cells become concave.
    knees: Vec<i64>,
}

fn cuts() -> impl Strategy<Value = Cut> {
    let cells = COLUMNS * ROWS;
    (
        prop::collection::vec((-4..=4i64, -4..=4i64), (COLUMNS + 1) * (ROWS + 1)),
        prop::collection::vec(0..5u8, cells),
        prop::collection::vec((0..8usize, any::<bool>()), cells),
        prop::collection::vec(-3..=3i64, COLUMNS * (ROWS + 1)),
    )
        .prop_map(|(moved, kinds, walks, knees)| Cut {
            moved,
            kinds,
            walks,
            knees,
        })
}

type Corner = [i64; 2];

impl Cut {
    fn corner(&self, column: usize, row: usize) -> Corner {
        let straight = [WEST + SIDE * column as i64, SOUTH + SIDE * row as i64];
        if column == 0 || row == 0 || column == COLUMNS || row == ROWS {
            return straight;
        }
        let (x, y) = self.moved[row * (COLUMNS + 1) + column];
        [straight[0] + x, straight[1] + y]
    }

    /// The point that the edge from this corner to the next in the east passes, if it is not straight.
    fn knee(&self, column: usize, row: usize) -> Option<Corner> {
        if row == 0 || row == ROWS {
            return None;
        }
        let (a, b) = (self.corner(column, row), self.corner(column + 1, row));
        let bent = self.knees[row * COLUMNS + column];
        (bent != 0).then(|| [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2 + bent])
    }

    /// The rings of the grids into which a cell is cut; each ring open, counter-clockwise.
    fn pieces(&self, column: usize, row: usize) -> Vec<Vec<Vec<Corner>>> {
        let (sw, se) = (self.corner(column, row), self.corner(column + 1, row));
        let (nw, ne) = (self.corner(column, row + 1), self.corner(column + 1, row + 1));
        let south = self.knee(column, row);
        let north = self.knee(column, row + 1);
        let ring = |points: &[Option<Corner>]| points.iter().copied().flatten().collect::<Vec<_>>();
        let whole = ring(&[Some(sw), south, Some(se), Some(ne), north, Some(nw)]);
        let middle = [(sw[0] + se[0] + ne[0] + nw[0]) / 4, (sw[1] + se[1] + ne[1] + nw[1]) / 4];
        match self.kinds[row * COLUMNS + column] {
            1 => vec![
                vec![ring(&[Some(sw), south, Some(se), Some(middle)])],
                vec![ring(&[Some(se), Some(ne), north, Some(nw), Some(sw), Some(middle)])],
            ],
            2 => vec![
                vec![ring(&[Some(middle), Some(ne), north, Some(nw)])],
                vec![ring(&[Some(middle), Some(nw), Some(sw), south, Some(se), Some(ne)])],
            ],
            3 => with_block(whole, [[-2, -2], [2, -2], [2, 2], [-2, 2]], middle),
            4 => with_block(whole, [[-2, -1], [2, -2], [0, 0], [1, 2]], middle),
            _ => vec![vec![whole]],
        }
    }

    fn grids(&self) -> Vec<Grid> {
        let mut grids = Vec::new();
        for column in 0..COLUMNS {
            for row in 0..ROWS {
                let (start, backwards) = self.walks[row * COLUMNS + column];
                for rings in self.pieces(column, row) {
                    let rings: Vec<_> = rings.into_iter().map(|ring| walked(ring, start, backwards)).collect();
                    let code: GridCode = format!("320116006009{:03}", grids.len() + 1).parse().unwrap();
                    grids.push(Grid {
                        code,
                        outline: Outline::try_from(rings).unwrap(),
                    });
                }
            }
        }
        grids
    }
}

/// A cell with a hole, and the block that fills it.
fn with_block(whole: Vec<Corner>, block: [Corner; 4], middle: Corner) -> Vec<Vec<Vec<Corner>>> {
    let block: Vec<_> = block.iter().map(|[x, y]| [middle[0] + x, middle[1] + y]).collect();
    vec![vec![whole, block.clone()], vec![block]]
}

fn walked(mut ring: Vec<Corner>, start: usize, backwards: bool) -> Vec<Corner> {
    let steps = start % ring.len();
    ring.rotate_left(steps);
    if backwards {
        ring.reverse();
    }
    ring.push(ring[0]);
    ring
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_point_of_the_rectangle_is_in_exactly_one_grid(cut in cuts()) {
        let grids = Grids::new(cut.grids()).unwrap();
        let (width, height) = (SIDE * COLUMNS as i64, SIDE * ROWS as i64);
        for x in -1..=width {
            for y in -1..=height {
                let point = Wgs84::from_e7(SOUTH + y, WEST + x).unwrap();
                let holders = grids.iter().filter(|grid| grid.contains(point)).count();
                let in_rectangle = (0..width).contains(&x) && (0..height).contains(&y);
                prop_assert_eq!(holders, usize::from(in_rectangle), "{} {}", x, y);
            }
        }
    }

    #[test]
    fn the_nearest_grid_is_the_one_that_a_search_through_all_finds(
        cut in cuts(), x in -3_000..3_000i64, y in -3_000..3_000i64,
    ) {
        let grids = Grids::new(cut.grids()).unwrap();
        let point = Wgs84::from_e7(SOUTH + y, WEST + x).unwrap();
        let nearest = grids.nearest(point).unwrap();
        let alone = |grid: &Grid| Grids::new(vec![grid.clone()]).unwrap().nearest(point).unwrap().metres;
        let least = grids.iter().map(alone).fold(f64::MAX, f64::min);
        prop_assert_eq!(nearest.metres, least);
        prop_assert_eq!(grids.find(point).is_some(), nearest.metres == 0.0 && nearest.grid.contains(point));
    }
}
