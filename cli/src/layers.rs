//! Environment and profiles below the command line: flag > environment > profile > built-in.
//!
//! What a lower layer says becomes words of the command line for the flags that were not given, and
//! the whole is parsed once more. So every layer obeys the same parsers, and a list on a higher
//! layer replaces the list below.

use std::ffi::OsString;

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::args::{Cli, Parsed, command, parse, twin_of};
use crate::exit_code::{Failure, Kind};
use crate::profile::{Profile, ProfileEntry, ProfileValue, read_profile};
use crate::verb_words::{VerbWords, verb_words};

/// Environment variables that stand for a flag.
const VARIABLES: &[(&str, &str)] = &[
    ("repo", "GLEANER_REPOSITORY"),
    ("repository-file", "GLEANER_REPOSITORY_FILE"),
    ("server", "GLEANER_SERVER"),
    ("token-file", "GLEANER_TOKEN_FILE"),
    ("ca-cert", "GLEANER_CA_CERT"),
    ("wait-for-server", "GLEANER_WAIT_FOR_SERVER"),
    ("server-fingerprint", "GLEANER_SERVER_FINGERPRINT"),
    ("password-file", "GLEANER_PASSWORD_FILE"),
    ("password-command", "GLEANER_PASSWORD_COMMAND"),
    ("cache-dir", "GLEANER_CACHE_DIR"),
    ("index-mode", "GLEANER_INDEX_MODE"),
    ("index-memory", "GLEANER_INDEX_MEMORY"),
    ("threads", "GLEANER_THREADS"),
    ("limit-read", "GLEANER_LIMIT_READ"),
    ("limit-write", "GLEANER_LIMIT_WRITE"),
];

/// The password itself; it has no flag.
pub(crate) const PASSWORD_VARIABLE: &str = "GLEANER_PASSWORD";

/// Flags that say the same thing: at most one on a layer, and a higher layer hides all below.
const RIVALS: [&[&str]; 3] = [
    &["repo", "repository-file", "server"],
    &["password-file", "password-command", PASSWORD_VARIABLE],
    &["server-fingerprint", "ca-cert"],
];

/// A value that a layer below the command line gives to a flag.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    /// Long name of the flag; `paths` for the positional paths of `backup`.
    pub(crate) long: String,
    /// What it says.
    pub(crate) value: ProfileValue,
    /// `environment NAME` or `profile FILE:LINE`.
    pub(crate) origin: String,
}

/// All layers in one.
pub(crate) struct Layered {
    pub(crate) cli: Cli,
    /// Profiles that were read, in order of growing precedence.
    pub(crate) profiles: Vec<Profile>,
    /// Long names of flags that were given on the command line, and of their twins.
    pub(crate) given: Vec<String>,
    /// What the command line says: long names and texts.
    pub(crate) values: Vec<(String, String)>,
}

/// Text to print, or all layers in one.
#[expect(clippy::large_enum_variant, reason = "one value in the whole run")]
pub(crate) enum Request {
    Run(Layered),
    Text(String),
}

/// Reads the command line and the layers below it.
///
/// # Errors
/// Kinds `usage` and `config`.
pub(crate) fn read_layers(argv: &[OsString]) -> Result<Request, Failure> {
    let definition = command();
    let argv = &verb_words(&definition, argv).verb_first(argv);
    let (cli, matches) = match parse(argv)? {
        Parsed::Text(text) => return Ok(Request::Text(text)),
        Parsed::Run(cli, matches) => (cli, matches),
    };
    let words = verb_words(&definition, argv);
    let given = given_flags(&definition, &words.names, &matches);
    let values = given_values(&definition, &words.names, &matches);
    let profiles = read_profiles(&cli)?;
    for profile in &profiles {
        check_profile(&definition, profile)?;
    }
    let settings = settings_below(&definition, &words.names, &given, &profiles)?;
    let cli = if settings.is_empty() { cli } else { parse_with(argv, &words, &settings)? };
    Ok(Request::Run(Layered { cli, profiles, given, values }))
}

