//! Profiles: TOML files with the long names of flags (CLI.md section 3).

use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use crate::exit_code::{Failure, Kind};

/// A value as a profile states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ProfileValue {
    /// A switch.
    Switch(bool),
    /// A text or a number.
    One(String),
    /// A list of texts.
    Many(Vec<String>),
}

/// One line of a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProfileEntry {
    /// `global`, or the verb that it is for.
    pub(crate) section: String,
    /// Long name of the flag, without dashes.
    pub(crate) key: String,
    /// The value.
    pub(crate) value: ProfileValue,
    /// Line in the file, from 1.
    pub(crate) line: usize,
}

/// A profile that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Profile {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// What it says, in the order of the file.
    pub(crate) entries: Vec<ProfileEntry>,
}

impl Profile {
    /// `FILE:LINE`, the way messages name an entry.
    pub(crate) fn place(&self, line: usize) -> String {
        format!("{}:{line}", self.path.display())
    }
}

/// Folders in which profiles are looked for, the first one wins.
pub(crate) fn profile_folders() -> Vec<PathBuf> {
    let home = std::env::var_os("HOME").filter(|home| !home.is_empty()).map(PathBuf::from);
    let user = std::env::var_os("XDG_CONFIG_HOME")
        .filter(|folder| !folder.is_empty())
        .map(PathBuf::from)
        .or_else(|| home.map(|home| home.join(".config")));
    user.map(|folder| folder.join("gleaner")).into_iter().chain(["/etc/gleaner".into()]).collect()
}

/// Reads the profile `name`; `None` if no folder has it.
///
/// # Errors
/// Kind `config`, with file and line.
pub(crate) fn read_profile(name: &str) -> Result<Option<Profile>, Failure> {
    if name.is_empty() || name.contains('/') || name.starts_with('.') {
        return Err(Failure::new(Kind::Config, format!("`{name}` is no name of a profile")));
    }
    for folder in profile_folders() {
        let path = folder.join(format!("{name}.toml"));
        match std::fs::read_to_string(&path) {
            Ok(text) => return parse_profile(&path, &text).map(Some),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                let message = format!("profile {}: {error}", path.display());
                return Err(Failure::new(Kind::Config, message));
            }
        }
    }
    Ok(None)
}

fn parse_profile(path: &Path, text: &str) -> Result<Profile, Failure> {
    let line_at =
        |offset: usize| 1 + text.bytes().take(offset).filter(|&byte| byte == b'\n').count();
    let failure = |offset: usize, message: &str| {
        let place = format!("{}:{}", path.display(), line_at(offset));
        Failure::new(Kind::Config, format!("{place}: {message}"))
    };
    let table = DeTable::parse(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        failure(offset, error.message().lines().next().unwrap_or("not TOML"))
    })?;
    let mut entries = Vec::new();
    for (section, value) in table.get_ref() {
        let Some(keys) = value.get_ref().as_table() else {
            let name = section.get_ref();
            let message = format!("`{name}` is no section; write `global = {{ {name} = ... }}`");
            return Err(failure(section.span().start, &message));
        };
        for (key, value) in keys {
            let message = "neither true, false, text, number nor a list of texts";
            let offset = value.span().start;
            entries.push(ProfileEntry {
                section: section.get_ref().to_string(),
                key: key.get_ref().to_string(),
                value: convert(value.get_ref()).ok_or_else(|| failure(offset, message))?,
                line: line_at(key.span().start),
            });
        }
    }
    entries.sort_by_key(|entry| entry.line);
    Ok(Profile { path: path.to_owned(), entries })
}

fn convert(value: &DeValue<'_>) -> Option<ProfileValue> {
    if let Some(switch) = value.as_bool() {
        return Some(ProfileValue::Switch(switch));
    }
    if let Some(items) = value.as_array() {
        let texts = items.iter().map(|item| item.get_ref().as_str().map(str::to_owned));
        return texts.collect::<Option<Vec<_>>>().map(ProfileValue::Many);
    }
    let number = value.as_integer().filter(|number| number.radix() == 10);
    let one = value.as_str().or_else(|| number.map(toml::de::DeInteger::as_str));
    one.map(|text| ProfileValue::One(text.to_owned()))
}

/// What `config init` writes.
pub(crate) const STARTER: &str = r#"# A profile of gleaner. Keys are the long names of flags,
# sections are verbs, and `global` is for every verb.
# Order of precedence: flag, environment, profile, built-in value.

[global]
# repo = "/srv/backup"
# password-file = "/root/.gleaner-password"

[backup]
# paths = ["/home", "/etc"]
# exclude = ["*.tmp"]
# one-file-system = true

[forget]
# keep-daily = 14
# keep-monthly = 24
"#;

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{ProfileValue, STARTER, parse_profile};
    use crate::exit_code::Kind;

    #[test]
    fn entries_know_their_lines() {
        let text = "global = { repo = \"/r\" }\n\n[backup]\nexclude = [\"*.tmp\"]\nforce = true\n\
                    [forget]\nkeep-daily = 14\n";
        let profile = parse_profile(Path::new("p.toml"), text).unwrap();
        let found: Vec<_> = profile
            .entries
            .iter()
            .map(|entry| (entry.line, entry.section.as_str(), entry.key.as_str(), &entry.value))
            .collect();
        let one = |text: &str| ProfileValue::One(text.to_owned());
        let expected = [
            (1, "global", "repo", &one("/r")),
            (4, "backup", "exclude", &ProfileValue::Many(vec!["*.tmp".to_owned()])),
            (5, "backup", "force", &ProfileValue::Switch(true)),
            (7, "forget", "keep-daily", &one("14")),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (text, line) in [
            ("a = 1", 1),
            ("[global]\nrepo = ", 2),
            ("[global]\n\nrepo = 1.5", 3),
            ("[global]\nexclude = [1]", 2),
        ] {
            let failure = parse_profile(Path::new("p.toml"), text).unwrap_err();
            assert_eq!(failure.kind, Kind::Config, "{text}");
            assert!(failure.message.starts_with(&format!("p.toml:{line}: ")), "{failure:?}");
        }
    }

    #[test]
    fn the_starter_is_a_profile() {
        assert!(parse_profile(Path::new("p.toml"), STARTER).unwrap().entries.is_empty());
    }
}
