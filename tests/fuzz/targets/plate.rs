//! Plates as typed: no text stops the reader, and what it gives back reads as the same plate again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use patrol_domain::Plate;

fuzz_target!(|input: &[u8]| {
    let typed = String::from_utf8_lossy(input);
    let Ok(plate) = Plate::parse(&typed) else {
        return;
    };
    // The doubt is only shown; it must not stop anybody either.
    let _ = plate.hint();
    for shown in [plate.text().to_owned(), plate.display()] {
        assert_eq!(Plate::parse(&shown).as_ref(), Ok(&plate), "{shown:?} was {typed:?}");
    }
});
