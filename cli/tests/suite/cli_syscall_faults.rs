//! Goal: a system call that fails, or in which the process dies, ends in success or in a typed
//! error; what was reported stays, and the next run works (RELIABILITY section 8, R5).
//!
//! Method: the real binary, unmodified, under strace, which makes one call of a kind fail, or it
//! and all after it, or kills the process there. RocksDB's calls are among them. A seed says verb,
//! call, fault and which of the calls. If this fails, a dying disk costs a user a backup that he
//! was told he had.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use gleaner_store::SeededRandom;
use serde_json::Value;

use crate::sandbox::{PASSWORD, Sandbox};
use crate::seeds::Seeds;

/// Files by their paths below a folder.
type Files = BTreeMap<PathBuf, Vec<u8>>;

/// A way in which calls fail: the system call, what strace is to do, and whether only calls about
/// files of the repository and the source are meant (others are the loader's too).
struct Injection {
    call: &'static str,
    fault: &'static str,
    is_aimed: bool,
}

const fn injection(call: &'static str, fault: &'static str) -> Injection {
    Injection { call, fault, is_aimed: false }
}

const fn aimed(call: &'static str, fault: &'static str) -> Injection {
    Injection { call, fault, is_aimed: true }
}

/// Not `close`: the standard library panics where a folder cannot be closed, which no file system
/// makes happen.
const INJECTIONS: &[Injection] = &[
    injection("fsync", "error=EIO"),
    injection("fsync", "error=ENOSPC"),
    injection("fsync", "signal=KILL"),
    injection("fdatasync", "error=EIO"),
    injection("fdatasync", "error=EDQUOT"),
    injection("fdatasync", "signal=KILL"),
    injection("write", "error=EIO"),
    injection("write", "error=ENOSPC"),
    injection("write", "error=EINTR"),
    injection("write", "signal=KILL"),
    injection("pwrite64", "error=EIO"),
    injection("pwrite64", "error=ENOSPC"),
    injection("pwrite64", "error=EDQUOT"),
    injection("pwrite64", "error=EFBIG"),
    injection("pwrite64", "error=EINTR"),
    injection("pwrite64", "error=EAGAIN"),
    injection("pwrite64", "signal=KILL"),
    injection("fallocate", "error=ENOSPC"),
    injection("fallocate", "error=EOPNOTSUPP"),
    injection("fallocate", "error=EINTR"),
    injection("fallocate", "error=EIO"),
    injection("ftruncate", "error=EIO"),
    injection("ftruncate", "error=ENOSPC"),
    injection("renameat2", "error=EIO"),
    injection("renameat2", "error=ENOSPC"),
    injection("renameat2", "error=EINVAL"),
    injection("renameat2", "signal=KILL"),
    injection("rename", "error=EIO"),
    injection("rename", "error=ENOSPC"),
    injection("rename", "signal=KILL"),
    injection("unlink", "error=EIO"),
    injection("unlink", "error=EPERM"),
    injection("unlink", "signal=KILL"),
    injection("unlinkat", "error=EIO"),
    injection("unlinkat", "signal=KILL"),
    injection("mkdir", "error=ENOSPC"),
    injection("mkdirat", "error=EIO"),
    injection("mkdirat", "error=ENOSPC"),
    injection("getdents64", "error=EIO"),
    injection("getdents64", "error=ENOENT"),
    injection("flock", "error=EINTR"),
    injection("flock", "error=ENOLCK"),
    aimed("openat", "error=EIO"),
    aimed("openat", "error=EACCES"),
    aimed("openat", "error=EMFILE"),
    aimed("openat", "error=EINTR"),
    aimed("openat", "signal=KILL"),
    aimed("pread64", "error=EIO"),
    aimed("pread64", "error=EINTR"),
    aimed("pread64", "error=EAGAIN"),
    aimed("read", "error=EIO"),
    aimed("read", "error=EINTR"),
    aimed("newfstatat", "error=EIO"),
    aimed("statx", "error=EIO"),
    aimed("fstat", "error=EIO"),
];

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Verb {
    Backup,
    Forget,
    Prune,
    Check,
    Restore,
    Copy,
}

