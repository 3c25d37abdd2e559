//! Leafing through the list: filters let through what they say, a page may be jumped to, and no row is read to do it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

#[path = "shared/phone.rs"]
mod phone;

use patrol_domain::case::CaseState;
use patrol_domain::id::IdMint;
use patrol_domain::op::{Body, CaseVoided, Step, StepTaken, VoidCause};
use patrol_domain::{CaseId, Op, OpId, Seq, WallMs};
use patrol_store::{CaseFilter, CaseRecord, Leaf, Lies, PhotoProblem, SignedPhoto, Store, StoreError, Term};
use patrol_testkit::op::{FIRST_MS, at, original_lost, person, photo_ref, varied_case};
use phone::{Phone, connect};

const CASES: u64 = 60;
const SIGNED: u64 = 40;
const MINUTE_MS: i64 = 60_000;

/// Sixty cases, a minute apart, each with a photo of its own; the first forty are at the station, but for the photo of the
/// tenth, which is gone. Every fifth is handled and every seventh is void, which the station has not heard of yet.
fn phone() -> Phone {
    let phone = Phone::new();
    let store = phone.store();
    let mut cases = Vec::new();
    for seed in 1..=CASES {
        let photo = photo_ref(&seed.to_be_bytes());
        let (op, parts) = varied_case(seed, std::slice::from_ref(&photo));
        cases.push(op.case.unwrap());
        let head = store.append(&op, &parts).unwrap();
        if seed == SIGNED {
            store
                .record_receipt(head, "epoch", Seq(head.seq.0), 0, "beacon", "{}")
                .unwrap();
        }
        if seed <= SIGNED && seed != 10 {
            let signed = SignedPhoto {
                sha256: photo.sha256,
                station_ms: 0,
                receipt: "{}".into(),
            };
            store.record_photo_receipts(&[signed]).unwrap();
        }
    }
    let lost = photo_ref(&10_u64.to_be_bytes()).sha256;
    store
        .record_problem(lost, PhotoProblem::Lost, &original_lost(1000, lost))
        .unwrap();
    let mut mint = IdMint::default();
    for (place, case) in (1..).zip(&cases) {
        let body = match place {
            _ if place % 7 == 0 => Body::CaseVoided(CaseVoided {
                cause: VoidCause::Duplicate,
                reason: None,
            }),
            _ if place % 5 == 0 => Body::StepTaken(StepTaken {
                step: Step::Left,
                note: None,
            }),
            _ => continue,
        };
        act(store, *case, &mut mint, place, &body);
    }
    phone
}

fn act(store: &Store, case: CaseId, mint: &mut IdMint, place: u64, body: &Body) {
    let id = OpId::new(mint.next(at(place).wall_ms, [u8::try_from(place).unwrap(); 10]));
    store
        .change_case(case, |to_change| {
            let op = Op {
                id,
                at: at(place),
                author: person(1),
                case: Some(case),
                after: to_change.case.heads.clone(),
                photos: Vec::new(),
                body: body.clone(),
            };
            Ok::<_, StoreError>((op, Vec::new(), ()))
        })
        .unwrap();
}

fn all(store: &Store) -> Vec<CaseRecord> {
    store.cases(None, usize::MAX).unwrap().cases
}

fn leaf(limit: usize) -> Leaf {
    Leaf {
        before: None,
        skip: 0,
        limit,
    }
}

/// Whether a case passes, by what stands in its row and nothing else.
fn passes(case: &CaseRecord, filter: &CaseFilter) -> bool {
    let lies = match filter.lies {
        None => true,
        Some(Lies::OnPhone) => !case.at_station(),
        Some(Lies::AtStation) => case.at_station(),
        Some(Lies::Lost) => case.photos.iter().any(|photo| photo.lost && !photo.at_station),
    };
    lies && filter.state.is_none_or(|state| case.state == state)
        && filter
            .matters
            .as_ref()
            .is_none_or(|matters| matters.contains(&case.matter))
        && filter.from.is_none_or(|from| case.opened >= from)
        && filter.to.is_none_or(|to| case.opened < to)
}

fn filters() -> Vec<CaseFilter> {
    let states = [
        None,
        Some(CaseState::Recorded),
        Some(CaseState::Handled),
        Some(CaseState::Voided),
    ];
    let lies = [None, Some(Lies::OnPhone), Some(Lies::AtStation), Some(Lies::Lost)];
    let matters = [
        None,
        Some(vec!["PK01".to_owned()]),
        Some(vec!["ST02".into(), "TR01".into()]),
        Some(Vec::new()),
    ];
    let times = [(None, None), (Some(20), None), (Some(5), Some(45))];
    let minute = |minutes: Option<i64>| minutes.map(|minutes| WallMs(FIRST_MS + minutes * MINUTE_MS));
    let mut all = Vec::new();
    for state in states {
        for lies in lies {
            for matters in &matters {
                for (from, to) in times {
                    all.push(CaseFilter {
                        state,
                        lies,
                        matters: matters.clone(),
                        from: minute(from),
                        to: minute(to),
                    });
                }
            }
        }
    }
    all
}

