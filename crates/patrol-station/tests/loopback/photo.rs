//! Originals and thumbnails: whole, broken, resumed, wrong, and not one's own.

use std::time::Duration;

use futures_util::stream;
use patrol_domain::Sha256Hash;
use patrol_wire::{ErrorCode, LogStatus, PhotoReply};
use reqwest::{Body, Method, Response, StatusCode};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::phone::{Phone, photo_ref, picture, refusal};
use crate::server::{Server, files};

const LENGTH: usize = 300_000;

async fn phone_naming(server: &Server, number: u8, photos: &[&[u8]]) -> Phone {
    let mut phone = Phone::enrol(server, number).await;
    phone.add_case("x", photos.iter().map(|photo| photo_ref(photo)).collect());
    phone.push(1, 1).await;
    phone
}

fn header<'answer>(response: &'answer Response, name: &str) -> &'answer str {
    response.headers()[name].to_str().unwrap()
}

async fn offset(phone: &Phone, sha256: Sha256Hash) -> (u64, String) {
    let response = phone.photo(Method::HEAD, sha256).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    (
        header(&response, "upload-offset").parse().unwrap(),
        header(&response, "upload-complete").to_owned(),
    )
}

/// Sends the request's head and some bytes, then hangs up.
async fn hang_up(phone: &Phone, sha256: Sha256Hash, length: usize, sent: &[u8]) {
    let address = phone.url.strip_prefix("http://").unwrap();
    let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = format!(
        "PUT /v1/photos/{sha256} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}.{}\r\nupload-length: {length}\r\n\
         content-length: {length}\r\n\r\n",
        phone.device, phone.secret
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(sent).await.unwrap();
    // The other end is closed when the station has dealt with what came.
    socket.shutdown().await.unwrap();
    let _ = socket.read_to_end(&mut Vec::new()).await;
}

async fn patch(phone: &Phone, whole: &[u8], from: usize) -> Response {
    let request = phone
        .photo(Method::PATCH, Sha256Hash::of(whole))
        .header("upload-offset", from);
    request.body(whole[from..].to_vec()).send().await.unwrap()
}

#[tokio::test]
async fn a_whole_original_is_stored_under_its_hash_and_its_receipt_is_always_the_same() {
    let server = Server::start().await;
    let photo = picture(3, LENGTH);
    let phone = phone_naming(&server, 1, &[&photo]).await;
    let sha256 = Sha256Hash::of(&photo);
    let response = phone.photo(Method::GET, sha256).send().await.unwrap();
    assert_eq!(refusal(response, 405).await.code, ErrorCode::Malformed);
    let path = format!("/v1/photos/{sha256}/receipt");
    refusal(phone.call(Method::GET, &path).send().await.unwrap(), 404).await;

    let response = phone.put(&photo).await;
    assert_eq!(
        (response.status(), header(&response, "upload-complete")),
        (StatusCode::OK, "?1")
    );
    let reply: PhotoReply = response.json().await.unwrap();
    let receipt = reply.receipt.verify(&phone.station_key).unwrap();
    assert_eq!(
        (receipt.sha256, receipt.bytes, receipt.device),
        (sha256, LENGTH as u64, phone.device)
    );
    let name = format!("{}/{sha256}.jpg", sha256.to_string().get(..2).unwrap());
    assert_eq!(files(&server.data().join("photos")), std::slice::from_ref(&name));
    assert_eq!(std::fs::read(server.data().join("photos").join(name)).unwrap(), photo);
    assert!(files(&server.data().join("incoming")).is_empty());

    server.clock.advance(1000);
    let again: PhotoReply = phone.put(&photo).await.json().await.unwrap();
    let fetched: PhotoReply = phone
        .call(Method::GET, &path)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!((&again, &fetched), (&reply, &reply));
    assert_eq!(offset(&phone, sha256).await, (LENGTH as u64, "?1".into()));
    assert!(phone.push(1, 1).await.missing_photos.is_empty());
}

#[tokio::test]
async fn a_phone_that_hangs_up_continues_where_it_was() {
    let server = Server::start().await;
    let photo = picture(4, LENGTH);
    let sha256 = Sha256Hash::of(&photo);
    let phone = phone_naming(&server, 1, &[&photo]).await;
    assert_eq!(offset(&phone, sha256).await, (0, "?0".into()));
    hang_up(&phone, sha256, LENGTH, &photo[..123_456]).await;
    assert_eq!(offset(&phone, sha256).await, (123_456, "?0".into()));
    assert!(
        files(&server.data().join("photos")).is_empty(),
        "nothing half is to be seen"
    );

    let wrong = patch(&phone, &photo, 123_455).await;
    assert_eq!(header(&wrong, "upload-offset"), "123456");
    assert_eq!(refusal(wrong, 409).await.code, ErrorCode::OffsetMismatch);

    let request = phone.photo(Method::PATCH, sha256).header("upload-offset", 123_456);
    let some = request.body(photo[123_456..200_000].to_vec()).send().await.unwrap();
    assert_eq!(
        (some.status(), header(&some, "upload-offset")),
        (StatusCode::NO_CONTENT, "200000")
    );
    assert_eq!(header(&some, "upload-complete"), "?0");

    let response = patch(&phone, &photo, 200_000).await;
    assert_eq!(response.status(), StatusCode::OK);
    let reply: PhotoReply = response.json().await.unwrap();
    assert_eq!(reply.receipt.verify(&phone.station_key).unwrap().bytes, LENGTH as u64);
    assert!(files(&server.data().join("incoming")).is_empty());
}

#[tokio::test]
async fn a_part_survives_a_restart_and_a_put_begins_anew() {
    let server = Server::start().await;
    let photo = picture(5, LENGTH);
    let sha256 = Sha256Hash::of(&photo);
    let mut phone = phone_naming(&server, 1, &[&photo]).await;
    hang_up(&phone, sha256, LENGTH, &photo[..100_000]).await;
    let server = server.restart().await;
    phone.url.clone_from(&server.url);
    assert_eq!(offset(&phone, sha256).await.0, 100_000);
    hang_up(&phone, sha256, LENGTH, &photo[..50_000]).await;
    assert_eq!(offset(&phone, sha256).await.0, 50_000);
    assert_eq!(phone.put(&photo).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn all_bytes_in_the_part_are_enough_for_an_empty_patch() {
    let server = Server::start().await;
    let photo = picture(6, 1000);
    let sha256 = Sha256Hash::of(&photo);
    let phone = phone_naming(&server, 1, &[&photo]).await;
    let folder = server.data().join("incoming").join(phone.device.to_string());
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join(format!("{sha256}.part")), &photo).unwrap();
    assert_eq!(offset(&phone, sha256).await, (1000, "?0".into()));
    assert_eq!(patch(&phone, &photo, 1000).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn wrong_bytes_are_dropped_and_the_right_ones_taken_afterwards() {
    let server = Server::start().await;
    let photo = picture(7, 2000);
    let sha256 = Sha256Hash::of(&photo);
    let phone = phone_naming(&server, 1, &[&photo]).await;
    let request = phone.photo(Method::PUT, sha256).header("upload-length", 2000);
    let response = request.body(vec![1; 2000]).send().await.unwrap();
    assert_eq!(refusal(response, 422).await.code, ErrorCode::HashMismatch);
    assert_eq!(offset(&phone, sha256).await.0, 0);
    assert!(files(&server.data().join("photos")).is_empty());
    assert_eq!(phone.put(&photo).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn more_bytes_than_announced_are_413_and_leave_what_was_there_before() {
    let server = Server::start().await;
    let photo = picture(8, 2000);
    let sha256 = Sha256Hash::of(&photo);
    let phone = phone_naming(&server, 1, &[&photo]).await;
    hang_up(&phone, sha256, 2000, &photo[..500]).await;
    let request = phone.photo(Method::PATCH, sha256).header("upload-offset", 500);
    let response = request.body(vec![1; 1_000_000]).send().await.unwrap();
    assert_eq!(refusal(response, 413).await.code, ErrorCode::TooLarge);
    assert_eq!(offset(&phone, sha256).await.0, 500);
    let other = phone
        .photo(Method::PUT, sha256)
        .header("upload-length", 2001)
        .body(vec![1; 2001]);
    assert_eq!(
        refusal(other.send().await.unwrap(), 400).await.code,
        ErrorCode::Malformed
    );
    assert_eq!(patch(&phone, &photo, 500).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_hash_of_another_phone_and_an_unknown_one_get_the_same_answer() {
    let server = Server::start().await;
    let photo = picture(9, 1000);
    let owner = phone_naming(&server, 1, &[&photo]).await;
    assert_eq!(owner.put(&photo).await.status(), StatusCode::OK);
    let stranger = phone_naming(&server, 2, &[b"other"]).await;
    let mut answers = Vec::new();
    for sha256 in [Sha256Hash::of(&photo), Sha256Hash::of(b"nobody's")] {
        for (method, path) in [
            (Method::PUT, ""),
            (Method::HEAD, ""),
            (Method::PATCH, ""),
            (Method::GET, "/receipt"),
            (Method::PUT, "/thumb"),
        ] {
            let request = stranger.call(method, &format!("/v1/photos/{sha256}{path}"));
            let request = request.header("upload-length", 1000).header("upload-offset", 0);
            let response = request.body(photo.clone()).send().await.unwrap();
            assert_eq!(response.status(), StatusCode::NOT_FOUND);
            answers.push(response.text().await.unwrap());
        }
    }
    assert_eq!(answers[..5], answers[5..]);
    assert_eq!(answers[0], answers[3]);
}

#[tokio::test]
async fn each_phone_brings_its_own_and_the_file_is_stored_once() {
    let server = Server::start().await;
    let photo = picture(10, 3000);
    let (first, second) = (
        phone_naming(&server, 1, &[&photo]).await,
        phone_naming(&server, 2, &[&photo]).await,
    );
    let one: PhotoReply = first.put(&photo).await.json().await.unwrap();
    assert_eq!(offset(&second, Sha256Hash::of(&photo)).await, (0, "?0".into()));
    let two: PhotoReply = second.put(&photo).await.json().await.unwrap();
    assert_eq!(
        (one.receipt.content.device, two.receipt.content.device),
        (first.device, second.device)
    );
    assert_eq!(files(&server.data().join("photos")).len(), 1);
    assert!(files(&server.data().join("incoming")).is_empty());
}

#[tokio::test]
async fn a_stored_file_that_was_damaged_is_replaced_by_a_good_copy() {
    let server = Server::start().await;
    let photo = picture(11, 3000);
    let (first, second) = (
        phone_naming(&server, 1, &[&photo]).await,
        phone_naming(&server, 2, &[&photo]).await,
    );
    first.put(&photo).await;
    let path = server
        .data()
        .join("photos")
        .join(&files(&server.data().join("photos"))[0]);
    std::fs::write(&path, b"\xff\xd8\xff rotten").unwrap();
    assert_eq!(second.put(&photo).await.status(), StatusCode::OK);
    assert_eq!(std::fs::read(path).unwrap(), photo);
}

/// A body that brings what is handed in, and ends when the other end is dropped.
fn body_by_hand() -> (
    tokio::sync::mpsc::UnboundedSender<Result<Vec<u8>, std::io::Error>>,
    Body,
) {
    let (sender, receiver) = tokio::sync::mpsc::unbounded_channel();
    let body = stream::unfold(receiver, |mut receiver| async {
        receiver.recv().await.map(|item| (item, receiver))
    });
    (sender, Body::wrap_stream(body))
}

#[tokio::test]
async fn one_writer_at_a_time_and_a_stalled_one_is_ended() {
    let server = Server::start_with_stall(Duration::from_millis(400)).await;
    let photo = picture(12, 4000);
    let sha256 = Sha256Hash::of(&photo);
    let phone = phone_naming(&server, 1, &[&photo]).await;
    let (sender, body) = body_by_hand();
    let request = phone
        .photo(Method::PUT, sha256)
        .header("upload-length", 4000)
        .body(body);
    sender.send(Ok(photo[..1000].to_vec())).unwrap();
    let slow = tokio::spawn(request.send());
    let part = server.data().join("incoming").join(phone.device.to_string());
    let part = part.join(format!("{sha256}.part"));
    while !part.exists() {
        tokio::task::yield_now().await;
    }
    assert_eq!(refusal(phone.put(&photo).await, 423).await.code, ErrorCode::Locked);
    // No more bytes: the stall timer ends the request, and what came is kept.
    let stalled = slow.await.unwrap().unwrap();
    assert_eq!(refusal(stalled, 408).await.code, ErrorCode::Malformed);
    drop(sender);
    assert_eq!(offset(&phone, sha256).await.0, 1000);
    assert_eq!(patch(&phone, &photo, 1000).await.status(), StatusCode::OK);
}

/// A connection that is dead without knowing it: the phone comes back long before the station would give it up.
#[tokio::test]
async fn who_asks_ends_the_upload_of_before_and_hears_of_every_byte_that_came() {
    let server = Server::start_with_stall(Duration::from_secs(600)).await;
    let photo = picture(14, 400_000);
    let sha256 = Sha256Hash::of(&photo);
    let phone = phone_naming(&server, 1, &[&photo]).await;
    let (sender, body) = body_by_hand();
    let request = phone
        .photo(Method::PUT, sha256)
        .header("upload-length", 400_000)
        .body(body);
    let slow = tokio::spawn(request.send());
    sender.send(Ok(photo[..300_001].to_vec())).unwrap();
    let part = server.data().join("incoming").join(phone.device.to_string());
    let part = part.join(format!("{sha256}.part"));
    while !part.exists() {
        tokio::task::yield_now().await;
    }
    assert_eq!(offset(&phone, sha256).await, (300_001, "?0".into()));
    assert_eq!(
        refusal(slow.await.unwrap().unwrap(), 408).await.code,
        ErrorCode::Malformed
    );
    assert_eq!(patch(&phone, &photo, 300_001).await.status(), StatusCode::OK);
    drop(sender);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_is_507_and_nothing_half_is_to_be_seen() {
    let server = Server::start().await;
    let photo = picture(13, 4000);
    let sha256 = Sha256Hash::of(&photo);
    let phone = phone_naming(&server, 1, &[&photo]).await;
    let folder = server.data().join("incoming").join(phone.device.to_string());
    std::fs::create_dir(&folder).unwrap();
    let part = folder.join(format!("{sha256}.part"));
    std::os::unix::fs::symlink("/dev/full", &part).unwrap();
    assert_eq!(refusal(phone.put(&photo).await, 507).await.code, ErrorCode::DiskFull);
    assert!(files(&server.data().join("photos")).is_empty());
    std::fs::remove_file(part).unwrap();
    assert_eq!(phone.put(&photo).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_thumbnail_that_a_cut_left_half_is_swept_when_the_station_is_served_and_a_part_stays() {
    let server = Server::start().await;
    let photo = picture(16, 4000);
    let sha256 = Sha256Hash::of(&photo);
    let mut phone = phone_naming(&server, 1, &[&photo]).await;
    let device = phone.device.to_string();
    let server = server
        .restart_after(|data| {
            let folder = data.join("incoming").join(&device);
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join(format!("{sha256}.7.thumb")), "half").unwrap();
            std::fs::write(folder.join(format!("{sha256}.part")), &photo[..1000]).unwrap();
        })
        .await;
    phone.url.clone_from(&server.url);
    assert_eq!(offset(&phone, sha256).await.0, 1000);
    assert_eq!(
        files(&server.data().join("incoming")),
        [format!("{device}/{sha256}.part")]
    );
}

#[tokio::test]
async fn a_thumbnail_is_small_a_jpeg_and_of_a_named_original() {
    let server = Server::start().await;
    let (photo, thumb) = (picture(14, 4000), picture(15, 20_000));
    let sha256 = Sha256Hash::of(&photo);
    let (phone, other) = (
        phone_naming(&server, 1, &[&photo]).await,
        phone_naming(&server, 2, &[&photo]).await,
    );
    let put = async |phone: &Phone, bytes: Vec<u8>| {
        phone
            .call(Method::PUT, &format!("/v1/photos/{sha256}/thumb"))
            .body(bytes)
            .send()
            .await
            .unwrap()
    };
    assert_eq!(
        refusal(put(&phone, picture(15, 20_001)).await, 413).await.code,
        ErrorCode::TooLarge
    );
    assert_eq!(
        refusal(put(&phone, b"GIF89a".to_vec()).await, 400).await.code,
        ErrorCode::Malformed
    );
    let shown = format!("{}/thumbs/{sha256}", server.url);
    assert_eq!(
        phone.client.get(&shown).send().await.unwrap().status(),
        StatusCode::NOT_FOUND
    );
    for _ in 0..2 {
        let response = put(&phone, thumb.clone()).await;
        assert_eq!(
            (response.status(), header(&response, "xunge-protocol")),
            (StatusCode::NO_CONTENT, "1")
        );
    }
    assert_eq!(put(&other, picture(16, 100)).await.status(), StatusCode::NO_CONTENT);
    let response = phone.client.get(&shown).send().await.unwrap();
    assert_eq!(header(&response, "content-type"), "image/jpeg");
    assert_eq!(
        response.bytes().await.unwrap(),
        thumb,
        "another phone does not replace it"
    );
    assert!(files(&server.data().join("incoming")).is_empty());
}

#[tokio::test]
async fn a_part_that_is_longer_than_its_original_is_dropped() {
    let server = Server::start().await;
    let photo = picture(17, 1000);
    let sha256 = Sha256Hash::of(&photo);
    let phone = phone_naming(&server, 1, &[&photo]).await;
    let folder = server.data().join("incoming").join(phone.device.to_string());
    std::fs::create_dir(&folder).unwrap();
    let part = folder.join(format!("{sha256}.part"));
    std::fs::write(&part, vec![7; 1001]).unwrap();
    assert_eq!(offset(&phone, sha256).await, (0, "?0".into()));
    assert!(!part.exists());
    std::fs::write(&part, vec![7; 1001]).unwrap();
    let resumed = phone.photo(Method::PATCH, sha256).header("upload-offset", 1001);
    let resumed = resumed.body(Vec::new()).send().await.unwrap();
    assert_eq!(header(&resumed, "upload-offset"), "0");
    assert_eq!(refusal(resumed, 409).await.code, ErrorCode::OffsetMismatch);
    assert_eq!(patch(&phone, &photo, 0).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_stored_original_that_has_vanished_or_shrunk_is_asked_for_again_and_keeps_its_receipt() {
    let server = Server::start().await;
    let photo = picture(18, 1000);
    let sha256 = Sha256Hash::of(&photo);
    let phone = phone_naming(&server, 1, &[&photo]).await;
    let first: PhotoReply = phone.put(&photo).await.json().await.unwrap();
    let path = server
        .data()
        .join("photos")
        .join(&files(&server.data().join("photos"))[0]);
    let receipt = format!("/v1/photos/{sha256}/receipt");
    let status = async || -> LogStatus {
        let response = phone.call(Method::GET, &format!("/v1/logs/{}", phone.log)).send().await;
        response.unwrap().json().await.unwrap()
    };
    assert!(status().await.missing_photos.is_empty());
    for shrunk in [false, true] {
        if shrunk {
            std::fs::write(&path, &photo[..999]).unwrap();
        } else {
            std::fs::remove_file(&path).unwrap();
        }
        assert_eq!(offset(&phone, sha256).await, (0, "?0".into()));
        refusal(phone.call(Method::GET, &receipt).send().await.unwrap(), 404).await;
        assert_eq!(status().await.missing_photos, [sha256]);
        let again: PhotoReply = phone.put(&photo).await.json().await.unwrap();
        assert_eq!(again, first);
        assert_eq!(std::fs::read(&path).unwrap(), photo);
        assert!(status().await.missing_photos.is_empty());
    }
}
