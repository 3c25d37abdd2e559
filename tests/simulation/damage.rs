//! An upload that the station's power cut has damaged, seen from the phone: it looks at its own bytes, finds them right,
//! and begins anew. No good original is called damaged.

use patrol_domain::{Body, Op, Seq};
use patrol_testkit::CrashDisk;

use crate::base::{call_calmly, call_through, fork, runtime};
use crate::chance::Chance;
use crate::network::{Network, Question};
use crate::phone::told;

fn damaged(what: &str, damage: fn(&CrashDisk, &std::path::Path, u64)) {
    let (mut post, mut phones, _) = fork(41);
    let (network, runtime, chance) = (Network::default(), runtime(), Chance::new(41));
    let phone = &mut phones[10];
    phone.record_of(&runtime, &chance, 5_000).unwrap();
    let broken = call_through(&mut post, phone, &network, &runtime, |letter| {
        if let Question::Photo { pieces, breaks, .. } = &mut letter.question {
            pieces.truncate(2);
            *breaks = true;
        }
    });
    assert_eq!(told(broken), "StationUnreachable", "{what}");
    let files = post.disk.files();
    let part = files
        .iter()
        .find(|path| path.extension().is_some_and(|name| name == "part"));
    let part = part.unwrap();
    let held = post.disk.read(part).unwrap().len() as u64;
    assert_eq!(held, 4_000, "{what}");
    damage(&post.disk, part, held);
    post.restart();
    let resumed = call_calmly(&mut post, phone, &network, &runtime);
    assert!(resumed.is_err(), "{what}: the station takes wrong bytes");
    let mut began_at = None;
    let anew = call_through(&mut post, phone, &network, &runtime, |letter| {
        if let Question::Photo { from, .. } = &letter.question {
            began_at = Some(*from);
        }
    });
    assert_eq!((told(anew), began_at), ("ok".into(), Some(0)), "{what}");
    let memory = phone.memory();
    assert_eq!(memory.counts().unwrap().photos_on_phone, 0, "{what}");
    let ops = memory.ops_after(Seq(0), usize::MAX).unwrap();
    let branded = |body: Body| matches!(body, Body::OriginalDamaged(_) | Body::OriginalLost(_));
    assert!(
        !ops.iter().any(|op| branded(Op::decode(&op.bytes).unwrap().body)),
        "{what}"
    );
}

#[test]
fn a_part_that_was_damaged_costs_a_call_and_never_a_good_original() {
    damaged("zeros", |disk, part, held| disk.zero(part, 0..held).unwrap());
    damaged("a turned bit", |disk, part, held| disk.flip(part, held - 1, 1).unwrap());
    damaged("a tail of rubbish", |disk, part, held| {
        let mut bytes = disk.read(part).unwrap();
        bytes.extend(std::iter::repeat_n(7, 500));
        disk.write_raw(part, &bytes).unwrap();
        assert!(bytes.len() as u64 > held);
    });
}
