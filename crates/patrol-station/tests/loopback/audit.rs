//! What a phone compares its journal with: heads at positions, counts, and what the status says beside them.

use patrol_domain::{Head, Seq, Sha256Hash};
use patrol_wire::{AuditReply, Counter, DeviceState, ErrorCode, HeadReply, JournalCount, LogStatus};
use reqwest::{Method, StatusCode};

use crate::phone::{Phone, photo_ref, picture, refusal};
use crate::server::{Server, files};

async fn phone(server: &Server) -> Phone {
    let mut phone = Phone::enrol(server, 1).await;
    phone.open_log();
    phone.add_case("一", vec![photo_ref(&picture(3, 900)), photo_ref(&picture(5, 700))]);
    phone.add_bytes(b"rubbish".to_vec(), vec![]);
    phone.add_case("二", vec![photo_ref(&picture(3, 900))]);
    phone
}

/// As the phone counts: the first `ops` ops and these originals.
fn count(phone: &Phone, ops: usize, photos: &[Vec<u8>]) -> JournalCount {
    let mut counter = Counter::new(phone.log);
    phone.ops[..ops].iter().for_each(|op| counter.add_op(&op.op));
    for photo in photos {
        counter.add_photo(Sha256Hash::of(photo), photo.len() as u64);
    }
    counter.finish()
}

async fn audit(phone: &Phone, count: &JournalCount) -> AuditReply {
    let path = format!("/v1/logs/{}/audit", phone.log);
    let response = phone.call(Method::POST, &path).json(count).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    response.json().await.unwrap()
}

#[tokio::test]
async fn equal_counts_are_equal_and_a_difference_shows_where_it_is() {
    let server = Server::start().await;
    let phone = phone(&server).await;
    let photos = [picture(3, 900), picture(5, 700)];
    phone.push(1, 3).await;
    phone.put(&photos[0]).await;
    let reply = audit(&phone, &count(&phone, 3, &photos[..1])).await;
    assert!(reply.equal, "{reply:?}");
    assert_eq!((reply.station.photos, reply.station.bytes), (1, 900));
    assert!(
        !audit(&phone, &count(&phone, 3, &photos)).await.equal,
        "one original is not here"
    );
    // The phone is ahead: the station counts as far as it holds the journal.
    let ahead = audit(&phone, &count(&phone, 4, &photos[..1])).await;
    assert_eq!((ahead.equal, ahead.station.seq), (false, Seq(3)));
    // And no further than the phone did.
    assert!(audit(&phone, &count(&phone, 1, &[])).await.equal);
    let mut forged = count(&phone, 3, &photos[..1]);
    forged.days[0].ops += 1;
    assert!(!audit(&phone, &forged).await.equal);
}

#[tokio::test]
async fn an_original_whose_file_has_gone_does_not_count() {
    let server = Server::start().await;
    let phone = phone(&server).await;
    phone.push(1, 4).await;
    phone.put(&picture(3, 900)).await;
    let said = count(&phone, 4, &[picture(3, 900)]);
    assert!(audit(&phone, &said).await.equal);
    let photos = server.data().join("photos");
    let [file] = &files(&photos)[..] else {
        panic!("one original")
    };
    std::fs::remove_file(photos.join(file)).unwrap();
    let reply = audit(&phone, &said).await;
    assert_eq!((reply.equal, reply.station.photos), (false, 0));
}

#[tokio::test]
async fn a_count_that_is_none_is_refused_and_somebody_elses_journal_is_not_there() {
    let server = Server::start().await;
    let phone = phone(&server).await;
    let other = Phone::enrol(&server, 2).await;
    phone.push(1, 4).await;
    let audit = format!("/v1/logs/{}/audit", phone.log);
    let refused = phone.call(Method::POST, &audit).body("{}").send().await.unwrap();
    assert_eq!(refusal(refused, 400).await.code, ErrorCode::Malformed);
    let long = phone
        .call(Method::POST, &audit)
        .body(vec![b' '; 5 << 20])
        .send()
        .await
        .unwrap();
    assert_eq!(refusal(long, 413).await.code, ErrorCode::TooLarge);
    let said = count(&phone, 4, &[]);
    let stranger = other.call(Method::POST, &audit).json(&said).send().await.unwrap();
    refusal(stranger, 404).await;
    let head = format!("/v1/logs/{}/head?seq=1", phone.log);
    refusal(other.call(Method::GET, &head).send().await.unwrap(), 404).await;
}

#[tokio::test]
async fn the_head_at_a_position_is_the_chains_value_there_and_nothing_beyond_what_is_held() {
    let server = Server::start().await;
    let phone = phone(&server).await;
    let ask = async |seq: &str| {
        let path = format!("/v1/logs/{}/head?{seq}", phone.log);
        phone.call(Method::GET, &path).send().await.unwrap()
    };
    refusal(ask("seq=0").await, 404).await;
    phone.push(1, 3).await;
    for seq in 0..=3 {
        let reply: HeadReply = ask(&format!("seq={seq}")).await.json().await.unwrap();
        let head = Head {
            seq: reply.seq,
            hash: reply.head_hash,
        };
        assert_eq!(head, phone.head(seq));
    }
    refusal(ask("seq=4").await, 404).await;
    refusal(ask(&format!("seq={}", u64::MAX)).await, 404).await;
    for bad in ["", "seq=", "seq=-1", "seq=x"] {
        assert_eq!(refusal(ask(bad).await, 400).await.code, ErrorCode::Malformed, "{bad}");
    }
}

#[tokio::test]
async fn the_status_tells_the_limits_and_the_phones_standing_and_pages_what_is_missing() {
    let server = Server::start().await;
    let mut phone = Phone::enrol(&server, 1).await;
    for case in 0..5u8 {
        let photos = (0..50u8).map(|photo| photo_ref(&[case, photo])).collect();
        phone.add_case("多", photos);
    }
    phone.push(1, 5).await;
    let status = async |query: &str| {
        let path = format!("/v1/logs/{}{query}", phone.log);
        let response = phone.call(Method::GET, &path).send().await.unwrap();
        response.json::<LogStatus>().await.unwrap()
    };
    let first = status("").await;
    assert_eq!(first.device_state, Some(DeviceState::Active));
    assert_eq!(first.caps.unwrap().max_ops_per_push, 500);
    assert_eq!(first.missing_photos.len(), 200);
    let last = first.missing_photos.last().unwrap();
    let second = status(&format!("?missing_after={last}")).await;
    let mut all = [first.missing_photos, second.missing_photos].concat();
    assert_eq!(all.len(), 250);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 250, "none twice, none left out");
}

#[tokio::test]
async fn the_status_says_of_the_stations_clock_what_is_known_and_nothing_else() {
    let server = Server::start().await;
    let mut phone = Phone::enrol(&server, 1).await;
    phone.open_log();
    phone.push(1, 1).await;
    for known in [None, Some(false), Some(true)] {
        server.clock.follow(known);
        let call = phone.call(Method::GET, &format!("/v1/logs/{}", phone.log));
        let status: LogStatus = call.send().await.unwrap().json().await.unwrap();
        assert_eq!(status.clock_synchronised, known);
    }
}
