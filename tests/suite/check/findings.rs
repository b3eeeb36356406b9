//! What findings say.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use gleaner_chunker::PackId;
use gleaner_engine::{
    CheckOptions, Credential, Environment, FINDING_PATHS_MAX, HealSource, IndexPlace, Repository,
    Run, Severity, WantedState, check, forget, seen_snapshots_file,
};
use gleaner_store::{
    CondemnedList, Epoch, MemoryStorage, ObjectName, Outcome, Storage as _, StorageError, Update,
    Version, encode_condemned, encode_epoch, encode_outcome, layout,
};
use gleaner_tests::engine_doubles::{Tree, back_up, seeded_bytes, snapshot_files, write_tree};
use gleaner_tests::hooked_storage::{HookedStorage, ReadingCall};

use super::subject::{Checked, Subject};

fn structure(subject: &Subject) -> Checked {
    Checked::of(&subject.without_cache(2), &CheckOptions::structure())
}

fn read_data(subject: &Subject) -> Checked {
    Checked::of(&subject.without_cache(2), &CheckOptions::read_data())
}

/// Tree packs in order of their ids.
fn tree_packs(subject: &Subject) -> Vec<PackId> {
    let data = subject.data_packs();
    let names = subject.storage.names();
    names.iter().filter_map(layout::parse_pack).filter(|pack| !data.contains(pack)).collect()
}

#[test]
fn a_damaged_block_names_every_snapshot_and_each_path_once() {
    let subject = Subject::new(1);
    let repository = subject.without_cache(3);
    // The same files in a second snapshot.
    subject.save(&repository, 0);
    let ids: Vec<_> = repository.snapshots().unwrap().snapshots.iter().map(|s| s.id).collect();
    let pack = subject.data_packs()[0];
    subject.damage(pack);
    let checked = read_data(&subject);
    let block = checked.one("P204");
    assert_eq!((block.pack, block.chunk), (Some(pack), None));
    assert!(block.offset.is_some_and(|offset| offset > 0));
    assert!(block.length.is_some_and(|length| length > 50_000), "half of it is noise");
    let mut snapshots = block.snapshots.clone();
    snapshots.sort_unstable();
    let mut expected = ids.clone();
    expected.sort_unstable();
    assert_eq!(snapshots, expected);
    assert_eq!((block.paths.len(), block.paths_total), (3, 3));
    assert!(block.healable_from.is_empty());
    assert_eq!(checked.codes().iter().filter(|code| **code == "S403").count(), 2);
    assert_eq!((checked.stats.paths_lost, checked.stats.lost_paths.len()), (6, 3));
    assert_eq!(checked.stats.snapshots_damaged, expected);
    assert_eq!(checked.stats.broken_packs, [pack]);
}

#[test]
fn paths_of_a_block_are_named_up_to_the_limit_and_counted_beyond() {
    let subject = Subject::new(0);
    let tree: Tree = (0..FINDING_PATHS_MAX as u64 + 20)
        .map(|n| (format!("f{n}").into_bytes(), seeded_bytes(n, 2000)))
        .collect();
    let source = subject.source(0);
    write_tree(&source, &tree);
    back_up(&subject.without_cache(3), &source).unwrap();
    subject.damage(subject.data_packs()[0]);
    let checked = read_data(&subject);
    for code in ["P204", "S403"] {
        let finding = checked.one(code);
        assert_eq!(finding.paths.len(), FINDING_PATHS_MAX, "{code}");
        assert_eq!(finding.paths_total, FINDING_PATHS_MAX as u64 + 20, "{code}");
    }
}

/// Adds the packs of another backup of the same files.
fn duplicate(subject: &Subject) {
    let apart = MemoryStorage::new();
    for name in subject.storage.names() {
        if layout::parse_pack(&name).is_none() && layout::parse_snapshot(&name).is_none() {
            apart.replace_raw(&name, &subject.storage.raw(&name).unwrap());
        }
    }
    back_up(&subject.over(Arc::new(apart.clone()), 70), &subject.source(0)).unwrap();
    for name in apart.names().iter().filter(|name| layout::parse_pack(name).is_some()) {
        subject.storage.replace_raw(name, &apart.raw(name).unwrap());
    }
}

