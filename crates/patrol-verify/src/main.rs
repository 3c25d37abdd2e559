//! `patrol-verify`: checks exports and says what is wrong with them; exits with 0 only when nothing is.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line program speaks on both"
)]

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use patrol_domain::Sha256Hash;
use patrol_verify::{Absence, Comparison, Content, Failure, Report, compare, find_forks, verify};
use serde_json::{Value, json};

/// 核验导出 / checks exports of phones and stations, without either.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// the exports
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// 站点密钥指纹 / thumbprint of a station key that is believed, as it stands in the enrolment code; may be given more than once
    #[arg(long = "key")]
    keys: Vec<Sha256Hash>,
    /// 比对 / another export: those on the left, taken together, must hold the same as these together
    #[arg(long)]
    equal: Vec<PathBuf>,
    /// as JSON
    #[arg(long)]
    json: bool,
}

struct Checked {
    file: String,
    report: Report,
}

fn main() -> ExitCode {
    let Arguments {
        files,
        keys,
        equal,
        json,
    } = Arguments::parse();
    match run(&files, &equal, &keys, json) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("patrol-verify: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(files: &[PathBuf], equal: &[PathBuf], keys: &[Sha256Hash], json: bool) -> Result<bool, String> {
    let check_all = |paths: &[PathBuf]| {
        paths
            .iter()
            .map(|path| check(path, keys))
            .collect::<Result<Vec<_>, _>>()
    };
    let (left, right) = (check_all(files)?, check_all(equal)?);
    let (left_contents, right_contents) = (contents(&left), contents(&right));
    let all: Vec<&Content> = left_contents.iter().chain(&right_contents).copied().collect();
    let forks = find_forks(&all);
    let comparison = (!equal.is_empty()).then(|| compare(&left_contents, &right_contents));
    let reports: Vec<&Checked> = left.iter().chain(&right).collect();
    let is_fine = reports.iter().all(|one| one.report.failures.is_empty())
        && forks.is_empty()
        && comparison
            .as_ref()
            .is_none_or(|comparison| comparison.differences.is_empty());
    if json {
        println!("{:#}", as_json(&reports, &forks, comparison.as_ref(), is_fine));
    } else {
        reports.iter().for_each(|one| tell(one));
        forks.iter().for_each(|fork| println!("  {}: {fork}", fork.code()));
        if let Some(comparison) = &comparison {
            tell_equal(comparison, &left_contents);
        }
    }
    Ok(is_fine)
}

fn contents(side: &[Checked]) -> Vec<&Content> {
    side.iter().map(|one| &one.report.content).collect()
}

fn check(path: &Path, keys: &[Sha256Hash]) -> Result<Checked, String> {
    let file = path.display().to_string();
    let source = File::open(path).map_err(|error| format!("{file}: {error}"))?;
    let report =
        verify(BufReader::with_capacity(64 * 1024, source), keys).map_err(|error| format!("{file}: {error}"))?;
    Ok(Checked { file, report })
}

fn tell(checked: &Checked) {
    let Checked { file, report } = checked;
    let counts = report.counts;
    println!(
        "{file}: {} journals, {} ops ({} distinct), {} words, {} originals of {} bytes, {} + {} receipts",
        counts.journals,
        counts.ops,
        counts.distinct_ops,
        counts.parts,
        counts.photos,
        counts.photo_bytes,
        counts.receipts,
        counts.photo_receipts
    );
    for failure in &report.failures {
        println!("  {}: {failure}", failure.code());
    }
    for absence in &report.absences {
        println!("  not here, {}: {absence}", absence.code());
    }
    match (report.failures.len(), report.is_anchored) {
        (0, true) => println!("  untouched: all of it is as it was written and signed"),
        (0, false) => println!("  untouched, by the keys that it brings itself; give --key to check the station's"),
        (failures, _) => println!("  {failures} failures"),
    }
}

fn tell_equal(comparison: &Comparison, left: &[&Content]) {
    let Comparison {
        differences,
        taken_over,
        cleared_away,
    } = comparison;
    for difference in differences {
        println!("differs: {difference}");
    }
    if *taken_over > 0 {
        println!("{taken_over} ops stand in a later journal on one side, byte-identical: their own was left");
    }
    if *cleared_away > 0 {
        println!("{cleared_away} originals were cleared away on a phone and are at the station");
    }
    if differences.is_empty() {
        let journals: usize = left.iter().map(|content| content.journals.len()).sum();
        println!("equal: {journals} journals, their ops, words and originals are the same on both sides");
    } else {
        println!("not equal: {} differences", differences.len());
    }
}

fn as_json(reports: &[&Checked], forks: &[Failure], comparison: Option<&Comparison>, is_fine: bool) -> Value {
    let failure = |one: &Failure| json!({ "code": one.code(), "sentence": one.to_string() });
    let absence = |one: &Absence| json!({ "code": one.code(), "sentence": one.to_string() });
    let files: Vec<Value> = reports
        .iter()
        .map(|Checked { file, report }| {
            json!({
                "file": file,
                "exporter": report.exporter,
                "station": report.station,
                "is_anchored": report.is_anchored,
                "counts": report.counts,
                "failures": report.failures.iter().map(failure).collect::<Vec<_>>(),
                "absences": report.absences.iter().map(absence).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "is_fine": is_fine,
        "files": files,
        "forks": forks.iter().map(failure).collect::<Vec<_>>(),
        "differences": comparison.map(|found| found.differences.iter().map(ToString::to_string).collect::<Vec<_>>()),
        "taken_over": comparison.map(|found| found.taken_over),
        "cleared_away": comparison.map(|found| found.cleared_away),
    })
}
