//! From words to [`Cli`]: clap, then the layers below the command line, then clap again.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgMatches, Command, CommandFactory, FromArgMatches};

use super::refused::{flag_hint, hint};
use super::twins::with_twins;
use super::verb::Cli;
use crate::exit_code::Failure;

/// An example for each verb, shown at the end of its help.
const EXAMPLES: &[(&str, &str)] = &[
    ("init", "gleaner init -r ~/repo"),
    ("backup", "gleaner backup -r ~/repo ~/work --exclude '*.tmp'"),
    ("snapshots", "gleaner snapshots -r ~/repo --host web1"),
    ("ls", "gleaner ls -r ~/repo -l latest:/home/ann"),
    ("restore", "gleaner restore -r ~/repo latest:/home/ann -t ~/out"),
    ("dump", "gleaner dump -r ~/repo latest:/etc/fstab"),
    ("diff", "gleaner diff -r ~/repo latest~1 latest"),
    ("find", "gleaner find -r ~/repo '*.key'"),
    ("stats", "gleaner stats -r ~/repo --mode raw-data"),
    ("check", "gleaner check -r ~/repo --read-data"),
    ("repair", "gleaner repair packs -r ~/repo --from-repo /mnt/second --apply"),
    ("cat", "gleaner cat -r ~/repo snapshot latest"),
    ("list", "gleaner list -r ~/repo packs"),
    ("key", "gleaner key -r ~/repo add --new-password-file second.txt"),
    ("copy", "gleaner copy -r /mnt/second --from-repo ~/repo --from-password-file first.txt"),
    ("forget", "gleaner forget -r ~/repo --keep-daily 7 --keep-monthly 12 -n"),
    ("prune", "gleaner prune -r ~/repo -n"),
    ("migrate", "gleaner migrate -r ~/repo"),
    ("parity", "gleaner parity add -r ~/repo --percent 3"),
    ("tag", "gleaner tag -r ~/repo --add keep latest"),
    ("unlock", "gleaner unlock -r ~/repo --lease 3fa81c02..."),
    ("access", "gleaner access scan nginx:/var/cache/nginx"),
    ("config", "gleaner config show backup"),
    ("demo", "gleaner demo"),
    ("bench", "gleaner bench index --keys 1000000"),
    ("version", "gleaner version --json"),
    ("completions", "gleaner completions bash > /etc/bash_completion.d/gleaner"),
    ("man", "gleaner man /usr/local/share/man"),
];

const EXIT_CODES: &str = "Exit codes: 0 done, 1 failed, 2 usage or configuration, 3 part was \
     skipped, 4 damage found, 5 damage healed, 6 stopped at a limit, 10 no repository, 11 lease \
     not available, 12 password, 13 newer format, 14 refused by a guard, 130 and 143 \
     stopped by a signal.\n\
     Each switch has a --no- twin; the last one given wins.";

/// The whole definition, with twins, examples and exit codes.
pub(crate) fn command() -> Command {
    let mut command = with_twins(Cli::command())
        .after_help(format!("Example: gleaner init -r ~/repo\n\n{EXIT_CODES}"));
    for (verb, example) in EXAMPLES {
        let help = format!("Example: {example}\n\n{EXIT_CODES}");
        command = command.mut_subcommand(*verb, |verb| with_help(verb, &help));
    }
    command
}

/// Ends the help of a verb and of its sub-verbs.
fn with_help(mut command: Command, help: &str) -> Command {
    let verbs: Vec<String> =
        command.get_subcommands().map(|verb| verb.get_name().to_owned()).collect();
    for verb in verbs {
        command = command.mut_subcommand(verb, |verb| with_help(verb, help));
    }
    command.after_help(help.to_owned())
}

/// What became of the words.
#[expect(clippy::large_enum_variant, reason = "one value in the whole run")]
pub(crate) enum Parsed {
    /// A verb to run, and clap's view of where each value came from.
    Run(Cli, ArgMatches),
    /// Help or version: text for stdout.
    Text(String),
}

/// Reads `argv`, the program's name included.
///
/// # Errors
/// A failure of kind `usage`.
pub(crate) fn parse(argv: &[OsString]) -> Result<Parsed, Failure> {
    let matches = match command().try_get_matches_from(argv) {
        Ok(matches) => matches,
        Err(error) => return text_or_failure(&error),
    };
    match Cli::from_arg_matches(&matches) {
        Ok(cli) => Ok(Parsed::Run(cli, matches)),
        Err(error) => text_or_failure(&error),
    }
}

fn text_or_failure(error: &clap::Error) -> Result<Parsed, Failure> {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            Ok(Parsed::Text(error.render().to_string()))
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            Err(Failure::usage("a verb is missing").next("gleaner --help"))
        }
        ErrorKind::InvalidSubcommand => {
            if let Some(ContextValue::String(verb)) = error.get(ContextKind::InvalidSubcommand)
                && let Some(hint) = hint(verb)
            {
                return Err(Failure::usage(format!("`{verb}` is {hint}")));
            }
            Err(usage_failure(error))
        }
        ErrorKind::UnknownArgument => {
            if let Some(ContextValue::String(flag)) = error.get(ContextKind::InvalidArg)
                && let Some(hint) = flag_hint(flag)
            {
                return Err(Failure::usage(format!("`{flag}` is not in this version: {hint}")));
            }
            Err(usage_failure(error))
        }
        _ => Err(usage_failure(error)),
    }
}

/// clap's message without its heading, its usage line and its advice.
fn usage_failure(error: &clap::Error) -> Failure {
    let text = error.render().to_string();
    let lines = text.lines().map(str::trim);
    let message: Vec<&str> = lines
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"))
        .filter(|line| !line.is_empty())
        .collect();
    let message = message.join("; ");
    Failure::usage(message.strip_prefix("error: ").unwrap_or(&message))
}