#[test]
fn damage_of_which_there_is_a_copy_says_so_and_loses_what_reading_does_not_get() {
    let subject = Subject::new(1);
    duplicate(&subject);
    let packs = subject.data_packs();
    assert_eq!(packs.len(), 2);
    for pack in &packs {
        let sound = subject.storage.raw(&layout::pack(pack)).unwrap();
        subject.damage(*pack);
        let checked = read_data(&subject);
        assert_eq!(checked.one("P204").healable_from, [HealSource::Repository]);
        let repository = subject.without_cache(4);
        let snapshot = repository.snapshots().unwrap().snapshots.remove(0);
        let reads = snapshot_files(&repository, &snapshot, &subject.source(0)).is_ok();
        assert_eq!(checked.stats.snapshots_damaged.is_empty(), reads, "what a restore gets");
        assert_eq!(checked.one("P204").snapshots.is_empty(), reads);
        subject.storage.replace_raw(&layout::pack(pack), &sound);
    }
    for pack in &packs {
        subject.damage(*pack);
    }
    let checked = read_data(&subject);
    assert!(checked.findings.iter().all(|finding| finding.healable_from.is_empty()));
    assert!(!checked.stats.is_restorable());
}

#[test]
fn a_damaged_tree_block_is_named_with_its_snapshot_at_every_level() {
    let subject = Subject::new(2);
    let pack = tree_packs(&subject)[0];
    let session = subject.session_of(pack);
    let snapshots = subject.without_cache(3).snapshots().unwrap().snapshots;
    let of_it = snapshots.iter().find(|snapshot| snapshot.session == session).unwrap().id;
    subject.damage(pack);
    for checked in [structure(&subject), read_data(&subject)] {
        let block = checked.one("P204");
        assert_eq!((block.pack, &block.snapshots[..]), (Some(pack), &[of_it][..]));
        assert!(block.offset.is_some() && block.length.is_some());
        assert_eq!(checked.one("S403").snapshots, [of_it]);
        assert_eq!(checked.stats.snapshots_damaged, [of_it]);
        assert!(checked.stats.chunks_damaged > 0);
    }
}

#[test]
fn wanted_chunks_are_those_damaged_with_their_pack_and_those_missing() {
    let subject = Subject::new(2);
    let packs = subject.data_packs();
    subject.damage(packs[0]);
    subject.storage.remove_raw(&layout::pack(&packs[1]));
    let stats = read_data(&subject).stats;
    let count = |state| stats.wanted.iter().filter(|wanted| wanted.state == state).count() as u64;
    assert_eq!(count(WantedState::Damaged(packs[0])), stats.chunks_damaged);
    assert_eq!(count(WantedState::Missing), stats.chunks_missing);
    assert!(stats.chunks_damaged >= 3 && stats.chunks_missing >= 3, "{stats:?}");
    assert_eq!(stats.wanted.len() as u64, stats.chunks_damaged + stats.chunks_missing);
    assert!(stats.wanted.is_sorted());
}

#[cfg(feature = "rocksdb")]
#[test]
fn a_pack_that_the_index_knew_is_named_if_it_is_missed_and_else_too() {
    for is_needed in [true, false] {
        let subject = Subject::new(2);
        let pack = subject.data_packs()[0];
        let session = subject.session_of(pack);
        let cached = subject.with_cache(3);
        assert!(Checked::of(&cached, &CheckOptions::structure()).findings.is_empty());
        if !is_needed {
            let snapshots = cached.snapshots().unwrap().snapshots;
            let of_it = snapshots.iter().find(|snapshot| snapshot.session == session).unwrap();
            forget(&cached, &[of_it.id]).unwrap();
        }
        subject.storage.remove_raw(&layout::pack(&pack));
        // With an index that is open, and with one that is opened anew.
        let of_open = Checked::of(&cached, &CheckOptions::structure());
        drop(cached);
        let of_new = Checked::of(&subject.with_cache(4), &CheckOptions::structure());
        // A pack that is needed is named as long as it is missed, the other once.
        assert!(is_needed || of_new.findings.is_empty(), "{:#?}", of_new.findings);
        for checked in [Some(of_open), is_needed.then_some(of_new)].into_iter().flatten() {
            let code = if is_needed { "P208" } else { "I304" };
            let finding = checked.one(code);
            assert_eq!(finding.pack, Some(pack));
            let severity = if is_needed { Severity::Error } else { Severity::Warning };
            assert_eq!(finding.severity, severity);
            assert_eq!(checked.stats.is_restorable(), !is_needed);
        }
    }
}

