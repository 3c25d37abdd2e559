//! A phone's memory from outside: a copied phone, a set-back database, a damaged file. The programs as they ship.

use std::path::PathBuf;

use crate::near::copy_folder;
use crate::process::{Phone, Station, assert_equal, run, text};

/// SQLite's pages here, in bytes.
const PAGE: usize = 4096;

async fn recorded(phone: &mut Phone, cases: usize) {
    let pictures: Vec<Vec<String>> = (0..cases).map(|_| vec![phone.picture(320, 240)]).collect();
    phone.record(&pictures).await;
}

fn log_of(digest: &str) -> String {
    digest.split_whitespace().nth(1).unwrap().to_owned()
}

async fn numbers(phone: &Phone) -> Vec<String> {
    let status = phone.status().await;
    let cases = status["cases"].as_array().unwrap().iter();
    cases.map(|case| case["number"].as_str().unwrap().to_owned()).collect()
}

/// Ends like a program that says no: its words.
async fn refused(args: &[&str]) -> String {
    let output = run("patrol-headless", args).await;
    assert!(!output.status.success(), "{args:?} must fail");
    String::from_utf8(output.stdout).unwrap() + &String::from_utf8_lossy(&output.stderr)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copied_phone_goes_on_in_a_journal_of_its_own_and_nothing_is_doubled() {
    let station = Station::serving().await;
    let mut first = Phone::enrolled(&station).await;
    recorded(&mut first, 2).await;
    first.sync().await;
    recorded(&mut first, 1).await;
    // A backup that was put on another phone: everything but what backups leave out.
    let mut second = Phone::new();
    copy_folder(&first.data, &second.data);
    std::fs::remove_file(second.data.join("keys/marker.json")).unwrap();
    recorded(&mut first, 1).await;
    recorded(&mut second, 1).await;
    let (one, two) = (first.digest().await, second.digest().await);
    assert_ne!(log_of(&one), log_of(&two));
    assert!(two.contains("4 ops") || two.lines().count() > 2, "{two}");
    for phone in [&first, &second] {
        phone.verify().await;
        phone.sync().await;
        assert_equal(phone, &station).await;
    }
    // What both had is one case at both, and the copy keeps its journal from now on.
    assert_eq!((numbers(&first).await.len(), numbers(&second).await.len()), (4, 4));
    recorded(&mut second, 1).await;
    assert_eq!(log_of(&second.digest().await), log_of(&two));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_whose_database_was_set_back_does_not_give_a_position_twice() {
    let station = Station::serving().await;
    let mut phone = Phone::enrolled(&station).await;
    recorded(&mut phone, 2).await;
    let older = std::fs::read(phone.data.join("patrol.db")).unwrap();
    recorded(&mut phone, 1).await;
    phone.sync().await;
    let before = log_of(&phone.digest().await);
    std::fs::write(phone.data.join("patrol.db"), older).unwrap();
    let _ = std::fs::remove_file(phone.data.join("patrol.db-wal"));
    recorded(&mut phone, 1).await;
    assert_ne!(log_of(&phone.digest().await), before);
    phone.sync().await;
    assert_equal(&phone, &station).await;
    // The original of the case that was set back is still in the vault, and is offered again.
    phone.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_page_costs_its_rows_and_nothing_else() {
    let station = Station::serving().await;
    let mut phone = Phone::enrolled(&station).await;
    recorded(&mut phone, 12).await;
    let database = phone.data.join("patrol.db");
    let sound = std::fs::read(&database).unwrap();
    // A page that took ops with it: looked for, because where SQLite puts its rows is its own affair.
    let mut page = sound.len() / PAGE;
    let told = loop {
        page -= 1;
        let mut damaged = sound.clone();
        damaged[page * PAGE..(page + 1) * PAGE].fill(0);
        std::fs::write(&database, &damaged).unwrap();
        let told = refused(&["verify", "--data", phone.data(), "--salvage"]).await;
        if told.contains("took rows of journal_op") {
            break told;
        }
    };
    assert!(told.contains("are gone"), "{told}");
    assert_eq!(
        std::fs::read(&database).unwrap().len(),
        sound.len(),
        "looking changes nothing"
    );
    assert!(refused(&["verify", "--data", phone.data()]).await.contains("damaged"));
    let damaged = std::fs::read(&database).unwrap();

    // The first start finds the damage, the second one saves what can be read; recording goes on in both.
    recorded(&mut phone, 1).await;
    recorded(&mut phone, 1).await;
    phone.verify().await;
    let aside: Vec<PathBuf> = std::fs::read_dir(&phone.data)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| text(path).contains("patrol-damaged-") && text(path).ends_with(".db"))
        .collect();
    assert_eq!(aside.len(), 1, "set aside, once");
    assert!(std::fs::metadata(&aside[0]).unwrap().len() >= damaged.len() as u64);
    let numbers = numbers(&phone).await;
    assert!(numbers.len() >= 10, "{numbers:?}");
    let mut unique = numbers.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), numbers.len(), "no number twice: {numbers:?}");
    phone.sync().await;
    assert_equal(&phone, &station).await;
}
