//! The broken network itself: each fault does what it says, exactly and as often as it says.
//!
//! The server speaks just enough HTTP on a loopback socket and writes down what reached it.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use patrol_testkit::{Fault, FaultProxy};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

/// What the server saw.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    /// A whole request: its line and its body's length.
    Request(String, usize),
    /// A connection ended behind this many bytes that were no whole request.
    Broken(usize),
}

/// Answers every request with the length of its body and `filler` bytes more, on kept-alive connections.
async fn server(filler: usize) -> (SocketAddr, mpsc::UnboundedReceiver<Seen>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (tell, seen) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream, filler, tell.clone()));
        }
    });
    (address, seen)
}

async fn answer(mut stream: TcpStream, filler: usize, tell: mpsc::UnboundedSender<Seen>) {
    let mut heard = Vec::new();
    loop {
        if let Some((line, length, whole)) = request(&heard) {
            heard.drain(..whole);
            let _ = tell.send(Seen::Request(line, length));
            let body = format!("{length} {}", "x".repeat(filler));
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
            let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
            continue;
        }
        let mut piece = [0; 4096];
        match stream.read(&mut piece).await {
            Ok(count @ 1..) => heard.extend_from_slice(piece.get(..count).unwrap()),
            _ => break,
        }
    }
    if !heard.is_empty() {
        let _ = tell.send(Seen::Broken(heard.len()));
    }
}

/// The first whole request: its line, its body's length, its own length.
fn request(heard: &[u8]) -> Option<(String, usize, usize)> {
    let head = heard.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let text = String::from_utf8(heard.get(..head).unwrap().to_vec()).unwrap();
    let (_, length) = text.split_once("Content-Length: ").unwrap();
    let length: usize = length.trim().parse().unwrap();
    (heard.len() >= head + length).then(|| (text.lines().next().unwrap().to_owned(), length, head + length))
}

fn message(line: &str, body: usize) -> Vec<u8> {
    let mut bytes = format!("{line} HTTP/1.1\r\nHost: x\r\nContent-Length: {body}\r\n\r\n").into_bytes();
    bytes.resize(bytes.len() + body, b'b');
    bytes
}

/// Sends one request and reads one answer.
async fn exchange(stream: &mut TcpStream, line: &str, body: usize) -> Result<String, ErrorKind> {
    stream
        .write_all(&message(line, body))
        .await
        .map_err(|error| error.kind())?;
    let mut heard = Vec::new();
    loop {
        if let Some((line, ..)) = request(&heard) {
            assert_eq!(line, "HTTP/1.1 200 OK");
            return Ok(String::from_utf8(heard).unwrap());
        }
        match stream.read_buf(&mut heard).await {
            Ok(0) => return Err(ErrorKind::UnexpectedEof),
            Ok(_) => {}
            Err(error) => return Err(error.kind()),
        }
    }
}

async fn connect(proxy: &FaultProxy) -> TcpStream {
    TcpStream::connect(proxy.address()).await.unwrap()
}

async fn ask(proxy: &FaultProxy, line: &str, body: usize) -> Result<String, ErrorKind> {
    exchange(&mut connect(proxy).await, line, body).await
}

#[tokio::test]
async fn without_a_fault_every_byte_passes_and_is_counted() {
    let (target, mut seen) = server(100_000).await;
    let proxy = FaultProxy::start(target);
    assert_eq!(proxy.url(), format!("http://{}", proxy.address()));
    let mut stream = connect(&proxy).await;
    for _ in 0..2 {
        let heard = exchange(&mut stream, "PUT /a", 300_000).await.unwrap();
        assert!(heard.ends_with('x'));
        assert_eq!(
            seen.recv().await,
            Some(Seen::Request("PUT /a HTTP/1.1".into(), 300_000))
        );
    }
    let sent = 2 * message("PUT /a", 300_000).len() as u64;
    assert_eq!((proxy.connections(), proxy.bytes_up(), proxy.strikes()), (1, sent, 0));
    assert!(proxy.bytes_down() > 200_000);
}

