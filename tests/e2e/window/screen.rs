//! The window as somebody sees it: things with a name (`data-testid`), their words, their pictures.

use std::path::{Path, PathBuf};

use fantoccini::elements::Element;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};

use crate::session::Session;
use crate::wait::look_for;

/// The open window.
pub(crate) struct Screen {
    session: Session,
}

impl Screen {
    /// Of a session.
    pub(crate) fn of(session: Session) -> Self {
        Self { session }
    }

    /// Gives the session back, to end it one way or another.
    pub(crate) fn into_session(self) -> Session {
        self.session
    }

    fn client(&self) -> &Client {
        &self.session.client
    }

    /// Waits until something can be seen; says what was there instead when it never comes.
    pub(crate) async fn until<T>(&self, what: &str, look: impl AsyncFnMut() -> Option<T>) -> T {
        if let Some(seen) = look_for(look).await {
            return seen;
        }
        self.shot("failed").await;
        let shown = self.run("return document.body.innerText", &[]).await;
        panic!(
            "never seen: {what}. The window shows:\n{}",
            shown.as_str().unwrap_or_default()
        )
    }

    async fn glimpse(&self, id: &str) -> Option<Element> {
        self.client().find(Locator::Css(&selector(id))).await.ok()
    }

    /// Waits for a thing to be there, shown or not.
    pub(crate) async fn find(&self, id: &str) -> Element {
        self.until(id, async || self.glimpse(id).await).await
    }

    /// A thing, moved to where a finger would move it. The driver looks only at the window's edge: it takes a thing
    /// that a scrolling part hides under the top bar for one that can be tapped.
    async fn reach(&self, id: &str) -> Option<Element> {
        let element = self.glimpse(id).await?;
        let script = "arguments[0].scrollIntoView({ block: 'center', inline: 'center' })";
        let argument = serde_json::to_value(&element).ok()?;
        self.client().execute(script, vec![argument]).await.ok()?;
        Some(element)
    }

    /// Taps a thing as soon as it can be tapped.
    pub(crate) async fn tap(&self, id: &str) {
        self.until(&format!("{id}, to be tapped"), async || {
            self.reach(id).await?.click().await.ok()
        })
        .await;
    }

    /// Goes to a screen as a link does.
    pub(crate) async fn go(&self, route: &str) {
        self.run("location.hash = arguments[0]", &[Value::from(route)]).await;
    }

    /// Past the first start, when it is one, to the viewfinder.
    pub(crate) async fn begin_work(&self) {
        self.until("the first screen", async || match self.glimpse("enrol-leave").await {
            Some(leave) => Some(leave),
            None => self.glimpse("tile-all").await,
        })
        .await;
        if self.glimpse("enrol-leave").await.is_some() {
            self.tap("enrol-leave").await;
            self.find("tile-all").await;
        }
        self.go("#/viewfinder").await;
        self.find("photo-input").await;
    }

    /// Types a plate on the sheet that is there for it.
    pub(crate) async fn type_plate(&self, plate: &str) {
        self.tap("plate-open").await;
        self.type_into("plate-input", plate).await;
        self.tap("plate-done").await;
    }

    /// Types into a field, behind what is there.
    pub(crate) async fn type_into(&self, id: &str, text: &str) {
        self.until(&format!("{id}, to be typed into"), async || {
            self.reach(id).await?.send_keys(text).await.ok()
        })
        .await;
    }

    /// Chooses a file, as the system's dialog would.
    pub(crate) async fn choose_photo(&self, path: &Path) {
        let path = path.to_str().unwrap();
        self.find("photo-input").await.send_keys(path).await.unwrap();
    }

    /// A field's content, when it is there.
    pub(crate) async fn value(&self, id: &str) -> Option<String> {
        self.glimpse(id).await?.prop("value").await.ok()?
    }

