//! I7: no op blocks another or vanishes, whatever its bytes: garbage, the longest, what breaks parsers, the future.

use patrol_domain::digest::JournalDigest;
use patrol_domain::op::MAX_OP_BYTES;
use patrol_domain::{Op, Seq};

use crate::phone::{Phone, photo_ref, picture};
use crate::server::Server;

/// Bytes that no phone of ours writes.
fn strange(op: &Op) -> Vec<Vec<u8>> {
    let sound = String::from_utf8(op.encode().unwrap().into_vec()).unwrap();
    let padded = |length: usize| {
        let fill = "长".repeat((length - sound.len() - 9) / 3);
        let mut long = sound.replacen("{\"after\"", &format!("{{\"aa\":\"{fill}\",\"after\""), 1);
        long.push_str(&" ".repeat(length - long.len()));
        long.into_bytes()
    };
    vec![
        Vec::new(),
        vec![0],
        vec![0xff; 300],
        b"\r".to_vec(),
        b"null".to_vec(),
        b"{}".to_vec(),
        vec![b'['; 60_000],
        "{\"a\":".repeat(10_000).into_bytes(),
        format!("{{\"after\":1e999999999,\"n\":{}}}", "9".repeat(30_000)).into_bytes(),
        format!("\u{feff}{sound}").into_bytes(),
        sound.replace("\"sv\":1", "\"sv\":99").into_bytes(),
        sound.replace("case_opened", "case_sung").into_bytes(),
        sound.replace("case_opened", "").into_bytes(),
        sound.replace("\"photos\":[", "\"photos\":[{},").into_bytes(),
        sound.replace("}", "},").into_bytes(),
        padded(MAX_OP_BYTES),
        padded(MAX_OP_BYTES + 1),
        vec![b'x'; 2 * MAX_OP_BYTES],
    ]
}

#[tokio::test]
async fn any_bytes_are_stored_acked_and_set_aside_and_block_nothing_behind_them() {
    let server = Server::start().await;
    let mut phone = Phone::enrol(&server, 1).await;
    phone.open_log();
    phone.push(1, 1).await;
    let (op, _) = phone.case("样本", vec![photo_ref(&picture(3, 800))]);
    let strange = strange(&op);
    assert_eq!(
        strange.iter().filter(|op| op.len() == MAX_OP_BYTES).count(),
        1,
        "an op of 64 KiB"
    );
    let mut cases = 0;
    for bytes in strange {
        let from = phone.ops.len() + 1;
        let odd = phone.add_bytes(bytes, vec![]).seq;
        phone.add_case("后面的", vec![]);
        cases += 1;
        let reply = phone.push(from, phone.ops.len()).await;
        assert_eq!(reply.acked_seq, Seq(phone.ops.len() as u64), "op {odd:?} is held");
        let set_aside: Vec<_> = reply.quarantined.iter().map(|quarantined| quarantined.seq).collect();
        assert!(set_aside.iter().all(|seq| *seq == odd), "{:?}", reply.quarantined);
        let counts = server.station.store().overview().await.unwrap().counts;
        assert!(counts.cases >= cases, "what stands behind op {odd:?} is applied");
        let again = phone.push(from, phone.ops.len()).await;
        assert_eq!((again.quarantined, again.receipt), (reply.quarantined, reply.receipt));
    }
    let server = server.restart().await;
    let mut digest = JournalDigest::new(phone.log);
    phone.ops.iter().for_each(|op| digest.add_op(&op.op, &op.parts));
    assert_eq!(
        server.station.digest(Some(phone.log)).await.unwrap(),
        [digest],
        "byte for byte"
    );
}
