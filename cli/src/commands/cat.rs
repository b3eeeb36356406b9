//! `gleaner cat`: objects as JSON, with and without `--json`.

use gleaner_store::{PackKind, TreeRef};

use super::list::{directory, pack_by_prefix};
use crate::args::{CatArgs, CatWhat, FilterArgs, rfc3339};
use crate::byte_text::hex;
use crate::context::Context;
use crate::exit_code::{Failure, Kind};
use crate::opening::{open, snapshot};
use crate::snapshot_view::snapshot_line;

/// Shows one object. Secrets are left out.
///
/// # Errors
/// Kinds `no_such_snapshot` and `no_such_path`.
pub(crate) fn cat(context: &Context, args: &CatArgs) -> Result<(), Failure> {
    let id = || args.id.as_deref().ok_or_else(|| Failure::usage("name the object's id"));
    if args.what == CatWhat::Config && args.id.is_some() {
        return Err(Failure::usage("there is one config, and it has no id"));
    }
    let wanted = if args.what == CatWhat::Config { "" } else { id()? };
    let repository = open(context)?;
    let object = match args.what {
        CatWhat::Config => {
            let config = repository.config();
            serde_json::json!({
                "id": hex(&config.id),
                "format_version": gleaner_store::FORMAT_VERSION,
                "domain_id": hex(&config.domain_id),
                "chunker": config.chunker.to_string(),
                "gear_digest": hex(&config.gear_digest),
                "pack_target_bytes": config.pack_target_bytes,
                "compression_level": config.compression_level,
                "pad": config.pad,
                "parity_percent": config.parity_percent,
                "encrypted": config.domain_key.is_some(),
                "created": rfc3339(config.created_ns),
            })
        }
        CatWhat::Snapshot => {
            let snapshot = snapshot(&repository, wanted, &FilterArgs::default())?;
            let TreeRef { level, runs } = &snapshot.tree;
            let tree: u64 = runs.iter().map(gleaner_store::Run::bytes).sum();
            let object = serde_json::json!({
                "tree": { "level": level, "bytes": tree },
                "session": hex(&snapshot.session),
                "epoch": snapshot.epoch,
                "sequence": snapshot.sequence,
            });
            joined(serde_json::json!(snapshot_line(&snapshot)), object)
        }
        CatWhat::Pack => {
            let pack = pack_by_prefix(&repository, wanted)?;
            pack_object(&pack.0.to_string(), &directory(&repository, pack)?)
        }
        CatWhat::Key => key_object(&repository, wanted)?,
    };
    let text = if context.output.json { object.to_string() } else { format!("{object:#}") };
    context.output.data(format!("{text}\n").as_bytes())
}

fn pack_object(id: &str, directory: &gleaner_store::PackDirectory) -> serde_json::Value {
    let kind = match directory.header.kind {
        PackKind::Data => "data",
        PackKind::Tree => "tree",
    };
    let chunks: Vec<_> = directory
        .chunks
        .iter()
        .map(|chunk| serde_json::json!({ "id": chunk.id.to_string(), "size": chunk.bytes }))
        .collect();
    serde_json::json!({
        "id": id,
        "kind": kind,
        "size": directory.pack_bytes,
        "blocks": directory.blocks.len(),
        "chunks": chunks,
    })
}

fn key_object(
    repository: &gleaner_engine::Repository,
    prefix: &str,
) -> Result<serde_json::Value, Failure> {
    let slots = gleaner_engine::key_slots(repository)?;
    let mut fitting = slots.iter().filter(|slot| hex(&slot.id).starts_with(prefix));
    let (Some(slot), None) = (fitting.next(), fitting.next()) else {
        let message = format!("no key slot, or several, with id {prefix}");
        return Err(Failure::new(Kind::NoSuchPath, message));
    };
    Ok(super::key::slot_object(slot))
}

/// One object with the keys of both.
fn joined(a: serde_json::Value, b: serde_json::Value) -> serde_json::Value {
    match (a, b) {
        (serde_json::Value::Object(mut a), serde_json::Value::Object(b)) => {
            a.extend(b);
            serde_json::Value::Object(a)
        }
        (a, _) => a,
    }
}
