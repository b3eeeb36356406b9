//! `gleaner key`.

use gleaner_engine::{KeySlotState, Repository};

use crate::args::{KeyArgs, KeyVerb, NewPasswordArgs, RemoveKeyArgs, RotateKeyArgs, rfc3339};
use crate::byte_text::{hex, printable};
use crate::context::Context;
use crate::exit_code::{Failure, Kind};
use crate::json::{KeyEpochLine, KeyLine, Message};
use crate::opening::open_with_password;
use crate::password::{Password, PasswordSource, kdf_cost, prompt_new};
use crate::place::Place;
use crate::snapshot_view::short_id;

/// Runs a sub-verb of `key`.
///
/// # Errors
/// Kind `unconfirmed`.
pub(crate) fn key(context: &Context, args: &KeyArgs) -> Result<(), Failure> {
    let (repository, old) = open_with_password(context)?;
    match &args.verb {
        KeyVerb::List => list(context, &repository),
        KeyVerb::Add(new) => {
            let password = new_password(context, new)?;
            if new.dry_run {
                refuse_unencrypted(&repository)?;
                return would(context, "would add a key slot");
            }
            let label = label();
            let id = gleaner_engine::add_key_slot(&repository, &password, kdf_cost(), &label)?;
            added(context, &id)
        }
        KeyVerb::Remove(args) => remove(context, &repository, args),
        KeyVerb::Passwd(new) => {
            let password = new_password(context, new)?;
            if new.dry_run {
                refuse_unencrypted(&repository)?;
                return would(context, "would replace the key slot of the password in use");
            }
            let old = old.unwrap_or_default();
            let (cost, label) = (kdf_cost(), label());
            let id = gleaner_engine::change_password(&repository, &old, &password, cost, &label)?;
            added(context, &id)
        }
        KeyVerb::Rotate(args) => rotate(context, &repository, *args),
    }
}

fn refuse_unencrypted(repository: &Repository) -> Result<(), Failure> {
    if repository.config().domain_key.is_some() {
        Ok(())
    } else {
        Err(gleaner_engine::Error::NotEncrypted.into())
    }
}

fn would(context: &Context, what: &str) -> Result<(), Failure> {
    context.output.text(what)?;
    context.output.text("nothing was changed")
}

/// A moderate question for a slot among others, a severe one for the last.
fn remove(context: &Context, repository: &Repository, args: &RemoveKeyArgs) -> Result<(), Failure> {
    let id = slot_by_prefix(repository, &args.id)?;
    let short = short_id(&hex(&id));
    if args.dry_run {
        return would(context, &format!("would remove key slot {short}"));
    }
    let slots = gleaner_engine::key_slots(repository)?;
    let is_last = slots.iter().all(|slot| slot.id == id || slot.info.is_err());
    if is_last {
        let question =
            format!("remove key slot {short}, the last one: nothing opens the repository again");
        let name = Place::of(&context.global)?.name();
        context.confirm_severe(&question, &name, args.yes_destroy.as_deref())?;
    } else {
        context.confirm(&format!("remove key slot {short}? its password opens nothing then"))?;
    }
    gleaner_engine::remove_key_slot(repository, &id, is_last)?;
    removed(context, &id)
}

/// Starts the next key epoch.
fn rotate(context: &Context, repository: &Repository, args: RotateKeyArgs) -> Result<(), Failure> {
    if args.dry_run {
        refuse_unencrypted(repository)?;
        let next = u64::from(gleaner_engine::current_key_epoch(repository)?) + 1;
        return would(context, &format!("would start key epoch {next}"));
    }
    let key_epoch = gleaner_engine::rotate_keys(repository)?;
    let text = format!(
        "new packs are sealed under key epoch {key_epoch}; what is stored stays under its keys, \
         and a key that leaked still opens it, until `gleaner prune --rewrite-key-epochs` has \
         run twice"
    );
    context.output.text(&text)?;
    context.output.message(&Message::KeyRotated(KeyEpochLine { key_epoch }))
}

fn label() -> String {
    format!("{}@{}", super::recording::user_name(), super::recording::host_name())
}

fn new_password(context: &Context, args: &NewPasswordArgs) -> Result<Password, Failure> {
    let source = PasswordSource {
        file: args.new_password_file.as_deref(),
        command: args.new_password_command.as_deref(),
        from_variable: false,
    };
    match source.read(&context.output)? {
        Some(password) => Ok(password),
        None => prompt_new("new password", context.global.no_input),
    }
}

fn added(context: &Context, id: &[u8; 32]) -> Result<(), Failure> {
    let id = hex(id);
    context.output.text(&format!("added key slot {}", short_id(&id)))?;
    context.output.message(&Message::KeyAdded(KeyLine { id }))
}

fn removed(context: &Context, id: &[u8; 32]) -> Result<(), Failure> {
    let id = hex(id);
    context.output.text(&format!("removed key slot {}", short_id(&id)))?;
    context.output.message(&Message::KeyRemoved(KeyLine { id }))
}

fn slot_by_prefix(repository: &Repository, prefix: &str) -> Result<[u8; 32], Failure> {
    let slots = gleaner_engine::key_slots(repository)?;
    let mut fitting = slots.iter().filter(|slot| hex(&slot.id).starts_with(prefix));
    match (fitting.next(), fitting.next()) {
        (Some(slot), None) if !prefix.is_empty() => Ok(slot.id),
        _ => {
            let message = format!("no key slot, or several, with id {prefix}");
            Err(Failure::new(Kind::NoSuchPath, message).next("gleaner key list"))
        }
    }
}

fn list(context: &Context, repository: &Repository) -> Result<(), Failure> {
    let slots = gleaner_engine::key_slots(repository)?;
    context.output.document(&slots.iter().map(slot_object).collect::<Vec<_>>())?;
    for slot in &slots {
        let id = short_id(&hex(&slot.id));
        let text = match &slot.info {
            Ok(info) => {
                let created = rfc3339(info.created_ns);
                format!("{id}  {created}  {}", printable(info.label.as_bytes()))
            }
            Err(defect) => format!("{id}  damaged: {defect}"),
        };
        context.output.listing(&text)?;
    }
    Ok(())
}

/// A key slot for scripts, without secrets.
pub(crate) fn slot_object(slot: &KeySlotState) -> serde_json::Value {
    match &slot.info {
        Ok(info) => serde_json::json!({
            "id": hex(&slot.id),
            "label": info.label,
            "created": rfc3339(info.created_ns),
            "kdf": "argon2id",
            "memory_kib": info.cost.memory_kib,
            "passes": info.cost.passes,
            "lanes": info.cost.lanes,
        }),
        Err(defect) => serde_json::json!({ "id": hex(&slot.id), "damaged": defect.to_string() }),
    }
}
