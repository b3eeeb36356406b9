//! Goal: no damaged byte goes unnoticed. Method: a small repository in memory, unlocked once;
//! every byte of every object altered, every object cut short, removed, swapped; after each,
//! `check --read-data` must name the object and reading must give the right bytes or an error.
//! What a user loses if this fails: the knowledge that the only copy is rotting.

mod every_byte;

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use gleaner_chunker::{ChunkId, ChunkerParams};
use gleaner_engine::{
    CheckOptions, CheckStats, FINDING_PATHS_MAX, Finding, FindingCode, InitOptions, Repository,
    Run, Severity, SnapshotFilter, check, forget, read_files, rotate_keys,
};
use gleaner_store::{
    Epoch, MemoryStorage, ObjectName, Storage as _, Update, Version, encode_epoch, layout,
};
use gleaner_tests::engine_doubles::{
    self as doubles, Tree, back_up, environment, seeded_tree, snapshot_files, write_tree,
};

const REPOSITORY_BYTES_MAX: usize = 64 << 10;

/// A repository in memory with what its latest snapshot holds.
struct Subject {
    storage: MemoryStorage,
    repository: Repository,
    root: std::path::PathBuf,
    files: Tree,
    _folder: tempfile::TempDir,
}

impl Subject {
    fn new(options: InitOptions<'static>) -> Self {
        Self::with_files(options, 3000)
    }

    /// Twelve files of at most so many bytes.
    fn with_files(options: InitOptions<'static>, bytes_max: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("source");
        let storage = MemoryStorage::new();
        let shared: Arc<dyn gleaner_store::Storage> = Arc::new(storage.clone());
        let options = InitOptions { chunker: ChunkerParams::FINE, ..options };
        let repository = Repository::create(environment(shared, 7), &options).unwrap();
        let mut files = seeded_tree(1, 12, bytes_max);
        write_tree(&root, &files);
        let first = back_up(&repository, &root).unwrap().snapshot.unwrap();
        if repository.config().domain_key.is_some() {
            rotate_keys(&repository).unwrap();
        }
        files.insert(b"d0/new".to_vec(), doubles::seeded_bytes(9, 20_000));
        write_tree(&root, &files);
        back_up(&repository, &root).unwrap();
        back_up(&repository, &root).unwrap();
        forget(&repository, &[first]).unwrap();
        // Ballast without meaning: one of the harmless classes of FORMAT.md, and large.
        storage.remove_raw(&layout::reserve());
        Self { storage, repository, root, files, _folder: folder }
    }

    fn objects(&self) -> Vec<(ObjectName, Arc<[u8]>)> {
        let names = self.storage.names();
        names.into_iter().map(|name| (name.clone(), self.storage.raw(&name).unwrap())).collect()
    }

    /// The damage is named, and no snapshot reads as anything but what was backed up.
    fn assert_detected(&self, name: &ObjectName, what: &str) {
        let findings = findings_of(&self.repository);
        let is_named = findings.iter().any(|finding| finding.object.as_ref() == Some(name));
        assert!(is_named, "{what} of {name} is not named: {findings:?}");
        self.assert_never_wrong(&self.repository, what);
    }

    /// Whether every listed snapshot can be read, by an index that is made anew.
    fn reads_all(&self) -> bool {
        let repository = doubles::open(Arc::new(self.storage.clone()), 13).unwrap();
        let snapshots = repository.snapshots().unwrap().snapshots;
        snapshots.iter().all(|s| snapshot_files(&repository, s, &self.root).is_ok())
    }

    fn assert_never_wrong(&self, repository: &Repository, what: &str) {
        let Ok(snapshot) = repository.resolve("latest", &SnapshotFilter::default()) else { return };
        if let Ok(files) = snapshot_files(repository, &snapshot, &self.root) {
            assert_eq!(files, self.files, "{what}: wrong bytes were read");
        }
    }
}

