//! `gleaner tenant`.

use std::path::PathBuf;

use gleaner_service::{ServerFolder, TenantName, TenantRecord};

use super::token::now_ns;
use crate::args::{Quota, ServerArgs, TenantArgs, TenantVerb, rfc3339};
use crate::byte_text::amount;
use crate::context::Context;
use crate::exit_code::{Failure, Kind};
use crate::json::{Message, TenantLine};
use crate::server_config::ServerConfig;

/// Runs a sub-verb of `tenant`.
///
/// # Errors
/// Kinds `usage`, `guard` for a tenant that is there, `no_such_path` for one that is not, and
/// `unconfirmed`.
pub(crate) fn tenant(context: &Context, args: &TenantArgs) -> Result<(), Failure> {
    let config = ServerConfig::read(&args.server)?;
    match &args.verb {
        TenantVerb::Add { name, quota } => {
            let name: TenantName = name.parse()?;
            let made_ns = now_ns();
            let record = TenantRecord { made_ns, quota_bytes: *quota, ..TenantRecord::default() };
            let folder = config.create_folder()?;
            // Of a tenant whose removal was interrupted: nobody else is to get it.
            if folder.registry().tenant(&name)?.is_none() && folder.has_repository(&name)? {
                let message = format!("tenant {name} was removed, and its repository is left");
                let next = format!("gleaner tenant remove {name} {}", server_words(&args.server));
                return Err(Failure::new(Kind::Guard, message).next(next));
            }
            folder.registry().add(&name, &record)?;
            context.output.text(&format!("added tenant {name}"))?;
            context.output.message(&Message::TenantAdded(line(&name, &record)))?;
            let words = server_words(&args.server);
            context.output.next(&format!("gleaner token new --tenant {name} {words}"));
            Ok(())
        }
        TenantVerb::List => list(context, &config.folder()?),
        TenantVerb::Quota { name, quota: Quota(bytes) } => {
            let name: TenantName = name.parse()?;
            let record = config.folder()?.registry().change(&name, |record| {
                record.quota_bytes = *bytes;
                Ok(record.clone())
            })?;
            let text = quota_text(*bytes);
            context.output.text(&format!("tenant {name} may take {text}"))?;
            context.output.message(&Message::TenantChanged(line(&name, &record)))
        }
        TenantVerb::Remove { name, yes_destroy } => {
            remove(context, &config.folder()?, &name.parse()?, yes_destroy.as_deref())
        }
    }
}

/// The flags that name the server, as words of a shell.
fn server_words(args: &ServerArgs) -> String {
    let word = |flag: &str, path: &Option<PathBuf>| {
        let path = path.as_ref()?.to_string_lossy();
        Some(format!("{flag} {}", shell_words::quote(&path)))
    };
    let words = [word("--config", &args.config), word("--data", &args.data)];
    words.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Nobody is let in any more before anything is deleted; a removal that was interrupted is ended by
/// the next one.
fn remove(
    context: &Context,
    folder: &ServerFolder,
    name: &TenantName,
    given: Option<&str>,
) -> Result<(), Failure> {
    let registry = folder.registry();
    let record = registry.tenant(name)?;
    let is_left = folder.has_repository(name)?;
    if record.is_none() && !is_left {
        return Err(gleaner_service::Error::NoSuchTenant.into());
    }
    let question = format!("remove tenant {name} with all of its snapshots");
    context.confirm_severe(&question, name.as_str(), given)?;
    if record.is_some() {
        registry.change(name, |record| {
            record.is_removed = true;
            Ok(())
        })?;
    }
    folder.remove_repository(name)?;
    context.output.text(&format!("removed tenant {name}"))?;
    let record = record.unwrap_or_default();
    context.output.message(&Message::TenantRemoved(line(name, &record)))
}

fn list(context: &Context, folder: &ServerFolder) -> Result<(), Failure> {
    let tenants = folder.registry().tenants()?;
    let lines: Vec<TenantLine> = tenants.iter().map(|(name, it)| line(name, it)).collect();
    context.output.document(&lines)?;
    for (name, record) in &tenants {
        let (made, quota) = (rfc3339(record.made_ns), quota_text(record.quota_bytes));
        let tokens = crate::byte_text::count(record.tokens.len() as u64, "token");
        context.output.listing(&format!("{name}  {made}  {quota}  {tokens}"))?;
    }
    Ok(())
}

fn quota_text(bytes: Option<u64>) -> String {
    bytes.map_or_else(|| "any amount".to_owned(), amount)
}

fn line(name: &TenantName, record: &TenantRecord) -> TenantLine {
    TenantLine {
        tenant: name.to_string(),
        made: rfc3339(record.made_ns),
        quota_bytes: record.quota_bytes,
        tokens: record.tokens.len() as u64,
    }
}