const VERBS: [Verb; 6] =
    [Verb::Backup, Verb::Forget, Verb::Prune, Verb::Check, Verb::Restore, Verb::Copy];

/// What all cases begin with, and put back.
struct Base {
    sandbox: Sandbox,
    /// What each snapshot holds that no case may lose.
    kept: BTreeMap<String, Files>,
    /// The snapshot that `forget` forgets.
    to_forget: (String, Files),
    /// What the source holds, in no snapshot yet.
    source: Files,
    /// The most calls of one thread, by verb and call.
    calls: BTreeMap<(Verb, &'static str), u64>,
}

/// What of the sandbox a case may change.
const CHANGED: [&str; 3] = ["repo", "second", "home"];

impl Base {
    /// Garbage that the next prune deletes, garbage that it condemns, and a changed source.
    fn new() -> Self {
        let sandbox = Sandbox::in_memory();
        sandbox.run(["init"]).expect(0);
        sandbox.run(["init", "-r", "second"]).expect(0);
        sandbox.write("password", PASSWORD.as_bytes());
        let owner_only = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(sandbox.path("password"), owner_only).unwrap();
        let write = |name: &str, seed: u64, bytes: usize| {
            sandbox.write(&format!("src/{name}"), &noise(seed, bytes));
        };
        let backup = || {
            let summary = sandbox.backup();
            let id = summary["snapshot_id"].as_str().unwrap().to_owned();
            (id, files_below(&sandbox.path("src")))
        };
        write("a", 1, 40_000);
        write("folder/b", 2, 3_000);
        write("gone1", 3, 50_000);
        let (first, _) = backup();
        std::fs::remove_file(sandbox.path("src/gone1")).unwrap();
        write("gone2", 4, 50_000);
        let (second, _) = backup();
        std::fs::remove_file(sandbox.path("src/gone2")).unwrap();
        let mut kept = BTreeMap::from([backup()]);
        write("folder/c", 5, 20_000);
        let to_forget = backup();
        write("a", 6, 40_000);
        kept.extend([backup()]);
        sandbox.run(["forget", &first]).expect(0);
        sandbox.run(["prune"]).expect(0);
        sandbox.run(["forget", &second]).expect(0);
        write("folder/d", 7, 30_000);
        let source = files_below(&sandbox.path("src"));
        std::fs::create_dir(sandbox.path("base")).unwrap();
        for name in CHANGED {
            copy_tree(&sandbox.path(name), &sandbox.path(Path::new("base").join(name)));
        }
        let mut base = Self { sandbox, kept, to_forget, source, calls: BTreeMap::new() };
        for verb in VERBS {
            base.count_calls(verb);
        }
        base
    }

    fn put_back(&self) {
        drop(std::fs::remove_dir_all(self.sandbox.path("out")));
        for name in CHANGED {
            let place = self.sandbox.path(name);
            std::fs::remove_dir_all(&place).unwrap();
            copy_tree(&self.sandbox.path(Path::new("base").join(name)), &place);
        }
    }

    fn args(&self, verb: Verb) -> Vec<String> {
        let source = self.sandbox.source();
        let words: Vec<&str> = match verb {
            Verb::Backup => vec!["backup", &source],
            Verb::Forget => vec!["forget", &self.to_forget.0],
            Verb::Prune => vec!["prune", "--max-unused", "0"],
            Verb::Check => vec!["check", "--read-data"],
            Verb::Restore => vec!["restore", "latest", "-t", "out", "--verify"],
            Verb::Copy => vec![
                "copy",
                "-r",
                "second",
                "--from-repo",
                "repo",
                "--from-password-file",
                "password",
            ],
        };
        words.into_iter().chain(["--json", "--threads", "1"]).map(str::to_owned).collect()
    }

