//! Who may use whom: the table of docs/ARCHITECTURE.md as data.
//!
//! It watches the arrows between our own crates and the few outside crates whose spread would cost us an architecture
//! (a database, HTTP, the window, cryptography). Any other dependency is free. Normal and build dependencies count;
//! tests may use what they like.

use cargo_metadata::DependencyKind;

use super::{Failure, numbered};
use crate::checkout::Checkout;

/// A crate of ours and what it may use.
struct Room {
    name: &'static str,
    /// Crates of ours.
    ours: &'static [&'static str],
    /// Watched crates of others.
    outside: &'static [&'static [&'static str]],
}

/// Outside crates under watch, by column of the table.
const RUSQLITE: &[&str] = &["rusqlite"];
const REQWEST: &[&str] = &["reqwest"];
const AXUM: &[&str] = &["axum"];
const SERVER_STORAGE: &[&str] = &["tokio-postgres", "object_store"];
const TAURI: &[&str] = &["tauri", "tauri-build"];
const HASH: &[&str] = &["sha2"];
const SIGNATURE: &[&str] = &["sha2", "p256"];
/// SQLCipher's page format, to read what is left of a damaged file: SQLite itself gives up at the first bad page.
const PAGES: &[&str] = &["aes", "cbc", "hmac", "pbkdf2", "sha2"];
const VAULT: &[&str] = &["chacha20poly1305", "hkdf", "sha2"];
/// To believe the pinned authority and nobody else.
const TLS: &[&str] = &["rustls"];
/// Exports are sealed on the phone and opened at the station: one reading of that format, beside the others.
const SEALING: &[&str] = &["hpke", "chacha20poly1305"];
/// To name the cryptography of TLS once, in `main`.
const PROVIDER: &[&str] = &["ring", "rustls"];
const CRYPTO: &[&str] = &[
    "sha2",
    "p256",
    "chacha20poly1305",
    "hkdf",
    "hpke",
    "ring",
    "rustls",
    "getrandom",
];

const WATCHED: &[&[&str]] = &[RUSQLITE, REQWEST, AXUM, SERVER_STORAGE, TAURI, CRYPTO, PAGES];

/// Floor by floor; an arrow that is not here is forbidden.
const ROOMS: &[Room] = &[
    room("patrol-domain", &[], &[HASH]),
    room("patrol-sqlite", &[], &[RUSQLITE, PAGES]),
    room("patrol-rules", &["patrol-domain"], &[SIGNATURE]),
    room("patrol-photo", &["patrol-domain"], &[HASH]),
    room("patrol-wire", &["patrol-domain"], &[SIGNATURE, SEALING]),
    room("patrol-verify", &["patrol-domain", "patrol-wire"], &[SIGNATURE]),
    room("patrol-store", &["patrol-domain", "patrol-sqlite"], &[RUSQLITE, VAULT]),
    room(
        "patrol-sync",
        &["patrol-domain", "patrol-wire", "patrol-store"],
        &[REQWEST, TLS],
    ),
    room(
        "patrol-station",
        &[
            "patrol-domain",
            "patrol-rules",
            "patrol-sqlite",
            "patrol-photo",
            "patrol-wire",
            // What comes in a file from outside is checked by the same reading that a court would use.
            "patrol-verify",
        ],
        &[RUSQLITE, AXUM, SERVER_STORAGE, CRYPTO],
    ),
    room(
        "patrol-app",
        &[
            "patrol-domain",
            "patrol-rules",
            "patrol-photo",
            "patrol-store",
            "patrol-sync",
        ],
        &[],
    ),
    room("patrol-host", &["patrol-domain", "patrol-app"], &[CRYPTO]),
    room("patrol-headless", &["patrol-app", "patrol-host"], &[AXUM, PROVIDER]),
    room("xunge", &["patrol-app", "patrol-host"], &[TAURI, PROVIDER]),
    room("xtask", &[], &[HASH]),
];

/// Tests and what only tests use: free.
const FREE: &[&str] = &["patrol-testkit", "acceptance"];

const fn room(name: &'static str, ours: &'static [&'static str], outside: &'static [&'static [&'static str]]) -> Room {
    Room { name, ours, outside }
}

/// A package of the workspace and what it uses.
pub(super) struct Package {
    name: String,
    /// Path of its Cargo.toml from the root.
    manifest: String,
    /// Text of its Cargo.toml, to name a line.
    text: String,
    /// Names of its normal and build dependencies, as published (a renamed one under its true name).
    uses: Vec<String>,
}

/// The workspace's packages.
pub(super) fn packages(checkout: &Checkout) -> Vec<Package> {
    let read = |package: &&cargo_metadata::Package| {
        let path = package.manifest_path.as_std_path();
        let counted = |one: &&cargo_metadata::Dependency| one.kind != DependencyKind::Development;
        Package {
            name: package.name.to_string(),
            manifest: path
                .strip_prefix(checkout.root())
                .unwrap_or(path)
                .to_string_lossy()
                .into_owned(),
            text: std::fs::read_to_string(path).unwrap_or_default(),
            uses: package
                .dependencies
                .iter()
                .filter(counted)
                .map(|one| one.name.clone())
                .collect(),
        }
    };
    checkout.packages().iter().map(read).collect()
}

