//! The names and addresses that the station's certificate is for.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use rustls::pki_types::ServerName;

use super::TlsError;
use crate::config::Config;

/// What people on the machine itself call it.
const HERE: [&str; 3] = ["127.0.0.1", "::1", "localhost"];

/// What phones may call: this machine, where it listens, what is set.
pub(super) fn names(config: &Config) -> Result<Vec<String>, TlsError> {
    let mut names: BTreeSet<String> = HERE.map(str::to_owned).into();
    names.extend(config.tls.names.iter().cloned());
    names.extend(config.public_url.as_deref().map(|url| host(url).to_owned()));
    if let Ok(address) = config.listen.parse::<SocketAddr>()
        && !address.ip().is_unspecified()
    {
        names.insert(address.ip().to_string());
    }
    let is_name = |name: &String| ServerName::try_from(name.as_str()).is_ok();
    match names.iter().find(|name| !is_name(name)) {
        Some(name) => Err(TlsError::Name { name: name.clone() }),
        None => Ok(names.into_iter().collect()),
    }
}

/// The host in an address: without scheme, port and brackets.
pub(super) fn host(url: &str) -> &str {
    let rest = url
        .split_once("://")
        .map_or(url, |(_, rest)| rest)
        .trim_end_matches('/');
    if rest.parse::<IpAddr>().is_ok() {
        return rest;
    }
    let name = match rest.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => rest,
    };
    name.trim_start_matches('[').trim_end_matches(']')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_called_by_its_host() {
        for (url, name) in [
            ("https://192.0.2.7:8620", "192.0.2.7"),
            ("https://station.example/", "station.example"),
            ("https://[2001:db8::7]:8620", "2001:db8::7"),
            ("https://[::1]", "::1"),
        ] {
            assert_eq!(host(url), name);
        }
    }
}
