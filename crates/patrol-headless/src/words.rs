//! What a failure means and what to do about it, in the words that the window uses: one place for both.

use patrol_app::ErrorCode;
use serde_json::Value;

const CHINESE: &str = include_str!("../../../ui/officer/src/words/zh.json");
const ENGLISH: &str = include_str!("../../../ui/officer/src/words/en.json");

/// Whether the terminal is set to Chinese, by the first of LC_ALL, LC_MESSAGES and LANG that is set.
pub(crate) fn is_chinese() -> bool {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"].iter();
    let mut set = set
        .filter_map(|name| std::env::var(name).ok())
        .filter(|value| !value.is_empty());
    set.next().is_some_and(|value| value.starts_with("zh"))
}

/// The window's sentence for a failure; empty only for a code that it does not know.
pub(crate) fn sentence(code: ErrorCode, is_chinese: bool) -> String {
    let words: Option<Value> = serde_json::from_str(if is_chinese { CHINESE } else { ENGLISH }).ok();
    let name = serde_json::to_value(code).ok();
    let sentence = words.as_ref().zip(name.as_ref().and_then(Value::as_str));
    let sentence = sentence.and_then(|(words, name)| words.get("error")?.get(name)?.as_str());
    sentence.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_go_wrong_at_enrolment_is_a_sentence_in_both_languages() {
        for code in [
            ErrorCode::EnrolCodeMalformed,
            ErrorCode::EnrolCodeUnknown,
            ErrorCode::EnrolCodeUsed,
            ErrorCode::EnrolOtherStation,
            ErrorCode::StationUnreachable,
            ErrorCode::StationNotOurs,
            ErrorCode::StationCertificateWrong,
            ErrorCode::StationRefused,
            ErrorCode::StationKeyMismatch,
            ErrorCode::BadRequest,
            ErrorCode::Internal,
        ] {
            let (chinese, english) = (sentence(code, true), sentence(code, false));
            assert!(
                chinese.ends_with('。') && english.ends_with('.'),
                "{code:?}: {chinese} {english}"
            );
        }
    }
}