#[tokio::test]
async fn a_refused_connection_finds_no_port_and_open_ones_are_reset() {
    let (target, _seen) = server(0).await;
    let proxy = FaultProxy::start(target);
    let mut open = connect(&proxy).await;
    exchange(&mut open, "GET /", 0).await.unwrap();
    proxy.set(Fault::RefuseConnections);
    let refused = TcpStream::connect(proxy.address()).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    assert_eq!(
        open.read(&mut [0]).await.unwrap_err().kind(),
        ErrorKind::ConnectionReset
    );
    proxy.set(Fault::None);
    ask(&proxy, "GET /", 0).await.unwrap();
}

#[tokio::test]
async fn refusals_can_be_counted() {
    let (target, _seen) = server(0).await;
    let proxy = FaultProxy::start(target);
    proxy.set_times(Fault::RefuseConnections, 2);
    for _ in 0..2 {
        ask(&proxy, "GET /", 0).await.unwrap_err();
    }
    ask(&proxy, "GET /", 0).await.unwrap();
    assert_eq!(proxy.strikes(), 2);
}

#[tokio::test]
async fn a_cut_upload_reaches_the_server_to_the_byte() {
    let (target, mut seen) = server(0).await;
    let proxy = FaultProxy::start(target);
    for length in [1, 40, 4_096, 16_384, 16_385, 200_000] {
        proxy.set(Fault::CutUpAfter(length));
        let failed = ask(&proxy, "PUT /photo", 400_000).await.unwrap_err();
        assert_ne!(failed, ErrorKind::UnexpectedEof, "the client is reset");
        assert_eq!(seen.recv().await, Some(Seen::Broken(usize::try_from(length).unwrap())));
    }
    proxy.set(Fault::CutUpAfter(0));
    let before = proxy.bytes_up();
    ask(&proxy, "PUT /photo", 10).await.unwrap_err();
    assert_eq!(proxy.bytes_up(), before);
}

#[tokio::test]
async fn a_cut_counts_on_an_open_connection_from_when_it_was_set() {
    let (target, mut seen) = server(0).await;
    let proxy = FaultProxy::start(target);
    let mut stream = connect(&proxy).await;
    exchange(&mut stream, "PUT /one", 5_000).await.unwrap();
    proxy.set_times(Fault::CutUpAfter(700), 1);
    exchange(&mut stream, "PUT /two", 5_000).await.unwrap_err();
    assert_eq!(
        seen.recv().await,
        Some(Seen::Request("PUT /one HTTP/1.1".into(), 5_000))
    );
    assert_eq!(seen.recv().await, Some(Seen::Broken(700)));
    ask(&proxy, "PUT /two", 5_000).await.unwrap();
}

#[tokio::test]
async fn a_cut_answer_reaches_the_client_to_the_byte() {
    let (target, _seen) = server(100_000).await;
    let proxy = FaultProxy::start(target);
    for length in [0, 1, 20, 60_000] {
        proxy.set_times(Fault::CutDownAfter(length), 1);
        let mut stream = connect(&proxy).await;
        stream.write_all(&message("GET /", 0)).await.unwrap();
        let mut heard = Vec::new();
        stream.read_to_end(&mut heard).await.unwrap();
        assert_eq!(heard.len() as u64, length);
        ask(&proxy, "GET /", 0).await.unwrap();
    }
}

#[tokio::test]
async fn a_lost_reply_means_that_the_server_has_done_it() {
    let (target, mut seen) = server(0).await;
    let proxy = FaultProxy::start(target);
    proxy.set_times(Fault::LoseReply, 1);
    assert_eq!(
        ask(&proxy, "POST /v1/logs/a/ops", 90_000).await,
        Err(ErrorKind::ConnectionReset)
    );
    let request = Some(Seen::Request("POST /v1/logs/a/ops HTTP/1.1".into(), 90_000));
    assert_eq!(seen.recv().await, request);
    assert_eq!(proxy.bytes_down(), 0);
    ask(&proxy, "POST /v1/logs/a/ops", 90_000).await.unwrap();
    assert_eq!(seen.recv().await, request);
}