#[test]
fn a_pack_that_vanished_of_whose_chunks_there_are_copies_is_a_warning() {
    let subject = Subject::new(1);
    duplicate(&subject);
    let repository = subject.without_cache(3);
    assert!(Checked::of(&repository, &CheckOptions::structure()).findings.is_empty());
    // In memory the row of the pack that came first counts.
    subject.storage.remove_raw(&layout::pack(&subject.data_packs()[0]));
    let checked = Checked::of(&repository, &CheckOptions::structure());
    assert_eq!(checked.one("I304").severity, Severity::Warning);
    assert!(checked.stats.suggest_repair_index && checked.stats.is_restorable());
    assert_eq!(checked.stats.num_errors, 0);
}

#[test]
fn a_pack_that_the_index_could_not_read_and_the_check_can_is_unknown_to_it() {
    let subject = Subject::new(2);
    let pack = subject.data_packs()[0];
    let name = layout::pack(&pack);
    let (reads, of_it) = (AtomicU64::new(0), name.clone());
    let storage = HookedStorage::new(subject.storage.clone(), move |_, call: ReadingCall<'_>| {
        // The index is opened, then brought up; each reads the header first.
        if matches!(call, ReadingCall::Range(name, 0, _) if *name == of_it)
            && reads.fetch_add(1, Ordering::SeqCst) < 2
        {
            let source = std::io::Error::from_raw_os_error(5);
            return Err(StorageError::from_io(&of_it, "read", source));
        }
        Ok(())
    });
    let repository = subject.over(Arc::new(storage), 3);
    let checked = Checked::of(&repository, &CheckOptions::structure());
    let finding = checked.one("P209");
    assert_eq!((finding.pack, finding.object.as_ref()), (Some(pack), Some(&name)));
    assert_eq!(finding.healable_from, [HealSource::Repository]);
    assert!(checked.stats.suggest_repair_index && checked.stats.num_errors == 0);
}

#[test]
fn a_session_that_left_its_lease_is_information() {
    let subject = Subject::new(1);
    let repository = subject.without_cache(3);
    let storage = subject.storage.clone();
    let lease = gleaner_store::Lease {
        session: gleaner_store::SessionId([5; 16]),
        nonce: [1; 16],
        kind: gleaner_store::LeaseKind::Write,
        epoch: Epoch(0),
        counter: 0,
        reserved: None,
        roots: Vec::new(),
        state: gleaner_store::LeaseState::Open,
        host: "web1".to_owned(),
        process: 4711,
        started_ns: 0,
    };
    let name = layout::lease(lease.session);
    let bytes = gleaner_store::encode_lease(&lease);
    let written = storage.update_if(&name, None, &bytes).unwrap();
    assert_eq!(written, Update::Written(Version(1)));
    let checked = Checked::of(&repository, &CheckOptions::structure());
    let finding = checked.one("L701");
    assert_eq!((finding.severity, finding.object.as_ref()), (Severity::Info, Some(&name)));
    assert!(finding.message.contains("4711") && finding.message.contains("web1"));
    assert_eq!((checked.stats.num_errors, checked.stats.num_warnings), (0, 0));
}

/// Condemns a pack in epoch 0, whose run is over.
fn condemn(subject: &Subject, pack: PackId, rescued: Vec<PackId>) {
    condemn_with(subject, pack, true, rescued);
}

