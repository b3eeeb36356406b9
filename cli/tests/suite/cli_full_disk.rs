//! Goal: a disk that is full stops a backup with an error of its own kind, harms no snapshot, and
//! does not stop the prune that makes room again (RELIABILITY section 8, R8).
//!
//! Method: the real binary on a real tmpfs of 1 to 64 MiB, in a mount namespace of its own, filled
//! by backups and, in some cases, by somebody else to the last byte. If this fails, a full disk
//! stays full, or costs a user what is on it.

use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use gleaner_store::{RandomSource as _, SeededRandom};
use rustix::fs::statvfs;

use crate::sandbox::{Ran, Sandbox};
use crate::seeds::Seeds;

/// Prunes that may stop for want of a page before one does not.
const RUNS_MAX: usize = 3;
/// Set in the process that may mount.
const INSIDE: &str = "GLEANER_FULL_DISK_INSIDE";

/// True in a mount namespace. Outside of one, runs the test `name` of this binary in one, and then
/// says false.
fn is_inside(name: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let unshare = |flags: &str| {
        let mut command = Command::new("unshare");
        command.arg(flags);
        command
    };
    let can_mount = |flags: &str| {
        let mut command = unshare(flags);
        command.args(["sh", "-c", "mount -t tmpfs -o size=1m tmpfs /mnt"]);
        command.stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    };
    // As root, or as root of a user namespace.
    let Some(flags) = ["-m", "-rm"].into_iter().find(|flags| can_mount(flags)) else {
        println!("SKIPPED: no right to mount, neither as root nor in a user namespace");
        return false;
    };
    let mut command = unshare(flags);
    let name = format!("cli_full_disk::{name}");
    command.arg(std::env::current_exe().unwrap()).args(["--exact", &name, "--nocapture"]);
    let ran = command.env(INSIDE, "1").output().unwrap();
    let (stdout, stderr) =
        (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    let is_run = stdout.contains("test result: ok. 1 passed");
    assert!(ran.status.success() && is_run, "{stdout}\n{stderr}");
    for line in stdout.lines().filter_map(|line| line.find("counted: ").map(|at| &line[at..])) {
        println!("\n{line}");
    }
    false
}

/// A repository on a small disk, and what it must hold.
struct FullDisk {
    sandbox: Sandbox,
    mib: u64,
    random: SeededRandom,
    /// Snapshots in the order in which they were made, and the large file of each.
    expected: Vec<(String, Vec<u8>)>,
    case: String,
}

impl FullDisk {
    /// Mounts a disk; the mount ends with the namespace.
    fn mount(mib: u64, seed: u64) -> Self {
        let sandbox = Sandbox::new();
        let disk = sandbox.path("disk");
        std::fs::create_dir(&disk).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={mib}m"), "tmpfs"]).arg(&disk);
        assert!(mount.status().unwrap().success());
        sandbox.write("src/small", b"stays the same");
        let (random, expected) = (SeededRandom::new(seed), Vec::new());
        Self { sandbox, mib, random, expected, case: format!("{mib} MiB, seed {seed}") }
    }

    fn run(&self, args: &[&str]) -> Ran {
        self.sandbox.run(args.iter().chain(&["-r", "disk/repo", "--json"]))
    }

    fn free_bytes(&self) -> u64 {
        let stat = statvfs(self.sandbox.path("disk")).unwrap();
        stat.f_bavail * stat.f_frsize
    }

    /// Bytes of the disk that files of the repository take which are no packs, in whole pages.
    fn own_bytes(&self) -> u64 {
        let mut folders = vec![self.sandbox.path("disk/repo")];
        let mut bytes = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
                let kind = entry.file_type().unwrap();
                if kind.is_dir() && entry.file_name() != "data" {
                    folders.push(entry.path());
                } else if kind.is_file() {
                    bytes += entry.metadata().unwrap().len().next_multiple_of(4096);
                }
            }
        }
        bytes
    }

    fn large(&self) -> PathBuf {
        self.sandbox.path("src/large")
    }

    /// Another content for the large file, up to a fourth of the disk.
    fn change(&self) -> Vec<u8> {
        let bytes = (self.mib << 20) / 16 + self.random.below((self.mib << 20) / 8);
        let mut large = vec![0; usize::try_from(bytes).unwrap()];
        self.random.fill(&mut large).unwrap();
        std::fs::write(self.large(), &large).unwrap();
        large
    }

    /// Backs up once; false if the disk is full.
    fn back_up(&mut self) -> bool {
        let large = std::fs::read(self.large()).unwrap();
        let ran = self.run(&["backup", &self.sandbox.source()]);
        if ran.code == 0 {
            let id = ran.summary()["snapshot_id"].as_str().unwrap().to_owned();
            self.expected.push((id, large));
            return true;
        }
        ran.expect_error(1, "disk_full");
        false
    }

    /// Backs up one change after the other until there is no room.
    fn fill(&mut self) {
        loop {
            self.change();
            if !self.back_up() {
                return;
            }
        }
    }

    /// Takes what is left of the disk.
    fn take_the_rest(&self) {
        let mut file = File::create(self.sandbox.path("disk/of somebody else")).unwrap();
        for bytes in [1 << 16, 4096, 1] {
            while file.write_all(&vec![7; bytes]).is_ok() {}
        }
        assert_eq!(self.free_bytes(), 0, "{}", self.case);
    }

    /// Whether somebody else took the rest of the disk, and nobody gave any of it back.
    fn is_taken(&self) -> bool {
        self.free_bytes() == 0
    }

    fn give_the_rest_back(&self) {
        std::fs::remove_file(self.sandbox.path("disk/of somebody else")).unwrap();
    }

    /// What was acknowledged is listed, and nothing else; it is whole, and so is everything.
    fn assert_whole(&self) {
        let list = self.run(&["snapshots"]).expect(0).document();
        let ids: Vec<&str> =
            list.as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap()).collect();
        let expected: Vec<&str> = self.expected.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(ids, expected, "{}", self.case);
        self.run(&["check", "--read-data"]).expect(0);
        for (id, large) in &self.expected {
            let out = self.sandbox.path("out");
            drop(std::fs::remove_dir_all(&out));
            let restore = ["restore", id, "-t", "out"];
            if self.is_taken() {
                // There is no room for a lease, which a restore can do without when told to.
                self.run(&restore).expect_error(1, "disk_full");
                self.run(&[&restore[..], &["--no-lock"]].concat()).expect(0);
            } else {
                self.run(&restore).expect(0);
            }
            let restored = out.join(self.large().strip_prefix("/").unwrap());
            assert!(std::fs::read(restored).unwrap() == *large, "{}: {id}", self.case);
        }
    }

    /// Forgets the second snapshot, of which others need nothing, or the first, whose pack has to
    /// be written again for the small file. Says how many bytes only it had.
    fn forget_one(&mut self, is_wholly_dead: bool) -> u64 {
        let (id, large) = self.expected.remove(usize::from(is_wholly_dead));
        self.run(&["forget", &id]).expect(0);
        large.len() as u64
    }

    /// Prunes and expects about so much room.
    fn prune(&self, garbage: u64) {
        let (before, own_before) = (self.free_bytes(), self.own_bytes());
        // What one run condemns the next may delete.
        let mut is_done = true;
        for _ in 0..2 {
            is_done &= self.pruned(&[]);
        }
        if !is_done {
            // No room for all copies at once: the pack with most garbage first, and no merging.
            let limit = (garbage * 5 / 4 + (64 << 10)).to_string();
            for _ in 0..2 {
                self.pruned(&["--max-repack-size", &limit, "--repack-smaller-than", "0"]);
            }
        }
        // What it notes for those who come later takes a page for each epoch and each list, which
        // counts on the smallest disks.
        let noted = self.own_bytes() - own_before;
        let freed = self.free_bytes() - before + noted;
        let case = &self.case;
        assert!(noted <= 64 << 10, "{case}: {noted} bytes noted");
        assert!(freed > garbage * 9 / 10, "{case}: {freed} of {garbage} bytes freed");
    }

    /// Prunes; false if it says that there was no room for all of it. One that takes long, and so
    /// shows often that it lives, may use up the pages that are kept free for its notes; the next
    /// one goes on where it stopped.
    fn pruned(&self, flags: &[&str]) -> bool {
        for _ in 0..RUNS_MAX {
            let ran = self.run(&[&["prune", "--max-unused", "0"], flags].concat());
            match ran.code {
                0 => return true,
                6 => {
                    ran.expect_error(6, "limit");
                    return false;
                }
                _ => {
                    ran.expect_error(1, "disk_full");
                    println!("{}: a prune stopped for want of a page", self.case);
                }
            }
        }
        panic!("{}: {RUNS_MAX} prunes stopped for want of a page", self.case);
    }
}

