//! The ops of a case in any order of arrival make the same case.

use std::sync::{Arc, LazyLock};

use patrol_domain::CaseId;
use patrol_domain::case::Case;
use patrol_domain::op::Step;
use patrol_store::CaseRecord;
use proptest::prelude::*;

use crate::ledger::Written;
use crate::officer::Officer;

/// A case with a history, its ops, and what another phone makes of them in their own order.
type History = (CaseId, Vec<Arc<Written>>, (Case, Vec<CaseRecord>));

static HISTORY: LazyLock<History> = LazyLock::new(|| {
    let (case, ops) = history();
    let arrived = arrive(case, &ops);
    (case, ops, arrived)
});

fn history() -> (CaseId, Vec<Arc<Written>>) {
    let mut officer = Officer::new(1);
    officer.start().unwrap();
    officer.type_words("占道经营").unwrap();
    officer.shoot(40).unwrap();
    let case = officer.save().unwrap();
    officer.step(case, Step::NoticePosted, "已贴单").unwrap();
    officer.add_case_photo(case, 50).unwrap();
    officer.amend(case, "更正后的话", "看错").unwrap();
    officer.step(case, Step::Left, "").unwrap();
    officer.step(case, Step::Recurred, "又来了").unwrap();
    officer.void(case, "重复").unwrap();
    let ops = officer
        .ledger
        .known
        .ops
        .values()
        .filter(|written| written.op.case == Some(case));
    (case, ops.cloned().collect())
}

/// The case as another phone knows it that got the ops in this order.
fn arrive(case: CaseId, ops: &[Arc<Written>]) -> (Case, Vec<CaseRecord>) {
    let mut officer = Officer::new(2);
    officer.start().unwrap();
    for written in ops {
        officer.store().append(&written.op, &written.parts).unwrap();
    }
    let live = officer.store().cases(None, 9).unwrap().cases;
    officer.store().rebuild_views().unwrap();
    assert_eq!(officer.store().cases(None, 9).unwrap().cases, live);
    let differences = officer.store().verify().unwrap().differences;
    assert!(
        differences
            .iter()
            .all(|difference| difference.to_string().contains("original")),
        "{differences:?}"
    );
    // Where it stands on this phone is the phone's own affair.
    let live = live.into_iter().map(|case| CaseRecord { place_order: 0, ..case });
    (officer.store().case(case).unwrap().case, live.collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn ops_that_arrive_in_any_order_make_the_same_case(order in Just((0..7_usize).collect::<Vec<_>>()).prop_shuffle()) {
        let (case, ops, expected) = &*HISTORY;
        prop_assert_eq!(ops.len(), order.len());
        let shuffled: Vec<_> = order.iter().map(|place| Arc::clone(&ops[*place])).collect();
        prop_assert_eq!(&arrive(*case, &shuffled), expected);
    }
}
