//! What stands behind the question mark: `name=value` pairs of plain letters, digits and points.
//!
//! Nothing that the protocol puts there needs an escape, so none is understood.

use std::str::FromStr;

use axum::http::Uri;

use super::answer::Refusal;

/// The value of `name`, if it is there.
///
/// # Errors
/// 400 when it is there and cannot be read.
pub(super) fn value<T: FromStr>(uri: &Uri, name: &str) -> Result<Option<T>, Refusal> {
    let mut pairs = uri.query().unwrap_or_default().split('&');
    let found = pairs.find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name));
    found
        .map(|(_, text)| {
            text.parse()
                .map_err(|_| Refusal::malformed(format!("{name} cannot be read")))
        })
        .transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_by_its_whole_name_and_rubbish_is_refused() {
        let uri: Uri = "/v1/changes?xlimit=1&limit=20&limit=30&cursor=a".parse().unwrap();
        assert_eq!(value::<u64>(&uri, "limit").unwrap(), Some(20));
        assert_eq!(value::<u64>(&uri, "seq").unwrap(), None);
        assert!(value::<u64>(&uri, "cursor").is_err());
    }
}
