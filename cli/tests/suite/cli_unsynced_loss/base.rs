//! The repositories that every case begins with, and the command in them.

use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use serde_json::Value;

use super::ledger::{Files, Ledger, Verb};
use crate::sandbox::{PASSWORD, Sandbox};
use crate::unsynced_mount::Nodes;

/// What `key add` adds.
pub(crate) const ADDED_PASSWORD: &str = "battery staple";

pub(crate) struct Base {
    pub(crate) sandbox: Sandbox,
    /// All repositories, and the cache with their indexes.
    pub(crate) disk: Nodes,
    pub(crate) ledger: Ledger,
    /// The snapshot that `forget` forgets.
    pub(crate) to_forget: String,
    /// What the source holds at first.
    source: Files,
}

impl Base {
    /// Garbage that the next prune deletes or condemns, and a damaged pack with parity.
    pub(crate) fn new() -> Self {
        let sandbox = Sandbox::in_memory();
        std::fs::create_dir(sandbox.path("disk")).unwrap();
        sandbox.write("password", PASSWORD.as_bytes());
        sandbox.write("added-password", ADDED_PASSWORD.as_bytes());
        for name in ["password", "added-password"] {
            set_mode(&sandbox.path(name), 0o600);
        }
        let nothing = (Nodes::empty(), Ledger::default(), String::new(), Files::new());
        let (disk, ledger, to_forget, source) = nothing;
        let mut base = Self { sandbox, disk, ledger, to_forget, source };
        base.fill();
        base.disk = Nodes::read_from(&base.sandbox.path("disk"));
        base
    }

    fn fill(&mut self) {
        for name in ["repo", "second", "empty"] {
            self.run(&["init", "-r", &format!("disk/{name}")]);
        }
        self.run(&["init", "-r", "disk/broken", "--parity", "50"]);
        self.write("a", 1, 60_000);
        self.write("folder/b", 2, 3_000);
        self.write("gone", 3, 50_000);
        let first = self.backup("disk/repo");
        self.remove("gone");
        self.write("forgotten", 4, 40_000);
        self.to_forget = self.backup("disk/repo");
        self.ledger.acknowledge("disk/repo", &self.to_forget, &self.files());
        self.remove("forgotten");
        self.write("folder/c", 5, 20_000);
        for repository in ["disk/repo", "disk/broken"] {
            let id = self.backup(repository);
            self.ledger.acknowledge(repository, &id, &self.files());
        }
        let files = self.files();
        self.source = files.as_ref().clone();
        self.ledger.latest = files;
        self.run(&["forget", &first, "-r", "disk/repo"]);
        self.run(&["prune", "--max-unused", "0", "-r", "disk/repo"]);
        self.damage();
    }

    /// Flips a byte in the largest pack of the broken repository.
    fn damage(&self) {
        let packs = crate::cli_syscall_faults::files_below(&self.sandbox.path("disk/broken/data"));
        let (name, mut bytes) = packs.into_iter().max_by_key(|(_, bytes)| bytes.len()).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        let path = self.sandbox.path("disk/broken/data").join(name);
        std::fs::remove_file(&path).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    pub(crate) fn write(&self, name: &str, seed: u64, bytes: usize) {
        let noise = crate::cli_syscall_faults::noise(seed, bytes);
        self.sandbox.write(&format!("src/{name}"), &noise);
    }

    fn remove(&self, name: &str) {
        std::fs::remove_file(self.sandbox.path("src").join(name)).unwrap();
    }

    /// What the source holds now.
    pub(crate) fn files(&self) -> Arc<Files> {
        Arc::new(crate::cli_syscall_faults::files_below(&self.sandbox.path("src")))
    }

    /// Puts the source back to what it was at first.
    pub(crate) fn put_source_back(&self) {
        std::fs::remove_dir_all(self.sandbox.path("src")).unwrap();
        for (name, bytes) in &self.source {
            self.sandbox.write(Path::new("src").join(name).to_str().unwrap(), bytes);
        }
    }

    fn backup(&self, repository: &str) -> String {
        let source = self.sandbox.source();
        let ran = self.run(&["backup", &source, "-r", repository, "--json"]);
        snapshot_id(&ran.stdout).unwrap()
    }

    fn run(&self, args: &[&str]) -> Output {
        let ran = self.command(args).output().unwrap();
        assert!(ran.status.success(), "{args:?}: {}", String::from_utf8_lossy(&ran.stderr));
        ran
    }

    /// The command, with its cache on the disk.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = self.sandbox.command(args);
        command.env("HOME", self.sandbox.path("disk/home"));
        command
    }

    pub(crate) fn args(&self, verb: Verb) -> Vec<String> {
        let source = self.sandbox.source();
        let words: Vec<&str> = match verb {
            Verb::Init => vec!["init"],
            Verb::FirstBackup | Verb::Backup => vec!["backup", &source],
            Verb::Forget => vec!["forget", &self.to_forget],
            Verb::Prune => vec!["prune", "--max-unused", "0"],
            Verb::RotateKey => vec!["key", "rotate"],
            Verb::AddKey => vec!["key", "add", "--new-password-file", "added-password"],
            Verb::Copy => {
                vec!["copy", "--from-repo", "disk/repo", "--from-password-file", "password"]
            }
            Verb::Repair => vec!["repair", "packs", "--apply", "--yes"],
            Verb::Restore => vec!["restore", "latest", "-t", "disk/out"],
        };
        let words = words.into_iter().chain(["--json", "-r", verb.repository()]);
        words.map(str::to_owned).collect()
    }

    /// Where a restore into `target` puts the source.
    pub(crate) fn restored(&self, target: &str) -> Files {
        let source = self.sandbox.path("src");
        let place = self.sandbox.path(target).join(source.strip_prefix("/").unwrap());
        if place.exists() { crate::cli_syscall_faults::files_below(&place) } else { Files::new() }
    }
}

/// The id in the summary of a backup.
pub(crate) fn snapshot_id(stdout: &[u8]) -> Option<String> {
    let stdout = String::from_utf8_lossy(stdout);
    let mut lines = stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let summary = lines.rfind(|line| line["message_type"] == "summary")?;
    Some(summary["snapshot_id"].as_str()?.to_owned())
}

fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}