fn findings_of(repository: &Repository) -> Vec<Finding> {
    all_findings(repository).1
}

fn total_bytes(subject: &Subject) -> usize {
    subject.objects().iter().map(|(_, bytes)| bytes.len()).sum()
}

fn every_altered_byte_is_named(options: InitOptions<'static>) {
    let subject = Subject::new(options);
    let total = total_bytes(&subject);
    assert!(total <= REPOSITORY_BYTES_MAX, "{total} bytes");
    assert!(findings_of(&subject.repository).is_empty());
    subject.assert_never_wrong(&subject.repository, "nothing");
    let mut cases = 0_u64;
    for (name, bytes) in subject.objects() {
        for offset in 0..bytes.len() {
            let mut altered = bytes.to_vec();
            // Walks through all bits from byte to byte.
            altered[offset] ^= 1 << (offset % 8);
            subject.storage.replace_raw(&name, &altered);
            subject.assert_detected(&name, &format!("flip at {offset}"));
            cases += 1;
        }
        subject.storage.replace_raw(&name, &bytes);
    }
    assert!(findings_of(&subject.repository).is_empty(), "the sweep restored every byte");
    println!("{cases} flips, all named");
}

#[test]
fn every_flipped_byte_of_an_encrypted_repository_is_detected_and_named() {
    every_altered_byte_is_named(doubles::encrypted());
}

#[test]
fn every_flipped_byte_of_a_plain_repository_is_detected_and_named() {
    every_altered_byte_is_named(doubles::unencrypted());
}

#[test]
fn every_flipped_byte_of_a_sidecar_is_named_and_costs_nothing() {
    let subject = Subject::new(InitOptions { parity_percent: Some(3), ..doubles::unencrypted() });
    let sidecars = subject.objects().into_iter();
    let sidecars: Vec<_> = sidecars.filter(|(n, _)| layout::parse_parity(n).is_some()).collect();
    assert!(sidecars.len() >= 4, "{}", sidecars.len());
    let mut cases = 0_u64;
    for (name, bytes) in &sidecars {
        // Recovery shards are all alike: of them some.
        let ends = 300.min(bytes.len() / 2);
        let middle = (ends..bytes.len() - ends).step_by(37);
        for offset in (0..ends).chain(middle).chain(bytes.len() - ends..bytes.len()) {
            let mut altered = bytes.to_vec();
            altered[offset] ^= 1 << (offset % 8);
            subject.storage.replace_raw(name, &altered);
            subject.assert_detected(name, &format!("flip at {offset}"));
            let (stats, _) = all_findings(&subject.repository);
            assert_eq!((stats.num_errors, stats.num_warnings), (0, 1), "{name} at {offset}");
            cases += 1;
        }
        subject.storage.replace_raw(name, bytes);
    }
    println!("{cases} flips of sidecars, all named");
    assert!(subject.reads_all() && cases > 2000, "{cases}");
}

#[test]
fn every_truncation_and_extension_is_detected_and_named() {
    let subject = Subject::new(doubles::encrypted());
    let mut cases = 0_u64;
    for (name, bytes) in subject.objects() {
        for length in (0..bytes.len()).step_by(7) {
            subject.storage.replace_raw(&name, &bytes[..length]);
            subject.assert_detected(&name, &format!("cut to {length}"));
            cases += 1;
        }
        for surplus in [1, 4096] {
            let longer = [&bytes[..], &vec![0; surplus]].concat();
            subject.storage.replace_raw(&name, &longer);
            subject.assert_detected(&name, &format!("{surplus} bytes appended"));
            cases += 1;
        }
        subject.storage.replace_raw(&name, &bytes);
    }
    println!("{cases} cuts, all named");
}

