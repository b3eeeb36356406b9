//! A home of its own for each test, and the binary in it: no variable and no file of whoever runs
//! the tests reaches it.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::schemas;

/// Password of every repository that a sandbox makes.
pub(crate) const PASSWORD: &str = "correct horse";

pub(crate) struct Sandbox {
    folder: TempDir,
    has_password: bool,
}

/// What a run printed and how it ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
    /// Names of the schemas that its lines were checked against.
    pub(crate) schemas: BTreeSet<String>,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        Self { folder: TempDir::new().unwrap(), has_password: true }
    }

    /// On a disk in memory, if there is one: for many runs that are not about the disk.
    pub(crate) fn in_memory() -> Self {
        match TempDir::new_in("/dev/shm") {
            Ok(folder) => Self { folder, has_password: true },
            Err(_) => Self::new(),
        }
    }

    /// Without a password in the environment.
    pub(crate) fn without_password() -> Self {
        Self { has_password: false, ..Self::new() }
    }

    /// With an encrypted repository, and a folder `src` of a few files.
    pub(crate) fn with_repository() -> Self {
        let sandbox = Self::new();
        sandbox.make_source();
        sandbox.run(["init"]).expect(0);
        sandbox
    }

    /// With a repository and one snapshot of `src`.
    pub(crate) fn with_snapshot() -> Self {
        let sandbox = Self::with_repository();
        sandbox.backup();
        sandbox
    }

    pub(crate) fn make_source(&self) {
        self.write("src/a.txt", b"alpha\n");
        self.write("src/folder/b.txt", &b"beta\n".repeat(20_000));
        self.write("src/folder/deep/c.tmp", b"gamma");
        std::os::unix::fs::symlink("a.txt", self.path("src/link")).unwrap();
    }

    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Path of `src` as a snapshot names it.
    pub(crate) fn source(&self) -> String {
        self.path("src").into_os_string().into_string().unwrap()
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// The binary with nothing but the sandbox around it.
    pub(crate) fn command<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Command {
        // A long run brings a copy, which no build replaces while it runs.
        let binary = std::env::var_os("GLEANER_TEST_BINARY");
        let binary = binary.unwrap_or_else(|| env!("CARGO_BIN_EXE_gleaner").into());
        let mut command = Command::new(binary);
        command
            .args(args)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path("home"))
            .env("TZ", "UTC")
            .env("GLEANER_TEST_KDF", "1")
            .env("GLEANER_REPOSITORY", self.path("repo"))
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        if self.has_password {
            command.env("GLEANER_PASSWORD", PASSWORD);
        }
        command
    }

    pub(crate) fn run<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Ran {
        Ran::by(&mut self.command(args))
    }

    /// Backs up `src` and returns the summary.
    pub(crate) fn backup(&self) -> Value {
        self.backup_with(&[])
    }

    pub(crate) fn backup_with(&self, flags: &[&str]) -> Value {
        let source = self.source();
        let args = ["backup", "--json", &source].into_iter().chain(flags.iter().copied());
        self.run(args).expect(0).summary()
    }

    /// A backup of a stream that waits for more; its first bytes are read.
    pub(crate) fn waiting_backup(&self, flags: &[&str], variables: &[(&str, &str)]) -> Child {
        let mut child = self
            .command(["backup", "--stdin"].iter().chain(flags))
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // The pipe holds less than this: when all is written, the command is reading.
        child.stdin.as_mut().unwrap().write_all(&vec![7; 1 << 20]).unwrap();
        child
    }

    /// Kills a backup, so that its lease stays.
    pub(crate) fn leave_a_lease(&self) {
        let mut child = self.waiting_backup(&[], &[]);
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// All files of the repository with their bytes.
    pub(crate) fn repository_content(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        collect(&self.path("repo"), &mut files);
        files.sort();
        files
    }

    /// The largest pack.
    pub(crate) fn a_pack(&self) -> PathBuf {
        let mut files = Vec::new();
        collect(&self.path("repo/data"), &mut files);
        files.into_iter().max_by_key(|(_, bytes)| bytes.len()).unwrap().0
    }
}

fn collect(folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), files);
        } else {
            files.push((entry.path(), std::fs::read(entry.path()).unwrap()));
        }
    }
}

impl Ran {
    /// Runs `command` to its end. What it prints with `--json` is checked against the schemas.
    #[track_caller]
    pub(crate) fn by(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        let mut ran = Self::unchecked(output);
        let args = command.get_args().map(|arg| arg.to_string_lossy().into_owned());
        ran.schemas = schemas::check_run(&args.collect::<Vec<_>>(), &ran.text(), &ran.stderr);
        ran
    }

    /// What a command that is not known here printed; messages in it are checked.
    #[track_caller]
    pub(crate) fn of(output: Output) -> Self {
        let ran = Self::unchecked(output);
        schemas::check_messages(&ran.text());
        schemas::check_messages(&ran.stderr);
        ran
    }

    fn unchecked(output: Output) -> Self {
        let code = output.status.code().expect("no signal ended the command");
        let stderr = String::from_utf8(output.stderr).expect("stderr is text");
        Self { code, stdout: output.stdout, stderr, schemas: BTreeSet::new() }
    }

    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout: {}\nstderr: {}", self.text(), self.stderr);
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
        self
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// The lines of stdout; each is an object that begins with its type.
    #[track_caller]
    pub(crate) fn lines(&self) -> Vec<Value> {
        self.text().lines().map(json_line).collect()
    }

    /// The one document on stdout.
    #[track_caller]
    pub(crate) fn document(&self) -> Value {
        serde_json::from_slice(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    #[track_caller]
    pub(crate) fn summary(&self) -> Value {
        let lines = self.lines();
        let last = lines.last().expect("something is on stdout").clone();
        assert_eq!(last["message_type"], "summary");
        last
    }

    /// Checks the last line of stderr, and that it says the same as the exit code.
    #[track_caller]
    pub(crate) fn expect_error(self, code: i32, kind: &str) -> Self {
        let ran = self.expect(code);
        let last = json_line(ran.stderr.lines().last().expect("stderr has a last line"));
        assert_eq!(last["message_type"], "exit_error", "{last}");
        assert_eq!((last["code"].as_i64(), last["kind"].as_str()), (Some(code.into()), Some(kind)));
        assert!(!last["message"].as_str().unwrap().is_empty());
        ran
    }
}

#[track_caller]
fn json_line(line: &str) -> Value {
    assert!(line.starts_with("{\"message_type\":\""), "{line}");
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
}