fn read_profiles(cli: &Cli) -> Result<Vec<Profile>, Failure> {
    let from_environment = || {
        let names = variable("GLEANER_PROFILE")?.to_string_lossy().into_owned();
        Some(names.split(',').map(str::to_owned).collect::<Vec<_>>())
    };
    let mut names = cli.global.profile.clone();
    if names.is_empty() {
        names = from_environment().unwrap_or_default();
    }
    if names.is_empty() {
        return Ok(read_profile("default")?.into_iter().collect());
    }
    let read = |name: &String| {
        let missing = || Failure::new(Kind::Config, format!("there is no profile `{name}`"));
        read_profile(name)?.ok_or_else(missing)
    };
    names.iter().map(read).collect()
}

/// An environment variable; an empty one counts as not set.
pub(crate) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Long names of what the command line gave; a twin counts as its flag.
fn given_flags(definition: &Command, names: &[String], matches: &ArgMatches) -> Vec<String> {
    let leaf = innermost(matches);
    let mut given = Vec::new();
    for arg in arguments(definition, names) {
        if is_given(leaf, arg) {
            let long = arg.get_long().map_or_else(|| arg.get_id().to_string(), str::to_owned);
            given.push(twin_of(&long));
            given.push(long);
        }
    }
    given
}

/// The matches of the verb, which hold the flags of every verb too.
fn innermost(matches: &ArgMatches) -> &ArgMatches {
    let mut leaf = matches;
    while let Some((_, below)) = leaf.subcommand() {
        leaf = below;
    }
    leaf
}

fn is_given(matches: &ArgMatches, arg: &Arg) -> bool {
    let id = arg.get_id().as_str();
    // The matches panic on ids that they do not know, such as those of `help`.
    matches.try_contains_id(id).is_ok()
        && matches.value_source(id) == Some(ValueSource::CommandLine)
}

/// Texts of what the command line gave; a twin that won says what its flag is now.
fn given_values(
    definition: &Command,
    names: &[String],
    matches: &ArgMatches,
) -> Vec<(String, String)> {
    let leaf = innermost(matches);
    let mut values = Vec::new();
    for arg in arguments(definition, names).filter(|arg| is_given(leaf, arg)) {
        let (id, Some(long)) = (arg.get_id().as_str(), arg.get_long()) else { continue };
        let value = match arg.get_action() {
            ArgAction::SetTrue if arg.is_hide_set() => {
                values.push((twin_of(long), "false".to_owned()));
                continue;
            }
            ArgAction::SetTrue => "true".to_owned(),
            ArgAction::Count => leaf.get_count(id).to_string(),
            _ => {
                let raw = leaf.get_raw(id).into_iter().flatten();
                raw.map(|text| text.display().to_string()).collect::<Vec<_>>().join(",")
            }
        };
        values.push((long.to_owned(), value));
    }
    values
}

/// The flags of a verb and of every verb.
fn arguments<'c>(definition: &'c Command, names: &[String]) -> impl Iterator<Item = &'c Arg> {
    let mut leaf = definition;
    for name in names {
        leaf = leaf.find_subcommand(name).unwrap_or(leaf);
    }
    let own = (!names.is_empty()).then(|| leaf.get_arguments());
    definition.get_arguments().chain(own.into_iter().flatten())
}

