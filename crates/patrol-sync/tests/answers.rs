//! Who answered? A sign-in page of the network, another server, or nobody: three troubles with three ways out.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::sync::Arc;

use patrol_domain::{DeviceId, LogId, WallMs};
use patrol_sync::{Access, HttpTransport, PhoneTime, Transport as _, TransportError, Trust};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// Asks for a journal's status at an address where everything is answered with `answer`.
async fn asked(answer: &'static str) -> TransportError {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let served = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            request.push(socket.read_u8().await.unwrap());
        }
        socket.write_all(answer.as_bytes()).await.unwrap();
        socket.shutdown().await.unwrap();
    });
    let access = Access {
        url,
        trust: Trust::Loopback,
        device: DeviceId::from_slice(&[7; 16]).unwrap(),
        secret: "00".repeat(32),
    };
    let log = LogId::from_slice(&[1; 16]).unwrap();
    let time = || PhoneTime {
        wall: WallMs(1_795_000_000_000),
        station: None,
    };
    let refused = HttpTransport::new(Arc::new(time))
        .log_status(&access, log)
        .await
        .unwrap_err();
    served.await.unwrap();
    refused
}

#[tokio::test]
async fn a_sign_in_page_is_told_from_another_server() {
    let page = "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\nconnection: close\r\n\r\n<h1>Sign in</h1>";
    let elsewhere = "HTTP/1.1 302 Found\r\nlocation: http://10.0.0.1/login\r\nconnection: close\r\n\r\n";
    let says_so = "HTTP/1.1 511 Network Authentication Required\r\nconnection: close\r\n\r\n";
    for (answer, code) in [(page, 200), (elsewhere, 302), (says_so, 511)] {
        let refused = asked(answer).await;
        assert!(
            matches!(refused, TransportError::Portal { status } if status == code),
            "{code}: {refused:?}"
        );
    }
    let json = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n{}";
    let error = "HTTP/1.1 404 Not Found\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n<h1>Not Found</h1>";
    let proxy = "HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n<h1>Bad Gateway</h1>";
    for (answer, code) in [(json, 200), (error, 404), (proxy, 502)] {
        let refused = asked(answer).await;
        assert!(
            matches!(refused, TransportError::NotOurs { status } if status == code),
            "{code}: {refused:?}"
        );
    }
}
