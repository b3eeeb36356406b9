//! The schemas in `cli/schemas`, and which of them describes a line that the command printed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use serde_json::Value;

use crate::json_schema::{Schemas, problems};

/// Schemas by the names of their files.
struct Files(BTreeMap<String, Value>);

static FILES: LazyLock<Files> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let schema: Value = serde_json::from_slice(&std::fs::read(&path).unwrap())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(schema["$id"], name.as_str());
        (name, schema)
    });
    Files(files.collect())
});

impl Schemas for Files {
    fn named(&self, name: &str) -> &Value {
        self.0.get(name).unwrap_or_else(|| panic!("there is no schema {name}"))
    }
}

/// Verbs whose stdout is not JSON whatever the flags: data of the user, and generated files.
const RAW: [&str; 2] = ["dump", "completions"];

/// Names of all schemas, without their ending.
pub(crate) fn all_names() -> BTreeSet<String> {
    FILES.0.keys().map(|name| name.strip_suffix(".json").unwrap().to_owned()).collect()
}

/// Checks what a run with the arguments `args` printed, if it was asked for JSON; says which
/// schemas it was checked against.
#[track_caller]
pub(crate) fn check_run(args: &[String], stdout: &str, stderr: &str) -> BTreeSet<String> {
    let options = args.iter().take_while(|arg| *arg != "--");
    let last = options.clone().filter(|arg| *arg == "--json" || *arg == "--no-json").last();
    if last.is_none_or(|arg| arg == "--no-json") || options.clone().any(|arg| arg == "--help") {
        return BTreeSet::new();
    }
    let words: Vec<&str> = options.map(String::as_str).collect();
    let is_raw = words.iter().any(|word| RAW.contains(word));
    let printed = stdout.lines().filter(|_| !is_raw).map(|line| (line, true));
    let mut used = BTreeSet::new();
    for (line, is_stdout) in printed.chain(stderr.lines().map(|line| (line, false))) {
        let value: Value = serde_json::from_str(line)
            .unwrap_or_else(|error| panic!("not JSON ({error}) of {args:?}: {line}"));
        let name = schema_of(&words, &value);
        // Only these are on stderr: `status` by SIGUSR1.
        let is_for_stderr = matches!(name.as_str(), "error" | "exit_error" | "status");
        assert!(is_stdout && name != "exit_error" || is_for_stderr, "{args:?}: {line}");
        check(&name, &value, line);
        used.insert(name);
    }
    used
}

/// Checks the lines with a `message_type` in what an unknown command printed.
#[track_caller]
pub(crate) fn check_messages(text: &str) {
    for line in text.lines().filter(|line| line.starts_with("{\"message_type\"")) {
        let value: Value = serde_json::from_str(line).unwrap();
        match value["message_type"].as_str().unwrap() {
            kind @ ("summary" | "plan") => {
                let fits = |name: &String| {
                    let schema = FILES.named(&format!("{name}.json"));
                    name.starts_with(kind) && problems(&*FILES, schema, &value).is_empty()
                };
                assert!(all_names().iter().any(fits), "no schema of a {kind} fits {line}");
            }
            name => check(name, &value, line),
        }
    }
}

#[track_caller]
fn check(name: &str, value: &Value, line: &str) {
    let found = problems(&*FILES, FILES.named(&format!("{name}.json")), value);
    assert!(found.is_empty(), "against schema {name}: {found:#?}\n{line}");
    if value.get("message_type").is_some() {
        assert!(line.starts_with("{\"message_type\":"), "the type comes first: {line}");
    }
}

/// Name of the schema that describes `value`, printed by a run with the words `words`.
fn schema_of(words: &[&str], value: &Value) -> String {
    let has = |word: &str| words.contains(&word);
    let behind = |verb: &str| {
        let place = words.iter().position(|word| *word == verb);
        place.and_then(|place| words.get(place + 1)).copied().unwrap_or_default()
    };
    let verb_of = |verbs: &[&'static str]| verbs.iter().find(|verb| has(verb)).copied();
    if let Some(kind) = value.get("message_type").and_then(Value::as_str) {
        let verbs = [
            "bench", "repair", "backup", "restore", "check", "copy", "tag", "prune", "compact",
            "migrate",
        ];
        let pruned = has("--prune").then_some("prune");
        return match (kind, verb_of(&verbs).or(pruned)) {
            ("summary", Some("bench")) => format!("bench_{}", behind("bench")),
            ("summary" | "plan", Some("prune" | "compact")) => format!("{kind}_prune"),
            ("plan", Some("migrate")) => "plan_migrate".to_owned(),
            ("summary", Some(verb)) => format!("summary_{verb}"),
            _ => kind.to_owned(),
        };
    }
    match verb_of(&["access", "list", "cat", "key", "find", "stats", "forget", "snapshots"]) {
        Some("list") if has("key") => "key_list".to_owned(),
        Some("list") if has("agent") => "agent_list".to_owned(),
        Some("list") if has("tenant") => "tenant_list".to_owned(),
        Some("list") if has("token") => "token_list".to_owned(),
        Some("list") if matches!(behind("list"), "snapshots" | "keys") => "list_ids".to_owned(),
        Some("snapshots") if has("--group-by") => "snapshots_grouped".to_owned(),
        Some(verb @ ("access" | "list" | "cat")) => format!("{verb}_{}", behind(verb)),
        Some(verb) => verb.to_owned(),
        None => panic!("no verb of {words:?} prints a document"),
    }
}
