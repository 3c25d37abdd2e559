//! What is read out of short texts: the headers of a push, an enrolment code, a cursor. No text stops a reader, and what
//! it gives back is written and read again as the same.
//!
//! The input is lines: `name: value` for the headers, and each line as a code and as a cursor besides.

#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use patrol_wire::{Cursor, EnrolmentCode, PushHead};

fuzz_target!(|input: &[u8]| {
    let text = String::from_utf8_lossy(input);
    let headers: BTreeMap<&str, &str> = text.lines().filter_map(|line| line.split_once(": ")).collect();
    if let Ok(head) = PushHead::from_headers(|name| headers.get(name).copied()) {
        let written: BTreeMap<&str, String> = head.to_headers().into_iter().collect();
        let again = PushHead::from_headers(|name| written.get(name).map(String::as_str));
        assert_eq!(again.as_ref(), Ok(&head));
    }
    for line in text.lines() {
        if let Ok(code) = line.parse::<EnrolmentCode>() {
            // Where it leads is asked of every code before anything is sent.
            let is_here = code.is_loopback();
            let again: EnrolmentCode = code.to_string().parse().expect("what was written can be read");
            assert!(again == code && again.is_loopback() == is_here, "{line}");
            assert_eq!(code.authority.is_some(), code.station_url.starts_with("https://"));
        }
        if let Ok(cursor) = line.parse::<Cursor>() {
            assert_eq!(cursor.to_string().parse().as_ref(), Ok(&cursor));
        }
    }
});