fn condemn_with(subject: &Subject, pack: PackId, drained: bool, rescued: Vec<PackId>) {
    let epoch = Epoch(0);
    let list = CondemnedList {
        epoch,
        owner_token: 1,
        victims: vec![pack],
        survivors: Vec::new(),
        forgotten: Vec::new(),
        mark: None,
    };
    subject.storage.replace_raw(&layout::condemned_list(epoch, 0), &encode_condemned(&list));
    let next = encode_epoch(Epoch(1));
    let _written = subject.storage.update_if(&layout::epoch(), Some(Version(1)), &next).unwrap();
    let outcome = Outcome { epoch, drained, rescued, holders: Vec::new() };
    subject.storage.replace_raw(&layout::outcome(epoch), &encode_outcome(&outcome));
}

#[test]
fn a_condemned_pack_that_alone_holds_what_a_snapshot_needs_is_an_error() {
    for is_rescued in [false, true] {
        let subject = Subject::new(2);
        let pack = subject.data_packs()[0];
        let session = subject.session_of(pack);
        condemn(&subject, pack, if is_rescued { vec![pack] } else { Vec::new() });
        let checked = structure(&subject);
        if is_rescued {
            assert!(checked.findings.is_empty(), "{:#?}", checked.findings);
            continue;
        }
        let finding = checked.one("L703");
        assert_eq!((finding.pack, finding.severity), (Some(pack), Severity::Error));
        let snapshots = subject.without_cache(3).snapshots().unwrap().snapshots;
        let of_it = snapshots.iter().find(|snapshot| snapshot.session == session).unwrap().id;
        assert_eq!(finding.snapshots, [of_it]);
        assert!(checked.stats.is_restorable(), "as long as it is there");
    }
}

#[test]
fn damage_that_no_snapshot_needs_is_an_error_unless_the_pack_is_going_to_be_deleted() {
    for drained in [false, true] {
        let subject = Subject::new(2);
        let pack = subject.data_packs()[0];
        let (session, repository) = (subject.session_of(pack), subject.without_cache(3));
        let snapshots = repository.snapshots().unwrap().snapshots;
        let of_it = snapshots.iter().find(|snapshot| snapshot.session == session).unwrap();
        forget(&repository, &[of_it.id]).unwrap();
        condemn_with(&subject, pack, drained, Vec::new());
        subject.damage(pack);
        let checked = read_data(&subject);
        // The next backup of these files would rely on a pack that stays.
        let severity = if drained { Severity::Warning } else { Severity::Error };
        assert_eq!(checked.one("P204").severity, severity);
        assert!(checked.stats.is_restorable());
    }
}

#[test]
fn snapshots_that_vanished_are_named_until_the_memory_of_them_is_removed() {
    let subject = Subject::new(2);
    let snapshots = subject.without_cache(3).snapshots().unwrap().snapshots;
    let [lost, forgotten] = [snapshots[0].id, snapshots[1].id];
    let run = || Checked::of(&subject.with_cache(4), &CheckOptions::structure());
    assert!(run().findings.is_empty());
    forget(&subject.without_cache(5), &[forgotten]).unwrap();
    assert!(run().findings.is_empty(), "who forgets leaves a tombstone");
    subject.storage.remove_raw(&layout::snapshot(forgotten));
    assert!(run().findings.is_empty(), "which stays");
    subject.storage.remove_raw(&layout::snapshot(lost));
    for _ in 0..2 {
        let checked = run();
        assert_eq!(checked.one("S405").snapshots, [lost]);
        assert_eq!(checked.stats.snapshots_damaged, [lost]);
    }
    let without = Checked::of(&subject.without_cache(6), &CheckOptions::structure());
    assert!(without.findings.is_empty(), "nothing is remembered without a cache");
    std::fs::remove_file(seen_snapshots_file(&subject.with_cache(7)).unwrap()).unwrap();
    assert!(run().findings.is_empty());
}

#[test]
fn an_epoch_that_went_back_is_an_error() {
    let subject = Subject::new(1);
    let before = subject.storage.snapshot();
    condemn(&subject, PackId::from_bytes([9; 32]), Vec::new());
    let run = || Checked::of(&subject.with_cache(4), &CheckOptions::structure());
    assert!(run().findings.is_empty());
    // An older copy of the repository is put back.
    for name in subject.storage.names() {
        match before.raw(&name) {
            Some(bytes) => subject.storage.replace_raw(&name, &bytes),
            None => subject.storage.remove_raw(&name),
        }
    }
    for _ in 0..2 {
        let checked = run();
        let finding = checked.one("S405");
        assert_eq!(finding.object, Some(layout::epoch()));
        assert!(finding.message.contains("epoch 0"), "{}", finding.message);
    }
}

