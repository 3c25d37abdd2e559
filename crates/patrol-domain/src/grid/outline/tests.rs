//! Outlines: what is refused, what is written, and what lies inside.

use geo::Contains;
use proptest::prelude::*;

use super::*;

fn outline(rings: &[&[[i64; 2]]]) -> Result<Outline, OutlineError> {
    rings.iter().map(|ring| ring.to_vec()).collect::<Vec<_>>().try_into()
}

fn at(x: i64, y: i64) -> Wgs84 {
    Wgs84::from_e7(y, x).unwrap()
}

/// A U, open to the north.
const U: &[[i64; 2]] = &[
    [0, 0],
    [30, 0],
    [30, 30],
    [20, 30],
    [20, 10],
    [10, 10],
    [10, 30],
    [0, 30],
    [0, 0],
];
const SQUARE: &[[i64; 2]] = &[[0, 0], [30, 0], [30, 30], [0, 30], [0, 0]];
const HOLE: &[[i64; 2]] = &[[10, 10], [20, 10], [20, 20], [10, 20], [10, 10]];

#[test]
fn each_refusal_has_its_reason() {
    use OutlineError::*;
    let bow: &[[i64; 2]] = &[[0, 0], [10, 10], [10, 0], [0, 10], [0, 0]];
    let touching: &[[i64; 2]] = &[[0, 0], [10, 0], [5, 5], [10, 10], [0, 10], [5, 5], [0, 0]];
    let spike: &[[i64; 2]] = &[[0, 0], [10, 0], [10, 10], [5, 10], [5, 20], [5, 10], [0, 10], [0, 0]];
    let off: &[[i64; 2]] = &[[0, 0], [1_800_000_001, 0], [0, 10], [0, 0]];
    let far_hole: &[[i64; 2]] = &[[40, 40], [50, 40], [50, 50], [40, 40]];
    let along: &[[i64; 2]] = &[[0, 10], [10, 10], [10, 20], [0, 20], [0, 10]];
    let crossing: &[[i64; 2]] = &[[15, 15], [25, 15], [25, 25], [15, 25], [15, 15]];
    let empty: &[[i64; 2]] = &[];
    let open: &[[i64; 2]] = &[[0, 0], [10, 0], [10, 10]];
    let there_and_back: &[[i64; 2]] = &[[0, 0], [10, 0], [10, 0], [0, 0]];
    let flat: &[[i64; 2]] = &[[0, 0], [10, 0], [20, 0], [0, 0]];
    let lopsided_bow: &[[i64; 2]] = &[[0, 0], [10, 10], [10, 0], [0, 20], [0, 0]];
    for (rings, expected) in [
        (vec![], NoRing),
        (vec![empty], TooFewPoints { ring: 0 }),
        (vec![open], NotClosed { ring: 0 }),
        (vec![there_and_back], TooFewPoints { ring: 0 }),
        (vec![flat], NoArea { ring: 0 }),
        (vec![bow], NoArea { ring: 0 }),
        (vec![lopsided_bow], CrossesItself { ring: 0 }),
        (vec![touching], CrossesItself { ring: 0 }),
        (vec![spike], CrossesItself { ring: 0 }),
        (
            vec![off],
            Point {
                ring: 0,
                error: PointError::OffTheGlobe,
            },
        ),
        (vec![SQUARE, open], NotClosed { ring: 1 }),
        (vec![SQUARE, far_hole], HoleMisplaced { ring: 1 }),
        (vec![SQUARE, along], HoleMisplaced { ring: 1 }),
        (vec![SQUARE, HOLE, crossing], HoleMisplaced { ring: 2 }),
    ] {
        assert_eq!(outline(&rings), Err(expected), "{rings:?}");
    }
    let nan = Outline::from_lon_lat(&[vec![[f64::NAN, 0.0]]]);
    assert_eq!(
        nan,
        Err(Point {
            ring: 0,
            error: PointError::NotANumber
        })
    );
    let long = vec![at(0, 0); MAX_OUTLINE_POINTS + 1];
    assert_eq!(Outline::new(&[long]), Err(TooManyPoints));
}

#[test]
fn a_grid_is_written_as_whole_numbers_and_read_with_all_checks() {
    let grid = crate::Grid {
        code: "320116006009001".parse().unwrap(),
        outline: outline(&[SQUARE, HOLE]).unwrap(),
    };
    let text = concat!(
        r#"{"code":"320116006009001","outline":[[[0,0],[30,0],[30,30],[0,30],[0,0]],"#,
        r#"[[10,10],[20,10],[20,20],[10,20],[10,10]]]}"#
    );
    assert_eq!(serde_json::to_string(&grid).unwrap(), text);
    assert_eq!(serde_json::from_str::<crate::Grid>(text).unwrap(), grid);
    assert!(serde_json::from_str::<Outline>("[[[0,0],[30,0],[30,30]]]").is_err());
}

#[test]
fn the_western_and_southern_edges_belong_and_the_others_do_not() {
    let square = outline(&[SQUARE]).unwrap();
    for (x, y, inside) in [
        (0, 0, true),
        (0, 15, true),
        (15, 0, true),
        (30, 15, false),
        (15, 30, false),
        (30, 0, false),
        (0, 30, false),
        (30, 30, false),
        (15, 15, true),
        (-1, 15, false),
    ] {
        assert_eq!(square.contains(at(x, y)), inside, "{x} {y}");
    }
}