#[test]
fn every_filter_lets_through_what_it_says_and_counts_it() {
    let phone = phone();
    let store = phone.store();
    let all = all(store);
    assert_eq!(all.len(), usize::try_from(CASES).unwrap());
    let mut let_through = 0;
    for filter in filters() {
        let expected: Vec<CaseId> = all
            .iter()
            .filter(|case| passes(case, &filter))
            .map(|case| case.case)
            .collect();
        let found = store.leaf_cases(&[], &filter, leaf(1000)).unwrap();
        let found: Vec<CaseId> = found.cases.iter().map(|case| case.case).collect();
        assert_eq!(found, expected, "{filter:?}");
        assert_eq!(
            store.count_found(&[], &filter).unwrap(),
            expected.len() as u64,
            "{filter:?}"
        );
        let_through += usize::from(!expected.is_empty());
    }
    assert!(let_through > 60, "{let_through} filters let anything through");
}

#[test]
fn every_word_must_fit_and_may_be_the_name_of_a_matter_or_a_street() {
    let phone = phone();
    let store = phone.store();
    let all = all(store);
    let term = |words: &str, matters: &[&str]| Term {
        words: words.into(),
        matters: matters.iter().map(|code| (*code).to_owned()).collect(),
        streets: Vec::new(),
    };
    let find = |terms: &[Term], filter: &CaseFilter| -> Vec<CaseId> {
        let found = store.leaf_cases(terms, filter, leaf(1000)).unwrap().cases;
        assert_eq!(store.count_found(terms, filter).unwrap(), found.len() as u64);
        found.iter().map(|case| case.case).collect()
    };
    let word: String = all[0].note.chars().take(2).collect();
    let expected = |is: &dyn Fn(&CaseRecord) -> bool| -> Vec<CaseId> {
        all.iter().filter(|case| is(case)).map(|case| case.case).collect()
    };
    let everything = CaseFilter::default();
    assert_eq!(
        find(&[term(&word, &[])], &everything),
        expected(&|case| case.note.contains(&word))
    );
    let matter = all[0].matter.clone();
    let both = [term(&word, &[]), term("没有这个词", &[&matter])];
    assert_eq!(
        find(&both, &everything),
        expected(&|case| case.note.contains(&word) && case.matter == matter)
    );
    let void = CaseFilter {
        state: Some(CaseState::Voided),
        ..CaseFilter::default()
    };
    assert_eq!(
        find(&[term(&word, &[])], &void),
        expected(&|case| case.note.contains(&word) && case.state == CaseState::Voided)
    );
    assert_eq!(find(&[term("、。", &[])], &everything), []);
}

#[test]
fn a_page_in_the_middle_is_the_same_whether_it_is_leafed_or_jumped_to() {
    let phone = phone();
    let store = phone.store();
    let handled = CaseFilter {
        state: Some(CaseState::Recorded),
        ..CaseFilter::default()
    };
    for filter in [CaseFilter::default(), handled] {
        let whole = store.leaf_cases(&[], &filter, leaf(1000)).unwrap().cases;
        let (mut before, mut leafed) = (None, Vec::new());
        loop {
            let page = store
                .leaf_cases(
                    &[],
                    &filter,
                    Leaf {
                        before,
                        skip: 0,
                        limit: 7,
                    },
                )
                .unwrap();
            let jumped = Leaf {
                before: None,
                skip: leafed.len(),
                limit: 7,
            };
            assert_eq!(store.leaf_cases(&[], &filter, jumped).unwrap(), page);
            leafed.extend(page.cases);
            before = page.next;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(leafed, whole);
    }
}

macro_rules! leafed {
    ($($name:literal),+) => { concat!(include_str!("../src/find/leaf_head.sql"), $(include_str!(concat!("../src/find/", $name, ".sql"))),+, include_str!("../src/find/leaf_tail.sql")) };
}

/// What is leafed past must cost no page of the table: of a hundred thousand rows that is the difference between a
/// hundredth and a quarter of a second.
#[test]
fn what_is_leafed_past_is_read_from_an_index_alone() {
    let mut phone = phone();
    phone.close();
    let connection = connect(&phone.folder().join("patrol.db"));
    for (name, sql) in [
        ("order", leafed!("leaf_only_order")),
        ("filtered", leafed!("leaf_filtered", "filters", "end_filtered")),
        ("words", leafed!("leaf_only_words")),
        ("words_filtered", leafed!("leaf_words", "filters", "end_words")),
    ] {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let mut plan: Vec<(i64, String)> = Vec::new();
        // Without values: the plan is the same for all of them.
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().unwrap() {
            plan.push((row.get(1).unwrap(), row.get(3).unwrap()));
        }
        let is_of_the_list = |step: &str| step.contains(" v ") || step.contains(" f VIRTUAL");
        for (_, step) in &plan {
            let is_index = step.contains("COVERING INDEX view_case_in_order") || step.contains("VIRTUAL TABLE");
            assert!(!is_of_the_list(step) || is_index, "{name}: {step}");
            assert!(
                !step.starts_with("SCAN c") && !step.starts_with("SCAN p"),
                "{name}: {step}"
            );
        }
        let (inner, _) = plan.iter().find(|(_, step)| is_of_the_list(step)).unwrap();
        let sorts = plan
            .iter()
            .filter(|(parent, step)| parent == inner && step.contains("TEMP B-TREE"))
            .count();
        assert_eq!(sorts, 0, "{name}: {plan:#?}");
    }
}