/// What environment and profiles say of the flags that were not given.
pub(crate) fn settings_below(
    definition: &Command,
    names: &[String],
    given: &[String],
    profiles: &[Profile],
) -> Result<Vec<Setting>, Failure> {
    let mut hidden = given.to_vec();
    refuse_rivals(given, "on the command line", Kind::Usage)?;
    hide_rivals(&mut hidden);
    let is_free = |long: &str, hidden: &[String]| !hidden.iter().any(|taken| taken == long);
    let mut settings = Vec::new();
    let mut found: Vec<String> = Vec::new();
    for (long, name) in VARIABLES {
        if let Some(value) = variable(name).filter(|_| is_free(long, &hidden)) {
            let value = ProfileValue::One(value.into_string().map_err(|_| {
                Failure::new(Kind::Config, format!("{name} is not UTF-8; use the flag --{long}"))
            })?);
            found.push((*long).to_owned());
            let origin = format!("environment {name}");
            settings.push(Setting { long: (*long).to_owned(), value, origin });
        }
    }
    if variable("NO_COLOR").is_some() && is_free("no-color", &hidden) {
        let value = ProfileValue::Switch(true);
        let origin = "environment NO_COLOR".to_owned();
        settings.push(Setting { long: "no-color".to_owned(), value, origin });
    }
    if variable(PASSWORD_VARIABLE).is_some() && is_free(PASSWORD_VARIABLE, &hidden) {
        found.push(PASSWORD_VARIABLE.to_owned());
    }
    refuse_rivals(&found, "in the environment", Kind::Usage)?;
    hidden.append(&mut found);
    hide_rivals(&mut hidden);
    // Later profiles override earlier ones: look at them first.
    for profile in profiles.iter().rev() {
        let mut said = Vec::new();
        let mine = profile.entries.iter().filter(|entry| applies(definition, names, entry));
        for entry in mine.rev().filter(|entry| is_free(&entry.key, &hidden)) {
            said.push(entry.key.clone());
            let origin = format!("profile {}", profile.place(entry.line));
            settings.push(Setting { long: entry.key.clone(), value: entry.value.clone(), origin });
        }
        refuse_rivals(&said, &format!("in {}", profile.path.display()), Kind::Config)?;
        hidden.append(&mut said);
        hide_rivals(&mut hidden);
    }
    Ok(settings)
}

fn applies(definition: &Command, names: &[String], entry: &ProfileEntry) -> bool {
    let is_mine = entry.section == "global" || names.first() == Some(&entry.section);
    let is_paths = entry.key == "paths" && names.first().is_some_and(|verb| verb == "backup");
    let long = Some(entry.key.as_str());
    is_mine && (is_paths || arguments(definition, names).any(|arg| arg.get_long() == long))
}

fn refuse_rivals(found: &[String], place: &str, kind: Kind) -> Result<(), Failure> {
    for rivals in RIVALS {
        let both: Vec<&str> = rivals
            .iter()
            .filter(|rival| found.iter().any(|name| name == *rival))
            .copied()
            .collect();
        if both.len() > 1 {
            return Err(Failure::new(kind, format!("both {} {place}", both.join(" and "))));
        }
    }
    Ok(())
}

fn hide_rivals(hidden: &mut Vec<String>) {
    for rivals in RIVALS {
        if rivals.iter().any(|rival| hidden.iter().any(|name| name == rival)) {
            hidden.extend(rivals.iter().map(|rival| (*rival).to_owned()));
        }
    }
}

/// Refuses sections, keys and kinds of values that no flag has.
fn check_profile(definition: &Command, profile: &Profile) -> Result<(), Failure> {
    for entry in &profile.entries {
        let failure = |message: String| {
            Failure::new(Kind::Config, format!("{}: {message}", profile.place(entry.line)))
        };
        let mut scopes: Vec<&Command> = vec![definition];
        if entry.section != "global" {
            let Some(verb) = definition.find_subcommand(&entry.section) else {
                let verbs = definition.get_subcommands().map(Command::get_name);
                let advice = nearest(&entry.section, verbs);
                return Err(failure(format!("`{}` is no verb{advice}", entry.section)));
            };
            scopes.push(verb);
            scopes.extend(verb.get_subcommands());
        }
        if entry.key == "paths" && entry.section == "backup" {
            if matches!(entry.value, ProfileValue::Many(_)) {
                continue;
            }
            return Err(failure("`paths` is a list".to_owned()));
        }
        let flags: Vec<&Arg> = scopes.iter().flat_map(|scope| scope.get_arguments()).collect();
        let same = |arg: &&&Arg| arg.get_long() == Some(entry.key.as_str());
        let Some(arg) = flags.iter().find(same) else {
            let advice = nearest(&entry.key, flags.iter().filter_map(|arg| arg.get_long()));
            return Err(failure(format!("`{}` has no key `{}`{advice}", entry.section, entry.key)));
        };
        let (fits, expected) = match (arg.get_action(), &entry.value) {
            (ArgAction::SetTrue, value) => {
                (matches!(value, ProfileValue::Switch(_)), "true or false")
            }
            (ArgAction::Append, value) => {
                (matches!(value, ProfileValue::Many(_)), "a list of texts")
            }
            (_, value) => (matches!(value, ProfileValue::One(_)), "a text or a number"),
        };
        if !fits {
            return Err(failure(format!("`{}` is {expected}", entry.key)));
        }
    }
    Ok(())
}

