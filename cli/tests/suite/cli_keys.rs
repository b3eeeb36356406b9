//! Goal: passwords open what they should and nothing else. Lost if this fails: the repository.

use crate::sandbox::{PASSWORD, Ran, Sandbox};

fn opens(sandbox: &Sandbox, password: &str) -> bool {
    Ran::by(sandbox.command(["snapshots"]).env("GLEANER_PASSWORD", password)).code == 0
}

#[test]
fn slots_are_added_removed_and_changed() {
    let sandbox = Sandbox::with_repository();
    sandbox.write("second", b"second\n");
    sandbox.write("third", b"third\r\nrest");
    let first = sandbox.run(["key", "list", "--json"]).expect(0).document();
    let first = first[0]["id"].as_str().unwrap().to_owned();
    for confirmed in [&["--yes"][..], &["--yes-destroy", "other"]] {
        let args = ["key", "remove", &first, "--json"].into_iter().chain(confirmed.iter().copied());
        sandbox.run(args).expect_error(14, "unconfirmed");
    }
    sandbox.run(["key", "add", "--new-password-file", "second"]).expect(0);
    assert!(opens(&sandbox, PASSWORD) && opens(&sandbox, "second"));
    sandbox.run(["key", "remove", &first, "--json"]).expect_error(14, "unconfirmed");
    sandbox.run(["key", "remove", &first[..8], "--yes"]).expect(0);
    assert!(!opens(&sandbox, PASSWORD) && opens(&sandbox, "second"));
    let passwd = ["key", "passwd", "--new-password-file", "third"];
    Ran::by(sandbox.command(passwd).env("GLEANER_PASSWORD", "second")).expect(0);
    assert!(!opens(&sandbox, "second") && opens(&sandbox, "third"));
}

#[test]
fn a_rotation_starts_a_key_epoch_and_everything_is_read_as_before() {
    let sandbox = Sandbox::with_snapshot();
    let before = sandbox.repository_content();
    let dry = sandbox.run(["key", "rotate", "-n"]).expect(0).text();
    assert!(dry.contains("would start key epoch 1"), "{dry}");
    assert!(sandbox.repository_content() == before);
    for epoch in [1, 2] {
        let line = sandbox.run(["key", "rotate", "--json"]).expect(0).lines().remove(0);
        assert_eq!(
            (&line["message_type"], &line["key_epoch"]),
            (&"key_rotated".into(), &epoch.into())
        );
        sandbox.write("src/new", format!("new in epoch {epoch}").as_bytes());
        sandbox.backup();
        // The number stands in the header of a pack (FORMAT.md section 6.1).
        let epochs = sandbox.repository_content().into_iter().filter_map(|(path, bytes)| {
            let is_pack = path.starts_with(sandbox.path("repo/data"));
            is_pack.then(|| u32::from_le_bytes(bytes[12..16].try_into().unwrap()))
        });
        assert_eq!(epochs.max(), Some(epoch));
    }
    sandbox.run(["check", "--read-data"]).expect(0);
    for (snapshot, target) in [("latest~2", "out0"), ("latest", "out2")] {
        sandbox.run(["restore", snapshot, "-t", target, "--verify"]).expect(0);
    }
    let other = Sandbox::without_password();
    other.run(["init", "--no-encryption"]).expect(0);
    other.run(["key", "rotate", "--json"]).expect_error(2, "usage");
    other.run(["key", "rotate", "-n", "--json"]).expect_error(2, "usage");
}

#[test]
fn the_last_slot_goes_only_with_the_name_of_the_repository() {
    let sandbox = Sandbox::with_repository();
    let keys = sandbox.run(["key", "list", "--json"]).expect(0).document();
    let only = keys[0]["id"].as_str().unwrap();
    sandbox.run(["key", "remove", only, "--yes"]).expect(14);
    sandbox.run(["key", "remove", only, "--yes-destroy", "repo"]).expect(0);
    assert!(!opens(&sandbox, PASSWORD));
}

#[test]
fn a_password_comes_from_file_command_or_variable() {
    let sandbox = Sandbox::with_repository();
    sandbox.write("right", PASSWORD.as_bytes());
    sandbox.write("wrong", b"wrong");
    let run = |args: &[&str], variables: &[(&str, &str)]| {
        let mut command = sandbox.command(["snapshots"].iter().chain(args));
        command.env_remove("GLEANER_PASSWORD").envs(variables.iter().copied());
        Ran::by(&mut command).code
    };
    assert_eq!(run(&["-p", "right"], &[]), 0);
    assert_eq!(run(&["--password-command", "cat 'right'"], &[]), 0);
    assert_eq!(run(&[], &[("GLEANER_PASSWORD_FILE", "right")]), 0);
    assert_eq!(run(&[], &[("GLEANER_PASSWORD_COMMAND", "cat right")]), 0);
    // A flag hides what the environment says.
    assert_eq!(run(&["-p", "right"], &[("GLEANER_PASSWORD", "wrong")]), 0);
    assert_eq!(run(&["-p", "wrong"], &[("GLEANER_PASSWORD", PASSWORD)]), 12);
    assert_eq!(run(&["-p", "missing"], &[]), 12);
}

#[test]
fn a_repository_without_encryption_asks_for_nothing() {
    let sandbox = Sandbox::without_password();
    sandbox.make_source();
    sandbox.run(["init", "--no-encryption"]).expect(0);
    assert!(sandbox.run(["snapshots"]).expect(0).text().contains("not encrypted"));
    let key = sandbox.run(["key", "add", "--json", "--new-password-command", "echo x"]);
    key.expect_error(2, "usage");
}

/// Else whoever can write to the storage could swap an encrypted repository for a plain one, and
/// the next backup would be readable.
#[test]
fn a_password_for_a_repository_without_encryption_is_refused() {
    let sandbox = Sandbox::without_password();
    sandbox.make_source();
    sandbox.run(["init", "--no-encryption"]).expect(0);
    let mut backup = sandbox.command(["backup", "--json", &sandbox.source()]);
    Ran::by(backup.env("GLEANER_PASSWORD", PASSWORD)).expect_error(14, "guard");
    assert_eq!(sandbox.run(["snapshots", "--json"]).expect(0).document(), serde_json::json!([]));
}

#[test]
fn chunking_is_taken_over_from_another_repository() {
    let sandbox = Sandbox::with_repository();
    sandbox.write("right", PASSWORD.as_bytes());
    let from = sandbox.path("repo").into_os_string().into_string().unwrap();
    let args = ["init", "-r", "second", "--copy-chunker-params", "--from-repo", &from];
    sandbox.run(args.into_iter().chain(["--from-password-file", "right"])).expect(0);
    let config = |repository: &str| {
        sandbox.run(["cat", "config", "--json", "-r", repository]).expect(0).document()
    };
    let (a, b) = (config("repo"), config("second"));
    assert_eq!((&a["domain_id"], &a["gear_digest"]), (&b["domain_id"], &b["gear_digest"]));
    assert_ne!(a["id"], b["id"]);
}
