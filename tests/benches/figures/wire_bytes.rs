//! `wire_bytes`: what a recorded op costs on the way to the station, headers and all.
//!
//! The true transport sends batches of 200 ops of a seeded patrol to the true station, over plain HTTP on loopback
//! through a proxy that counts: so what is counted is every byte that goes into TLS, request line and headers included.
//! Once without parts and once with them (salts, which nothing can compress, words, the points of the track). Answers
//! are stated beside.

use patrol_domain::{Head, Sha256Hash};
use patrol_station::{InitOptions, Place, Ports, Station, StationOptions, TlsMode, init};
use patrol_sync::{HttpTransport, Transport as _};
use patrol_testkit::FaultProxy;
use patrol_testkit::shift::Patrol;
use patrol_wire::frame::{self, FrameOp};
use patrol_wire::{MAX_RAW_BYTES_PER_PUSH, Officer};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::caller;
use crate::light::Light;
use crate::station::quick_folder;
use crate::watch::{count, sized};
use crate::{Figure, Limit};

const BATCH: usize = 200;
const BAR: f64 = 140.0;

pub(crate) fn measure() -> Vec<Figure> {
    let runtime = Runtime::new().unwrap();
    let without = runtime.block_on(send(false, BATCH));
    let with = runtime.block_on(send(true, BATCH));
    let alone = runtime.block_on(send(true, 1));
    let answers = |sent: &Sent| Limit {
        name: "answer",
        value: sent.down,
        unit: "B/op",
        bar: f64::INFINITY,
    };
    vec![
        Figure::absolute(
            "wire_bytes",
            &[without.up],
            "B/op",
            BAR,
            "bytes per op that go into TLS, request line and headers included, of 2,000 ops of a seeded patrol (cases with \
             2.5 photos each, steps, amendments, photos added, track) in batches of 200, without their parts",
        )
        .with_limit(answers(&without)),
        Figure::absolute(
            "wire_bytes_parts",
            &[with.up],
            "B/op",
            f64::INFINITY,
            "the same with their parts (salts, words, the track's points), in batches of 200 or of 256 KiB, whichever is less",
        )
        .with_limit(answers(&with)),
        Figure::absolute(
            "wire_bytes_alone",
            &[alone.up],
            "B/op",
            f64::INFINITY,
            "the same, each op in a request of its own, as a phone with a good line sends them",
        )
        .with_limit(answers(&alone)),
    ]
}

/// Bytes per op.
struct Sent {
    up: f64,
    down: f64,
}

async fn send(with_parts: bool, batch: usize) -> Sent {
    let folder = quick_folder();
    let data = folder.path().join("station");
    let options = InitOptions {
        data: data.clone(),
        name: "凤台中队".into(),
        listen: None,
        tls: TlsMode::OffOnLoopback,
        district: Place::default(),
        street_office: Place::default(),
    };
    init(&options, &Ports::machine()).unwrap();
    let station = Station::open(StationOptions::new(&data)).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = FaultProxy::start(listener.local_addr().unwrap());
    let officer = Officer {
        number: "0417".into(),
        name: "林晓".into(),
    };
    let code = station.make_code(officer, &proxy.url()).await.unwrap();
    let serves = station.clone();
    let serving = tokio::spawn(async move { serves.serve(listener, std::future::pending()).await });
    let thumbprint = caller::public(&caller::key()).thumbprint();
    let (log, patrol) = Patrol::begin(1, thumbprint);
    let mut phone = Light::enrol(HttpTransport::new(caller::time()), &code, log).await;
    let ops: Vec<FrameOp> = patrol
        .take(sized(2_000, 400))
        .map(|(op, parts)| FrameOp {
            op: op.encode().unwrap().into_vec(),
            parts: if with_parts { parts } else { Vec::new() },
        })
        .collect();
    let (mut up, begun) = (0, proxy.bytes_down());
    let mut left = ops.as_slice();
    while !left.is_empty() {
        let (now, later) = left.split_at(fitting(left, batch));
        let before = proxy.bytes_up();
        phone.push(now).await;
        up += proxy.bytes_up() - before;
        left = later;
    }
    let status = phone.transport.log_status(&phone.access, log).await.unwrap();
    let head = ops.iter().fold(Head::start(log), |head, op| head.extend(&op.op));
    assert_eq!((status.acked_seq, status.head_hash), (head.seq, head.hash));
    assert_ne!(status.head_hash, Sha256Hash::of(b""));
    let down = count(proxy.bytes_down() - begun) / count(ops.len());
    serving.abort();
    Sent {
        up: count(up) / count(ops.len()),
        down,
    }
}

/// How many ops one push takes: `most`, or as many as its bytes allow, which words and tracks can bring below that.
fn fitting(ops: &[FrameOp], most: usize) -> usize {
    let mut bytes = 0;
    let fits = ops.iter().take(most).take_while(|op| {
        bytes += frame::raw_length(&op.op, &op.parts);
        bytes <= MAX_RAW_BYTES_PER_PUSH
    });
    fits.count()
}
