//! `push_rate`: ten thousand ops through the true sync over TLS ÷ the same ops taken in without a network.
//!
//! Both sides end with the ops durable in a station's SQLite on the disk. The floor decodes the very frames that the
//! phone would send, checks chain and signature and appends them, through the same `Store` trait that the server calls.
//! What is left over is the phone (reading, compressing, signing, its marker, its receipts), HTTP, TLS and the waiting
//! of the one for the other: a round sends one batch at a time. The answer names at most 200 missing originals, so both
//! sides look for them.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex};

use patrol_domain::{Head, Seq, Sha256Hash};
use patrol_station::Device;
use patrol_store::Store;
use patrol_sync::plan::{Backlog, Step, plan};
use patrol_sync::{HttpTransport, Policy, SyncEvent};
use patrol_wire::frame::{self, FrameOp};
use patrol_wire::push::head_message;
use patrol_wire::signature::SignatureBytes;
use patrol_wire::{EnrolRequest, MAX_OPS_PER_PUSH, PushHead};
use tokio::runtime::Runtime;

use crate::caller::{self, Caller};
use crate::station::{self, Serving};
use crate::watch::{Stopwatch, count, sized};
use crate::{Figure, cases};

const BAR: f64 = 0.5;

pub(crate) fn measure() -> Vec<Figure> {
    let (ops, runs) = (sized(10_000, 600), sized(3, 1));
    let quick = station::quick_folder();
    let built = quick.path().join("phone");
    drop(Caller::begin_patrol(&built, ops));
    let runtime = Runtime::new().unwrap();
    let (mut ours, mut floors) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        ours.push(per_second(ops, runtime.block_on(over_tls(&built))));
        floors.push(per_second(ops, runtime.block_on(without_network(&built, ops))));
    }
    vec![Figure::at_least(
        "push_rate",
        &ours,
        &floors,
        "ops/s",
        BAR,
        "10,000 ops of a seeded patrol in one round of the true sync over TLS on loopback, from the phone's file to its \
         last stored receipt ÷ the same frames decoded, checked and appended to the same SQLite by call; one machine does \
         both ends' work",
    )]
}

fn per_second(ops: usize, ms: f64) -> f64 {
    count(ops) * 1000.0 / ms
}

async fn over_tls(built: &Path) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("phone");
    cases::copy(built, &data);
    let phone = Caller::open(&data).without_originals();
    let serving = Serving::begin(&folder.path().join("station")).await;
    let transport = HttpTransport::new(caller::time());
    phone.enrol(&transport, &serving.code().await).await;
    let head = phone.store.head().unwrap().0;
    let pushed = Arc::new(Mutex::new(None));
    let watch = Stopwatch::start();
    let last = Arc::clone(&pushed);
    phone.listen(move |event| {
        // What comes back by pull behind this is another figure's.
        if matches!(event, SyncEvent::Acked { seq, .. } if *seq == head.seq.0) {
            last.lock().unwrap().get_or_insert(watch.millis());
        }
    });
    phone.round(&transport).await.unwrap();
    let took = pushed.lock().unwrap().expect("everything was signed for");
    assert_eq!(phone.store.progress().unwrap().acked, head);
    drop(transport);
    serving.end().await;
    took
}

async fn without_network(built: &Path, ops: usize) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("phone");
    cases::copy(built, &data);
    let phone = Caller::open(&data);
    let station = station::make(&folder.path().join("station"));
    let address = "127.0.0.1:8620".parse().unwrap();
    let code = station::code(&station, address).await;
    let log = phone.store.journal().unwrap().unwrap().log;
    let request = EnrolRequest {
        code: code.code,
        secret: "5a".repeat(32),
        device_key: caller::public(&caller::key()),
        log,
    };
    let enrolled = station.store().enrol(request).await.unwrap();
    let secret_hash = Sha256Hash::of(&[0x5a; 32]);
    let device: Device = station.store().admit(enrolled.device, secret_hash).await.unwrap();
    let pushes = pushes(&phone.store);
    let watch = Stopwatch::start();
    for (head, body) in pushes {
        let ops = frame::decode(&body).unwrap();
        let reply = station.store().append(device.clone(), log, head, ops).await.unwrap();
        std::hint::black_box(reply);
    }
    let took = watch.millis();
    let held = station.store().log_status(enrolled.device, log, None).await.unwrap();
    assert_eq!(held.acked_seq, Seq(ops as u64));
    took
}

/// The pushes that the phone would make, cut as its own plan cuts them.
fn pushes(store: &Store) -> Vec<(PushHead, Vec<u8>)> {
    let log = store.journal().unwrap().unwrap().log;
    let local = store.head().unwrap().0;
    let mut acked = Head::start(log);
    let mut pushes = Vec::new();
    loop {
        let ops = store.ops_after(acked.seq, MAX_OPS_PER_PUSH).unwrap();
        let backlog = Backlog {
            ops,
            ..Backlog::default()
        };
        let Step::Push(ops) = plan(backlog, &BTreeSet::new(), &Policy::OPEN) else {
            return pushes;
        };
        let last = ops.last().map(|op| Head {
            seq: op.seq,
            hash: op.hash,
        });
        let head = last.unwrap();
        let push = PushHead {
            from_seq: acked.seq.next(),
            count: ops.len() as u64,
            prev_hash: acked.hash,
            head_hash: head.hash,
            head_signature: SignatureBytes(caller::sign(&caller::key(), &head_message(log, head))),
            epoch: None,
            acked_seq: None,
            signed: None,
            local_seq: local.seq,
            waiting_photos: 0,
            waiting_bytes: 0,
        };
        let framed: Vec<FrameOp> = ops
            .into_iter()
            .map(|op| FrameOp {
                op: op.bytes,
                parts: op.parts,
            })
            .collect();
        pushes.push((push, frame::encode(&framed).unwrap()));
        acked = head;
    }
}
