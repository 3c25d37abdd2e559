//! What the page may not do, tried from within the page, past the interface.

use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::phone::Phone;
use crate::screen::Screen;

/// Nothing but our own commands, our own files and our own thumbnails.
pub(crate) async fn run() {
    let phone = Phone::new();
    let screen = phone.open().await;
    // A positive control first, or everything below could be true of a dead page.
    let state = screen.call("app_state", json!({ "args": {} })).await;
    assert!(state["ok"]["version"].is_string(), "{state}");
    refuses_what_is_not_ours(&screen).await;
    loads_nothing_from_elsewhere(&screen).await;
    goes_nowhere_else(&screen).await;
    gives_photos_by_hash_only(&screen).await;
    takes_a_photo_as_bytes_only(&screen).await;
    screen.into_session().close().await;
}

async fn refuses_what_is_not_ours(screen: &Screen) {
    for command in [
        "plugin:window|close",
        "plugin:webview|create_webview_window",
        "plugin:event|listen",
        "plugin:app|version",
        "plugin:path|resolve_directory",
        "plugin:resources|close",
        "plugin:fs|read_file",
        "no_such_command",
    ] {
        let answer = screen.call(command, json!({})).await;
        let refused = answer["refused"].as_str().unwrap_or_default();
        assert!(
            refused.contains("not allowed") || refused.contains("not found"),
            "{command}: {answer}"
        );
    }
    assert_eq!(screen.run("return typeof window.__TAURI__", &[]).await, "undefined");
}

async fn loads_nothing_from_elsewhere(screen: &Screen) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let fetched = "const seen = []; \
                   document.addEventListener('securitypolicyviolation', (event) => seen.push(event.effectiveDirective)); \
                   const asked = await fetch(arguments[0]).then(() => 'answered', () => 'refused'); \
                   const image = new Image(); \
                   const shown = await new Promise((done) => { image.onload = () => done('shown'); \
                     image.onerror = () => done('refused'); image.src = arguments[0] + 'a.png'; }); \
                   const script = document.createElement('script'); \
                   const ran = await new Promise((done) => { script.onload = () => done('ran'); \
                     script.onerror = () => done('refused'); script.src = arguments[0] + 'a.js'; \
                     document.head.append(script); }); \
                   let made = 'refused'; \
                   try { made = new Function('return \"made\"')(); } catch {} \
                   return { answers: [asked, shown, ran, made], seen }";
    let tried = screen.run_async(fetched, &[Value::from(url)]).await;
    assert_eq!(tried["answers"], json!(["refused"; 4].to_vec()), "{tried}");
    let seen: Vec<String> = serde_json::from_value(tried["seen"].clone()).unwrap();
    for directive in ["connect-src", "img-src", "script-src"] {
        assert!(
            seen.iter().any(|one| one.starts_with(directive)),
            "{directive}: {seen:?}"
        );
    }
    assert!(nobody_came(&listener).await);
}

async fn goes_nowhere_else(screen: &Screen) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let opened = screen
        .run(
            "return window.open(arguments[0]) === null",
            &[Value::from(url.as_str())],
        )
        .await;
    assert_eq!(opened, true);
    screen.run("location.href = arguments[0]", &[Value::from(url)]).await;
    let here = screen.run_async("return location.origin", &[]).await;
    assert_eq!(here, "tauri://localhost");
    let alive = screen.call("app_state", json!({ "args": {} })).await;
    assert!(alive["ok"].is_object(), "{alive}");
    assert!(nobody_came(&listener).await);
}

async fn gives_photos_by_hash_only(screen: &Screen) {
    let draft = screen
        .call(
            "draft_add_demo_photo",
            json!({ "args": { "name": "01-parking-wide-a.jpg" } }),
        )
        .await;
    let sha256 = draft["ok"]["photos"][0]["sha256"].as_str().unwrap().to_owned();
    assert_eq!(width_of(screen, &format!("photo://localhost/{sha256}")).await, 320);
    let unknown = "0".repeat(64);
    for path in [
        unknown.as_str(),
        "",
        "..",
        "../keys/root.key",
        "..%2Fkeys%2Froot.key",
        "%2e%2e/%2e%2e/etc/hosts",
        "/etc/hosts",
        &format!("{sha256}/../{sha256}x"),
        &format!("{sha256}.jpg"),
        &format!("%00{sha256}"),
    ] {
        assert_eq!(
            width_of(screen, &format!("photo://localhost/{path}")).await,
            0,
            "{path}"
        );
    }
    // A script gets no bytes at all, not even of a photo that is there.
    let fetched = "return await fetch(arguments[0]).then(() => 'answered', () => 'refused')";
    let url = Value::from(format!("photo://localhost/{sha256}"));
    assert_eq!(screen.run_async(fetched, &[url]).await, "refused");
}

async fn takes_a_photo_as_bytes_only(screen: &Screen) {
    let by_path = screen.call("draft_add_photo", json!({ "path": "/etc/hosts" })).await;
    assert_eq!(by_path["refused"]["code"], "bad_request", "{by_path}");
    let raw = "return await window.__TAURI_INTERNALS__.invoke('draft_add_photo', new Uint8Array([1, 2, 3]), \
               { headers: { 'x-photo-source': 'camera' } }).then((ok) => ({ ok }), (refused) => ({ refused }))";
    let no_photo = screen.run_async(raw, &[]).await;
    assert_eq!(no_photo["refused"]["code"], "photo_not_image", "{no_photo}");
}

/// The picture's width once it has loaded; 0 when it does not.
async fn width_of(screen: &Screen, url: &str) -> u64 {
    let script = "const image = new Image(); \
                  return await new Promise((done) => { image.onload = () => done(image.naturalWidth); \
                    image.onerror = () => done(0); image.src = arguments[0]; })";
    screen.run_async(script, &[Value::from(url)]).await.as_u64().unwrap()
}

/// Whether no connection waits: what the page could have sent, it has sent by now.
async fn nobody_came(listener: &TcpListener) -> bool {
    std::future::poll_fn(|context| std::task::Poll::Ready(listener.poll_accept(context).is_pending())).await
}
