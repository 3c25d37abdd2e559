//! Codes, secrets, and who is let in.

use patrol_domain::hash::encode_hex;
use patrol_wire::{EnrolReply, EnrolRequest, ErrorCode, OfficerRequest};
use reqwest::Method;

use crate::phone::{Phone, client, post_enrol, refusal, request};
use crate::server::{START_MS, Server};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

#[tokio::test]
async fn the_same_code_with_the_same_secret_gets_the_same_device_and_with_another_nothing() {
    let server = Server::start().await;
    let code = server.code().await;
    let client = client();
    let asked = request(&code.code, 1);
    let first: EnrolReply = post_enrol(&client, &server.url, &asked).await.json().await.unwrap();
    assert_eq!(
        first.key.public.thumbprint(),
        code.key_thumbprint,
        "the code names the key"
    );
    assert_eq!(
        (first.officer.number.as_str(), first.officer.name.as_str()),
        ("N-017", "王队员")
    );
    assert_eq!(
        first.certificate.verify(&first.key.public).unwrap().station_ms.0,
        START_MS
    );
    server.clock.advance(2 * DAY_MS);
    let server = server.restart().await;
    let again: EnrolReply = post_enrol(&client, &server.url, &asked).await.json().await.unwrap();
    assert_eq!((again.device, &again.certificate), (first.device, &first.certificate));
    let typed = EnrolRequest {
        code: format!(" {} ", code.code.to_lowercase()),
        ..asked.clone()
    };
    let again: EnrolReply = post_enrol(&client, &server.url, &typed).await.json().await.unwrap();
    assert_eq!(again.device, first.device, "small letters and spaces do not matter");
    let other = EnrolRequest {
        secret: encode_hex(&[9; 32]),
        ..asked
    };
    assert_eq!(
        refusal(post_enrol(&client, &server.url, &other).await, 403).await.code,
        ErrorCode::CodeUnknown
    );
}

#[tokio::test]
async fn a_code_that_is_used_unknown_or_expired_gets_one_answer_from_whoever_it_does_not_belong_to() {
    let server = Server::start().await;
    let (enrolled, signed_in, expired) = (server.code().await, server.code().await, server.code().await);
    let phone = Phone::enrol_with(&enrolled, 1).await;
    let shared = async |code: &str| {
        let request = phone.call(Method::POST, "/v1/officers");
        request
            .json(&OfficerRequest { code: code.into() })
            .send()
            .await
            .unwrap()
    };
    assert_eq!(shared(&signed_in.code).await.status(), 200);
    server.clock.advance(DAY_MS);
    // A lost answer is given again, however late.
    assert_eq!(shared(&signed_in.code).await.status(), 200);
    let other = Phone::enrol(&server, 2).await;
    let mut answers = Vec::new();
    for code in [enrolled.code.as_str(), &signed_in.code, &expired.code, "K7Q2M9XWPA"] {
        let enrolment = post_enrol(&client(), &server.url, &request(code, 3)).await;
        let sign_in = other.call(Method::POST, "/v1/officers");
        let sign_in = sign_in
            .json(&OfficerRequest { code: code.into() })
            .send()
            .await
            .unwrap();
        for response in [enrolment, sign_in] {
            assert_eq!(response.status().as_u16(), 403, "{code}");
            let mut headers = response.headers().clone();
            headers.remove("date");
            answers.push((headers, response.bytes().await.unwrap()));
        }
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
}

#[tokio::test]
async fn an_unknown_an_expired_and_a_malformed_request_are_refused() {
    let server = Server::start().await;
    let client = client();
    let code = server.code().await.code;
    let unknown = post_enrol(&client, &server.url, &request("K7Q2M9XWPA", 1)).await;
    assert_eq!(refusal(unknown, 403).await.code, ErrorCode::CodeUnknown);
    let short = EnrolRequest {
        secret: "abc".into(),
        ..request(&code, 1)
    };
    assert_eq!(
        refusal(post_enrol(&client, &server.url, &short).await, 400).await.code,
        ErrorCode::Malformed
    );
    for body in ["", "{}", "[", &"x".repeat(100_000)] {
        let response = client
            .post(format!("{}/v1/enrol", server.url))
            .body(body.to_owned())
            .send()
            .await
            .unwrap();
        let status = response.status().as_u16();
        refusal(response, if body.len() > 8192 { 413 } else { 400 }).await;
        assert!(status >= 400);
    }
    server.clock.advance(DAY_MS);
    let expired = post_enrol(&client, &server.url, &request(&code, 1)).await;
    assert_eq!(refusal(expired, 403).await.code, ErrorCode::CodeUnknown);
}

#[tokio::test]
async fn an_unknown_device_and_a_wrong_secret_get_the_same_401() {
    let server = Server::start().await;
    let phone = Phone::enrol(&server, 1).await;
    let good = phone.call(Method::GET, "/v1/caps").send().await.unwrap();
    assert_eq!(good.headers()["xunge-protocol"], "1");
    let caps: serde_json::Value = good.json().await.unwrap();
    assert_eq!(
        (&caps["max_ops_per_push"], &caps["max_thumbnail_bytes"]),
        (&500.into(), &20_000.into())
    );
    let (device, secret) = (phone.device, phone.secret.clone());
    let other: patrol_domain::DeviceId = crate::phone::id(5);
    let mut answers = Vec::new();
    for bearer in [
        format!("Bearer {other}.{secret}"),
        format!("Bearer {device}.{}", encode_hex(&[8; 32])),
        format!("Bearer {device}.{}", secret.to_uppercase().replace('0', "A")),
        format!("Bearer {device}"),
        "Basic eA==".to_owned(),
        String::new(),
    ] {
        let request = phone
            .client
            .get(format!("{}/v1/caps", server.url))
            .header("authorization", bearer);
        answers.push(refusal(request.send().await.unwrap(), 401).await);
    }
    assert!(
        answers
            .iter()
            .all(|answer| *answer == answers[0] && answer.code == ErrorCode::Unauthorised)
    );
}

#[tokio::test]
async fn every_answer_is_marked_as_ours() {
    let server = Server::start().await;
    let phone = Phone::enrol(&server, 1).await;
    for (method, path, status) in [
        (Method::GET, "/nowhere", 404),
        (Method::GET, "/v1/photos/xyz/receipt", 404),
        (Method::GET, "/v1/logs/not-a-log", 404),
        (Method::GET, "/v1/logs/%FF", 404),
        (Method::DELETE, "/v1/enrol", 405),
        (Method::POST, "/", 405),
    ] {
        refusal(phone.call(method, path).send().await.unwrap(), status).await;
    }
}
