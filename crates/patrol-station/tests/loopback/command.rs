//! The program itself, as a person or a script starts it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use patrol_domain::digest::JournalDigest;
use patrol_wire::{EnrolReply, EnrolmentCode};
use reqwest::{Method, StatusCode};

use crate::phone::{Phone, client, photo_ref, picture, post_enrol, request};

pub(crate) fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_patrol-station"));
    // Whoever runs the tests may read another language.
    command.args(arguments).env("LC_ALL", "C");
    command
}

pub(crate) fn run(arguments: &[&str]) -> Output {
    program(arguments).output().unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// A served station and its address.
fn serve(data: &str) -> (Child, String) {
    let mut serving = program(&["serve", "--data", data, "--plain", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(serving.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    (serving, line.trim_end().strip_prefix("listening ").unwrap().to_owned())
}

fn enrol_code(data: &str, url: &str) -> EnrolmentCode {
    let made = run(&[
        "enrol-code",
        "--data",
        data,
        "--officer",
        "N-017",
        "--name",
        "王队员",
        "--url",
        url,
    ]);
    text(&made.stdout).strip_suffix('\n').unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_killed_station_holds_all_that_it_has_answered_for() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    assert!(run(&["init", "--data", data]).status.success());
    let (mut serving, url) = serve(data);
    let mut phone = Phone::enrol_with(&enrol_code(data, &url), 1).await;
    phone.open_log();
    let (whole, half) = (picture(3, 50_000), picture(4, 50_000));
    phone.add_case("囧", vec![photo_ref(&whole), photo_ref(&half)]);
    let before = phone.push(1, 2).await;
    assert_eq!(phone.put(&whole).await.status(), StatusCode::OK);
    let sha256 = photo_ref(&half).sha256;
    let part = phone
        .photo(Method::PUT, sha256)
        .header("upload-length", 50_000)
        .body(half[..20_000].to_vec());
    assert_eq!(part.send().await.unwrap().status(), StatusCode::NO_CONTENT);
    serving.kill().unwrap();
    serving.wait().unwrap();

    let mut digest = JournalDigest::new(phone.log);
    phone.ops.iter().for_each(|op| digest.add_op(&op.op, &op.parts));
    digest.add_photo(photo_ref(&whole).sha256, 50_000);
    let log = phone.log.to_string();
    assert_eq!(
        text(&run(&["digest", "--data", data, "--log", &log]).stdout),
        digest.to_string()
    );
    let (mut serving, url) = serve(data);
    phone.url = url;
    assert_eq!(phone.push(1, 2).await.receipt, before.receipt);
    let rest = phone
        .photo(Method::PATCH, sha256)
        .header("upload-offset", 20_000)
        .body(half[20_000..].to_vec());
    assert_eq!(rest.send().await.unwrap().status(), StatusCode::OK);
    serving.kill().unwrap();
    serving.wait().unwrap();
}

#[tokio::test]
async fn a_station_is_made_served_enrolled_with_and_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("new/station");
    let data = data.to_str().unwrap();
    assert!(run(&["init", "--data", data, "--name", "江心洲中队"]).status.success());
    let again = run(&["init", "--data", data]);
    assert!(!again.status.success() && text(&again.stderr).contains("never overwrites"));

    let (mut serving, url) = serve(data);
    let url = url.as_str();
    let second = run(&["serve", "--data", data, "--listen", "127.0.0.1:0"]);
    assert!(second.stdout.is_empty() && text(&second.stderr).contains("serves this folder already"));

    let code = enrol_code(data, url);
    assert_eq!(code.station_url, url);
    let response = post_enrol(&client(), url, &request(&code.code, 1)).await;
    let reply: EnrolReply = response.json().await.unwrap();
    assert_eq!(
        (reply.station_name.as_str(), reply.key.public.thumbprint()),
        ("江心洲中队", code.key_thumbprint)
    );

    let digest = run(&["digest", "--data", data]);
    assert!(digest.status.success() && digest.stdout.is_empty());
    let usual = run(&["enrol-code", "--data", data, "--officer", "1", "--name", "x"]);
    let usual: EnrolmentCode = text(&usual.stdout).trim_end().parse().unwrap();
    assert_eq!(usual.station_url, "https://127.0.0.1:8620");
    assert!(usual.authority.is_some());

    assert!(
        Command::new("kill")
            .arg(serving.id().to_string())
            .status()
            .unwrap()
            .success()
    );
    assert!(serving.wait().unwrap().success(), "SIGTERM ends it in order");
}

#[cfg(unix)]
#[test]
fn keys_are_readable_by_their_user_only_and_plain_http_is_refused_beyond_loopback() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    let open = run(&["init", "--data", data, "--plain", "--listen", "0.0.0.0:8620"]);
    assert!(!open.status.success() && text(&open.stderr).contains("plain HTTP encrypts nothing"));
    assert!(!Path::new(data).exists());
    assert!(run(&["init", "--data", data]).status.success());
    for key in ["receipt.key", "authority.key"] {
        let key = folder.path().join("data/keys").join(key);
        assert_eq!(std::fs::metadata(key).unwrap().permissions().mode() & 0o777, 0o600);
    }
    for address in ["0.0.0.0:0", "192.0.2.1:80", "somewhere:80"] {
        let refused = run(&["serve", "--data", data, "--plain", "--listen", address]);
        assert!(!refused.status.success() && refused.stdout.is_empty(), "{address}");
    }
    let nothing = run(&["serve", "--data", folder.path().to_str().unwrap()]);
    assert!(text(&nothing.stderr).contains("patrol-station init"));
}

#[test]
fn a_code_that_no_phone_could_use_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    let long = "巡".repeat(65);
    for name in ["", "a\nb", &long] {
        let refused = run(&["init", "--data", data, "--name", name]);
        assert!(!refused.status.success() && !Path::new(data).exists());
    }
    assert!(run(&["init", "--data", data]).status.success());
    let usual = "http://127.0.0.1:8620";
    for (officer, name, url, why) in [
        ("", "王队员", usual, "the officer's number is empty"),
        (&*"7".repeat(33), "王队员", usual, "at most 32"),
        ("N-017", "", usual, "the officer's name is empty"),
        ("N-017", &long, usual, "at most 64"),
        ("N-017", "王\t队员", usual, "control character"),
        ("N-017", "王队员", "127.0.0.1:8620", "not an address"),
        ("N-017", "王队员", "http://127.0.0.1:8620/sub", "not an address"),
        ("N-017", "王队员", "http://127.0.0.1:0", "port 0"),
    ] {
        let refused = run(&[
            "enrol-code",
            "--data",
            data,
            "--officer",
            officer,
            "--name",
            name,
            "--url",
            url,
        ]);
        assert!(!refused.status.success() && refused.stdout.is_empty());
        assert!(text(&refused.stderr).contains(why), "{why}: {}", text(&refused.stderr));
    }
}

#[test]
fn a_failure_is_said_in_the_language_of_the_terminal_or_in_the_one_that_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let said = |language: &[&str], variable: &str| {
        let arguments = [&["serve", "--data", data][..], language].concat();
        let refused = program(&arguments).env("LC_ALL", variable).output().unwrap();
        text(&refused.stderr).to_owned()
    };
    let (chinese, english) = (
        "请先用 `patrol-station init` 建立站点",
        "make a station with `patrol-station init` first",
    );
    assert!(said(&[], "zh_CN.UTF-8").contains(chinese));
    assert!(said(&[], "C").contains(english));
    assert!(said(&["--language", "zh"], "C").contains(chinese));
    assert!(said(&["--language", "en"], "zh_CN.UTF-8").contains(english));
}

