//! The body of a push as a stranger sends it: no bytes stop the reader or make it hold more than it may, and what it
//! reads is written and read again as the same ops.
//!
//! The input is taken twice: as a frame, and as the lines inside one, because a fuzzer seldom finds its way through a
//! compression.

#![no_main]

use libfuzzer_sys::fuzz_target;
use patrol_wire::frame::{self, FrameOp};
use patrol_wire::{MAX_OPS_PER_PUSH, MAX_RAW_BYTES_PER_PUSH};

fuzz_target!(|input: &[u8]| {
    if let Ok(ops) = frame::decode(input) {
        is_bounded(&ops);
    }
    let lines = zstd::encode_all(input, 1).expect("bytes can be compressed");
    if let Ok(ops) = frame::decode(&lines) {
        is_bounded(&ops);
        // Parts are written in one spelling, which can be longer than the one that was read.
        if let Ok(written) = frame::encode(&ops) {
            let again = frame::decode(&written).expect("what was written can be read");
            assert_eq!(again, ops);
        }
    }
});

fn is_bounded(ops: &[FrameOp]) {
    assert!(ops.len() <= MAX_OPS_PER_PUSH);
    let bytes: usize = ops.iter().map(|op| op.op.len()).sum();
    assert!(bytes <= MAX_RAW_BYTES_PER_PUSH);
}
