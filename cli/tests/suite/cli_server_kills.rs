//! Goal: whatever is killed, the server, a subscriber or both, every snapshot that a subscriber was
//! told it has restores, and the next backup works (R6 with a server). Who is not killed itself
//! comes to its end with the server that is started in the place of the one that was.
//!
//! Method: the real binary at both ends; backups and prunes, and SIGKILL at seeded random moments;
//! this process keeps the ledger. If this fails, a power cut at the provider costs a subscriber a
//! backup that he was told he had.

use std::collections::BTreeMap;
use std::process::{Child, Stdio};
use std::time::Duration;

use gleaner_store::{RandomSource as _, SeededRandom};

use crate::running_server::Server;
use crate::sandbox::{Ran, Sandbox};
use crate::seeds::Seeds;

/// A seed is a new server and so many kills.
const KILLS_PER_SERVER: u64 = 20;
/// A verb lives for at most so many milliseconds.
const DELAY_MS_MAX: u64 = 200;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Victim {
    Server,
    Subscriber,
    Both,
}

/// Snapshots that were reported, with the content of their files.
type Ledger = BTreeMap<String, Vec<u8>>;

struct Round<'r> {
    random: &'r SeededRandom,
    ledger: &'r mut Ledger,
    /// Verbs that ended well though their server was killed.
    gone_on: u64,
}

fn noise(random: &SeededRandom, bytes: usize) -> Vec<u8> {
    let mut noise = vec![0; bytes];
    random.fill(&mut noise).unwrap();
    noise
}

fn spawn(server: &Server, words: &[&str]) -> Child {
    let mut command = server.command("office", "all", words);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

impl Round<'_> {
    fn below(&self, end: u64) -> u64 {
        self.random.below(end)
    }

    /// Does something, kills somebody meanwhile, and notes what was reported.
    fn play(&mut self, server: Server, is_waited_for: bool) -> Server {
        let is_prune = !is_waited_for && self.below(4) == 0;
        let content = noise(self.random, 300_000);
        server.sandbox.write("src/changing", &content);
        let source = server.sandbox.source();
        let words = if is_prune { vec!["prune"] } else { vec!["backup", source.as_str()] };
        if is_prune && self.ledger.len() > 3 {
            self.forget_one(&server);
        }
        let victims = [Victim::Server, Victim::Subscriber, Victim::Both];
        let victim = victims[usize::try_from(self.below(3)).unwrap()];
        let mut child = spawn(&server, &words);
        // Now and then it may come to its end before the server is killed.
        if is_waited_for {
            child.wait().unwrap();
        } else {
            std::thread::sleep(Duration::from_micros(self.below(1000 * DELAY_MS_MAX)));
        }
        let is_at_work = child.try_wait().unwrap().is_none();
        if victim != Victim::Server && !is_waited_for {
            child.kill().unwrap();
        }
        let server = if victim == Victim::Subscriber { server } else { server.kill_and_start() };
        let output = child.wait_with_output().unwrap();
        let is_killed = output.status.code().is_none();
        let (stdout, stderr) = (output.stdout.clone(), output.stderr.clone());
        let text = String::from_utf8(stdout).unwrap();
        if !is_killed {
            let ran = Ran::of(output);
            self.gone_on += u64::from(victim == Victim::Server && is_at_work && ran.code == 0);
            // It may have come too early or too late for its first session, and nobody knows what
            // became of the change of a prune that the server was just asked for.
            if ran.code != 0 {
                assert!(victim != Victim::Subscriber, "{}", ran.stderr);
                assert!(is_prune || !ran.stderr.contains("nobody knows"), "{}", ran.stderr);
                ran.expect_error(1, "network");
            }
        }
        let summary = text.lines().find(|line| line.contains("\"snapshot_id\":"));
        if let Some(summary) = summary {
            let summary: serde_json::Value = serde_json::from_str(summary).unwrap();
            self.ledger.insert(summary["snapshot_id"].as_str().unwrap().to_owned(), content);
        }
        assert!(!String::from_utf8_lossy(&stderr).contains("panicked"));
        server
    }

    /// A snapshot that is forgotten need not be there any more, from now on.
    fn forget_one(&mut self, server: &Server) {
        let (id, _) = self.ledger.pop_first().unwrap();
        server.run("office", "all", &["forget", &id]).expect(0);
    }
}

fn assert_restores(server: &Server, ledger: &Ledger) {
    server.run("office", "all", &["check", "--read-data"]).expect(0);
    for (id, content) in ledger {
        let source = server.sandbox.source();
        let address = format!("{id}:{source}/changing");
        let dumped = server.run("office", "all", &["dump", &address]).expect(0);
        assert!(dumped.stdout == *content, "snapshot {id}");
    }
}

#[test]
fn every_reported_snapshot_restores_whoever_was_killed() {
    let seeds = Seeds::of_quick_run(3);
    let (mut kills, mut reported, mut gone_on) = (0, 0, 0);
    seeds.run(|seed| {
        let sandbox = Sandbox::in_memory();
        sandbox.make_source();
        let random = SeededRandom::new(seed);
        sandbox.write("src/always", &noise(&random, 500_000));
        sandbox.run(["tenant", "--data", "srv", "add", "office"]).expect(0);
        let mut server = Server::over(sandbox);
        server.token("all", "office", &["--verbs", "init"]);
        server.run("office", "all", &["init"]).expect(0);
        let mut ledger = Ledger::new();
        for kill in 0..KILLS_PER_SERVER {
            let is_waited_for = kill % 4 == 0;
            let known = ledger.len();
            let mut round = Round { random: &random, ledger: &mut ledger, gone_on: 0 };
            server = round.play(server, is_waited_for);
            gone_on += round.gone_on;
            assert!(!is_waited_for || ledger.len() == known + 1, "it was not reported");
            kills += 1;
        }
        let source = server.sandbox.source();
        server.run("office", "all", &["backup", &source]).expect(0);
        assert_restores(&server, &ledger);
        reported += ledger.len();
    });
    println!("{reported} snapshots, {gone_on} verbs went on with the next server");
    println!("{}", seeds.counted(kills, "kills of servers and subscribers"));
    assert!(kills < 60 || gone_on > 0, "{gone_on}");
}
