//! I13: clocks that jump by a day, forward and back, on the phone and at the station, between any two steps: every op
//! is there once, in the order in which it was recorded.

use patrol_domain::CaseId;

use crate::near::{DAY_MS, Line, NearPhone, NearStation};

fn history(phone: &NearPhone, case: CaseId) -> Vec<String> {
    let history = phone.app.case_history(case).unwrap();
    history.case.history.iter().map(|entry| entry.op.to_string()).collect()
}

/// The cases on the phone, oldest first.
fn numbers(phone: &NearPhone) -> Vec<String> {
    let page = phone.app.cases(None, 50).unwrap();
    page.rows.iter().rev().map(|row| row.case_id.clone()).collect()
}

async fn jump_about(line: Line) {
    let mut station = NearStation::serving(line).await;
    let mut phone = NearPhone::enrolled(&station, 1).await;
    let first = phone.record().await;
    let (mut cases, mut ops) = (vec![first.to_string()], history(&phone, first));
    let (day, back) = (DAY_MS, -DAY_MS);
    for (of_phone, of_station) in [
        (day, 0),
        (0, day),
        (back, 0),
        (0, back),
        (back, back),
        (2 * day, 0),
        (0, day),
    ] {
        phone.act(first);
        phone.clock.jump(of_phone);
        phone.act(first);
        let known = history(&phone, first);
        assert_eq!(known[..ops.len()], ops, "what was there stays where it was");
        assert_eq!(known.len(), ops.len() + 2);
        ops = known;
        station.clock.jump(of_station);
        phone.settle(1).await;
        // A new case, and the phone ends without having sent it.
        cases.push(phone.record().await.to_string());
        phone.restart();
        station.restart().await;
        assert_eq!(numbers(&phone), cases, "in the order in which they were recorded");
        phone.settle(1).await;
        phone.assert_equal(&station).await;
    }
    assert_eq!(history(&phone, first), ops);
    assert_eq!(station.overview().await.counts.cases, cases.len() as u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn clocks_that_jump_by_a_day_change_neither_order_nor_loss() {
    jump_about(Line::Plain).await;
}

/// Nor does it keep a phone from its station: certificates have an end, and clocks are wrong.
#[tokio::test(flavor = "multi_thread")]
async fn clocks_that_jump_by_a_day_keep_no_phone_from_its_station() {
    jump_about(Line::Tls).await;
}
