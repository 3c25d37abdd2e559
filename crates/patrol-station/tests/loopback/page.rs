//! The page for whoever sits at the station.

use patrol_domain::Body;
use patrol_domain::op::OriginalLost;

use crate::phone::{Phone, client, photo_ref, picture};
use crate::server::Server;

async fn get(server: &Server, path: &str) -> (reqwest::header::HeaderMap, String) {
    let response = client().get(format!("{}{path}", server.url)).send().await.unwrap();
    assert_eq!(response.status(), 200);
    (response.headers().clone(), response.text().await.unwrap())
}

#[tokio::test]
async fn the_page_shows_the_case_and_escapes_what_a_phone_sent() {
    let server = Server::start().await;
    let (_, empty) = get(&server, "/").await;
    assert!(empty.contains("还没有记录") && empty.contains("江心洲中队 &lt;b&gt;"));
    let mut phone = Phone::enrol(&server, 1).await;
    phone.open_log();
    let photo = picture(3, 500);
    phone.add_case(
        "<script>alert(1)</script> 王某",
        vec![photo_ref(&photo), photo_ref(b"waits")],
    );
    phone.push(1, 2).await;
    phone.put(&photo).await;
    let (headers, page) = get(&server, "/").await;
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; 王某") && !page.contains("<script"));
    for shown in [
        "苏A·8K3R7",
        "plate blue",
        "320116006009",
        "PK01",
        "机动车违停：人行道",
        "日志条数",
        "0618-001",
        "照片 1/2",
        "2026-06-18",
        "+08:00",
    ] {
        assert!(page.contains(shown), "{shown} in {page}");
    }
    assert!(page.contains(&phone.log.to_string()));
    for old in ["案件", "事项", "号牌", "备注", "链首", "到站序号", "日志记录"] {
        assert!(!page.contains(old), "{old} in {page}");
    }
    assert!(
        headers["content-security-policy"]
            .to_str()
            .unwrap()
            .starts_with("default-src 'none'; img-src 'self'")
    );
    let (_, english) = get(&server, "/?lang=en").await;
    assert!(
        english.contains("photos 1/2")
            && english.contains("Last contact")
            && english.contains("Car parked on pavement")
    );
    let (headers, style) = get(&server, "/style.css").await;
    assert!(headers["content-type"].to_str().unwrap().starts_with("text/css") && style.contains(".plate"));
}

#[tokio::test]
async fn what_waits_on_the_phone_is_counted_from_what_is_here_and_not_from_what_the_phone_said_last() {
    let server = Server::start().await;
    let mut phone = Phone::enrol(&server, 1).await;
    phone.open_log();
    let photo = picture(3, 1500);
    phone.add_case("x", vec![photo_ref(&photo)]);
    phone.add_case("the same again", vec![photo_ref(&photo)]);
    phone.push(1, 3).await;
    let (_, page) = get(&server, "/").await;
    assert!(page.contains("1 张原图") && page.contains("1.5 kB"), "{page}");
    let (_, english) = get(&server, "/?lang=en").await;
    assert!(english.contains("1 original<"), "{english}");
    assert_eq!(phone.put(&photo).await.status(), 200);
    let (_, page) = get(&server, "/").await;
    assert!(!page.contains("张原图") && page.contains("没有</span>"), "{page}");
}

#[tokio::test]
async fn an_original_that_the_phone_has_lost_does_not_wait_and_absurd_lengths_do_not_break_the_page() {
    let server = Server::start().await;
    let mut phone = Phone::enrol(&server, 1).await;
    phone.open_log();
    let lost = photo_ref(b"lost");
    phone.add_case("x", vec![lost.clone()]);
    let gone = phone.op(Body::OriginalLost(OriginalLost { sha256: lost.sha256 }));
    phone.add(&gone, vec![]);
    phone.push(1, 3).await;
    let (_, page) = get(&server, "/").await;
    assert!(!page.contains("张原图"), "{page}");
    for name in [b"a", b"b"] {
        let sha256 = photo_ref(name).sha256;
        let absurd = format!(r#"{{"photos":[{{"sha256":"{sha256}","bytes":{}}}]}}"#, u64::MAX);
        phone.add_bytes(absurd.into_bytes(), vec![]);
    }
    phone.push(4, 5).await;
    let (_, page) = get(&server, "/").await;
    assert!(page.contains("2 张原图"), "{page}");
}
