//! A phone in a few lines: a journal, a key, a secret, and the calls of the protocol.

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use patrol_domain::hash::encode_hex;
use patrol_domain::op::{
    CaseOpened, LogOpened, OpenReason, PackVersion, PersonBound, Place, PlateRecord, Step, StepTaken,
};
use patrol_domain::seal::Salt;
use patrol_domain::{
    At, Body, BootId, BootMs, DeviceId, Head, LogId, Mime, Op, Part, PersonId, PhotoRef, PhotoRole, PhotoSource, Plate,
    Seq, Sha256Hash, TzMinutes, WallMs,
};
use patrol_wire::frame::{self, FrameOp};
use patrol_wire::push::head_message;
use patrol_wire::{
    Change, ChangesReply, Cursor, EnrolReply, EnrolRequest, EnrolmentCertificate, EnrolmentCode, ErrorReply, PublicKey,
    PushHead, PushReply, SignatureBytes, Signed,
};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};

use std::sync::Arc;

use crate::server::Server;

/// An id whose last digits are `number`.
pub(crate) fn id<T: std::str::FromStr>(number: u64) -> T {
    format!("01978123-4567-7abc-8def-{number:012x}").parse().ok().unwrap()
}

pub(crate) fn client() -> Client {
    // Trusts nobody: over TLS it reaches only what a test pins.
    let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    Client::builder()
        .no_proxy()
        .tls_backend_preconfigured(tls)
        .build()
        .unwrap()
}

/// Bytes that begin as a JPEG does.
pub(crate) fn picture(seed: u8, length: usize) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0];
    bytes.extend((4..length).map(|position| u8::try_from(position * usize::from(seed) % 251).unwrap()));
    bytes
}

pub(crate) fn part(field: &str, value: &str) -> Part {
    Part {
        field: field.into(),
        salt: Salt([5; 32]),
        value: value.into(),
    }
}

pub(crate) fn step(step: Step) -> Body {
    Body::StepTaken(StepTaken { step, note: None })
}

pub(crate) fn photo_ref(bytes: &[u8]) -> PhotoRef {
    PhotoRef {
        sha256: Sha256Hash::of(bytes),
        bytes: bytes.len() as u64,
        mime: Mime::Jpeg,
        role: PhotoRole::Scene,
        source: PhotoSource::Camera,
        slot: None,
        shot: None,
    }
}

pub(crate) struct Phone {
    pub(crate) url: String,
    pub(crate) client: Client,
    pub(crate) device: DeviceId,
    pub(crate) secret: String,
    pub(crate) key: SigningKey,
    pub(crate) log: LogId,
    pub(crate) ops: Vec<FrameOp>,
    pub(crate) station_key: PublicKey,
    /// None for a stranger.
    pub(crate) certificate: Option<Signed<EnrolmentCertificate>>,
    pub(crate) number: u64,
}

impl Phone {
    /// Enrols; `number` keeps phones apart.
    pub(crate) async fn enrol(server: &Server, number: u8) -> Self {
        Self::enrol_with(&server.code().await, number).await
    }

    /// A phone that the station knows, or does not; its device id is for the caller to fill in.
    pub(crate) fn stranger(server: &Server, number: u8) -> Self {
        let request = request("", number);
        Self {
            url: server.url.clone(),
            client: client(),
            device: id(u64::from(number)),
            secret: request.secret,
            key: SigningKey::from_slice(&[number; 32]).unwrap(),
            log: request.log,
            ops: Vec::new(),
            station_key: server.station.public_key().clone(),
            certificate: None,
            number: u64::from(number) << 16,
        }
    }

    pub(crate) async fn enrol_with(code: &EnrolmentCode, number: u8) -> Self {
        let key = SigningKey::from_slice(&[number; 32]).unwrap();
        let request = request(&code.code, number);
        let client = client();
        let reply: EnrolReply = post_enrol(&client, &code.station_url, &request)
            .await
            .json()
            .await
            .unwrap();
        let content = reply.certificate.verify(&reply.key.public).unwrap();
        assert_eq!(content.device_key_thumbprint, request.device_key.thumbprint());
        Self {
            url: code.station_url.clone(),
            client,
            device: reply.device,
            secret: request.secret,
            key,
            log: request.log,
            ops: Vec::new(),
            station_key: reply.key.public,
            certificate: Some(reply.certificate),
            number: u64::from(number) << 16,
        }
    }