/// Arrows that are not in the table.
pub(super) fn check(packages: &[Package]) -> Vec<Failure> {
    let ours: Vec<&str> = packages.iter().map(|one| one.name.as_str()).collect();
    let mut failures = Vec::new();
    for package in packages.iter().filter(|one| !FREE.contains(&one.name.as_str())) {
        let Some(room) = ROOMS.iter().find(|room| room.name == package.name) else {
            let what = format!("`{}` is not in the table of who may use whom", package.name);
            failures.push(Failure::new(
                &package.manifest,
                1,
                what,
                "give it a row in docs/ARCHITECTURE.md and arrows.rs",
            ));
            continue;
        };
        for used in &package.uses {
            let used = watched_name(used);
            let allowed = if ours.contains(&used) || is_planned(used) {
                room.ours.contains(&used)
            } else if holds(WATCHED, used) {
                holds(room.outside, used)
            } else {
                true
            };
            if !allowed {
                let what = format!("`{}` may not use `{used}`", package.name);
                let remedy = "take the way the table in docs/ARCHITECTURE.md allows, or change the table with a reason";
                failures.push(Failure::new(
                    &package.manifest,
                    line_of(&package.text, used),
                    what,
                    remedy,
                ));
            }
        }
    }
    failures
}

/// Plugins and helpers of the window count as the window.
fn watched_name(name: &str) -> &str {
    if name.starts_with("tauri-plugin-") || name == "wry" || name == "tao" {
        "tauri"
    } else {
        name
    }
}

/// A crate of ours by its name, even when this workspace does not have it (yet).
fn is_planned(name: &str) -> bool {
    ROOMS.iter().any(|room| room.name == name) || FREE.contains(&name)
}

fn holds(groups: &[&[&str]], name: &str) -> bool {
    groups.iter().any(|group| group.contains(&name))
}

fn line_of(manifest: &str, name: &str) -> usize {
    numbered(manifest)
        .find(|(_, line)| {
            line.trim_start()
                .strip_prefix(name)
                .is_some_and(|rest| rest.starts_with([' ', '=', '.']))
        })
        .map_or(1, |(number, _)| number)
}

#[cfg(test)]
mod tests {
    use super::super::testing::places;
    use super::*;

    fn package(name: &str, uses: &[&str]) -> Package {
        let lines: String = uses.iter().map(|one| format!("{one}.workspace = true\n")).collect();
        Package {
            name: name.to_owned(),
            manifest: format!("crates/{name}/Cargo.toml"),
            text: format!("[dependencies]\n{lines}"),
            uses: uses.iter().map(|one| (*one).to_owned()).collect(),
        }
    }

    #[test]
    fn an_arrow_upwards_is_refused_with_its_line() {
        let failures = check(&[
            package("patrol-domain", &["serde", "patrol-store"]),
            package("patrol-store", &[]),
        ]);
        assert_eq!(places(&failures), ["crates/patrol-domain/Cargo.toml:3"]);
    }

    #[test]
    fn the_use_cases_know_neither_wire_nor_database_nor_cryptography() {
        for used in [
            "patrol-wire",
            "patrol-sqlite",
            "rusqlite",
            "reqwest",
            "sha2",
            "ring",
            "tauri",
        ] {
            assert_eq!(check(&[package("patrol-app", &[used])]).len(), 1, "{used}");
        }
    }

    #[test]
    fn the_page_format_of_an_encrypted_file_is_read_in_one_place() {
        let pages = ["rusqlite", "aes", "cbc", "hmac", "pbkdf2", "sha2"];
        assert!(check(&[package("patrol-sqlite", &pages)]).is_empty());
        assert_eq!(check(&[package("patrol-sqlite", &["p256"])]).len(), 1);
        assert_eq!(check(&[package("patrol-store", &["aes", "cbc"])]).len(), 2);
    }

    #[test]
    fn the_shell_holds_no_http_and_the_phone_no_window() {
        assert_eq!(
            check(&[package("xunge", &["reqwest", "patrol-store", "rusqlite"])]).len(),
            3
        );
        assert_eq!(
            check(&[package("patrol-headless", &["tauri-plugin-fs", "sha2"])]).len(),
            2
        );
        assert_eq!(check(&[package("xtask", &["patrol-domain"])]).len(), 1);
    }

    #[test]
    fn the_arrows_of_the_table_pass() {
        let workspace = [
            package(
                "patrol-app",
                &["patrol-domain", "patrol-photo", "patrol-store", "patrol-sync", "tokio"],
            ),
            package(
                "patrol-store",
                &["patrol-domain", "patrol-sqlite", "rusqlite", "chacha20poly1305", "hkdf"],
            ),
            package("patrol-sync", &["patrol-wire", "patrol-store", "reqwest", "rustls"]),
            package(
                "patrol-station",
                &["patrol-wire", "patrol-photo", "axum", "tower-http", "p256", "getrandom"],
            ),
            package(
                "xunge",
                &["patrol-app", "patrol-host", "tauri", "tauri-build", "ring", "rustls"],
            ),
            package("patrol-testkit", &["reqwest", "patrol-station", "patrol-app"]),
        ];
        let failures = check(&workspace);
        assert!(failures.is_empty(), "{failures:?}");
    }

    #[test]
    fn a_crate_without_a_row_is_refused() {
        assert_eq!(check(&[package("patrol-manager", &[])]).len(), 1);
    }

    #[test]
    fn no_row_allows_an_arrow_to_a_crate_that_is_only_for_tests() {
        assert_eq!(check(&[package("patrol-app", &["patrol-testkit"])]).len(), 1);
    }
}