    /// The binary under strace with these arguments of strace's.
    fn traced(&self, strace: &[String], verb: Verb) -> Output {
        let gleaner = self.sandbox.command(self.args(verb));
        // Ends with 124 if it hangs.
        let mut command = Command::new("timeout");
        let log = self.sandbox.path("strace.log");
        command.args(["120", "strace", "-f", "-qq", "--seccomp-bpf", "-o"]).arg(log).args(strace);
        command.arg("--").arg(gleaner.get_program()).args(gleaner.get_args());
        command.env_clear();
        command.envs(gleaner.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.current_dir(gleaner.get_current_dir().unwrap()).stdin(Stdio::null());
        command.output().unwrap()
    }

    fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(self.sandbox.path("strace.log")).unwrap()).into()
    }

    /// `-P` for every file of repository, source and cache.
    fn aim(&self) -> Vec<String> {
        let places = ["repo", "src", "home"].map(|name| self.sandbox.path(name));
        let files = places.iter().flat_map(|place| {
            files_below(place).into_keys().map(|file| place.join(file).to_str().unwrap().to_owned())
        });
        files.flat_map(|file| ["-P".to_owned(), file]).collect()
    }

    fn count_calls(&mut self, verb: Verb) {
        for is_aimed in [false, true] {
            let chosen = INJECTIONS.iter().filter(|injection| injection.is_aimed == is_aimed);
            let calls: Vec<&'static str> = chosen.map(|injection| injection.call).collect();
            self.put_back();
            let mut strace = vec!["-e".to_owned(), format!("trace={}", calls.join(","))];
            strace.extend(if is_aimed { self.aim() } else { Vec::new() });
            let ran = self.traced(&strace, verb);
            assert!(ran.status.success(), "{verb:?}: {}", String::from_utf8_lossy(&ran.stderr));
            let mut of_thread: BTreeMap<(&str, &str), u64> = BTreeMap::new();
            let log = self.log();
            for line in log.lines() {
                let Some((thread, rest)) = line.split_once(' ') else { continue };
                let Some((call, _)) = rest.trim_start().split_once('(') else { continue };
                *of_thread.entry((thread, call)).or_default() += 1;
            }
            for call in calls {
                let counts = of_thread.iter().filter(|((_, of), _)| *of == call);
                let most = counts.map(|(_, count)| *count).max().unwrap_or(0);
                self.calls.insert((verb, call), most);
            }
        }
    }

    /// Runs the case of a seed; says whether a call was hit.
    fn case(&self, seed: u64) -> Option<Verb> {
        let random = SeededRandom::new(seed);
        let below = |count: u64| random.below(count);
        let (verb, injection, most) = loop {
            let verb = VERBS[usize::try_from(below(VERBS.len() as u64)).unwrap()];
            let injection = &INJECTIONS[usize::try_from(below(INJECTIONS.len() as u64)).unwrap()];
            let most = self.calls[&(verb, injection.call)];
            if most > 0 {
                break (verb, injection, most);
            }
        };
        // A few calls decide, hundreds of them only look for folders: the first ones more often.
        let most = if below(2) == 0 { most.min(8) } else { most };
        let Injection { call, fault, is_aimed } = injection;
        // What only means "call again" does not go on for ever.
        let may_last = !matches!(*fault, "error=EINTR" | "error=EAGAIN");
        let onward = if below(3) == 0 && may_last { "+" } else { "" };
        let nth = 1 + below(most);
        let case = format!("{verb:?}, inject={call}:{fault}:when={nth}{onward}");
        self.put_back();
        let mut strace = vec!["-e".to_owned(), format!("trace={call}"), "-e".to_owned()];
        strace.push(format!("inject={call}:{fault}:when={nth}{onward}"));
        strace.extend(if *is_aimed { self.aim() } else { Vec::new() });
        let ran = self.traced(&strace, verb);
        let is_killed = *fault == "signal=KILL" && ran.status.signal().is_some();
        if ran.status.code() == Some(127) || !(is_killed || self.log().contains("(INJECTED)")) {
            // The loader's own calls are nobody's business, and a call that was not reached.
            return None;
        }
        if !is_killed {
            assert_typed(&ran, &case);
        }
        self.assert_kept(verb, &ran, &case);
        Some(verb)
    }