/// Fills a disk, frees a part of it, and uses it again. `is_taken`: with not a byte left.
fn fills_and_empties(mib: u64, seed: u64, is_taken: bool) -> bool {
    let mut disk = FullDisk::mount(mib, seed);
    let init = disk.run(&["init"]);
    if init.code != 0 {
        init.expect_error(1, "disk_full");
        assert!(mib == 1, "{}: no room for an empty repository", disk.case);
        return true;
    }
    disk.fill();
    assert!(disk.expected.len() > 1, "{}: not even two backups", disk.case);
    disk.assert_whole();
    // Without a byte left there is no room for what survives of a pack.
    let garbage = disk.forget_one(is_taken);
    if is_taken {
        disk.take_the_rest();
        disk.assert_whole();
    }
    disk.prune(garbage);
    disk.assert_whole();
    if is_taken {
        disk.give_the_rest_back();
    }
    std::fs::write(disk.large(), b"not large any more").unwrap();
    assert!(disk.back_up(), "{}: the next backup", disk.case);
    disk.assert_whole();
    drop(Command::new("umount").arg(disk.sandbox.path("disk")).status());
    true
}

#[test]
fn prune_frees_space_on_a_full_64_mib_tmpfs() {
    if is_inside("prune_frees_space_on_a_full_64_mib_tmpfs") {
        fills_and_empties(64, 1, true);
    }
}

#[test]
fn disk_of_any_size_that_is_full_is_readable_and_can_be_used_again() {
    if !is_inside("disk_of_any_size_that_is_full_is_readable_and_can_be_used_again") {
        return;
    }
    let seeds = Seeds::of_quick_run(6);
    let mut cases = 0;
    seeds.run(|seed| {
        let random = SeededRandom::new(seed << 32);
        // Small disks are where there is no room for anything.
        let mib = if seed % 2 == 0 { 1 + random.below(8) } else { 1 + random.below(64) };
        cases += u64::from(fills_and_empties(mib, seed, random.below(2) == 0));
    });
    println!("\n{} (R8)", seeds.counted(cases, "full disks"));
}
