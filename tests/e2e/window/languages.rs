//! Chinese first, English complete.

use crate::phone::Phone;

/// Where the words are that everybody needs.
const LABELS: [&str; 4] = ["tab-capture", "tab-records", "tab-sync", "save"];

/// One tap, and no Chinese is left on what everybody needs; another, and all is back.
pub(crate) async fn run() {
    let phone = Phone::new();
    let screen = phone.open().await;
    let mut chinese = Vec::new();
    for label in LABELS {
        chinese.push(screen.says_something(label).await);
    }
    assert!(chinese.iter().all(|words| has_chinese(words)), "{chinese:?}");
    screen.tap("lang-switch").await;
    for label in LABELS {
        screen
            .until(&format!("{label} in English"), async || {
                let words = screen.words(label).await?;
                (!words.is_empty() && !has_chinese(&words)).then_some(())
            })
            .await;
    }
    assert!(screen.says_something("matter-PK01").await.is_ascii());
    screen.shot("8-english").await;
    screen.tap("lang-switch").await;
    for (label, words) in LABELS.iter().zip(&chinese) {
        screen.says(label, words).await;
    }
    screen.into_session().close().await;
}

fn has_chinese(words: &str) -> bool {
    words.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter))
}