    /// The next id of this phone.
    pub(crate) fn id<T: std::str::FromStr>(&mut self) -> T {
        self.number += 1;
        id(self.number)
    }

    pub(crate) fn add(&mut self, op: &Op, parts: Vec<Part>) -> Head {
        self.add_bytes(op.encode().unwrap().into_vec(), parts)
    }

    pub(crate) fn add_bytes(&mut self, op: Vec<u8>, parts: Vec<Part>) -> Head {
        self.ops.push(FrameOp { op, parts });
        self.head(self.ops.len())
    }

    /// The chain behind the first `count` ops.
    pub(crate) fn head(&self, count: usize) -> Head {
        self.ops[..count]
            .iter()
            .fold(Head::start(self.log), |head, op| head.extend(&op.op))
    }

    pub(crate) fn op(&mut self, body: Body) -> Op {
        let (op_id, case) = (self.id(), self.id());
        Op {
            id: op_id,
            at: At {
                wall_ms: WallMs(1_781_745_000_000),
                boot_ms: BootMs(1),
                boot_id: BootId("5f2c1d0e-8c3b-4f6e-9a7d-0b1c2d3e4f50".parse().unwrap()),
                gnss_ms: None,
                offset: None,
                tz: TzMinutes(480),
                beacon: None,
            },
            author: self.author(),
            case: matches!(body, Body::CaseOpened(_)).then_some(case),
            after: vec![],
            photos: vec![],
            body,
        }
    }

    /// An op about a case, behind another op of it; written into the journal.
    pub(crate) fn act(&mut self, case: &Op, after: &[&Op], body: Body, photos: Vec<PhotoRef>, parts: Vec<Part>) -> Op {
        let op = Op {
            case: case.case,
            after: after.iter().map(|op| op.id).collect(),
            photos,
            ..self.op(body)
        };
        self.add(&op, parts);
        op
    }

    /// Pulls a page; `query` begins behind the question mark.
    pub(crate) async fn pull(&self, query: &str) -> Response {
        let path = format!("/v1/changes?{query}");
        self.call(Method::GET, &path).send().await.unwrap()
    }

    /// Pulls everything in pages of `limit` behind `cursor`, and where the next pull begins.
    pub(crate) async fn pull_all(&self, cursor: Option<Cursor>, limit: u64) -> (Vec<Change>, ChangesReply) {
        let (mut changes, mut cursor) = (Vec::new(), cursor);
        loop {
            let from = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
            let response = self.pull(&format!("limit={limit}{from}")).await;
            assert_eq!(response.status(), StatusCode::OK, "{}", response.text().await.unwrap());
            let reply: ChangesReply = response.json().await.unwrap();
            assert!(reply.changes.len() as u64 <= limit);
            changes.extend(reply.changes.clone());
            if reply.scope.is_some() {
                return (changes, reply);
            }
            cursor = Some(reply.next);
        }
    }

    pub(crate) fn author(&self) -> PersonId {
        id(7)
    }

    pub(crate) fn open_log(&mut self) {
        let body = LogOpened {
            device_key_thumbprint: public(&self.key).thumbprint(),
            app: "xunge test".into(),
            station: None,
            reason: OpenReason::First,
            predecessor: None,
        };
        let op = self.op(Body::LogOpened(body));
        self.add(&op, vec![]);
    }

    pub(crate) fn bind_person(&mut self, officer: &str) {
        let name = Part {
            field: "name".into(),
            salt: Salt([3; 32]),
            value: "王队员".into(),
        };
        let body = PersonBound {
            local: self.author(),
            officer: officer.into(),
            name: name.seal(),
        };
        let op = self.op(Body::PersonBound(body));
        self.add(&op, vec![name]);
    }

    pub(crate) fn case(&mut self, note: &str, photos: Vec<PhotoRef>) -> (Op, Part) {
        let part = Part {
            field: "note".into(),
            salt: Salt([9; 32]),
            value: note.into(),
        };
        let body = CaseOpened {
            number: format!("0618-{:03}", self.ops.len()),
            matter: "PK01".into(),
            pack: PackVersion {
                name: "catalogue".into(),
                version: "2026.11.1".into(),
            },
            plate: Some(PlateRecord::from(&Plate::parse("苏A8K3R7").unwrap())),
            place: Place {
                fix: None,
                community: Some("320116006009".into()),
                street: None,
                pin: None,
            },
            note: Some(part.seal()),
            form: None,
            interval: None,
        };
        let op = Op {
            photos,
            ..self.op(Body::CaseOpened(body))
        };
        (op, part)
    }