#[tokio::test]
async fn only_the_replies_to_one_kind_of_request_are_lost() {
    let (target, mut seen) = server(0).await;
    let proxy = FaultProxy::start(target);
    proxy.set_times(Fault::LoseRepliesTo("POST /v1/logs"), 2);
    let mut stream = connect(&proxy).await;
    exchange(&mut stream, "GET /v1/caps", 0).await.unwrap();
    exchange(&mut stream, "PUT /v1/photos/POST /v1/logs", 9_000)
        .await
        .unwrap();
    assert!(exchange(&mut stream, "POST /v1/logs/a", 9_000).await.is_err());
    assert!(ask(&proxy, "POST /v1/logs/a", 9_000).await.is_err());
    ask(&proxy, "POST /v1/logs/a", 9_000).await.unwrap();
    drop(stream);
    for _ in 0..5 {
        assert!(matches!(seen.recv().await, Some(Seen::Request(..))));
    }
    assert_eq!(proxy.strikes(), 2);
}

#[tokio::test]
async fn a_request_line_in_two_pieces_is_still_known() {
    let (target, _seen) = server(0).await;
    let proxy = FaultProxy::start(target);
    proxy.set(Fault::LoseRepliesTo("POST /v1/logs"));
    let mut stream = connect(&proxy).await;
    stream.write_all(b"POST /v1").await.unwrap();
    while proxy.bytes_up() < 8 {
        tokio::task::yield_now().await;
    }
    let rest = b"/logs HTTP/1.1\r\nContent-Length: 0\r\n\r\n";
    stream.write_all(rest).await.unwrap();
    assert!(stream.read(&mut [0]).await.is_err());
}

#[tokio::test]
async fn a_delayed_request_sets_out_late_and_only_that_one() {
    let (target, _seen) = server(0).await;
    let proxy = FaultProxy::start(target);
    proxy.set_times(Fault::Delay { ms: 150 }, 1);
    let began = Instant::now();
    ask(&proxy, "PUT /", 50_000).await.unwrap();
    let late = began.elapsed();
    assert!(late >= Duration::from_millis(150), "{late:?}");
    assert_eq!(proxy.strikes(), 1);
}

#[tokio::test]
async fn a_slow_connection_takes_its_time_both_ways() {
    let (target, _seen) = server(2_000).await;
    let proxy = FaultProxy::start(target);
    proxy.set(Fault::Rate {
        bytes_per_second: 20_000,
    });
    let began = Instant::now();
    ask(&proxy, "PUT /", 4_000).await.unwrap();
    let taken = began.elapsed();
    // 6,000 bytes at 20,000 a second, less the last beat.
    assert!(taken >= Duration::from_millis(200), "{taken:?}");
}

#[tokio::test]
async fn a_half_open_connection_says_nothing_and_never_recovers() {
    let (target, mut seen) = server(0).await;
    let proxy = FaultProxy::start(target);
    let mut old = connect(&proxy).await;
    exchange(&mut old, "GET /", 0).await.unwrap();
    seen.recv().await;
    proxy.set_times(Fault::HalfOpen, 2);
    let mut new = connect(&proxy).await;
    for stream in [&mut old, &mut new] {
        stream.write_all(&message("GET /", 0)).await.unwrap();
    }
    for stream in [&mut old, &mut new] {
        let silence = timeout(Duration::from_millis(60), stream.read(&mut [0])).await;
        assert!(silence.is_err(), "neither bytes nor an end");
    }
    assert_eq!(proxy.strikes(), 2);
    ask(&proxy, "GET /healed", 0).await.unwrap();
    assert_eq!(seen.recv().await, Some(Seen::Request("GET /healed HTTP/1.1".into(), 0)));
}

