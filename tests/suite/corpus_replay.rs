//! Goal: what fuzzing once found stays found, also where libFuzzer is missing.
//! Method: every committed input of `fuzz/corpus/` goes through its body on the stable toolchain,
//! and so do seeded mutations of it; names of targets agree between bodies, manifest, sources and
//! corpora.
//! What a user loses if it fails: a crash on hostile bytes that was fixed once comes back.

use std::collections::BTreeSet;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use gleaner_store::SeededRandom;
use gleaner_tests::fuzz_bodies::{TARGETS, replay};

fn fuzz_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz")
}

fn names_below(folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(fuzz_folder().join(folder)).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn every_committed_input_passes() {
    let mut inputs = 0;
    for target in names_below("corpus") {
        for input in names_below(&format!("corpus/{target}")) {
            println!("{target}/{input}");
            let bytes = fs::read(fuzz_folder().join("corpus").join(&target).join(input)).unwrap();
            assert!(replay(&target, &bytes), "a corpus without a target: {target}");
            inputs += 1;
        }
    }
    assert!(inputs >= TARGETS.len(), "{inputs} inputs");
}

/// Mutations of each input: seconds of work that need no libFuzzer.
const MUTATIONS: u64 = 4000;

#[test]
fn mutations_of_every_committed_input_pass() {
    const SEED: u64 = 2;
    println!("seed {SEED}");
    let random = SeededRandom::new(SEED);
    // Cutting half a mebibyte in five ways takes milliseconds; the fuzzer itself does that.
    for target in names_below("corpus").into_iter().filter(|name| name != "chunk_boundaries") {
        for input in names_below(&format!("corpus/{target}")) {
            let sound = fs::read(fuzz_folder().join("corpus").join(&target).join(&input)).unwrap();
            for case in 0..MUTATIONS {
                let mut bytes = sound.clone();
                for _ in 0..=random.below(3) {
                    mutate(&mut bytes, &random);
                }
                let body = || replay(&target, &bytes);
                assert!(catch_unwind(body).is_ok(), "{target}/{input}, case {case}: {bytes:02x?}");
            }
        }
    }
}

fn below(random: &SeededRandom, bound: usize) -> usize {
    usize::try_from(random.below(bound as u64)).unwrap()
}

fn mutate(bytes: &mut Vec<u8>, random: &SeededRandom) {
    if bytes.is_empty() {
        bytes.push(random.next_u64().to_le_bytes()[0]);
        return;
    }
    let at = below(random, bytes.len());
    let value = random.next_u64().to_le_bytes()[0];
    match random.below(6) {
        0 => bytes[at] ^= 1 << (value % 8),
        1 => bytes[at] = value,
        2 => bytes[at] = [0, 0x7f, 0x80, 0xff][usize::from(value) % 4],
        3 => bytes.insert(at, value),
        4 => drop(bytes.remove(at)),
        _ => {
            let from = below(random, bytes.len());
            let copied = bytes[from..].to_vec();
            bytes.truncate(at);
            bytes.extend(copied);
        }
    }
}

#[test]
fn every_target_is_built_and_has_a_corpus() {
    let names: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names_below("corpus"), names);
    let sources: BTreeSet<String> = names.iter().map(|name| format!("{name}.rs")).collect();
    assert_eq!(names_below("fuzz_targets"), sources);
    let manifest = fs::read_to_string(fuzz_folder().join("Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let bins = manifest["bin"].as_array().unwrap();
    let built = bins.iter().map(|bin| bin["name"].as_str().unwrap().to_owned());
    assert_eq!(built.collect::<BTreeSet<_>>(), names);
}
