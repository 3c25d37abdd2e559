//! I16: what is somebody else's looks like what is not there: the same status, the same bytes, the same headers.

use patrol_domain::Sha256Hash;
use patrol_wire::Counter;
use reqwest::{Method, RequestBuilder};

use crate::phone::{Phone, client, id, photo_ref, picture, post_enrol, request};
use crate::server::Server;

/// All of an answer but when it was given.
async fn answer(request: RequestBuilder) -> (u16, Vec<(String, Vec<u8>)>, Vec<u8>) {
    let response = request.send().await.unwrap();
    let headers = response.headers().iter().filter(|(name, _)| *name != "date");
    let mut headers: Vec<_> = headers
        .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
        .collect();
    headers.sort();
    (
        response.status().as_u16(),
        headers,
        response.bytes().await.unwrap().to_vec(),
    )
}

async fn owner(server: &Server, photo: &[u8]) -> Phone {
    let mut owner = Phone::enrol(server, 1).await;
    owner.open_log();
    owner.add_case("别人的", vec![photo_ref(photo)]);
    owner.push(1, 2).await;
    assert!(owner.put(photo).await.status().is_success());
    let thumb = owner.call(Method::PUT, &format!("/v1/photos/{}/thumb", Sha256Hash::of(photo)));
    assert!(thumb.body(picture(1, 500)).send().await.unwrap().status().is_success());
    owner
}

#[tokio::test]
async fn another_phones_photo_answers_like_none_to_every_request() {
    let server = Server::start().await;
    let photo = picture(9, 1000);
    owner(&server, &photo).await;
    let mut stranger = Phone::enrol(&server, 2).await;
    stranger.open_log();
    stranger.push(1, 1).await;
    for (method, path) in [
        (Method::PUT, ""),
        (Method::PATCH, ""),
        (Method::HEAD, ""),
        (Method::GET, "/receipt"),
        (Method::PUT, "/thumb"),
    ] {
        let ask = |sha256: Sha256Hash| {
            let asked = stranger.call(method.clone(), &format!("/v1/photos/{sha256}{path}"));
            let asked = asked.header("upload-length", 1000).header("upload-offset", 0);
            asked.body(if path == "/thumb" {
                picture(1, 500)
            } else {
                photo.clone()
            })
        };
        let theirs = answer(ask(Sha256Hash::of(&photo))).await;
        assert_eq!(
            theirs,
            answer(ask(Sha256Hash::of(b"nobody's"))).await,
            "{method} {path}"
        );
        assert_eq!(theirs.0, 404);
    }
}

/// But for the journal's own start, which follows from its name.
#[tokio::test]
async fn another_phones_journal_answers_like_one_that_nobody_has_brought() {
    let server = Server::start().await;
    let owner = owner(&server, &picture(9, 1000)).await;
    let mut stranger = Phone::enrol(&server, 2).await;
    stranger.open_log();
    stranger.push(1, 1).await;
    let none: patrol_domain::LogId = id(99);
    let start = |log| patrol_domain::Head::start(log).hash.to_string();
    for rest in [
        "",
        "?missing_after=00",
        "/head?seq=0",
        "/head?seq=1",
        "/head?seq=2",
        "/audit",
    ] {
        let method = if rest == "/audit" { Method::POST } else { Method::GET };
        let ask = |log| {
            let asked = stranger.call(method.clone(), &format!("/v1/logs/{log}{rest}"));
            asked.json(&Counter::new(log).finish())
        };
        let (status, headers, body) = answer(ask(owner.log)).await;
        let body = String::from_utf8(body)
            .unwrap()
            .replace(&start(owner.log), &start(none));
        assert_eq!((status, headers, body.into_bytes()), answer(ask(none)).await, "{rest}");
    }
}

#[tokio::test]
async fn a_stranger_hears_the_same_whatever_it_asks_for() {
    let server = Server::start().await;
    let photo = picture(9, 1000);
    let owner = owner(&server, &photo).await;
    let nobodys = Sha256Hash::of(b"nobody's");
    let ask = |method: &Method, path: &str, bearer: &str| {
        let asked = client().request(method.clone(), format!("{}{path}", server.url));
        asked.header("authorization", bearer.to_owned())
    };
    let wrong_secret = format!("Bearer {}.{}", owner.device, "0".repeat(64));
    let wrong_device = format!("Bearer {}.{}", id::<patrol_domain::DeviceId>(5), owner.secret);
    let theirs = Sha256Hash::of(&photo);
    let log = owner.log;
    let no_log: patrol_domain::LogId = id(99);
    for (method, mine, none) in [
        (
            Method::HEAD,
            format!("/v1/photos/{theirs}"),
            format!("/v1/photos/{nobodys}"),
        ),
        (
            Method::GET,
            format!("/v1/photos/{theirs}/receipt"),
            format!("/v1/photos/{nobodys}/receipt"),
        ),
        (Method::GET, format!("/v1/logs/{log}"), format!("/v1/logs/{no_log}")),
        (
            Method::POST,
            format!("/v1/logs/{log}/ops"),
            format!("/v1/logs/{no_log}/ops"),
        ),
    ] {
        let expected = answer(ask(&method, &none, &wrong_device)).await;
        assert_eq!(expected.0, 401);
        for path in [&mine, &none] {
            for bearer in [&wrong_secret, &wrong_device] {
                assert_eq!(answer(ask(&method, path, bearer)).await, expected, "{method} {path}");
            }
        }
    }
}

#[tokio::test]
async fn a_code_that_ran_out_answers_like_one_that_never_was() {
    let server = Server::start().await;
    let code = server.code().await;
    server.clock.advance(25 * 60 * 60 * 1000);
    let ask = async |code: &str| {
        let response = post_enrol(&client(), &server.url, &request(code, 1)).await;
        (response.status(), response.text().await.unwrap())
    };
    assert_eq!(ask(&code.code).await, ask("K7Q2M9XWPA").await);
}
