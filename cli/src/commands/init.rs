//! `gleaner init`.

use gleaner_chunker::ChunkerParams;
use gleaner_engine::{
    COMPRESSION_LEVEL_DEFAULT, Encryption, InitOptions, PACK_TARGET_BYTES_DEFAULT, Repository,
};

use super::recovery_sheet::SheetTarget;
use crate::args::InitArgs;
use crate::byte_text::{lossy, twin};
use crate::context::Context;
use crate::exit_code::{Failure, Kind};
use crate::json::{Initialized, Message};
use crate::opening::{at_place, environment_at, open_at};
use crate::password::{Password, PasswordSource, kdf_cost, prompt_new};
use crate::place::{Place, local_path};

/// Creates a repository.
///
/// # Errors
/// Kind `guard` for a place that is not empty or an empty password.
pub(crate) fn init(context: &Context, args: &InitArgs) -> Result<(), Failure> {
    let place = Place::of(&context.global)?;
    if args.no_encryption && args.copy_chunker_params {
        return Err(Failure::usage(
            "--copy-chunker-params takes over a secret: not with --no-encryption",
        ));
    }
    if args.no_encryption && place.folder().is_none() {
        let message = "what lies with a server is encrypted: not with --no-encryption";
        return Err(Failure::new(Kind::Guard, message));
    }
    let model = model(context, args)?;
    place.folder().map_or(Ok(()), refuse_occupied)?;
    let encryption = if args.no_encryption {
        Encryption::None
    } else {
        Encryption::Password { password: new_password(context)?, cost: kdf_cost() }
    };
    if args.dry_run {
        context.output.text(&format!("would create a repository at {place}"))?;
        return context.output.text("nothing was changed");
    }
    let sheet = SheetTarget::new(context, &place, args.recovery_sheet.as_deref())?;
    let options = InitOptions {
        encryption,
        chunker: args.chunker.unwrap_or(ChunkerParams::DEFAULT),
        pack_target_bytes: args.pack_size.unwrap_or(PACK_TARGET_BYTES_DEFAULT),
        compression_level: args.compression.unwrap_or(COMPRESSION_LEVEL_DEFAULT),
        pad: args.pad,
        parity_percent: args.parity,
        label: format!("{}@{}", super::recording::user_name(), super::recording::host_name()),
        domain_from: model.as_ref(),
    };
    let repository = environment_at(context, &place, true)
        .and_then(|environment| Repository::create(environment, &options).map_err(at_place(&place)))
        .inspect_err(|_| sheet.give_up())?;
    sheet.write(context, &repository, &place).map_err(|failure| {
        sheet.give_up();
        let message =
            format!("the repository is there, without a recovery sheet: {}", failure.message);
        let next = format!("gleaner key add {}", place.flag());
        Failure::new(failure.kind, message).next(next)
    })?;
    announce(context, &place, &repository)?;
    context.output.next(&format!("gleaner backup {} PATH", place.flag()));
    Ok(())
}

/// Says what was made.
fn announce(context: &Context, place: &Place, repository: &Repository) -> Result<(), Failure> {
    let id = repository.id_hex();
    let is_encrypted = repository.config().domain_key.is_some();
    let chunker = repository.config().chunker.to_string();
    context.output.message(&Message::Initialized(Initialized {
        id: id.clone(),
        repository: lossy(place.bytes()),
        repository_b64: twin(place.bytes()),
        encrypted: is_encrypted,
        chunker: chunker.clone(),
    }))?;
    let seal = if is_encrypted { "encrypted" } else { "not encrypted" };
    let short = crate::snapshot_view::short_id(&id);
    context
        .output
        .text(&format!("created repository {short} at {place}: {seal}, chunker {chunker}"))
}

/// Before a password is asked for: what lies there is most often a mistake of the caller.
fn refuse_occupied(path: &std::path::Path) -> Result<(), Failure> {
    let is_occupied = match std::fs::read_dir(path) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
        Err(error) => return Err(Failure::io(path.display(), &error)),
    };
    if is_occupied {
        let message = format!("{}: the place is not empty", path.display());
        return Err(Failure::new(Kind::Guard, message));
    }
    Ok(())
}

fn new_password(context: &Context) -> Result<Password, Failure> {
    let source = PasswordSource {
        file: context.global.password_file.as_deref(),
        command: context.global.password_command.as_deref(),
        from_variable: true,
    };
    match source.read(&context.output)? {
        Some(password) => Ok(password),
        None => prompt_new("password for the new repository", context.global.no_input),
    }
}

/// The repository whose chunking is taken over.
fn model(context: &Context, args: &InitArgs) -> Result<Option<Repository>, Failure> {
    match (&args.from_repo, args.copy_chunker_params) {
        (None, false) => Ok(None),
        (Some(url), true) => {
            let source = PasswordSource {
                file: args.from_password_file.as_deref(),
                command: args.from_password_command.as_deref(),
                from_variable: false,
            };
            let place = Place::Folder(local_path(url.as_encoded_bytes())?);
            open_at(context, &place, source).map(|(repository, _)| Some(repository))
        }
        _ => Err(Failure::usage("--copy-chunker-params and --from-repo belong together")),
    }
}
