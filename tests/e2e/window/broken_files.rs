//! Files that are no photos, or not whole ones, chosen like photos.

use patrol_testkit::photo::{PhotoBuilder, heic_header, text_named_jpg, truncated};

use crate::phone::Phone;
use crate::screen::Screen;

/// Each is refused with a sentence of its own, and what was there stays.
pub(crate) async fn run() {
    let phone = Phone::new();
    let screen = phone.open().await;
    screen.begin_work().await;
    screen.choose_photo(&phone.photo(3)).await;
    screen.paints(None, 1).await;

    let whole = PhotoBuilder::new(4).build();
    // The third came through a chat that renames what it carries; under its own name the file dialog does not offer it.
    let broken = [
        phone.file("照片.jpg", &text_named_jpg()),
        phone.file("half.jpg", &truncated(&whole, 0.5)),
        phone.file("IMG_5195.jpg", &heic_header()),
    ];
    let mut sentences: Vec<String> = Vec::new();
    for file in broken {
        screen.choose_photo(&file).await;
        sentences.push(another_sentence(&screen, &sentences).await);
        screen.paints(None, 1).await;
    }
    screen.shot("6-refused").await;
    for sentence in &sentences {
        let is_chinese = sentence
            .chars()
            .any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter));
        assert!(is_chinese, "a code and no sentence: {sentence}");
    }
    // The same input still takes a sound photo.
    screen.choose_photo(&phone.photo(5)).await;
    screen.says("shoot-count", "2").await;
    screen.into_session().close().await;
}

/// Whether older sentences stay until somebody has read them is the interface's affair.
async fn another_sentence(screen: &Screen, before: &[String]) -> String {
    screen
        .until("another sentence in error-line", async || {
            let shown = screen.all_words("error-line").await;
            shown
                .into_iter()
                .find(|words| !words.is_empty() && !before.contains(words))
        })
        .await
}
