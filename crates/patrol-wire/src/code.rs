//! The enrolment code as people hand it on: `https://192.0.2.7:8620/enrol#<code>.<key thumbprint>.<authority>`.
//!
//! Everything that trust begins with is in it: where the station is, the one-time secret, the thumbprint of the key that
//! receipts will be signed with, and the fingerprint of the certificate authority that the station's TLS certificate
//! comes from. The last one is left out with plain HTTP, which goes no further than this machine. What stands behind `#` never goes over the network when somebody opens it.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use patrol_domain::Sha256Hash;

/// A one-time enrolment code.
#[derive(Clone, PartialEq, Eq)]
pub struct EnrolmentCode {
    /// The station's address without a slash at the end.
    pub station_url: String,
    /// The one-time secret.
    pub code: String,
    /// The station key's thumbprint.
    pub key_thumbprint: Sha256Hash,
    /// SHA-256 over the DER of the certificate authority; there is one with `https` and none with `http`.
    pub authority: Option<Sha256Hash>,
}

/// The text is not an enrolment code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an enrolment code")]
pub struct CodeFormatError;

impl EnrolmentCode {
    /// Whether the station is on this very machine, the only place where plain HTTP may go.
    pub fn is_loopback(&self) -> bool {
        let host = self.station_url.split_once("://").map_or("", |(_, host)| host);
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        name == "localhost"
            || name
                .trim_matches(['[', ']'])
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }
}

impl fmt::Display for EnrolmentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/enrol#{}.{}", self.station_url, self.code, self.key_thumbprint)?;
        self.authority.map_or(Ok(()), |authority| write!(f, ".{authority}"))
    }
}

impl fmt::Debug for EnrolmentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EnrolmentCode({})", self.station_url)
    }
}

impl FromStr for EnrolmentCode {
    type Err = CodeFormatError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (address, secret) = text.trim().split_once("/enrol#").ok_or(CodeFormatError)?;
        let host = address
            .strip_prefix("http://")
            .or_else(|| address.strip_prefix("https://"))
            .ok_or(CodeFormatError)?;
        let plain =
            |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | ':' | '-' | '[' | ']');
        if host.is_empty() || !host.chars().all(plain) {
            return Err(CodeFormatError);
        }
        let mut fields = secret.split('.');
        let (Some(code), Some(thumbprint), authority, None) =
            (fields.next(), fields.next(), fields.next(), fields.next())
        else {
            return Err(CodeFormatError);
        };
        if authority.is_some() != address.starts_with("https://") {
            return Err(CodeFormatError);
        }
        if code.is_empty() || code.len() > 64 || !code.chars().all(|character| character.is_ascii_alphanumeric()) {
            return Err(CodeFormatError);
        }
        let hash = |text: &str| text.parse().map_err(|_| CodeFormatError);
        Ok(Self {
            station_url: address.to_owned(),
            code: code.to_owned(),
            key_thumbprint: hash(thumbprint)?,
            authority: authority.map(hash).transpose()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_reads_back_and_anything_else_is_refused() {
        let code = EnrolmentCode {
            station_url: "http://127.0.0.1:8620".into(),
            code: "K7Q2M9XWPA".into(),
            key_thumbprint: Sha256Hash::of(b"key"),
            authority: None,
        };
        let text = code.to_string();
        assert_eq!(format!("  {text}\n").parse::<EnrolmentCode>().unwrap(), code);
        let safe = EnrolmentCode {
            station_url: "https://192.0.2.7:8620".into(),
            authority: Some(Sha256Hash::of(b"authority")),
            ..code.clone()
        };
        assert_eq!(safe.to_string().parse::<EnrolmentCode>().unwrap(), safe);
        for bad in [
            "",
            "K7Q2M9XWPA",
            "ftp://a/enrol#b.c",
            &text.replace("127.0.0.1", "a/b?c"),
            &text.replace('.', ""),
            // Plain HTTP pins nothing, TLS always does.
            &text.replace("http://", "https://"),
            &safe.to_string().replace("https://", "http://"),
        ] {
            assert!(bad.parse::<EnrolmentCode>().is_err(), "{bad}");
        }
    }

    #[test]
    fn only_this_machine_is_loopback() {
        let at = |url: &str| EnrolmentCode {
            station_url: url.into(),
            code: "A".into(),
            key_thumbprint: Sha256Hash::of(b"key"),
            authority: None,
        };
        for here in [
            "http://127.0.0.1:8620",
            "http://localhost:1",
            "http://[::1]:8620",
            "http://127.8.0.1",
        ] {
            assert!(at(here).is_loopback(), "{here}");
        }
        for there in [
            "http://192.168.1.5:8620",
            "http://127.0.0.1.example:80",
            "http://localhost.example",
            "http://",
        ] {
            assert!(!at(there).is_loopback(), "{there}");
        }
    }
}
