//! The opposite of each flag: `--no-X` of a switch and of a list, `--X` of a `--no-X` switch.
//!
//! Made from the clap definition, so that no flag is forgotten. The last one given wins.

use clap::{Arg, ArgAction, Command};

/// Adds the twins to `command` and to all below it.
pub(crate) fn with_twins(mut command: Command) -> Command {
    let flags: Vec<(String, String, bool)> = command
        .get_arguments()
        .filter(|arg| has_twin(arg))
        .filter_map(|arg| {
            let long = arg.get_long()?.to_owned();
            Some((arg.get_id().to_string(), long, arg.is_global_set()))
        })
        .collect();
    for (id, long, is_global) in flags {
        let twin = twin_of(&long);
        let arg = Arg::new(twin.clone())
            .long(twin.clone())
            .action(ArgAction::SetTrue)
            .global(is_global)
            .hide(true)
            .overrides_with(id.clone());
        command = command.arg(arg).mut_arg(id, |arg| arg.overrides_with(twin));
    }
    let verbs: Vec<String> =
        command.get_subcommands().map(|verb| verb.get_name().to_owned()).collect();
    for verb in verbs {
        command = command.mut_subcommand(verb, with_twins);
    }
    command
}

/// The name of the opposite of the flag `long`.
pub(crate) fn twin_of(long: &str) -> String {
    long.strip_prefix("no-").map_or_else(|| format!("no-{long}"), str::to_owned)
}

fn has_twin(arg: &Arg) -> bool {
    let is_builtin = matches!(arg.get_id().as_str(), "help" | "version");
    let has_opposite =
        matches!(arg.get_action(), ArgAction::SetTrue | ArgAction::Append | ArgAction::Count);
    !is_builtin && has_opposite && !arg.is_positional()
}

#[cfg(test)]
mod tests {
    use clap::{ArgAction, Command};

    use super::twin_of;
    use crate::args::command;

    fn check(command: &Command, path: &str) {
        let flags: Vec<_> = command.get_arguments().filter(|arg| !arg.is_positional()).collect();
        let is_switch = |arg: &&&clap::Arg| matches!(arg.get_action(), ArgAction::SetTrue);
        for arg in flags.iter().filter(is_switch) {
            let twin = twin_of(arg.get_long().unwrap());
            let found = flags.iter().find(|other| other.get_long() == Some(&twin));
            assert!(found.is_some(), "{path} has --{} and no --{twin}", arg.get_id());
        }
        for verb in command.get_subcommands() {
            check(verb, &format!("{path} {}", verb.get_name()));
        }
    }

    #[test]
    fn every_switch_of_every_verb_has_its_opposite() {
        check(&command(), "gleaner");
    }

    #[test]
    fn the_last_of_a_flag_and_its_twin_wins() {
        let last = |line: &str, id: &str| {
            let matches = command().try_get_matches_from(line.split(' ')).unwrap();
            let (_, matches) = matches.subcommand().unwrap();
            matches.get_flag(id)
        };
        assert!(last("gleaner check --no-read-data --read-data", "read_data"));
        assert!(!last("gleaner check --read-data --no-read-data", "read_data"));
        assert!(!last("gleaner check --json --no-json", "json"));
        assert!(!last("gleaner backup --no-xattrs --xattrs x", "no_xattrs"));
    }
}
