//! The page, its stylesheet and its pictures, for whoever sits at the station.
//!
//! Read only, without a script, and without a sign-in: so it is shown to this very machine only, whatever the station
//! listens at. A page of somebody else's could point its own name at 127.0.0.1 and read along, so a request must name
//! this machine by `localhost` or a loopback number. Behind a proxy, which makes everybody look like this machine, it is
//! not shown at all.

use std::net::IpAddr;

use axum::extract::{FromRequestParts, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, REFERRER_POLICY};
use axum::http::header::{HeaderName, X_CONTENT_TYPE_OPTIONS};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse as _, Response};
use patrol_domain::Sha256Hash;

use super::App;
use super::answer::{Named, Refusal};
use crate::config::TlsMode;
use crate::page::{self, Lang};

const POLICY: &str = "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

/// Who is at the other end of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

impl Peer {
    fn is_this_machine(self) -> bool {
        self.0.to_canonical().is_loopback()
    }
}

/// A request that was sent from this machine, on purpose.
pub(super) struct Here;

impl FromRequestParts<App> for Here {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let config = app.station.config();
        let is_behind_a_proxy = config.tls.mode != TlsMode::On && config.public_url.is_some();
        let peer = parts.extensions.get::<Peer>().copied();
        if !is_behind_a_proxy && peer.is_some_and(Peer::is_this_machine) && is_here(&parts.headers) {
            Ok(Self)
        } else {
            Err(Refusal::not_found())
        }
    }
}

fn is_here(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(HOST).and_then(|host| host.to_str().ok()) else {
        return false;
    };
    let name = host
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()))
        .map_or(host, |h| h.0);
    let number = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || number.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The page.
pub(super) async fn page(State(app): State<App>, _here: Here, uri: Uri) -> Result<Response, Refusal> {
    let english = uri
        .query()
        .is_some_and(|query| query.split('&').any(|pair| pair == "lang=en"));
    let overview = app.station.store().overview().await?;
    let lang = if english { Lang::En } else { Lang::Zh };
    let html = page::render(app.station.config(), &overview, app.station.ports().clock.now(), lang);
    Ok((headers("text/html; charset=utf-8", "no-store"), html.into_string()).into_response())
}

/// Its stylesheet.
pub(super) async fn style() -> Response {
    (headers("text/css; charset=utf-8", "no-cache"), page::STYLE).into_response()
}

/// A thumbnail.
pub(super) async fn thumb(
    State(app): State<App>,
    _here: Here,
    Named(sha256): Named<Sha256Hash>,
) -> Result<Response, Refusal> {
    let jpeg = app.station.store().thumb(sha256).await?;
    Ok((headers("image/jpeg", "private, no-cache"), jpeg).into_response())
}

fn headers(content_type: &'static str, cache: &'static str) -> [(HeaderName, &'static str); 5] {
    [
        (CONTENT_TYPE, content_type),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, cache),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_for_this_machine_only() {
        let may = |peer: &str| Peer(peer.parse().unwrap()).is_this_machine();
        assert!(may("127.0.0.1") && may("::1") && may("::ffff:127.0.0.1"));
        for other in [
            "192.168.1.20",
            "10.0.0.1",
            "::ffff:192.168.1.20",
            "2001:db8::1",
            "0.0.0.0",
        ] {
            assert!(!may(other), "{other}");
        }
    }

    #[test]
    fn a_foreign_name_that_points_here_is_not_here() {
        let here = |host: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, host.parse().unwrap());
            is_here(&headers)
        };
        for good in ["127.0.0.1:8620", "127.0.0.1", "[::1]:8620", "localhost:1"] {
            assert!(here(good), "{good}");
        }
        for bad in [
            "evil.test:8620",
            "evil.test",
            "192.0.2.7:8620",
            "station.test:8620",
            "127.0.0.1.evil.test",
            "localhost.evil.test:8620",
        ] {
            assert!(!here(bad), "{bad}");
        }
        assert!(!is_here(&HeaderMap::new()));
    }
}
