//! Whether a disk that lost power still holds what was acknowledged, and can be used.

use std::collections::BTreeSet;

use serde_json::Value;

use super::base::{ADDED_PASSWORD, Base};
use super::ledger::{Files, Ledger, Verb};

/// What is wrong.
type Verdict<T = ()> = Result<T, String>;

/// Looks at what lies on the disk, runs the verb again that was interrupted, and looks again.
pub(crate) fn judge(base: &Base, ledger: &Ledger) -> Verdict {
    let is_repaired = ledger.done.contains(&Verb::Repair);
    for repository in &ledger.touched {
        if !is_there(base, ledger, repository) {
            continue;
        }
        assert_listed(base, ledger, repository)?;
        if *repository != "disk/broken" || is_repaired {
            run(base, &["check", "-r", repository])?;
            assert_restores(base, ledger, repository)?;
        }
    }
    assert_keys(base, ledger)?;
    assert_copied(base, &ledger.copied.iter().map(AsRef::as_ref).collect::<Vec<_>>())?;
    if let Some(verb) = ledger.verb {
        again(base, ledger, verb)?;
    }
    for repository in &ledger.touched {
        let is_broken = *repository == "disk/broken" && ledger.verb != Some(Verb::Repair);
        if is_there(base, ledger, repository) && (!is_broken || is_repaired) {
            run(base, &["check", "--read-data", "-r", repository])?;
            assert_restores(base, ledger, repository)?;
        }
    }
    if ledger.verb == Some(Verb::Restore) {
        assert_restored(&base.restored("disk/out"), &ledger.latest)?;
    }
    if ledger.verb == Some(Verb::Copy) {
        let files: Vec<&Files> = ledger.of("disk/repo").map(|(_, files)| files).collect();
        assert_copied(base, &files)?;
    }
    Ok(())
}

/// Whether a repository is there; all are but a new one that nobody acknowledged. Its config is
/// made last: of one without, `check` says how to make it whole, or that there is none.
fn is_there(base: &Base, ledger: &Ledger, repository: &str) -> bool {
    let may_be_missing = repository == "disk/new" && !ledger.done.contains(&Verb::Init);
    !may_be_missing || base.sandbox.path(repository).join("config").exists()
}

/// Everything that must be there is, nothing that was forgotten, and of the rest only whole ones.
fn assert_listed(base: &Base, ledger: &Ledger, repository: &str) -> Verdict {
    let listed = listed(base, repository)?;
    for (id, _) in ledger.of(repository) {
        if !listed.contains(id) {
            return Err(format!("{id} in {repository} is lost"));
        }
    }
    if repository == "disk/broken" {
        return Ok(());
    }
    for id in &listed {
        if ledger.gone.contains(id) {
            return Err(format!("{id} in {repository} was forgotten and is back"));
        }
        let holds = restore(base, repository, id)?;
        let is_known = ledger.known.iter().any(|files| **files == holds);
        if !is_known {
            return Err(format!("{id} in {repository} holds what nobody backed up"));
        }
    }
    Ok(())
}

fn assert_restores(base: &Base, ledger: &Ledger, repository: &str) -> Verdict {
    for (id, files) in ledger.of(repository) {
        if restore(base, repository, id)? != *files {
            return Err(format!("{id} in {repository} is not what was backed up"));
        }
    }
    Ok(())
}

/// A restore promises nothing of what it wrote, but that the next one puts it right. Temporary
/// files of a process that died stay.
fn assert_restored(restored: &Files, expected: &Files) -> Verdict {
    for (name, bytes) in restored {
        let last = name.file_name().unwrap().to_string_lossy();
        let is_temporary = last.starts_with(".gleaner-") && last.ends_with(".tmp");
        if !is_temporary && expected.get(name) != Some(bytes) {
            return Err(format!("{} was restored wrongly", name.display()));
        }
    }
    match expected.keys().find(|name| !restored.contains_key(*name)) {
        Some(name) => Err(format!("{} was not restored", name.display())),
        None => Ok(()),
    }
}

