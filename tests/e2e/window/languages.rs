//! Chinese first, English complete.

use crate::phone::Phone;
use crate::screen::Screen;

/// Where the words are that everybody needs.
const LABELS: [&str; 4] = ["tab-today", "tab-records", "tab-map", "tab-me"];

/// One tap, and no Chinese is left on what everybody needs; another, and all is back.
pub(crate) async fn run() {
    let phone = Phone::new();
    let screen = phone.open().await;
    screen.begin_work().await;
    screen.go("#/today").await;
    let mut chinese = Vec::new();
    for label in LABELS {
        chinese.push(screen.says_something(label).await);
    }
    assert!(chinese.iter().all(|words| has_chinese(words)), "{chinese:?}");
    speak(&screen, "language-en").await;
    for label in LABELS {
        screen
            .until(&format!("{label} in English"), async || {
                let words = screen.words(label).await?;
                (!words.is_empty() && !has_chinese(&words)).then_some(())
            })
            .await;
    }
    assert!(screen.says_something("tile-PK01").await.is_ascii());
    screen.shot("8-english").await;
    speak(&screen, "language-zh").await;
    for (label, words) in LABELS.iter().zip(&chinese) {
        screen.says(label, words).await;
    }
    screen.into_session().close().await;
}

/// Chooses a language in the settings, and comes back.
async fn speak(screen: &Screen, language: &str) {
    screen.go("#/settings").await;
    screen.tap(language).await;
    screen.go("#/today").await;
}

fn has_chinese(words: &str) -> bool {
    words.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter))
}