fn parse_with(argv: &[OsString], words: &VerbWords, settings: &[Setting]) -> Result<Cli, Failure> {
    let attempt = |settings: &[&Setting]| match parse(&compose(argv, words, settings)) {
        Ok(Parsed::Run(cli, _)) => Ok(cli),
        Ok(Parsed::Text(_)) => Err(Failure::new(Kind::Bug, "help where a verb was asked for")),
        Err(failure) => Err(failure),
    };
    let all: Vec<&Setting> = settings.iter().collect();
    let failure = match attempt(&all) {
        Ok(cli) => return Ok(cli),
        Err(failure) => failure,
    };
    // Blame the setting without which it works.
    for left_out in settings {
        let rest: Vec<&Setting> =
            settings.iter().filter(|setting| setting.long != left_out.long).collect();
        if attempt(&rest).is_ok() {
            let message = format!("{}: {}", left_out.origin, failure.message);
            return Err(Failure::new(Kind::Config, message));
        }
    }
    Err(failure)
}

/// Puts settings right behind the verb; paths go to the end, and only where no source was named.
fn compose(argv: &[OsString], words: &VerbWords, settings: &[&Setting]) -> Vec<OsString> {
    let (head, tail) = argv.split_at(words.end.min(argv.len()));
    let mut composed = head.to_vec();
    let mut paths = Vec::new();
    for setting in settings {
        let flag = format!("--{}", setting.long);
        match &setting.value {
            ProfileValue::Many(values) if setting.long == "paths" => paths.clone_from(values),
            ProfileValue::Switch(true) => composed.push(flag.into()),
            ProfileValue::Switch(false) => {
                composed.push(format!("--{}", twin_of(&setting.long)).into());
            }
            ProfileValue::One(value) if setting.long == "verbose" => {
                let times = value.parse().unwrap_or(0).min(2);
                composed.extend(std::iter::repeat_n(flag.into(), times));
            }
            ProfileValue::One(value) => composed.push(format!("{flag}={value}").into()),
            ProfileValue::Many(values) => {
                composed.extend(values.iter().map(|value| format!("{flag}={value}").into()));
            }
        }
    }
    composed.extend_from_slice(tail);
    if !paths.is_empty() && !words.names_a_source {
        composed.push("--".into());
        composed.extend(paths.into_iter().map(OsString::from));
    }
    composed
}

/// `; did you mean X?` with the nearest of `known`, if one is near.
fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> String {
    let nearest = known.map(|name| (edits(word, name), name)).min();
    match nearest {
        Some((edits, name)) if edits <= 2.max(word.len() / 3) => {
            format!("; did you mean `{name}`?")
        }
        _ => String::new(),
    }
}

/// Number of letters to insert, remove or replace.
fn edits(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, to) in row.iter_mut().skip(1).zip(b.chars()) {
            let above = *cell;
            left = (diagonal + usize::from(from != to)).min(above + 1).min(left + 1);
            diagonal = above;
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{edits, nearest};

    #[test]
    fn the_nearest_name_is_suggested() {
        assert_eq!(edits("kitten", "sitting"), 3);
        assert_eq!(edits("", "ab"), 2);
        let nearest_key = nearest("keep-dayly", ["keep-daily", "tag"].into_iter());
        assert_eq!(nearest_key, "; did you mean `keep-daily`?");
        assert_eq!(nearest("zzz", ["keep-daily"].into_iter()), "");
    }
}