#[test]
fn a_hole_and_what_fills_it_share_nothing_and_leave_nothing_out() {
    let (ring, filling, whole) = (
        outline(&[SQUARE, HOLE]).unwrap(),
        outline(&[HOLE]).unwrap(),
        outline(&[SQUARE]).unwrap(),
    );
    for x in -1..=31 {
        for y in -1..=31 {
            let inside = usize::from(ring.contains(at(x, y))) + usize::from(filling.contains(at(x, y)));
            assert_eq!(inside, usize::from(whole.contains(at(x, y))), "{x} {y}");
        }
    }
}

#[test]
fn a_notch_is_outside() {
    let notched = outline(&[U]).unwrap();
    assert!(notched.contains(at(5, 20)) && notched.contains(at(25, 20)) && notched.contains(at(15, 5)));
    assert!(!notched.contains(at(15, 20)) && !notched.contains(at(15, 30)));
}

#[test]
fn the_area_is_in_square_metres_and_without_the_hole() {
    // 0.001° by 0.001° at 32° N: 110.9 m by 94.5 m.
    let square = vec![
        [118.0, 32.0],
        [118.001, 32.0],
        [118.001, 32.001],
        [118.0, 32.001],
        [118.0, 32.0],
    ];
    let whole = Outline::from_lon_lat(std::slice::from_ref(&square)).unwrap().area_m2();
    assert!((whole - 10_479.0).abs() < 15.0, "{whole}");
    let inner = |lon: f64, lat: f64| [118.0005 + (lon - 118.0) / 4.0, 32.0005 + (lat - 32.0) / 4.0];
    let hole: Vec<_> = square.iter().map(|[lon, lat]| inner(*lon, *lat)).collect();
    for rings in [
        vec![square.clone(), hole.clone()],
        vec![square.iter().rev().copied().collect(), hole],
    ] {
        let holed = Outline::from_lon_lat(&rings).unwrap().area_m2();
        assert!((holed / whole - 15.0 / 16.0).abs() < 1e-3, "{holed}");
    }
}

/// A star around 0,0: one point in each of `n` directions, so that no edge can cross another.
fn star() -> impl Strategy<Value = Vec<[i64; 2]>> {
    prop::collection::vec(20.0..100.0f64, 5..20).prop_map(|radii| {
        let turn = std::f64::consts::TAU / radii.len() as f64;
        let corner = |(n, radius): (usize, &f64)| {
            let angle = turn * n as f64;
            [
                (radius * angle.cos()).round() as i64,
                (radius * angle.sin()).round() as i64,
            ]
        };
        let mut ring: Vec<_> = radii.iter().enumerate().map(corner).collect();
        ring.extend(ring.first().copied());
        ring
    })
}

/// The same ring from another point, in the other direction if wished.
fn rewalked(ring: &[[i64; 2]], start: usize, backwards: bool) -> Vec<[i64; 2]> {
    let mut open = ring[..ring.len() - 1].to_vec();
    let steps = start % open.len();
    open.rotate_left(steps);
    if backwards {
        open.reverse();
    }
    open.push(open[0]);
    open
}

/// A hole that every star has room for: no star comes nearer to 0,0 than 16.
const SMALL_HOLE: &[[i64; 2]] = &[[-4, -4], [4, -3], [0, 0], [3, 5], [-4, -4]];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_answer_depends_neither_on_the_first_point_nor_on_the_direction(
        ring in star(), start in 0..20usize, hole_start in 0..4usize, backwards: bool, hole_backwards: bool,
        points in prop::collection::vec((-101..101i64, -101..101i64), 60),
    ) {
        let one = outline(&[&ring, SMALL_HOLE]).unwrap();
        let hole = rewalked(SMALL_HOLE, hole_start, hole_backwards);
        let other = outline(&[&rewalked(&ring, start, backwards), &hole]).unwrap();
        let corners = ring.iter().chain(SMALL_HOLE).map(|[x, y]| (*x, *y));
        for (x, y) in points.into_iter().chain(corners) {
            prop_assert_eq!(one.contains(at(x, y)), other.contains(at(x, y)), "{} {}", x, y);
        }
    }

    #[test]
    fn off_the_edges_geo_says_the_same(
        ring in star(), points in prop::collection::vec((-101..101i64, -101..101i64), 60),
    ) {
        let ours = outline(&[&ring, SMALL_HOLE]).unwrap();
        let theirs = ours.polygon.map_coords(|Coord { x, y }| Coord { x: x as f64, y: y as f64 });
        for (x, y) in points {
            let point = geo::Point::new(x as f64, y as f64);
            let on_edge = geo::Intersects::intersects(&theirs, &point) && !theirs.contains(&point);
            if !on_edge {
                prop_assert_eq!(ours.contains(at(x, y)), theirs.contains(&point), "{} {}", x, y);
            }
        }
    }

    #[test]
    fn no_rings_make_it_panic(
        rings in prop::collection::vec(prop::collection::vec((-6..6i64, -6..6i64), 0..9), 0..4), close: bool,
    ) {
        let closed = |ring: &Vec<(i64, i64)>| {
            let again = ring.first().filter(|_| close).copied();
            ring.iter().copied().chain(again).map(|(x, y)| [x, y]).collect::<Vec<_>>()
        };
        if let Ok(outline) = Outline::try_from(rings.iter().map(closed).collect::<Vec<_>>()) {
            let _ = (outline.contains(at(0, 0)), outline.area_m2());
        }
    }
}