#[test]
fn an_error_is_one_line_with_all_its_causes() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    assert!(run(&["init", "--data", data]).status.success());
    let settings = folder.path().join("station.toml");
    let good = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(&settings, good.replace("listen =", "listne =")).unwrap();
    let misspelt = run(&["digest", "--data", data]);
    let said = text(&misspelt.stderr);
    assert!(
        said.contains("line 10: unknown field `listne`") && said.lines().count() == 1,
        "{said}"
    );
    std::fs::write(&settings, good).unwrap();
    std::fs::remove_file(folder.path().join("keys/receipt.key")).unwrap();
    let keyless = run(&["digest", "--data", data]);
    let said = text(&keyless.stderr);
    assert!(
        said.contains("cannot be read or written: No such file") && said.lines().count() == 1,
        "{said}"
    );
}

#[test]
fn a_station_that_could_answer_nobody_does_not_say_that_it_listens() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    assert!(run(&["init", "--data", data]).status.success());
    let serve = |name: &str, value: &str| {
        let mut serving = program(&["serve", "--data", data, "--listen", "127.0.0.1:0"]);
        let ended = serving.env(name, value).output().unwrap();
        assert!(!ended.status.success() && ended.stdout.is_empty(), "{ended:?}");
        text(&ended.stderr).to_owned()
    };
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    assert!(serve("XUNGE_STATION_METRICS_LISTEN", &address).contains("[metrics] listen"));
    // No certificate, and nothing to sign one with.
    std::fs::remove_file(folder.path().join("data/keys/tls.pem")).unwrap();
    std::fs::remove_file(folder.path().join("data/keys/authority.key")).unwrap();
    assert!(serve("XUNGE_STATION_NAME", "x").contains("authority.key"));
}
