//! `gleaner list`.

use gleaner_chunker::{ChunkId, PackId};
use gleaner_engine::Repository;
use gleaner_store::{LeaseKind, LeaseState, PackDirectory, layout, read_pack_directory};

use crate::args::{ListArgs, ListWhat, rfc3339};
use crate::byte_text::hex;
use crate::context::Context;
use crate::exit_code::{Failure, Kind};
use crate::opening::open;

/// Lists objects of one kind; in JSON one document.
///
/// # Errors
/// Those of the storage.
pub(crate) fn list(context: &Context, args: ListArgs) -> Result<(), Failure> {
    let repository = open(context)?;
    match args.what {
        ListWhat::Packs => {
            let packs = packs(&repository)?;
            print_ids(context, packs.iter().map(|(pack, bytes)| (pack.to_string(), Some(*bytes))))
        }
        ListWhat::Snapshots => {
            let list = repository.snapshots()?;
            let sound = list.snapshots.iter().map(|snapshot| snapshot.id);
            let damaged = list.damaged.iter().map(|(id, _)| *id);
            print_ids(context, sound.chain(damaged).map(|id| (id.to_string(), None)))
        }
        ListWhat::Keys => {
            let slots = gleaner_engine::key_slots(&repository)?;
            print_ids(context, slots.iter().map(|slot| (hex(&slot.id), None)))
        }
        ListWhat::Leases => leases(context, &repository),
        ListWhat::Chunks => chunks(context, &repository),
    }
}

fn print_ids(
    context: &Context,
    ids: impl Iterator<Item = (String, Option<u64>)>,
) -> Result<(), Failure> {
    if context.output.json {
        let objects: Vec<_> = ids
            .map(|(id, bytes)| match bytes {
                Some(bytes) => serde_json::json!({ "id": id, "size": bytes }),
                None => serde_json::json!({ "id": id }),
            })
            .collect();
        return context.output.document(&objects);
    }
    for (id, _) in ids {
        context.output.listing(&id)?;
    }
    Ok(())
}

/// Ids and lengths of all packs, in order of ids.
pub(crate) fn packs(repository: &Repository) -> Result<Vec<(PackId, u64)>, Failure> {
    let listed = repository.storage().list(&layout::packs())?;
    let mut packs: Vec<(PackId, u64)> = listed
        .iter()
        .filter_map(|object| Some((layout::parse_pack(&object.name)?, object.bytes)))
        .collect();
    packs.sort_unstable();
    Ok(packs)
}

/// Id and length of the one pack whose id begins with `prefix`.
///
/// # Errors
/// Kind `no_such_path` if there is none or more than one.
pub(crate) fn pack_by_prefix(
    repository: &Repository,
    prefix: &str,
) -> Result<(PackId, u64), Failure> {
    let mut fitting =
        packs(repository)?.into_iter().filter(|(pack, _)| pack.to_string().starts_with(prefix));
    match (fitting.next(), fitting.next()) {
        (Some(pack), None) => Ok(pack),
        (None, _) => Err(Failure::new(Kind::NoSuchPath, format!("no such pack: {prefix}"))),
        _ => Err(Failure::new(Kind::NoSuchPath, format!("several packs begin with {prefix}"))),
    }
}

/// Reads the directory of a pack.
pub(crate) fn directory(
    repository: &Repository,
    (pack, pack_bytes): (PackId, u64),
) -> Result<PackDirectory, Failure> {
    Ok(read_pack_directory(repository.storage(), repository.keys(), pack, pack_bytes)?)
}

/// Ids of the chunks in the one pack whose id begins with `prefix`.
pub(crate) fn pack_chunks(repository: &Repository, prefix: &str) -> Result<Vec<ChunkId>, Failure> {
    let pack = pack_by_prefix(repository, prefix)?;
    Ok(directory(repository, pack)?.chunks.iter().map(|chunk| chunk.id).collect())
}

fn chunks(context: &Context, repository: &Repository) -> Result<(), Failure> {
    let mut objects = Vec::new();
    for (pack, pack_bytes) in packs(repository)? {
        for chunk in directory(repository, (pack, pack_bytes))?.chunks {
            let chunk = chunk.id;
            if context.output.json {
                let (chunk, pack) = (chunk.to_string(), pack.to_string());
                objects.push(serde_json::json!({ "id": chunk, "pack": pack }));
            } else {
                context.output.listing(&chunk.to_string())?;
            }
        }
    }
    context.output.document(&objects)
}

fn leases(context: &Context, repository: &Repository) -> Result<(), Failure> {
    let leases = gleaner_engine::leases(repository)?;
    let mut objects = Vec::new();
    for lease in &leases {
        let kind = match lease.kind {
            LeaseKind::Write => "write",
            LeaseKind::Read => "read",
            LeaseKind::Maintenance => "maintenance",
        };
        let state = match lease.state {
            LeaseState::Open => "open",
            LeaseState::Fenced => "fenced",
        };
        let started = rfc3339(lease.started_ns);
        objects.push(serde_json::json!({
            "id": lease.session.to_string(),
            "kind": kind,
            "state": state,
            "epoch": lease.epoch.0,
            "host": lease.host,
            "process": lease.process,
            "started": started,
        }));
        let (session, process) = (lease.session, lease.process);
        let host = crate::byte_text::printable(lease.host.as_bytes());
        context.output.listing(&format!(
            "{session}  {kind}, {state}, process {process} on {host}, since {started}"
        ))?;
    }
    context.output.document(&objects)
}