#[test]
fn packs_that_no_snapshot_needs_suggest_a_prune() {
    let subject = Subject::new(2);
    assert!(!structure(&subject).stats.suggest_prune);
    let repository = subject.without_cache(3);
    let id = repository.snapshots().unwrap().snapshots[0].id;
    forget(&repository, &[id]).unwrap();
    assert!(structure(&subject).stats.suggest_prune);
    let kept = repository.snapshots().unwrap().snapshots[0].id;
    let of_one = CheckOptions { snapshots: vec![kept], ..CheckOptions::structure() };
    let checked = Checked::of(&subject.without_cache(4), &of_one);
    assert!(!checked.stats.suggest_prune, "who looks at one does not know");
}

#[test]
fn a_read_error_is_found_at_its_second_time_only() {
    for errors in [1, 2] {
        let subject = Subject::new(1);
        let pack = subject.data_packs()[0];
        let name = layout::pack(&pack);
        let whole = subject.storage.raw(&name).unwrap().len();
        let (reads, of_it): (_, ObjectName) = (AtomicU64::new(0), name.clone());
        let hook = move |_, call: ReadingCall<'_>| {
            let is_it = |name: &ObjectName, bytes| *name == of_it && bytes == whole;
            if matches!(call, ReadingCall::Range(name, 0, bytes) if is_it(name, bytes))
                && reads.fetch_add(1, Ordering::SeqCst) < errors
            {
                let source = std::io::Error::from_raw_os_error(5);
                return Err(StorageError::from_io(&of_it, "read", source));
            }
            Ok(())
        };
        let storage = HookedStorage::new(subject.storage.clone(), hook);
        let repository = subject.over(Arc::new(storage), 3);
        let checked = Checked::of(&repository, &CheckOptions::read_data());
        if errors == 1 {
            assert!(checked.findings.is_empty(), "{:#?}", checked.findings);
        } else {
            assert_eq!(checked.one("P210").paths_total, 3);
        }
    }
}

#[test]
fn an_index_that_cannot_answer_is_told_of_with_the_chunks_that_it_was_asked_for() {
    let subject = Subject::new(1);
    let names = subject.storage.names();
    let first = names.iter().find_map(layout::parse_pack).unwrap();
    let chunks = subject.directory(first).chunks.len();
    let mut found = 0;
    // The index lists the packs once more when it is asked for the first chunks.
    for nth in 0..6 {
        let lists = AtomicU64::new(0);
        let hook = move |_, call: ReadingCall<'_>| {
            let is_it = matches!(call, ReadingCall::List(name) if *name == layout::packs());
            if is_it && lists.fetch_add(1, Ordering::SeqCst) == nth {
                let source = std::io::Error::from_raw_os_error(5);
                return Err(StorageError::from_io(&layout::packs(), "list", source));
            }
            Ok(())
        };
        let storage = Arc::new(HookedStorage::new(subject.storage.clone(), hook));
        let index_place = IndexPlace::Neighbors;
        let environment = Environment { storage, index_place, ..subject.environment(3) };
        let repository = Repository::open(environment, &Credential::None).unwrap();
        let mut messages = Vec::new();
        let mut emit = |finding: &gleaner_engine::Finding| {
            messages.push((finding.code.as_str(), finding.message.clone()));
        };
        let checked = check(&repository, &CheckOptions::structure(), &Run::silent(), &mut emit);
        // The check itself lists them too, and its index when it is opened.
        let Ok(stats) = checked else { continue };
        let of_chunks =
            |(code, text): &&(&str, String)| *code == "I303" && text.ends_with("chunks)");
        if let Some((_, message)) = messages.iter().find(of_chunks) {
            assert!(message.contains(&format!("({chunks} chunks)")), "{messages:?}");
            assert_eq!((stats.num_errors, stats.suggest_repair_index), (0, true));
            found += 1;
        }
    }
    assert_eq!(found, 1);
}
