//! How the screens look and when the phone locks: chosen once, the same at every start.

use patrol_store::Preference;

use crate::app::App;
use crate::error::AppError;
use crate::view::PreferenceView;

const LANGUAGES: [&str; 2] = ["zh", "en"];
const TEXT_SIZES: [&str; 3] = ["m", "l", "xl"];
const THEMES: [&str; 4] = ["auto", "light", "dark", "outdoor"];
const HANDS: [&str; 2] = ["right", "left"];
/// A working day is the longest.
const MOST_LOCK_MINUTES: u32 = 600;

impl App {
    /// What was chosen, or what a new phone begins with.
    ///
    /// # Errors
    /// [`AppError`] when the database cannot be read.
    pub fn preference(&self) -> Result<PreferenceView, AppError> {
        let kept = self.store.preference()?.unwrap_or_else(|| Preference {
            language: "zh".into(),
            text_size: "m".into(),
            theme: "light".into(),
            hand: "right".into(),
            lock_minutes: 5,
            welcomed: false,
        });
        let Preference {
            language,
            text_size,
            theme,
            hand,
            lock_minutes,
            welcomed,
        } = kept;
        Ok(PreferenceView {
            language,
            text_size,
            theme,
            hand,
            lock_minutes,
            welcomed,
        })
    }

    /// Writes what was chosen.
    ///
    /// # Errors
    /// [`AppError::Arguments`] for a choice that there is not; the former one stands.
    pub fn write_preference(&self, chosen: Preference) -> Result<PreferenceView, AppError> {
        let known = [
            LANGUAGES.contains(&chosen.language.as_str()),
            TEXT_SIZES.contains(&chosen.text_size.as_str()),
            THEMES.contains(&chosen.theme.as_str()),
            HANDS.contains(&chosen.hand.as_str()),
            (1..=MOST_LOCK_MINUTES).contains(&chosen.lock_minutes),
        ];
        if known.contains(&false) {
            return Err(AppError::Arguments("a choice that there is not".into()));
        }
        self.store.write_preference(&chosen)?;
        self.preference()
    }
}