#[test]
fn objects_in_each_others_place_are_detected_and_named() {
    let subject = Subject::new(doubles::encrypted());
    let objects = subject.objects();
    let mut cases = 0_u64;
    for (name, bytes) in &objects {
        for (other, foreign) in &objects {
            // Config and its copy are byte-equal on purpose.
            if name == other || bytes == foreign {
                continue;
            }
            subject.storage.replace_raw(name, foreign);
            subject.assert_detected(name, &format!("content of {other}"));
            cases += 1;
        }
        subject.storage.replace_raw(name, bytes);
    }
    println!("{cases} swaps, all named");
}

#[test]
fn a_missing_object_never_makes_wrong_bytes_and_a_needed_one_is_missed() {
    let subject = Subject::new(doubles::encrypted());
    for (name, bytes) in subject.objects() {
        subject.storage.remove_raw(&name);
        subject.assert_never_wrong(&subject.repository, "removal");
        let folder = name.folder().split('/').next().unwrap_or_default().to_owned();
        let findings = findings_of(&subject.repository);
        // A tombstone or manifest that vanishes as a whole leaves no trace, and a pack that only a
        // forgotten snapshot needs is garbage (FORMAT.md section 10).
        let is_needed = folder != "data" || !subject.reads_all();
        if is_needed && !["forgotten", "snapshots"].contains(&folder.as_str()) {
            assert!(!findings.is_empty(), "{name} is gone and nothing is found");
        }
        subject.storage.replace_raw(&name, &bytes);
    }
}

#[test]
fn damage_before_opening_is_a_typed_error_or_named_and_never_a_panic() {
    let subject = Subject::new(doubles::encrypted());
    let mut refused = 0_u64;
    for (name, bytes) in subject.objects() {
        for offset in (0..bytes.len()).step_by(23) {
            let mut altered = bytes.to_vec();
            altered[offset] ^= 0xff;
            subject.storage.replace_raw(&name, &altered);
            match doubles::open(Arc::new(subject.storage.clone()), 11) {
                Ok(repository) => {
                    let findings = findings_of(&repository);
                    let is_named =
                        findings.iter().any(|finding| finding.object.as_ref() == Some(&name));
                    assert!(is_named, "byte {offset} of {name}: {findings:?}");
                    subject.assert_never_wrong(&repository, "flip before opening");
                }
                Err(error) => {
                    refused += 1;
                    let text = error.to_string();
                    let is_key = name.folder() == "keys" || name.as_str() == "config";
                    assert!(is_key, "byte {offset} of {name} keeps it from opening: {text}");
                }
            }
        }
        subject.storage.replace_raw(&name, &bytes);
    }
    println!("{refused} refused to open");
}

#[test]
fn a_damaged_config_is_read_from_its_copy() {
    let subject = Subject::new(doubles::encrypted());
    let name = layout::config();
    let mut bytes = subject.storage.raw(&name).unwrap().to_vec();
    bytes[50] ^= 1;
    subject.storage.replace_raw(&name, &bytes);
    let repository = doubles::open(Arc::new(subject.storage.clone()), 12).unwrap();
    let findings = findings_of(&repository);
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0].code.as_str(), "K101");
    assert!(Path::new(findings[0].object.as_ref().unwrap().as_str()).ends_with("config"));
}

fn all_findings(repository: &Repository) -> (CheckStats, Vec<Finding>) {
    let mut findings = Vec::new();
    let options = CheckOptions::read_data();
    let stats =
        check(repository, &options, &Run::silent(), &mut |f| findings.push(f.clone())).unwrap();
    (stats, findings)
}