    /// What the run reported is there, nothing else has changed, and the next run works.
    fn assert_kept(&self, verb: Verb, ran: &Output, case: &str) {
        let is_done = ran.status.code() == Some(0);
        let mut expected = self.kept.clone();
        if verb != Verb::Forget {
            expected.insert(self.to_forget.0.clone(), self.to_forget.1.clone());
        }
        match verb {
            Verb::Backup => {
                if let Some(id) = acknowledged(ran) {
                    let holds = self.backed_up(&id, ran.status.code() == Some(3), case);
                    expected.insert(id, holds);
                }
            }
            Verb::Restore => self.assert_restored(&self.sandbox.path("out"), is_done, case),
            _ => {}
        }
        let is_forgotten =
            verb == Verb::Forget && !self.listed("repo", case).contains(&self.to_forget.0);
        assert!(is_forgotten || verb != Verb::Forget || !is_done, "{case}: still listed");
        drop(std::fs::remove_dir_all(self.sandbox.path("out")));
        // What is forgotten cannot be forgotten again.
        if !is_forgotten {
            let again = self.clean(&self.args(verb), case);
            if let (Verb::Backup, Some(id)) = (verb, acknowledged(&again)) {
                expected.insert(id, self.source.clone());
            }
        }
        self.clean(&["check", "--read-data", "--json"], case);
        let listed = self.listed("repo", case);
        for (id, files) in &expected {
            assert!(listed.contains(id), "{case}: {id} is lost");
            self.assert_restores("repo", id, files, case);
        }
        if verb == Verb::Copy {
            self.clean(&["check", "--read-data", "--json", "-r", "second"], case);
            assert_eq!(self.listed("second", case).len(), expected.len(), "{case}");
            self.assert_restores("second", "latest", &self.latest(), case);
        }
        if verb != Verb::Backup {
            return;
        }
        // What nobody heard of is whole or not there.
        for id in listed.iter().filter(|id| !expected.contains_key(*id)) {
            self.assert_restores("repo", id, &self.source, case);
        }
    }

    /// What an acknowledged snapshot has to hold: the source, or what it holds of the source if the
    /// backup said that it could not read all of it.
    fn backed_up(&self, id: &str, is_partial: bool, case: &str) -> Files {
        if !is_partial {
            return self.source.clone();
        }
        let out = self.sandbox.path("out");
        drop(std::fs::remove_dir_all(&out));
        self.clean(&["restore", id, "-t", "out", "--json"], case);
        let place = self.restored(&out);
        let holds = if place.exists() { files_below(&place) } else { Files::new() };
        for (name, bytes) in &holds {
            assert!(self.source[name] == *bytes, "{case}: {} is wrong", name.display());
        }
        holds
    }

    /// What the newest of the kept snapshots holds.
    fn latest(&self) -> Files {
        let mut files = self.source.clone();
        files.remove(Path::new("folder/d"));
        files
    }

    /// A run without a fault, which has to end with 0.
    fn clean<A: AsRef<std::ffi::OsStr>>(&self, args: &[A], case: &str) -> Output {
        let ran = self.sandbox.command(args).output().unwrap();
        let args: Vec<&std::ffi::OsStr> = args.iter().map(AsRef::as_ref).collect();
        assert_eq!(
            ran.status.code(),
            Some(0),
            "{case}, then {args:?}\n{}\n{}",
            String::from_utf8_lossy(&ran.stdout),
            String::from_utf8_lossy(&ran.stderr)
        );
        ran
    }

    fn listed(&self, repository: &str, case: &str) -> Vec<String> {
        let ran = self.clean(&["snapshots", "--json", "-r", repository], case);
        let list: Value = serde_json::from_slice(&ran.stdout).unwrap();
        let id = |snapshot: &Value| snapshot["id"].as_str().unwrap().to_owned();
        list.as_array().unwrap().iter().map(id).collect()
    }

