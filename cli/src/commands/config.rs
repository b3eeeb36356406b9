//! `gleaner config`: profiles and effective values.

use std::io::Write as _;

use clap::Arg;

use crate::args::{ConfigArgs, ConfigVerb, command};
use crate::byte_text::{lossy, twin};
use crate::context::Context;
use crate::exit_code::{Failure, Kind};
use crate::json::{ConfigValue, Message, WrittenLine};
use crate::layers::{Layered, PASSWORD_VARIABLE, Setting, settings_below, variable};
use crate::profile::{ProfileValue, STARTER, profile_folders};

/// Runs a sub-verb of `config`.
///
/// # Errors
/// Kind `guard` if a profile would be overwritten.
pub(crate) fn config(
    context: &Context,
    layered: &Layered,
    args: &ConfigArgs,
) -> Result<(), Failure> {
    match &args.verb {
        ConfigVerb::Init { name } => write_starter(context, name),
        ConfigVerb::Show { verb } => show(context, layered, verb.as_deref()),
        ConfigVerb::Path => {
            for folder in profile_folders() {
                let place = folder.join("NAME.toml").display().to_string();
                let value = Some(place.as_str());
                line(context, &ConfigValue { key: "profile", value, origin: "built-in" })?;
            }
            Ok(())
        }
    }
}

fn write_starter(context: &Context, name: &str) -> Result<(), Failure> {
    let folders = profile_folders();
    let Some(folder) = folders.first() else {
        return Err(Failure::new(Kind::Config, "there is no folder for profiles"));
    };
    if name.is_empty() || name.contains('/') || name.starts_with('.') {
        return Err(Failure::usage(format!("`{name}` is no name of a profile")));
    }
    let path = folder.join(format!("{name}.toml"));
    std::fs::create_dir_all(folder).map_err(|error| Failure::io(folder.display(), &error))?;
    let file = std::fs::OpenOptions::new().write(true).create_new(true).open(&path);
    let mut file = file.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            Failure::new(Kind::Guard, format!("{}: exists already", path.display()))
        }
        _ => Failure::io(path.display(), &error),
    })?;
    file.write_all(STARTER.as_bytes()).map_err(|error| Failure::io(path.display(), &error))?;
    let bytes = path.as_os_str().as_encoded_bytes();
    context.output.message(&Message::Written(WrittenLine {
        path: lossy(bytes),
        path_b64: twin(bytes),
        bytes: STARTER.len() as u64,
    }))?;
    context.output.text(&path.display().to_string())
}

fn show(context: &Context, layered: &Layered, verb: Option<&str>) -> Result<(), Failure> {
    let definition = command();
    let names: Vec<String> = verb.into_iter().map(str::to_owned).collect();
    let scope = match verb {
        Some(verb) => Some(
            definition
                .find_subcommand(verb)
                .ok_or_else(|| Failure::usage(format!("`{verb}` is no verb")))?,
        ),
        None => None,
    };
    let settings = settings_below(&definition, &names, &layered.given, &layered.profiles)?;
    let below = scope.into_iter().flat_map(clap::Command::get_arguments);
    for arg in definition.get_arguments().chain(below) {
        let Some(long) = arg.get_long() else { continue };
        if arg.is_hide_set() || matches!(long, "help" | "version") {
            continue;
        }
        show_one(context, arg, long, &settings, layered)?;
    }
    let password = variable(PASSWORD_VARIABLE).map(|_| "(set)");
    let origin = if password.is_some() { "environment GLEANER_PASSWORD" } else { "built-in" };
    line(context, &ConfigValue { key: "password", value: password, origin })
}

fn show_one(
    context: &Context,
    arg: &Arg,
    long: &str,
    settings: &[Setting],
    layered: &Layered,
) -> Result<(), Failure> {
    if let Some(setting) = settings.iter().find(|setting| setting.long == long) {
        let value = value_text(setting);
        let origin = &setting.origin;
        return line(context, &ConfigValue { key: long, value: Some(&value), origin });
    }
    if layered.given.iter().any(|given| given == long) {
        let said = layered.values.iter().find(|(given, _)| given == long);
        let value = match said {
            _ if is_secret(long) => Some("(set)"),
            Some((_, value)) => Some(value.as_str()),
            None => None,
        };
        return line(context, &ConfigValue { key: long, value, origin: "flag" });
    }
    let defaults: Vec<_> = arg.get_default_values().iter().map(|value| value.display()).collect();
    let takes_value = arg.get_action().takes_values();
    let value = match defaults.first() {
        Some(default) if takes_value => Some(default.to_string()),
        None if takes_value => None,
        _ => Some("false".to_owned()),
    };
    line(context, &ConfigValue { key: long, value: value.as_deref(), origin: "built-in" })
}

/// A command that prints a password may hold it, and so may one for another repository.
fn is_secret(long: &str) -> bool {
    long.ends_with("password-command")
}

fn value_text(setting: &Setting) -> String {
    match &setting.value {
        _ if is_secret(&setting.long) => "(set)".to_owned(),
        ProfileValue::Switch(value) => value.to_string(),
        ProfileValue::One(value) => value.clone(),
        ProfileValue::Many(values) => values.join(","),
    }
}

fn line(context: &Context, value: &ConfigValue<'_>) -> Result<(), Failure> {
    context.output.message(&Message::ConfigValue(value.clone()))?;
    let ConfigValue { key, value, origin } = value;
    context.output.listing(&format!("{key} = {}  # {origin}", value.unwrap_or("(not set)")))
}
