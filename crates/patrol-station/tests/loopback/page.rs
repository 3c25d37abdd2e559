//! The page for whoever sits at the station.

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
    assert!(empty.contains("还没有案件") && empty.contains("江心洲中队 &lt;b&gt;"));
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
        "0618-001",
        "照片 1/2",
        "2026-06-18",
        "+08:00",
    ] {
        assert!(page.contains(shown), "{shown} in {page}");
    }
    assert!(page.contains(&phone.log.to_string()) && page.contains("9.8 MB"));
    assert!(
        headers["content-security-policy"]
            .to_str()
            .unwrap()
            .starts_with("default-src 'none'; img-src 'self'")
    );
    let (_, english) = get(&server, "/?lang=en").await;
    assert!(english.contains("photos 1/2") && english.contains("Last contact"));
    let (headers, style) = get(&server, "/style.css").await;
    assert!(headers["content-type"].to_str().unwrap().starts_with("text/css") && style.contains(".plate"));
}
