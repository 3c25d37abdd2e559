//! What strangers and broken programs send: each is refused with a clear answer, and the station goes on.

use std::io::Read as _;
use std::time::Duration;

use patrol_wire::{ErrorCode, ErrorReply};
use reqwest::Method;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::phone::{Phone, client, photo_ref, picture, refusal};
use crate::server::Server;

/// More than any answer here takes.
const PATIENCE: Duration = Duration::from_secs(30);

async fn connect(server: &Server) -> TcpStream {
    let address = server.url.split_once("://").unwrap().1;
    TcpStream::connect(address).await.unwrap()
}

/// Sends bytes and reads until the station closes.
async fn say(server: &Server, bytes: &[u8]) -> String {
    let mut stream = connect(server).await;
    // The station may have closed already; what it said counts.
    let _ = stream.write_all(bytes).await;
    heard(stream).await
}

async fn heard(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    let read = timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    // A reset behind the answer is an end as well.
    let _ = read.expect("the station leaves the connection open");
    String::from_utf8_lossy(&answer).into_owned()
}

fn status(answer: &str) -> u16 {
    answer
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or_default()
}

/// An answer in the protocol's own words.
fn ours(answer: &str) -> (u16, ErrorCode) {
    let (head, body) = answer
        .split_once("\r\n\r\n")
        .unwrap_or_else(|| panic!("no answer: {answer:?}"));
    assert!(head.contains("xunge-protocol: 1"), "{head}");
    let reply: ErrorReply = serde_json::from_str(body).unwrap_or_else(|_| panic!("{answer}"));
    assert!(!reply.message.is_empty());
    (status(answer), reply.code)
}

/// A request with these lines between the first and the end of the head.
fn request(line: &str, fields: &str) -> String {
    format!("{line} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n{fields}\r\n")
}