    pub(crate) fn add_case(&mut self, note: &str, photos: Vec<PhotoRef>) -> Op {
        let (op, part) = self.case(note, photos);
        self.add(&op, vec![part]);
        op
    }

    /// The headers for ops `from..=to`, counted from 1.
    pub(crate) fn push_head(&self, from: usize, to: usize) -> PushHead {
        let (before, last) = (self.head(from - 1), self.head(to));
        PushHead {
            from_seq: Seq(from as u64),
            count: (to + 1 - from) as u64,
            prev_hash: before.hash,
            head_hash: last.hash,
            head_signature: self.sign(last),
            acked_seq: None,
            signed: None,
            epoch: None,
            local_seq: Seq(self.ops.len() as u64),
            waiting_photos: 3,
            waiting_bytes: 9_876_543,
        }
    }

    pub(crate) fn sign(&self, head: Head) -> SignatureBytes {
        let signature: Signature = self.key.sign(&head_message(self.log, head));
        SignatureBytes(signature.to_bytes().into())
    }

    pub(crate) async fn push_raw(&self, head: &PushHead, body: Vec<u8>) -> Response {
        let path = format!("/v1/logs/{}/ops", self.log);
        let mut request = self.call(Method::POST, &path);
        for (name, value) in head.to_headers() {
            request = request.header(name, value);
        }
        request.body(body).send().await.unwrap()
    }

    pub(crate) async fn push_response(&self, from: usize, to: usize) -> Response {
        let body = frame::encode(&self.ops[from - 1..to]).unwrap();
        self.push_raw(&self.push_head(from, to), body).await
    }

    /// Pushes and checks what a phone must check before it believes the answer.
    pub(crate) async fn push(&self, from: usize, to: usize) -> PushReply {
        let response = self.push_response(from, to).await;
        assert_eq!(response.status(), StatusCode::OK, "{}", response.text().await.unwrap());
        let reply: PushReply = response.json().await.unwrap();
        let receipt = reply.receipt.verify(&self.station_key).unwrap();
        assert_eq!(
            (receipt.log, receipt.seq, receipt.head),
            (self.log, reply.acked_seq, reply.head_hash)
        );
        let acked = usize::try_from(reply.acked_seq.0).unwrap();
        assert_eq!(self.head(acked).hash, reply.head_hash);
        reply
    }

    pub(crate) fn call(&self, method: Method, path: &str) -> RequestBuilder {
        let bearer = format!("Bearer {}.{}", self.device, self.secret);
        self.client
            .request(method, format!("{}{path}", self.url))
            .header("authorization", bearer)
    }

    pub(crate) fn photo(&self, method: Method, sha256: Sha256Hash) -> RequestBuilder {
        self.call(method, &format!("/v1/photos/{sha256}"))
    }

    pub(crate) async fn put(&self, bytes: &[u8]) -> Response {
        let request = self
            .photo(Method::PUT, Sha256Hash::of(bytes))
            .header("upload-length", bytes.len());
        request.body(bytes.to_vec()).send().await.unwrap()
    }
}

pub(crate) fn public(key: &SigningKey) -> PublicKey {
    PublicKey::from_sec1(key.verifying_key().to_sec1_point(false).as_bytes()).unwrap()
}

pub(crate) fn request(code: &str, number: u8) -> EnrolRequest {
    EnrolRequest {
        code: code.into(),
        secret: encode_hex(&[number; 32]),
        device_key: public(&SigningKey::from_slice(&[number; 32]).unwrap()),
        log: id(u64::from(number) << 32),
    }
}

pub(crate) async fn post_enrol(client: &Client, url: &str, request: &EnrolRequest) -> Response {
    client
        .post(format!("{url}/v1/enrol"))
        .json(request)
        .send()
        .await
        .unwrap()
}

/// Checks that a refusal is ours, and reads it.
pub(crate) async fn refusal(response: Response, status: u16) -> ErrorReply {
    assert_eq!(response.headers()["xunge-protocol"], "1");
    let found = response.status().as_u16();
    let text = response.text().await.unwrap();
    assert_eq!(found, status, "{text}");
    serde_json::from_str(&text).unwrap()
}
