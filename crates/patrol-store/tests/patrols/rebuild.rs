//! Views that were made again are the views that were kept up to date, in one piece or in many with work in between.

use patrol_domain::CaseId;
use patrol_domain::op::{OpenReason, Step};
use patrol_store::{CaseHistory, CaseQuery, CaseRecord, Counts, Disk as _};
use proptest::prelude::*;

use crate::acts::Camera;
use crate::check::check;
use crate::officer::Officer;
use crate::raw::forget_views;

#[derive(Debug, Clone)]
enum Act {
    Type(String),
    Shoot,
    UseCamera,
    Save,
    Step(usize, usize),
    Amend(usize, String),
    Void(usize),
    AddPhoto(usize),
    Ack(u64),
    /// The marker is gone: a new journal, which takes over what the station has not signed for.
    Copy,
    Restart,
    Rebuild,
}

fn act() -> impl Strategy<Value = Act> {
    let case = 0_usize..8;
    prop_oneof![
        4 => "[苏占道囧𠮷 a-zé]{0,12}".prop_map(Act::Type),
        2 => Just(Act::Shoot),
        1 => Just(Act::UseCamera),
        6 => Just(Act::Save),
        3 => (case.clone(), 0_usize..8).prop_map(|(case, step)| Act::Step(case, step)),
        3 => (case.clone(), "[占道囧]{0,4}").prop_map(|(case, note)| Act::Amend(case, note)),
        1 => case.clone().prop_map(Act::Void),
        2 => case.prop_map(Act::AddPhoto),
        2 => (0_u64..=100).prop_map(Act::Ack),
        1 => Just(Act::Copy),
        1 => Just(Act::Restart),
        1 => Just(Act::Rebuild),
    ]
}

fn take(officer: &mut Officer, cases: &mut Vec<CaseId>, act: &Act) {
    let pick = |number: usize| cases.get(number % cases.len().max(1)).copied();
    match act {
        Act::Type(words) => officer.type_words(words).unwrap(),
        Act::Shoot => _ = officer.shoot(50).unwrap(),
        Act::UseCamera => officer.use_camera(Camera::Syncs, 50).unwrap(),
        Act::Save => cases.push(officer.save().unwrap()),
        Act::Step(case, step) => {
            if let Some(case) = pick(*case) {
                officer.step(case, Step::ALL[*step], "处理").unwrap();
            }
        }
        Act::Amend(case, note) => {
            if let Some(case) = pick(*case) {
                officer.amend(case, note, "看错").unwrap();
            }
        }
        Act::Void(case) => {
            if let Some(case) = pick(*case) {
                officer.void(case, "重复").unwrap();
            }
        }
        Act::AddPhoto(case) => {
            if let Some(case) = pick(*case) {
                officer.add_case_photo(case, 60).unwrap();
            }
        }
        Act::Ack(percent) => {
            let acked = officer.store().progress().unwrap().acked.seq.0;
            if officer.store().head().unwrap().0.seq.0 * percent / 100 > acked {
                officer.ack(*percent).unwrap();
            }
        }
        Act::Copy => {
            officer.close_for_good();
            officer.disk.remove(&officer.marker()).unwrap();
            officer.due = Some(OpenReason::Copy);
            officer.start().unwrap();
        }
        Act::Restart => officer.start().unwrap(),
        Act::Rebuild => officer.store().rebuild_views().unwrap(),
    }
}

/// All that a screen can show.
#[derive(Debug, PartialEq)]
pub(crate) struct Shown {
    cases: Vec<CaseRecord>,
    waiting: Vec<CaseRecord>,
    histories: Vec<CaseHistory>,
    found: Vec<Vec<CaseRecord>>,
    counts: Counts,
}

pub(crate) fn shown(officer: &Officer) -> Shown {
    let store = officer.store();
    let cases = store.cases(None, usize::MAX).unwrap().cases;
    let find = |words: &str| {
        let query = CaseQuery {
            words: words.into(),
            ..CaseQuery::default()
        };
        store.find_cases(&query, None, usize::MAX).unwrap().cases
    };
    Shown {
        waiting: store.waiting_cases(usize::MAX).unwrap(),
        histories: cases.iter().map(|case| store.case(case.case).unwrap()).collect(),
        found: ["占道", "囧", "苏", "0618", "a"].map(find).to_vec(),
        counts: store.counts().unwrap(),
        cases,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn rebuilt_views_are_the_live_ones(acts in prop::collection::vec(act(), 1..40)) {
        let mut officer = Officer::new(1);
        officer.start().unwrap();
        let mut cases = Vec::new();
        for act in &acts {
            take(&mut officer, &mut cases, act);
        }
        let live = shown(&officer);
        prop_assert_eq!(live.cases.len(), cases.len());
        officer.store().rebuild_views().unwrap();
        prop_assert_eq!(&shown(&officer), &live);
        officer.close();
        let losses = check(&mut officer);
        prop_assert!(losses.is_empty(), "{losses:#?}");
    }
}

#[test]
fn a_rebuild_in_pieces_with_work_in_between_ends_in_the_same_views() {
    let mut officer = Officer::new(2);
    officer.start().unwrap();
    let mut cases = Vec::new();
    for number in 0..430 {
        officer.type_words(&format!("占道第{number}件")).unwrap();
        cases.push(officer.save().unwrap());
        if number % 100 == 50 {
            officer.ack(60).unwrap();
            take(&mut officer, &mut cases, &Act::Copy);
        }
    }
    forget_views(&mut officer);
    officer.start().unwrap();
    assert!(!officer.store().views_are_whole().unwrap());
    let mut steps = 0;
    loop {
        // Old cases and new ones, before and behind the place where the rebuild stands.
        officer.amend(cases[3], "更正", "看错").unwrap();
        officer.step(cases[cases.len() - 1], Step::Left, "").unwrap();
        officer.type_words("新的一件").unwrap();
        cases.push(officer.save().unwrap());
        let is_done = officer.store().rebuild_step().unwrap();
        assert!(
            officer.store().case(cases[cases.len() - 1]).is_ok(),
            "what is saved shows at once"
        );
        steps += 1;
        if is_done {
            break;
        }
        if steps % 2 == 0 {
            officer.start().unwrap();
        }
    }
    assert!(steps >= 5, "{steps} steps for five journals");
    let pieces = shown(&officer);
    assert_eq!(pieces.cases.len(), cases.len());
    officer.store().rebuild_views().unwrap();
    assert_eq!(shown(&officer), pieces);
    officer.close();
    assert_eq!(check(&mut officer), Vec::<String>::new());
}
