#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| gleaner_tests::fuzz_bodies::wire_tail(input));