/// A backup of many files of several chunks each, twice, then without any data pack.
fn without_data_packs(files: u64) -> (Subject, HashSet<ChunkId>) {
    let subject = Subject::new(doubles::unencrypted());
    let tree: Tree = (0..files)
        .map(|n| (format!("many/{n}").into_bytes(), doubles::seeded_bytes(1000 + n, 40_000)))
        .collect();
    write_tree(&subject.root, &tree);
    let mut needed = HashSet::new();
    for _ in 0..2 {
        back_up(&subject.repository, &subject.root).unwrap();
    }
    for snapshot in subject.repository.snapshots().unwrap().snapshots {
        read_files(&subject.repository, &snapshot, b"", &Run::silent(), &mut |_, _, content| {
            needed.extend(content.chunks().map(|chunk| chunk.id));
            Ok(())
        })
        .unwrap();
    }
    for (name, bytes) in subject.objects() {
        // Byte 10 of a pack is its kind (FORMAT.md section 6.1).
        if name.as_str().starts_with("data/") && bytes[10] == 1 {
            subject.storage.remove_raw(&name);
        }
    }
    (subject, needed)
}

#[test]
fn missing_chunks_are_counted_once_however_many_snapshots_need_them() {
    let (subject, needed) = without_data_packs(5);
    let (stats, _) = all_findings(&subject.repository);
    assert!(stats.snapshots_damaged.len() > 2);
    assert_eq!(stats.chunks_missing, needed.len() as u64);
}

#[test]
fn lost_files_are_counted_once_beyond_those_that_are_named() {
    let (subject, _) = without_data_packs(FINDING_PATHS_MAX as u64 + 50);
    let (stats, findings) = all_findings(&subject.repository);
    let latest = subject.repository.resolve("latest", &SnapshotFilter::default()).unwrap();
    let lost = findings.iter().find(|f| f.code == FindingCode::S402 && f.snapshots == [latest.id]);
    let lost = lost.unwrap();
    assert_eq!((lost.paths.len(), lost.paths_total), (FINDING_PATHS_MAX, latest.stats.files));
    let totals = findings.iter().map(|finding| finding.paths_total).sum::<u64>();
    assert_eq!(stats.paths_lost, totals);
}

#[test]
fn damage_of_objects_that_nothing_needs_is_a_warning_and_of_others_an_error() {
    let subject = Subject::new(doubles::encrypted());
    // A second version of the epoch makes the first one old.
    let (epoch, next) = (layout::epoch(), encode_epoch(Epoch(1)));
    let updated = subject.storage.update_if(&epoch, Some(Version(1)), &next).unwrap();
    assert_eq!(updated, Update::Written(Version(2)));
    let listed = |folder: &ObjectName| subject.storage.list(folder).unwrap();
    let forgotten = listed(&layout::forgotten()).remove(0).name;
    let id = layout::parse_tombstone(&forgotten).unwrap();
    let [old, new] = [0, 1].map(|at: usize| listed(&epoch).remove(at).name);
    let slots: Vec<ObjectName> = listed(&layout::keys()).into_iter().map(|l| l.name).collect();
    let slot = slots.iter().find(|name| layout::parse_key_slot(name).is_some()).unwrap();
    let latest = subject.repository.resolve("latest", &SnapshotFilter::default()).unwrap();
    let (warning, error) = (Severity::Warning, Severity::Error);
    let cases = [
        (layout::config_copy(), warning),
        (layout::config(), error),
        (forgotten.clone(), warning),
        (layout::snapshot(id), warning),
        (layout::snapshot(latest.id), error),
        (old, warning),
        (new, error),
        (slot.clone(), error),
    ];
    for (name, severity) in cases {
        let bytes = subject.storage.raw(&name).unwrap();
        let mut altered = bytes.to_vec();
        *altered.last_mut().unwrap() ^= 1;
        subject.storage.replace_raw(&name, &altered);
        let (stats, findings) = all_findings(&subject.repository);
        let of = |finding: &Finding| finding.object.as_ref() == Some(&name);
        let found: Vec<Severity> =
            findings.iter().filter(|f| of(f)).map(|finding| finding.severity).collect();
        assert_eq!(found, [severity], "{name}: {findings:?}");
        assert_eq!(stats.num_errors == 0, severity == warning, "{name}: {findings:?}");
        subject.storage.replace_raw(&name, &bytes);
    }
}