    fn assert_restores(&self, repository: &str, id: &str, files: &Files, case: &str) {
        let out = self.sandbox.path("out");
        drop(std::fs::remove_dir_all(&out));
        self.clean(&["restore", id, "-t", "out", "--json", "-r", repository], case);
        let place = self.restored(&out);
        let restored = if place.exists() { files_below(&place) } else { Files::new() };
        assert!(restored == *files, "{case}: {id} in {repository}");
    }

    fn restored(&self, out: &Path) -> PathBuf {
        out.join(self.sandbox.path("src").strip_prefix("/").unwrap())
    }

    /// Whatever a restore wrote under its final name is right, and all of it if it said so.
    fn assert_restored(&self, out: &Path, is_done: bool, case: &str) {
        let (restored, latest) = (self.restored(out), self.latest());
        let files = if restored.exists() { files_below(&restored) } else { Files::new() };
        for (name, bytes) in &files {
            let last = name.file_name().unwrap().to_string_lossy();
            // A process that was killed could not take its temporary file along.
            let is_temporary = last.starts_with(".gleaner-") && last.ends_with(".tmp");
            let is_marked = is_temporary || last.ends_with(".gleaner-incomplete");
            let is_right = is_marked || latest.get(name) == Some(bytes);
            assert!(is_right, "{case}: {} is wrong", name.display());
        }
        assert!(!is_done || files == latest, "{case}: not all is restored");
    }
}

/// A code that fits a system that refuses something, the same code in the last line, no panic.
fn assert_typed(ran: &Output, case: &str) {
    let stderr = String::from_utf8_lossy(&ran.stderr);
    let code = ran.status.code();
    let all =
        format!("{case}: {:?}\n{}\n{stderr}", ran.status, String::from_utf8_lossy(&ran.stdout));
    assert!(!stderr.contains("panicked"), "{all}");
    assert!(matches!(code, Some(0 | 1 | 3 | 4 | 5 | 10 | 11)), "{all}");
    let last = stderr.lines().rfind(|line| line.contains("\"exit_error\""));
    if let Some(last) = last {
        let error: Value = serde_json::from_str(last).unwrap_or_else(|_| panic!("{all}"));
        assert_eq!(error["code"].as_i64(), code.map(i64::from), "{all}");
        assert_ne!(error["kind"], "bug", "{all}");
    }
}

/// The id that a backup reported, if it lived to do so.
fn acknowledged(ran: &Output) -> Option<String> {
    let stdout = String::from_utf8_lossy(&ran.stdout);
    let mut lines = stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let summary = lines.rfind(|line| line["message_type"] == "summary")?;
    Some(summary["snapshot_id"].as_str()?.to_owned())
}

pub(crate) fn noise(seed: u64, bytes: usize) -> Vec<u8> {
    let random = SeededRandom::new(seed);
    (0..bytes).map(|_| u8::try_from(random.below(256)).unwrap()).collect()
}

pub(crate) fn files_below(folder: &Path) -> Files {
    let mut files = Files::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(open) = folders.pop() {
        for entry in std::fs::read_dir(&open).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = std::fs::read(&path).unwrap();
                files.insert(path.strip_prefix(folder).unwrap().to_path_buf(), bytes);
            }
        }
    }
    files
}

fn copy_tree(from: &Path, to: &Path) {
    let status = Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap();
    assert!(status.success());
}

/// Whether strace is here and may do its work.
fn can_trace() -> bool {
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "--seccomp-bpf", "-o", "/dev/null"]);
    command.args(["-e", "inject=fsync:error=EIO", "true"]);
    command.stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

#[test]
fn system_call_that_fails_anywhere_loses_nothing_and_the_next_run_works() {
    if !can_trace() {
        println!("SKIPPED: no strace here, or it may not trace");
        return;
    }
    let base = Base::new();
    let seeds = Seeds::of_quick_run(60);
    let mut hits: BTreeMap<Verb, u64> = BTreeMap::new();
    seeds.run(|seed| {
        if let Some(verb) = base.case(seed) {
            *hits.entry(verb).or_default() += 1;
        }
    });
    println!("{} (R5): {hits:?}", seeds.counted(hits.values().sum(), "faults under strace"));
}