async fn is_well(server: &Server) {
    let answer = client().get(format!("{}/readyz", server.url)).send().await.unwrap();
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn paths_that_play_tricks_name_nothing() {
    let server = Server::start().await;
    let phone = Phone::enrol(&server, 1).await;
    let bearer = format!("authorization: Bearer {}.{}\r\n", phone.device, phone.secret);
    let sha256 = "ab".repeat(32);
    for path in [
        "/v1/../station.toml",
        "/../../etc/passwd",
        "/thumbs/..%2f..%2fkeys%2freceipt.key",
        "/thumbs/%2e%2e",
        "/v1/photos/..%2f..%2fstation.db",
        &format!("/v1/photos/{sha256}%00"),
        &format!("/v1/photos/{sha256}%2fthumb"),
        &format!("/v1/photos/{sha256}/"),
        &format!("/v1/photos//{sha256}/receipt"),
        "/v1/photos/%ff%fe/receipt",
        "/v1/logs/00000000-0000-0000-0000-000000000000%0d%0aset-cookie:a",
        "/V1/CAPS",
    ] {
        let answer = say(&server, request(&format!("GET {path}"), &bearer).as_bytes()).await;
        let (status, code) = ours(&answer);
        assert!(matches!(status, 404 | 405), "{path}: {answer}");
        assert!(matches!(code, ErrorCode::NotFound | ErrorCode::Malformed), "{path}");
        assert!(!answer.contains("set-cookie"));
    }
    let answer = say(&server, request("DELETE /v1/caps", &bearer).as_bytes()).await;
    assert_eq!(ours(&answer), (405, ErrorCode::Malformed));
    is_well(&server).await;
}

#[tokio::test]
async fn heads_that_are_too_large_doubled_or_not_text_are_refused() {
    let server = Server::start().await;
    let phone = Phone::enrol(&server, 1).await;
    let bearer = format!("authorization: Bearer {}.{}\r\n", phone.device, phone.secret);
    let caps = |fields: &str| request("GET /v1/caps", fields).into_bytes();
    assert_eq!(status(&say(&server, &caps(&bearer)).await), 200);

    let many: String = (0..100).map(|number| format!("x-{number}: 1\r\n")).collect();
    let large = format!("x-large: {}\r\n", "a".repeat(20_000));
    for fields in [bearer.clone() + &many, bearer.clone() + &large] {
        assert_eq!(ours(&say(&server, &caps(&fields)).await), (431, ErrorCode::TooLarge));
    }
    let long = request(&format!("GET /v1/caps?{}", "a".repeat(30_000)), &bearer);
    assert_eq!(ours(&say(&server, long.as_bytes()).await), (431, ErrorCode::TooLarge));

    for fields in [
        String::new(),
        bearer.clone() + &bearer,
        "authorization: Bearer x\r\n".to_owned() + &bearer,
        bearer.replace("Bearer", "Basic"),
        bearer.replace('.', ""),
        "authorization: Bearer \u{5de1}\u{683c}.x\r\n".to_owned(),
    ] {
        assert_eq!(
            ours(&say(&server, &caps(&fields)).await),
            (401, ErrorCode::Unauthorised),
            "{fields}"
        );
    }
    // What is no HTTP at all, or more of it than is ever read, gets HTTP's own bare refusal, and an end.
    let flood: String = (0..5_000).map(|number| format!("x-{number}: {number}\r\n")).collect();
    for bytes in [
        caps(&format!("{bearer}content-length: 1\r\ncontent-length: 2\r\n")),
        caps(&format!("{bearer}x: a\rb\r\n")),
        caps(&format!("{bearer}x: a\0b\r\n")),
        caps(&(bearer.clone() + &flood)),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".repeat(20),
        b"GET /v1/caps HTTP/3.7\r\n\r\n".to_vec(),
    ] {
        let answer = say(&server, &bytes).await;
        assert!(matches!(status(&answer), 400 | 431), "{answer:?}");
    }
    is_well(&server).await;
}

#[tokio::test]
async fn bodies_that_are_too_large_a_bomb_or_of_another_type_are_refused() {
    let server = Server::start().await;
    let mut phone = Phone::enrol(&server, 1).await;
    phone.open_log();
    let head = phone.push_head(1, 1);
    let bomb = zstd::encode_all(std::io::repeat(b'o').take(200 * 1024 * 1024), 3).unwrap();
    assert!(bomb.len() < 250_000, "a bomb is small: {}", bomb.len());
    for (body, status, code) in [
        (bomb, 413, ErrorCode::TooLarge),
        (vec![7; 600_000], 413, ErrorCode::TooLarge),
        (b"no zstd".to_vec(), 400, ErrorCode::Malformed),
        (Vec::new(), 400, ErrorCode::Malformed),
    ] {
        assert_eq!(refusal(phone.push_raw(&head, body).await, status).await.code, code);
    }
    let path = format!("/v1/logs/{}/ops", phone.log);
    let typed = phone.call(Method::POST, &path).header("content-type", "text/html");
    assert_eq!(
        refusal(typed.body("<html>").send().await.unwrap(), 415).await.code,
        ErrorCode::Malformed
    );
    // Nothing of it is there, and the true push is taken.
    assert_eq!(phone.push(1, 1).await.acked_seq.0, 1);
    let large = client()
        .post(format!("{}/v1/enrol", server.url))
        .body(vec![b' '; 100_000]);
    assert_eq!(
        refusal(large.send().await.unwrap(), 413).await.code,
        ErrorCode::TooLarge
    );
}

#[tokio::test]
async fn unknown_and_forbidden_are_answered_in_the_same_bytes() {
    let server = Server::start().await;
    let mut owner = Phone::enrol(&server, 1).await;
    let other = Phone::enrol(&server, 2).await;
    owner.open_log();
    let photo = picture(3, 5_000);
    owner.add_case("囧", vec![photo_ref(&photo)]);
    owner.push(1, 2).await;
    owner.put(&photo).await;

    let bearer = |device: &str, secret: &str| format!("authorization: Bearer {device}.{secret}\r\n");
    let without_date = |answer: String| -> String {
        answer
            .lines()
            .filter(|line| !line.starts_with("date:"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let ask = async |line: &str, fields: &str| without_date(say(&server, request(line, fields).as_bytes()).await);
    let nobody = "01978123-4567-7abc-8def-ffffffffffff";
    let strangers = [
        ask("GET /v1/caps", &bearer(nobody, &other.secret)).await,
        ask("GET /v1/caps", &bearer(&owner.device.to_string(), &other.secret)).await,
        ask("GET /v1/caps", "").await,
    ];
    assert!(
        strangers
            .iter()
            .all(|answer| *answer == strangers[0] && status(answer) == 401),
        "{strangers:?}"
    );

    let known = bearer(&other.device.to_string(), &other.secret);
    let theirs = photo_ref(&photo).sha256.to_string();
    let nowhere = "cd".repeat(32);
    for pattern in ["GET /v1/photos/{}/receipt", "HEAD /v1/photos/{}"] {
        let (theirs, nowhere) = (pattern.replace("{}", &theirs), pattern.replace("{}", &nowhere));
        let (forbidden, unknown) = (ask(&theirs, &known).await, ask(&nowhere, &known).await);
        assert_eq!(forbidden, unknown, "{pattern}");
        assert_eq!(status(&unknown), 404);
    }
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order_and_half_closed_ones_break_nothing() {
    let server = Server::start().await;
    let one = "GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n";
    let answers = say(&server, format!("{one}{one}{}", request("GET /nothing", "")).as_bytes()).await;
    assert_eq!(answers.matches("HTTP/1.1 200").count(), 2, "{answers}");
    assert_eq!(answers.matches("HTTP/1.1 404").count(), 1);
    assert!(answers.find("HTTP/1.1 404") > answers.rfind("HTTP/1.1 200"));

    for bytes in [
        "",
        "GET /hea",
        "POST /v1/enrol HTTP/1.1\r\nhost: a\r\ncontent-length: 50\r\n\r\n{",
    ] {
        let mut stream = connect(&server).await;
        stream.write_all(bytes.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        heard(stream).await;
    }
    is_well(&server).await;
}

#[tokio::test]
async fn a_head_that_never_ends_and_a_handshake_that_never_begins_are_cut_off() {
    let server = Server::start_with(&[("limits.head_ms", "300")]).await;
    let slow = say(&server, b"GET /v1/caps HTTP/1.1\r\nhost: a\r\nx-slow: ").await;
    assert!(matches!(status(&slow), 0 | 408), "{slow:?}");
    // Idle after an answer: closed by the same clock.
    let idle = say(&server, b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n").await;
    assert_eq!(status(&idle), 200);

    let safe = Server::start_with(&[("tls.mode", "on"), ("limits.handshake_ms", "300")]).await;
    assert!(safe.url.starts_with("https://"));
    assert_eq!(say(&safe, b"").await, "");
    // Plain HTTP at the door of TLS ends in an alert and not in an answer.
    let plain = say(&safe, request("GET /v1/caps", "").as_bytes()).await;
    assert!(!plain.contains("HTTP/"), "{plain:?}");
}
