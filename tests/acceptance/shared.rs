//! A phone that several officers share.

use crate::process::{Phone, Station, assert_equal, run, succeed};

async fn officers(phone: &Phone, more: &[&str]) -> String {
    let args = [&["officer", "--data", phone.data()], more].concat();
    succeed("patrol-headless", &args).await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_officer_of_a_shared_phone_is_the_author_of_their_own_records() {
    let station = Station::serving_plain().await;
    let mut phone = Phone::enrolled(&station).await;
    let code = station.code_for("0533", "周正").await;
    let first = vec![vec![phone.picture(640, 480)]];
    phone.record(&first).await;
    assert_eq!(officers(&phone, &["--code", &code]).await, "  0417 林晓\n* 0533 周正\n");
    assert_eq!(phone.status().await["state"]["officer"]["number"], "0533");
    let second = vec![vec![phone.picture(640, 480)], vec![phone.picture(640, 480)]];
    phone.record(&second).await;
    // The same code once more, as after a lost reply: nothing changes.
    assert_eq!(officers(&phone, &["--code", &code]).await, "  0417 林晓\n* 0533 周正\n");
    assert_eq!(
        officers(&phone, &["--choose", "0417"]).await,
        "* 0417 林晓\n  0533 周正\n"
    );
    let third = vec![vec![phone.picture(640, 480)]];
    phone.record(&third).await;
    phone.sync().await;
    assert_equal(&phone, &station).await;

    // Two cases each; the phone's own row names the officer whom it was enrolled for.
    let page = station.page().await;
    assert_eq!(page.matches(">0417<").count(), 3, "{page}");
    assert_eq!(page.matches(">0533<").count(), 2, "{page}");

    let other = Phone::new();
    let refused = run("patrol-headless", &["enrol", "--data", other.data(), "--code", &code]).await;
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("EnrolCodeUnknown"));
}