    /// A thing's words, when it is there.
    pub(crate) async fn words(&self, id: &str) -> Option<String> {
        let words = self.glimpse(id).await?.text().await.ok()?;
        Some(words.trim().to_owned())
    }

    /// Waits until a thing says exactly this.
    pub(crate) async fn says(&self, id: &str, words: &str) {
        self.until(&format!("{id} says {words}"), async || {
            (self.words(id).await? == words).then_some(())
        })
        .await;
    }

    /// Waits until a thing says anything at all, and gives it.
    pub(crate) async fn says_something(&self, id: &str) -> String {
        self.until(&format!("{id} says something"), async || {
            self.words(id).await.filter(|words| !words.is_empty())
        })
        .await
    }

    /// The words of all things of this name.
    pub(crate) async fn all_words(&self, id: &str) -> Vec<String> {
        let mut words = Vec::new();
        for element in self
            .client()
            .find_all(Locator::Css(&selector(id)))
            .await
            .unwrap_or_default()
        {
            words.extend(element.text().await.map(|text| text.trim().to_owned()));
        }
        words
    }

    /// Waits until this many photos are truly painted inside a thing (or the whole page): loaded, decoded, not empty.
    pub(crate) async fn paints(&self, inside: Option<&str>, photos: u64) {
        let inside = inside.map(selector).unwrap_or_default();
        let script = "return [...document.querySelectorAll(arguments[0] + ' img')].filter((image) => \
                      image.src.startsWith('photo:') && image.complete && image.naturalWidth > 0).length";
        self.until(&format!("{photos} photos painted in '{inside}'"), async || {
            let painted = self.run(script, &[Value::from(inside.as_str())]).await;
            (painted.as_u64()? == photos).then_some(())
        })
        .await;
    }

    /// Runs JavaScript in the page.
    pub(crate) async fn run(&self, script: &str, arguments: &[Value]) -> Value {
        self.client().execute(script, arguments.to_vec()).await.unwrap()
    }

    /// Runs JavaScript that awaits; it ends by returning.
    pub(crate) async fn run_async(&self, script: &str, arguments: &[Value]) -> Value {
        let script = format!(
            "const done = arguments[arguments.length - 1]; \
             (async () => {{ {script} }})().then((answer) => done(answer ?? null), (error) => done(`threw ${{error}}`))"
        );
        self.client().execute_async(&script, arguments.to_vec()).await.unwrap()
    }

    /// Calls a command of the host, past the interface: `{ok}` or `{refused}`.
    pub(crate) async fn call(&self, command: &str, arguments: Value) -> Value {
        let script = "return await window.__TAURI_INTERNALS__.invoke(arguments[0], arguments[1]) \
                      .then((ok) => ({ ok }), (refused) => ({ refused }))";
        self.run_async(script, &[Value::from(command), arguments]).await
    }

    /// Waits until the draft on disk has this note: what is typed is written a moment later, in one piece.
    pub(crate) async fn keeps_note(&self, note: &str) {
        self.until("the note on disk", async || {
            let draft = self.call("draft_read", json!({ "args": {} })).await;
            (draft["ok"]["note"] == note).then_some(())
        })
        .await;
    }

    /// A picture of the window, for people, when they want some.
    pub(crate) async fn shot(&self, name: &str) {
        let Some(folder) = std::env::var_os("XUNGE_SHOTS").map(PathBuf::from) else {
            return;
        };
        // Things that slide or fade would be caught half way, and photos are decoded beside the page's own work.
        let still = "await Promise.all(document.getAnimations().map((one) => one.finished)); \
                     await Promise.allSettled([...document.images].map((image) => image.decode())); \
                     await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))";
        self.run_async(still, &[]).await;
        let png = self.client().screenshot().await.unwrap();
        assert!(png.starts_with(b"\x89PNG"));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), png).unwrap();
    }
}

fn selector(id: &str) -> String {
    format!("[data-testid=\"{id}\"]")
}
