//! The phone's side of TLS against a real station: whom it believes, whom it does not, and that it says which.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use p256::ecdsa::SigningKey;
use patrol_domain::hash::encode_hex;
use patrol_domain::{LogId, Sha256Hash, StationMs, WallMs};
use patrol_station::{InitOptions, Place, Ports, Setting, Station, StationOptions, TlsMode, init};
use patrol_sync::{Access, EnrolmentCode, HttpTransport, PhoneTime, Transport, TransportError, Trust};
use patrol_wire::{EnrolReply, EnrolRequest, Officer, PublicKey};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
const SECRET: [u8; 32] = [7; 32];

/// A station that speaks TLS, as `init` makes it.
struct Server {
    station: Station,
    url: String,
    folder: TempDir,
}

impl Server {
    async fn start() -> Self {
        Self::start_with(Vec::new()).await
    }

    /// With settings over its file.
    async fn start_with(settings: Vec<Setting>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = InitOptions {
            data: folder.path().to_owned(),
            name: "江心洲中队".into(),
            listen: None,
            tls: TlsMode::On,
            district: Place::default(),
            street_office: Place::default(),
        };
        init(&options, &Ports::machine()).unwrap();
        let mut options = StationOptions::new(folder.path());
        options.settings = settings;
        let station = Station::open(options).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        let claim = station.claim().unwrap();
        tokio::spawn(async move { claim.serve(listener, std::future::pending()).await.unwrap() });
        Self { station, url, folder }
    }

    async fn code(&self) -> EnrolmentCode {
        self.station.make_code(officer(), &self.url).await.unwrap()
    }

    fn authority(&self) -> Trust {
        Trust::from(Some(self.station.authority().unwrap().der().to_vec()))
    }
}

fn officer() -> Officer {
    Officer {
        number: "N-017".into(),
        name: "王队员".into(),
    }
}

fn now() -> i64 {
    Ports::machine().clock.now().0
}

/// A transport whose phone has this clock and has never heard of the station's.
fn at_wall(wall: i64) -> HttpTransport {
    HttpTransport::new(Arc::new(move || PhoneTime {
        wall: WallMs(wall),
        station: None,
    }))
}

fn log() -> LogId {
    "01978123-4567-7abc-8def-000000000001".parse().unwrap()
}

async fn enrol(transport: &HttpTransport, code: &EnrolmentCode) -> Result<EnrolReply, TransportError> {
    let key = SigningKey::from_slice(&[9; 32]).unwrap();
    let request = EnrolRequest {
        code: code.code.clone(),
        secret: encode_hex(&SECRET),
        device_key: PublicKey::from_sec1(key.verifying_key().to_sec1_point(false).as_bytes()).unwrap(),
        log: log(),
    };
    transport
        .enrol(&code.station_url, &code.authority.into(), &request)
        .await
}

fn access(url: &str, reply: &EnrolReply, trust: Trust) -> Access {
    Access {
        url: url.to_owned(),
        trust,
        device: reply.device,
        secret: encode_hex(&SECRET),
    }
}

/// The same code, led to another address.
fn led_to(url: &str, code: &EnrolmentCode) -> EnrolmentCode {
    EnrolmentCode {
        station_url: url.to_owned(),
        ..code.clone()
    }
}

fn is_wrong_station<T: std::fmt::Debug>(answer: Result<T, TransportError>) -> bool {
    let told = matches!(answer, Err(TransportError::WrongStation(_)));
    assert!(told, "{answer:?}");
    told
}

#[tokio::test]
async fn a_phone_finds_the_authority_of_its_code_in_the_chain_and_pins_it() {
    let server = Server::start().await;
    let code = server.code().await;
    let transport = at_wall(now());
    let reply = enrol(&transport, &code).await.unwrap();
    let pinned = reply.authority.clone().unwrap();
    assert_eq!(pinned, encode_hex(server.station.authority().unwrap().der()));
    let access = access(&server.url, &reply, server.authority());
    let status = transport.log_status(&access, log()).await.unwrap();
    assert_eq!(status.acked_seq.0, 0);
}

#[tokio::test]
async fn another_stations_certificate_is_told_from_no_network() {
    let (server, other) = (Server::start().await, Server::start().await);
    let code = server.code().await;
    let transport = at_wall(now());
    assert!(is_wrong_station(enrol(&transport, &led_to(&other.url, &code)).await));
    let reply = enrol(&transport, &code).await.unwrap();
    let astray = access(&other.url, &reply, server.authority());
    assert!(is_wrong_station(transport.log_status(&astray, log()).await));
}

