//! Goal: `gleaner agent` tells the server what a folder holds, as the one agent whose certificate
//! stands for that source, and goes on where it was.
//!
//! Method: both real processes; what the server kept is read once it has stopped. If this fails, a
//! server asks its subscribers for bytes that lie next to it, or believes anybody.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::time::Duration;

use gleaner_index::{RocksDbSightings, SightingIndex as _, SightingLimits};
use rustix::process::{Pid, Signal, kill_process};

use crate::running_server::{Server, http_get};
use crate::sandbox::Sandbox;
use crate::schemas;

/// Of an agent of a folder in the sandbox, as source 7.
pub(crate) fn write_config(server: &Server, folder: &str) {
    let text = format!(
        "server = \"https://{}\"\nserver_fingerprint = \"{}\"\nstate = \"state\"\nevery = 1\n\
         [[source]]\nnumber = 7\nkind = \"tree\"\npath = \"{folder}\"\nscope = \"public\"\n",
        server.address, server.fingerprint
    );
    server.sandbox.write("agent.toml", text.as_bytes());
}

pub(crate) const RUN: [&str; 5] = ["agent", "run", "--config", "agent.toml", "--json"];

/// An agent that has told all it knows.
pub(crate) fn start(server: &Server, log: &str) -> Child {
    let mut command = server.sandbox.command(RUN);
    command.args(["--log-file", log]).env("GLEANER_LOG", "debug");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    schemas::check_messages(&line);
    assert!(line.contains("\"role\":\"agent\""), "{line}");
    let path = server.sandbox.path(log);
    for _ in 0..600 {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        // Of the listing, and not of the empty book before it.
        if text.lines().any(|line| line.contains("all is told") && !line.contains("seq=0")) {
            return child;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    panic!("{}", std::fs::read_to_string(&path).unwrap_or_default());
}

pub(crate) fn stop(child: Child) {
    let id = Pid::from_raw(child.id().try_into().unwrap()).unwrap();
    kill_process(id, Signal::TERM).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

/// What the server says of source 7.
fn source_of(server: &Server) -> serde_json::Value {
    let (_, body) = http_get(&server.metrics, "/status");
    let status: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(status["sources"][0]["source"], 7, "{body}");
    status["sources"][0].clone()
}

/// Sightings that the server kept of source 7.
fn kept(sandbox: &Sandbox) -> u64 {
    let sightings = RocksDbSightings::open(&sandbox.path("srv/sightings"), SightingLimits::DEFAULT);
    let stats = sightings.unwrap().stats(Duration::ZERO).unwrap();
    let source = stats.sources.iter().find(|it| it.source.number() == 7);
    source.map(|source| source.sightings_max).unwrap_or_default()
}

#[test]
fn agent_tells_what_a_folder_holds_and_goes_on_where_it_was() {
    let server = Server::start();
    write_config(&server, "src");
    let ran = server.sandbox.run([&RUN[..4], &["--check-config"]].concat()).expect(0);
    let certificate = ran.text().trim().rsplit(' ').next().unwrap().to_owned();
    assert_eq!(certificate.len(), 64, "{certificate}");
    // Nobody has said that it may.
    server.sandbox.run(RUN).expect_error(12, "rejected");
    let agent = |words: &[&str]| {
        let args = ["agent", words[0], "--data", "srv", "--json"];
        server.sandbox.run(args.iter().chain(&words[1..]))
    };
    agent(&["allow", &certificate, "--sources", "7,8", "--label", "docroot"]).expect(0);
    agent(&["allow", &"0".repeat(64), "--sources", "8"]).expect_error(14, "guard");
    agent(&["allow", "rubbish", "--sources", "9"]).expect_error(2, "usage");
    let list = agent(&["list"]).expect(0).document();
    assert_eq!(
        (&list[0]["certificate"], &list[0]["label"]),
        (&certificate.as_str().into(), &"docroot".into())
    );
    let first = start(&server, "first.log");
    server.sandbox.run(RUN).expect_error(11, "lease_busy");
    stop(first);
    let before = source_of(&server)["sightings"].as_u64().unwrap();
    // The server forgets nothing that was told, nor does the agent.
    let server = Server::over(server.stop());
    write_config(&server, "src");
    server.sandbox.write("src/new", &vec![7; 100_000]);
    let running = start(&server, "second.log");
    // The listing of the new file follows.
    let is_told = || source_of(&server)["sightings"].as_u64().unwrap() > before;
    assert!((0..600).any(|_| is_told() || {
        std::thread::sleep(Duration::from_millis(50));
        false
    }));
    assert_eq!(source_of(&server)["is_connected"], true);
    stop(running);
    agent_is_denied(&server, &certificate);
    assert!(kept(&server.stop()) > before);
}

fn agent_is_denied(server: &Server, certificate: &str) {
    let deny = ["agent", "deny", "--data", "srv", "--json", certificate];
    server.sandbox.run(deny).expect(0);
    server.sandbox.run(deny).expect_error(1, "no_such_path");
    server.sandbox.run(RUN).expect_error(12, "rejected");
}

#[test]
fn agent_whose_file_is_wrong_says_what_is_wrong() {
    let server = Server::start();
    let with = |key: &str, value: &str| {
        write_config(&server, "src");
        let text = std::fs::read_to_string(server.sandbox.path("agent.toml")).unwrap();
        let lines = text.lines().map(|line| match line.split_once(" = ") {
            Some((name, _)) if name == key => format!("{key} = {value}"),
            _ => line.to_owned(),
        });
        let text = lines.collect::<Vec<_>>().join("\n");
        server.sandbox.write("agent.toml", text.as_bytes());
        server.sandbox.run(RUN).expect_error(2, "config");
    };
    with("server", "\"http://h\"");
    with("server_fingerprint", "\"12\"");
    with("kind", "\"tape\"");
    with("path", "\"nowhere\"");
    with("scope", "\"everybody\"");
    with("scope", "\"owner:me\"");
    with("number", "70000");
    with("every", "1\ntypo = 1");
}
