//! Fills a phone that holds a few recorded cases with many more, of the same photos: `many_cases <data> <how many>`.
//!
//! For trying lists and measuring them. Every case is appended as a phone appends it; all but the newest thousand count as
//! signed for, so that the counters have as much to do as on a phone that has been in use for years. In a folder in memory
//! 100,000 take a minute or two.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a tool for trying things out may stop at the first surprise, and says what it does"
)]

use std::path::Path;
use std::sync::Arc;

use patrol_app::domain::{PhotoRef, Seq};
use patrol_store::{Opened, RootKey, SignedPhoto, Store, StoreOptions};
use patrol_testkit::op::varied_case;

const WAITING: u64 = 1_000;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let data = arguments.next().unwrap();
    let many: u64 = arguments.next().unwrap().parse().unwrap();
    let ports = patrol_host::desktop_ports(Path::new(&data)).unwrap();
    let root = RootKey::new(ports.keys.root().unwrap());
    let options = StoreOptions::new(Path::new(&data), root, Arc::clone(&ports.random), ports.clock.wall());
    let Opened { store, .. } = Store::open(&options).unwrap();
    let photos = photos(&store);
    assert!(!photos.is_empty(), "record a few cases first");
    for photo in &photos {
        let signed = SignedPhoto {
            sha256: photo.sha256,
            station_ms: 0,
            receipt: "{}".into(),
        };
        store.record_photo_receipts(&[signed]).unwrap();
    }
    for seed in 1..=many {
        let at = usize::try_from(seed).unwrap() % photos.len();
        let count = 1 + usize::from(seed.is_multiple_of(10));
        let chosen: Vec<PhotoRef> = photos.iter().cycle().skip(at).take(count).cloned().collect();
        let (op, parts) = varied_case(seed, &chosen);
        let head = store.append(&op, &parts).unwrap();
        if seed == many.saturating_sub(WAITING) {
            store
                .record_receipt(head, "epoch", Seq(head.seq.0), 0, "beacon", "{}")
                .unwrap();
        }
        if seed.is_multiple_of(10_000) {
            println!("{seed}");
        }
    }
    store.checkpoint().unwrap();
}

/// The photos of the cases that are there.
fn photos(store: &Store) -> Vec<PhotoRef> {
    let cases = store.cases(None, 50).unwrap().cases;
    let ops = cases.iter().flat_map(|case| store.case(case.case).unwrap().ops);
    ops.flat_map(|op| op.op.photos).collect()
}