#[tokio::test]
async fn a_stranger_who_shows_the_pinned_authority_beside_his_own_certificate_is_not_believed() {
    let (server, stranger) = (Server::start().await, Server::start().await);
    let code = server.code().await;
    // What a station writes when it is first served is there once it has answered.
    assert!(is_wrong_station(
        enrol(&at_wall(now()), &led_to(&stranger.url, &code)).await
    ));
    let read =
        |server: &Server, name: &str| std::fs::read_to_string(server.folder.path().join("keys").join(name)).unwrap();
    let chain = stranger.folder.path().join("chain.pem");
    std::fs::write(&chain, read(&stranger, "tls.pem") + &read(&server, "authority.pem")).unwrap();
    let keys = stranger.folder.path().join("keys");
    let set = |key: &str, path: &Path| Setting {
        key: key.to_owned(),
        value: path.to_str().unwrap().to_owned(),
        said_by: "test".to_owned(),
    };
    let settings = vec![
        set("tls.authority", &keys.join("authority.pem")),
        set("tls.certificate", &chain),
        set("tls.key", &keys.join("tls.pem")),
    ];
    // The stranger's own folder is being served; what counts are the files that it names.
    let again = Server::start_with(settings).await;
    assert!(is_wrong_station(
        enrol(&at_wall(now()), &led_to(&again.url, &code)).await
    ));
}

/// Answers every connection with these bytes, whatever it says.
async fn speaks(bytes: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let mut heard = [0; 4096];
                // The phone may hang up at any moment: that is what the test is about.
                let _ = stream.read(&mut heard).await;
                let _ = stream.write_all(bytes).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    url
}

#[tokio::test]
async fn a_portal_that_does_not_speak_tls_is_somebody_else_and_a_dead_line_is_no_network() {
    let server = Server::start().await;
    let code = server.code().await;
    let transport = at_wall(now());
    let portal = speaks(b"HTTP/1.1 302 Found\r\nlocation: http://sign-in.example/\r\ncontent-length: 0\r\n\r\n").await;
    let answer = enrol(&transport, &led_to(&portal, &code)).await;
    assert!(
        matches!(answer, Err(TransportError::NotOurs { status: 0 })),
        "{answer:?}"
    );
    let dead = speaks(b"").await;
    let answer = enrol(&transport, &led_to(&dead, &code)).await;
    assert!(matches!(answer, Err(TransportError::Unreachable(_))), "{answer:?}");
    // Nothing of a phone that pins an authority ever leaves without TLS.
    let plain = led_to(&server.url.replace("https", "http"), &code);
    assert!(enrol(&transport, &plain).await.is_err());
}

#[tokio::test]
async fn a_phone_with_any_clock_is_let_in_and_a_certificate_that_ended_is_not_believed() {
    let server = Server::start().await;
    let code = server.code().await;
    // The clock of a phone whose battery was flat, and one that was set ten years ahead.
    for wall in [0, -DAY_MS, now(), now() + 3650 * DAY_MS] {
        enrol(&at_wall(wall), &code).await.unwrap();
    }
    // The station has signed a time at which its certificate no longer held: whoever still shows it is somebody else.
    // The clock is asked anew with each connection.
    let signed = Arc::new(AtomicI64::new(now() + 3650 * DAY_MS));
    let told = Arc::clone(&signed);
    let transport = HttpTransport::new(Arc::new(move || PhoneTime {
        wall: WallMs(now()),
        station: Some(StationMs(told.load(Ordering::Relaxed))),
    }));
    assert!(is_wrong_station(enrol(&transport, &code).await));
    signed.store(now(), Ordering::Relaxed);
    enrol(&transport, &code).await.unwrap();
}

#[tokio::test]
async fn a_code_for_an_address_that_the_certificate_does_not_name_is_not_made() {
    let server = Server::start().await;
    let refused = server.station.make_code(officer(), "https://192.0.2.7:8620").await;
    assert!(refused.unwrap_err().to_string().contains("does not name 192.0.2.7"));
    for url in ["https://localhost:8620", "https://[::1]:8620"] {
        let code = server.station.make_code(officer(), url).await.unwrap();
        let der = server.station.authority().unwrap().der();
        assert_eq!(code.authority, Some(Sha256Hash::of(der)));
    }
}
