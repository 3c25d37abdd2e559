//! The bounds of a station: whoever meets one is told so and when to come again, and the others go on.

use std::time::Duration;

use patrol_wire::{ErrorCode, ErrorReply};
use reqwest::{Method, Response};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::phone::{Phone, client, photo_ref, picture, refusal};
use crate::server::Server;

/// More than anything here takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// A refusal that says when to come again, in the header and in the reply.
async fn come_again(response: Response, status: u16) -> ErrorReply {
    let seconds: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    let reply = refusal(response, status).await;
    let after_ms = reply.retry_after_ms.unwrap();
    assert_eq!(seconds, after_ms.div_ceil(1000));
    reply
}

#[tokio::test]
async fn a_phone_that_asks_too_often_is_429_and_the_next_one_is_served() {
    let server = Server::start_with(&[("limits.request_burst", "5"), ("limits.requests_per_second", "1")]).await;
    let (mad, calm) = (Phone::enrol(&server, 1).await, Phone::enrol(&server, 2).await);
    let mut refused = 0;
    for _ in 0..20 {
        let response = mad.call(Method::GET, "/v1/caps").send().await.unwrap();
        if response.status() != 200 {
            assert_eq!(come_again(response, 429).await.code, ErrorCode::Busy);
            refused += 1;
        }
    }
    assert!(refused >= 10, "{refused}");
    assert_eq!(calm.call(Method::GET, "/v1/caps").send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn originals_are_refused_while_the_reserve_still_takes_records() {
    let server = Server::start_with(&[("limits.disk_reserve_bytes", "4611686018427387904")]).await;
    let mut phone = Phone::enrol(&server, 1).await;
    phone.open_log();
    let photo = picture(3, 50_000);
    phone.add_case("囧", vec![photo_ref(&photo)]);
    assert_eq!(phone.push(1, 2).await.acked_seq.0, 2);
    assert_eq!(come_again(phone.put(&photo).await, 507).await.code, ErrorCode::DiskFull);
    let thumb = phone.call(Method::PUT, &format!("/v1/photos/{}/thumb", photo_ref(&photo).sha256));
    let thumb = thumb.body(picture(1, 900)).send().await.unwrap();
    assert_eq!(come_again(thumb, 507).await.code, ErrorCode::DiskFull);
    assert!(
        crate::server::files(&server.data().join("incoming")).is_empty(),
        "no part file was begun"
    );
    phone.add_case("又一件", vec![]);
    assert_eq!(phone.push(3, 3).await.acked_seq.0, 3);
}

#[tokio::test]
async fn bodies_that_would_take_more_memory_than_there_is_wait_and_are_then_told_to_come_again() {
    let settings = [
        ("limits.body_bytes", "600000"),
        ("limits.queue_ms", "300"),
        ("metrics.listen", "127.0.0.1:0"),
    ];
    let server = Server::start_with(&settings).await;
    let (mut slow, mut quick) = (Phone::enrol(&server, 1).await, Phone::enrol(&server, 2).await);
    slow.open_log();
    quick.open_log();
    // A push that says to be large and brings nothing holds its room until it stalls or ends.
    let address = server.url.strip_prefix("http://").unwrap();
    let mut held = TcpStream::connect(address).await.unwrap();
    let head: String = slow
        .push_head(1, 1)
        .to_headers()
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let (log, bearer) = (slow.log, format!("{}.{}", slow.device, slow.secret));
    let request = format!(
        "POST /v1/logs/{log}/ops HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {bearer}\r\n{head}content-length: 250000\r\n\r\n"
    );
    held.write_all(request.as_bytes()).await.unwrap();
    let counted = || async { counters(&server).await };
    let full = async {
        while !counted().await.contains("xunge_body_bytes_held 512144\n") {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, full).await.expect("the room is taken");
    assert_eq!(
        come_again(quick.push_response(1, 1).await, 503).await.code,
        ErrorCode::Busy
    );
    drop(held);
    let empty = async {
        while !counted().await.contains("xunge_body_bytes_held 0\n") {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, empty).await.expect("the room is given back");
    assert_eq!(quick.push(1, 1).await.acked_seq.0, 1);
}

async fn counters(server: &Server) -> String {
    let address = server.station.metrics_address().unwrap();
    let answer = client().get(format!("http://{address}/metrics")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.text().await.unwrap()
}

#[tokio::test]
async fn a_connection_too_many_hears_why_and_a_place_that_is_free_is_given_again() {
    let server = Server::start_with(&[("limits.connections_per_peer", "2")]).await;
    let address = server.url.strip_prefix("http://").unwrap();
    let ask = b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n";
    let mut open = Vec::new();
    for _ in 0..2 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(ask).await.unwrap();
        let mut start = [0; 12];
        stream.read_exact(&mut start).await.unwrap();
        assert_eq!(&start, b"HTTP/1.1 200");
        open.push(stream);
    }
    let over = client().get(format!("{}/healthz", server.url)).send().await.unwrap();
    assert_eq!(over.headers()["connection"], "close");
    assert_eq!(come_again(over, 503).await.code, ErrorCode::Busy);
    open.clear();
    let free = async {
        while client()
            .get(format!("{}/healthz", server.url))
            .send()
            .await
            .unwrap()
            .status()
            != 200
        {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, free).await.expect("a place is free again");
}

#[tokio::test]
async fn counters_tell_what_happened_and_nothing_about_anybody() {
    let server = Server::start_with(&[("metrics.listen", "127.0.0.1:0")]).await;
    let mut phone = Phone::enrol(&server, 1).await;
    phone.open_log();
    let photo = picture(3, 50_000);
    phone.add_case("囧", vec![photo_ref(&photo)]);
    phone.push(1, 2).await;
    assert_eq!(phone.put(&photo).await.status(), 200);
    client().get(format!("{}/nothing", server.url)).send().await.unwrap();
    let text = counters(&server).await;
    for line in [
        "xunge_requests_total{route=\"/v1/logs/{log}/ops\",method=\"POST\",status=\"200\"} 1",
        "xunge_requests_total{route=\"none\",method=\"GET\",status=\"404\"} 1",
        "xunge_refused_total{code=\"not_found\"} 1",
        "xunge_pushed_ops_total 2",
        "xunge_photos_total 1",
        "xunge_photo_bytes_total 50000",
        "xunge_stored_devices 1",
        "xunge_body_bytes_held 0",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is missing in\n{text}");
    }
    let (device, log, hash) = (
        phone.device.to_string(),
        phone.log.to_string(),
        photo_ref(&photo).sha256.to_string(),
    );
    for private in [&*device, &*log, &*hash, "N-017", "王"] {
        assert!(!text.contains(private), "{private}");
    }
    // Nobody reads them where phones call.
    let outside = client().get(format!("{}/metrics", server.url)).send().await.unwrap();
    refusal(outside, 404).await;
}
