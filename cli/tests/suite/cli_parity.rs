//! Goal: parity is asked for, added, looked at and taken away by hand, and what it does is said.
//! Lost if this fails: the cure of a damaged pack that a user believes to have.

use serde_json::Value;

use crate::sandbox::{Ran, Sandbox};

fn number(line: &Value, key: &str) -> u64 {
    line[key].as_u64().unwrap_or_else(|| panic!("{key} of {line}"))
}

fn status(sandbox: &Sandbox) -> Value {
    sandbox.run(["parity", "status", "--json"]).expect(0).lines().remove(0)
}

/// Names of all sidecars.
fn sidecars(sandbox: &Sandbox) -> usize {
    let content = sandbox.repository_content();
    content.iter().filter(|(path, _)| path.extension().is_some_and(|end| end == "par")).count()
}

fn codes(ran: &Ran) -> Vec<String> {
    let lines = ran.lines();
    let found = lines.iter().filter(|line| line["message_type"] == "finding");
    found.map(|line| line["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn packs_of_a_repository_that_wants_parity_get_it() {
    let sandbox = Sandbox::new();
    sandbox.make_source();
    sandbox.run(["init", "--parity", "5"]).expect(0);
    sandbox.backup();
    let status = status(&sandbox);
    assert_eq!(status["message_type"], "parity_status");
    assert_eq!(number(&status, "percent"), 5);
    assert_eq!(number(&status, "packs_covered"), number(&status, "packs_total"));
    assert_eq!(number(&status, "packs_total"), sidecars(&sandbox) as u64);
    let config = sandbox.run(["cat", "config", "--json"]).expect(0).document();
    assert_eq!(config["parity_percent"], 5);
    assert_eq!(codes(&sandbox.run(["check", "--read-data", "--json"]).expect(0)), [""; 0]);
    for illegal in ["0", "101", "-1", "x", ""] {
        sandbox.run(["init", "-r", "other", "--parity", illegal, "--json"]).expect(2);
    }
}

#[test]
fn parity_is_added_to_packs_that_exist_and_removed_after_a_question() {
    let sandbox = Sandbox::with_snapshot();
    let before = sandbox.repository_content();
    assert_eq!(number(&status(&sandbox), "packs_bare"), 2);
    let dry = sandbox.run(["parity", "add", "-n"]).expect(0).text();
    assert!(dry.contains("would write parity for 2 packs"), "{dry}");
    assert!(sandbox.repository_content() == before);
    let added = sandbox.run(["parity", "add", "--percent", "10", "--json"]).expect(0).lines();
    assert_eq!((number(&added[0], "packs_added"), sidecars(&sandbox)), (2, 2));
    let text = sandbox.run(["parity", "status"]).expect(0).text();
    assert!(text.contains("parity for 2 of 2 packs"), "{text}");
    let pack = sandbox.run(["list", "packs", "--json"]).expect(0).document();
    let pack = pack[0]["id"].as_str().unwrap().to_owned();
    let row = sandbox.run(["parity", "status", "--pack", &pack[..10], "--json"]).expect(0).lines();
    assert_eq!(
        (&row[0]["packs"][0]["pack"], row[0]["packs"][0]["state"].as_str()),
        (&pack.clone().into(), Some("covered"))
    );
    sandbox.run(["parity", "remove", "--json"]).expect_error(14, "unconfirmed");
    let dry = sandbox.run(["parity", "remove", "-n"]).expect(0).text();
    assert!(dry.contains("would remove 2 sidecars"), "{dry}");
    assert_eq!(sidecars(&sandbox), 2);
    sandbox.run(["parity", "remove", "--pack", &pack, "--yes"]).expect(0);
    assert_eq!(sidecars(&sandbox), 1);
    let removed = sandbox.run(["parity", "remove", "--yes", "--json"]).expect(0).lines();
    assert_eq!(number(&removed[0], "sidecars"), 1);
    assert!(sandbox.repository_content() == before, "packs and all else are as they were");
    for verb in ["add", "remove", "status"] {
        sandbox
            .run(["parity", verb, "--pack", "00nosuch", "--json"])
            .expect_error(1, "no_such_path");
    }
    sandbox.run(["parity", "add", "--no-lock", "--json"]).expect_error(2, "usage");
    sandbox.run(["parity", "add", "--percent", "0", "--json"]).expect_error(2, "usage");
}

#[test]
fn damage_is_named_with_what_heals_it_and_gets_no_parity() {
    let sandbox = Sandbox::with_snapshot();
    let pack = sandbox.a_pack();
    let sound = std::fs::read(&pack).unwrap();
    let damage = |at: usize| {
        let mut bytes = sound.clone();
        bytes[at] ^= 1;
        std::fs::remove_file(&pack).unwrap();
        std::fs::write(&pack, bytes).unwrap();
    };
    damage(sound.len() / 2);
    let refused = sandbox.run(["parity", "add", "--json"]).expect_error(4, "damaged").lines();
    assert_eq!(refused[0]["packs_damaged"].as_array().unwrap().len(), 1);
    assert_eq!((number(&refused[0], "packs_added"), sidecars(&sandbox)), (1, 1));
    damage(0);
    std::fs::write(&pack, &sound).unwrap();
    sandbox.run(["parity", "add"]).expect(0);
    damage(sound.len() / 2);
    let ran = sandbox.run(["check", "--read-data", "--json"]).expect(4);
    let lines = ran.lines();
    let of = |code: &str| lines.iter().find(|line| line["code"] == code).unwrap().clone();
    assert_eq!(of("P204")["healable_from"], serde_json::json!(["parity"]));
    assert_eq!(of("A601")["healable_from"], serde_json::json!(["parity"]));
}
