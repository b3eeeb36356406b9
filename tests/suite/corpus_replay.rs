//! Goal: what fuzzing once found stays found, also where libFuzzer is missing.
//! Method: every committed input of `fuzz/corpus/` goes through its body on the stable toolchain;
//! names of targets agree between bodies, manifest, sources and corpora.
//! What a user loses if it fails: a crash on hostile bytes that was fixed once comes back.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

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
