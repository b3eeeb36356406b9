//! Goal: what a subscriber downloaded from where an agent looks is not sent again, and restores
//! when neither agent nor copy are there any more.
//!
//! Method: the real processes of server, agent and subscriber. If this fails, a subscriber sends
//! over its line what lies next to the server, or has a backup that depends on it.

use gleaner_store::{RandomSource as _, SeededRandom};
use rustix::fs::{XattrFlags, setxattr};
use serde_json::Value;

use crate::cli_agent::{RUN, start, stop, write_config};
use crate::running_server::Server;

fn noise(seed: u64, bytes: usize) -> Vec<u8> {
    let mut noise = vec![0; bytes];
    SeededRandom::new(seed).fill(&mut noise).unwrap();
    noise
}

/// A file of the subscriber as a browser leaves it.
fn download(server: &Server, name: &str, bytes: &[u8]) {
    let name = format!("src/{name}");
    server.sandbox.write(&name, bytes);
    let url = format!("http://mirror.test/{name}");
    let path = server.sandbox.path(&name);
    setxattr(path, "user.xdg.origin.url", url.as_bytes(), XattrFlags::empty()).unwrap();
}

fn bytes(summary: &Value, key: &str) -> u64 {
    summary[format!("bytes_{key}")].as_u64().unwrap()
}

#[test]
fn downloads_are_backed_up_from_where_they_came_from() {
    let server = Server::start();
    server.token("all", "office", &["--verbs", "init"]);
    let source = server.sandbox.source();
    let run = |words: &[&str]| server.run("office", "all", words).expect(0);
    run(&["init"]);
    // What is there so far is sent.
    run(&["backup", &source]);
    let (first, second, third) = (noise(1, 3_000_000), noise(2, 20_000), noise(3, 500_000));
    for (name, bytes) in [("first", &first), ("second", &second), ("third", &third)] {
        server.sandbox.write(&format!("served/{name}"), bytes);
    }
    write_config(&server, "served");
    let checked = server.sandbox.run([&RUN[..4], &["--check-config"]].concat()).expect(0);
    let certificate = checked.text().trim().rsplit(' ').next().unwrap().to_owned();
    let allow = ["agent", "allow", "--data", "srv", &certificate, "--sources", "7"];
    server.sandbox.run([&allow[..], &["--urls", "http://mirror.test/"]].concat()).expect(0);
    let agent = start(&server, "agent.log");
    download(&server, "first", &first);
    download(&server, "second", &second);
    server.sandbox.write("src/own", &noise(4, 100_000));
    let summary = run(&["backup", &source]).summary();
    let found = (first.len() + second.len()) as u64;
    assert_eq!(bytes(&summary, "from_access"), found, "{summary}");
    assert_eq!(bytes(&summary, "sent"), 100_000, "{summary}");
    assert_eq!(bytes(&summary, "novel"), found + 100_000, "{summary}");
    let (from, totals) = (&summary["sources"][0], summary["sources"].as_array().unwrap().len());
    assert_eq!((&from["name"], &from["bytes"], totals), (&"7".into(), &found.into(), 1));
    // Who wants nothing of it says so.
    download(&server, "third", &third);
    let summary = run(&["backup", &source, "--no-access"]).summary();
    assert_eq!((bytes(&summary, "from_access"), bytes(&summary, "sent")), (0, 500_000));
    stop(agent);
    std::fs::remove_dir_all(server.sandbox.path("served")).unwrap();
    run(&["check", "--read-data"]);
    run(&["restore", "latest", "-t", "out"]);
    let out = server.sandbox.path("out").join(source.trim_start_matches('/'));
    for (name, bytes) in [("first", &first), ("second", &second), ("third", &third)] {
        assert!(std::fs::read(out.join(name)).unwrap() == *bytes, "{name}");
    }
    // Without an agent all of it is sent, as ever.
    download(&server, "fourth", &noise(5, 300_000));
    let summary = run(&["backup", &source]).summary();
    assert_eq!((bytes(&summary, "from_access"), bytes(&summary, "sent")), (0, 300_000));
}