#[tokio::test]
async fn a_captive_portal_answers_everything_itself() {
    let (target, mut seen) = server(0).await;
    let proxy = FaultProxy::start(target);
    let mut open = connect(&proxy).await;
    exchange(&mut open, "GET /", 0).await.unwrap();
    seen.recv().await;
    proxy.set(Fault::CaptivePortal);
    for mut stream in [open, connect(&proxy).await] {
        stream.write_all(&message("PUT /v1/photos/a", 100_000)).await.unwrap();
        let mut heard = String::new();
        stream.read_to_string(&mut heard).await.unwrap();
        assert!(heard.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/html"));
        let (head, body) = heard.split_once("\r\n\r\n").unwrap();
        assert!(head.ends_with(&format!("Content-Length: {}", body.len())), "{head}");
    }
    assert!(seen.try_recv().is_err());
}

#[tokio::test]
async fn concurrent_connections_share_a_counted_fault_and_no_more() {
    let (target, _seen) = server(0).await;
    let proxy = Arc::new(FaultProxy::start(target));
    proxy.set_times(Fault::LoseReply, 3);
    let failed = Arc::new(Mutex::new(0));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..12 {
        let (proxy, failed) = (Arc::clone(&proxy), Arc::clone(&failed));
        tasks.spawn(async move {
            if ask(&proxy, "GET /", 0).await.is_err() {
                *failed.lock().unwrap() += 1;
            }
        });
    }
    tasks.join_all().await;
    assert_eq!(*failed.lock().unwrap(), 3);
}

#[tokio::test]
async fn the_target_may_move_and_may_be_away() {
    let (first, mut seen_first) = server(0).await;
    let (second, mut seen_second) = server(0).await;
    let away = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let proxy = FaultProxy::start(away);
    assert!(ask(&proxy, "GET /", 0).await.is_err());
    for (target, seen) in [(first, &mut seen_first), (second, &mut seen_second)] {
        proxy.set_target(target);
        ask(&proxy, "GET /", 0).await.unwrap();
        assert!(seen.recv().await.is_some());
    }
}

#[tokio::test]
async fn a_dropped_proxy_leaves_no_port_and_no_connection() {
    let (target, _seen) = server(0).await;
    let proxy = FaultProxy::start(target);
    let mut open = connect(&proxy).await;
    exchange(&mut open, "GET /", 0).await.unwrap();
    let address = proxy.address();
    drop(proxy);
    assert!(TcpStream::connect(address).await.is_err());
    assert!(matches!(open.read(&mut [0]).await, Ok(0) | Err(_)));
}

#[tokio::test]
async fn what_is_said_is_heard_while_somebody_listens() {
    let (target, _seen) = server(10).await;
    let proxy = FaultProxy::start(target);
    let mut stream = connect(&proxy).await;
    exchange(&mut stream, "GET /before", 0).await.unwrap();
    let (answer, heard) = proxy.listen_in(exchange(&mut stream, "PUT /photo", 5)).await;
    assert_eq!(heard.up, message("PUT /photo", 5));
    assert_eq!(heard.down, answer.unwrap().into_bytes());
    let (_, heard) = proxy.listen_in(async {}).await;
    assert_eq!((heard.up.len(), heard.down.len()), (0, 0));
}

#[tokio::test]
async fn a_request_is_under_way_until_it_is_answered_or_its_connection_ends() {
    let (target, mut seen) = server(0).await;
    let proxy = FaultProxy::start(target);
    let mut stream = connect(&proxy).await;
    exchange(&mut stream, "GET /answered", 0).await.unwrap();
    assert_eq!(proxy.under_way(), Vec::<String>::new());
    // All but its last byte: the server has it and cannot answer.
    let whole = message("PUT /photo", 300);
    stream.write_all(whole.get(..whole.len() - 1).unwrap()).await.unwrap();
    let until = Instant::now() + Duration::from_secs(5);
    while proxy.under_way().is_empty() && Instant::now() < until {
        tokio::task::yield_now().await;
    }
    assert_eq!(proxy.under_way(), ["PUT /photo HTTP/1.1"]);
    drop(stream);
    while !proxy.under_way().is_empty() && Instant::now() < until {
        tokio::task::yield_now().await;
    }
    assert!(proxy.under_way().is_empty());
    assert_eq!(
        seen.recv().await,
        Some(Seen::Request("GET /answered HTTP/1.1".into(), 0))
    );
}