/// A password that was added opens the repository, and a new key is in use.
fn assert_keys(base: &Base, ledger: &Ledger) -> Verdict {
    if ledger.done.contains(&Verb::AddKey) {
        let mut command = base.command(&["snapshots", "-r", "disk/repo"]);
        let ran = command.env("GLEANER_PASSWORD", ADDED_PASSWORD).output().unwrap();
        if !ran.status.success() {
            return Err("the password that was added opens nothing".to_owned());
        }
    }
    if ledger.rotations > 0 {
        let text = run(base, &["key", "rotate", "-n", "-r", "disk/repo"])?;
        let epoch = text.split("key epoch ").nth(1).and_then(|rest| rest.split_whitespace().next());
        let next = epoch.and_then(|epoch| epoch.parse::<u64>().ok());
        if next.is_none_or(|next| next <= ledger.rotations) {
            return Err(format!("{} new keys, and then: {text}", ledger.rotations));
        }
    }
    Ok(())
}

/// The second repository has snapshots that hold these files.
fn assert_copied(base: &Base, all: &[&Files]) -> Verdict {
    if all.is_empty() {
        return Ok(());
    }
    let mut copies = Vec::new();
    for id in listed(base, "disk/second")? {
        copies.push(restore(base, "disk/second", &id)?);
    }
    let missing = all.iter().filter(|files| !copies.contains(files)).count();
    if missing > 0 { Err(format!("{missing} copies are missing")) } else { Ok(()) }
}

/// The interrupted verb ends well, or has nothing left to do.
fn again(base: &Base, ledger: &Ledger, verb: Verb) -> Verdict {
    match verb {
        Verb::Init if is_there(base, ledger, verb.repository()) => {
            let source = base.sandbox.source();
            return run(base, &["backup", &source, "-r", verb.repository()]).map(drop);
        }
        Verb::Forget if !listed(base, verb.repository())?.contains(&base.to_forget) => {
            return Ok(());
        }
        _ => {}
    }
    let args = base.args(verb);
    if verb == Verb::Init && std::fs::exists(base.sandbox.path("disk/new")).unwrap() {
        // What an interrupted one left is refused, as everything is that is not empty.
        run_for(base, &["init", "-r", "disk/new"], &[0, 14])?;
        std::fs::remove_dir_all(base.sandbox.path("disk/new")).unwrap();
    }
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    run_for(base, &args, verb.codes()).map(drop)
}

fn restore(base: &Base, repository: &str, id: &str) -> Verdict<Files> {
    drop(std::fs::remove_dir_all(base.sandbox.path("out")));
    run(base, &["restore", id, "-t", "out", "-r", repository])?;
    Ok(base.restored("out"))
}

fn listed(base: &Base, repository: &str) -> Verdict<BTreeSet<String>> {
    let stdout = run(base, &["snapshots", "--json", "-r", repository])?;
    let list: Value = serde_json::from_str(&stdout).map_err(|error| error.to_string())?;
    let ids = list.as_array().unwrap().iter();
    Ok(ids.map(|snapshot| snapshot["id"].as_str().unwrap().to_owned()).collect())
}

/// What a run prints that ends with 0.
fn run(base: &Base, args: &[&str]) -> Verdict<String> {
    run_for(base, args, &[0])
}

fn run_for(base: &Base, args: &[&str], codes: &[i32]) -> Verdict<String> {
    let ran = base.command(args).output().unwrap();
    let stdout = String::from_utf8_lossy(&ran.stdout).into_owned();
    if ran.status.code().is_some_and(|code| codes.contains(&code)) {
        return Ok(stdout);
    }
    let stderr = String::from_utf8_lossy(&ran.stderr);
    Err(format!("{args:?} ends with {:?}\n{stdout}\n{stderr}", ran.status))
}
