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
