//! `gleaner version`, `completions` and `man`.

use std::path::Path;

use clap::Command;

use crate::args::{CompletionsArgs, ManArgs, command};
use crate::byte_text::{lossy, twin};
use crate::context::Context;
use crate::exit_code::Failure;
use crate::exit_codes_page::exit_codes_page;
use crate::json::{Message, VersionLine, WrittenLine};

/// Versions of program and format.
///
/// # Errors
/// Those of stdout.
pub(crate) fn version(context: &Context) -> Result<(), Failure> {
    let version = VersionLine {
        version: env!("CARGO_PKG_VERSION"),
        format_version: gleaner_store::FORMAT_VERSION,
        os: std::env::consts::OS,
        arch: std::env::consts::ARCH,
    };
    let VersionLine { version: program, format_version, os, arch } = version;
    let text = format!("gleaner {program}, format {format_version}, {os} {arch}");
    context.output.message(&Message::Version(version))?;
    context.output.listing(&text)
}

/// Completions, made from the definition of the command line.
///
/// # Errors
/// Those of stdout.
pub(crate) fn completions(context: &Context, args: CompletionsArgs) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command(), "gleaner", &mut script);
    context.output.data(&script)
}

/// Manual pages: one for each verb and sub-verb, made from the definition of the command line, and
/// one for the exit codes.
///
/// # Errors
/// Those of the file system.
pub(crate) fn man(context: &Context, args: &ManArgs) -> Result<(), Failure> {
    std::fs::create_dir_all(&args.folder)
        .map_err(|error| Failure::io(args.folder.display(), &error))?;
    let mut definition = command().name("gleaner");
    definition.build();
    write_pages(context, &args.folder, "gleaner", &definition)?;
    write_page(context, &args.folder.join("gleaner-exit-codes.7"), exit_codes_page().as_bytes())
}

fn write_pages(
    context: &Context,
    folder: &Path,
    name: &str,
    definition: &Command,
) -> Result<(), Failure> {
    let path = folder.join(format!("{name}.1"));
    let mut page = Vec::new();
    let title = definition.clone().name(name.to_owned());
    clap_mangen::Man::new(title)
        .render(&mut page)
        .map_err(|error| Failure::io(path.display(), &error))?;
    write_page(context, &path, &page)?;
    for verb in definition.get_subcommands().filter(|verb| verb.get_name() != "help") {
        write_pages(context, folder, &format!("{name}-{}", verb.get_name()), verb)?;
    }
    Ok(())
}

fn write_page(context: &Context, path: &Path, page: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, page).map_err(|error| Failure::io(path.display(), &error))?;
    let bytes = path.as_os_str().as_encoded_bytes();
    context.output.message(&Message::Written(WrittenLine {
        path: lossy(bytes),
        path_b64: twin(bytes),
        bytes: page.len() as u64,
    }))?;
    context.output.text(&path.display().to_string())
}
