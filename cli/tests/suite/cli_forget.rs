//! Goal: `forget` drops what the policy says and nothing else. Lost if this fails: snapshots.

use crate::sandbox::Sandbox;

fn ids(sandbox: &Sandbox) -> Vec<String> {
    let list = sandbox.run(["snapshots", "--json"]).expect(0).document();
    let ids = list.as_array().unwrap().iter();
    ids.map(|snapshot| snapshot["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_policy_keeps_the_last_of_each_day() {
    let sandbox = Sandbox::with_repository();
    for time in ["2031-01-01", "2031-01-02 08:00", "2031-01-02 20:00", "2031-01-03"] {
        sandbox.backup_with(&["--time", time]);
    }
    let before = ids(&sandbox);
    let groups = sandbox.run(["forget", "--json", "--keep-daily", "2"]).expect(0).document();
    assert_eq!(groups.as_array().unwrap().len(), 1);
    assert_eq!(groups[0]["keep"].as_array().unwrap().len(), 2);
    assert_eq!(groups[0]["remove"].as_array().unwrap().len(), 2);
    assert_eq!(groups[0]["reasons"][0]["matches"][0], "daily snapshot");
    assert_eq!(ids(&sandbox), before[2..]);
}

#[test]
fn snapshots_are_dropped_by_id_and_stay_dropped() {
    let sandbox = Sandbox::with_snapshot();
    sandbox.backup();
    let before = ids(&sandbox);
    sandbox.run(["forget", &before[0][..10]]).expect(0);
    assert_eq!(ids(&sandbox), before[1..]);
    sandbox.run(["forget", "--json", &before[0]]).expect_error(1, "no_such_snapshot");
    sandbox.run(["forget", "--unsafe-allow-remove-all", "--yes-destroy", "wrong"]).expect(14);
    sandbox.run(["forget", "--unsafe-allow-remove-all", "--yes-destroy", "repo"]).expect(0);
    assert!(ids(&sandbox).is_empty());
}
