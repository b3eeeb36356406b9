//! `gleaner access`: what an access server holds, for operators. It asks for no repository.

mod source;

pub(super) use source::{Source, open as open_source};

use std::io::Read;
use std::ops::ControlFlow;

use gleaner_access::{
    AccessSource, Checksum, DateStamp, Error, Event, Hints, Identifiers, Limits, ObjectMeta,
    SequenceNumber, Skipped, SystemClock, walk,
};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::args::{AccessArgs, AccessShowArgs, AccessSourceArgs, AccessVerb, rfc3339};
use crate::byte_text::{amount, count, hex};
use crate::context::Context;
use crate::exit_code::{Failure, Kind};
use crate::json::Problem;

/// Runs a sub-verb of `access`.
///
/// # Errors
/// Kinds `config`, `unreadable`, `no_such_path`.
pub(crate) fn access(context: &Context, args: &AccessArgs) -> Result<(), Failure> {
    match &args.verb {
        AccessVerb::Scan(args) => scan(context, args),
        AccessVerb::Ls(args) => ls(context, args),
        AccessVerb::Show(args) => show(context, args),
        AccessVerb::Verify(args) => verify(context, args),
    }
}

fn failure(error: &Error) -> Failure {
    let kind = match error {
        Error::Configuration { .. } | Error::Incapable(_) => Kind::Config,
        Error::Gone => Kind::NoSuchPath,
        _ => Kind::Unreadable,
    };
    Failure::new(kind, error.to_string())
}

/// Hands over each object and each thing that was left out.
fn each(
    source: &dyn AccessSource,
    mut object: impl FnMut(&ObjectMeta) -> Result<(), Failure>,
    mut skipped: impl FnMut(&Skipped),
) -> Result<(), Failure> {
    for event in source.scan(None).map_err(|error| failure(&error))? {
        match event.map_err(|error| failure(&error))? {
            Event::Upsert(meta) => object(&meta)?,
            Event::Skipped(it) => skipped(&it),
            Event::Gone(_) | Event::Epoch(_) | Event::Cursor(_) | Event::Unseen(_) => {}
        }
    }
    Ok(())
}

fn scan(context: &Context, args: &AccessSourceArgs) -> Result<(), Failure> {
    let source = source::open_named(args).map_err(|error| failure(&error))?;
    let (mut objects, mut bytes) = (0_u64, 0_u64);
    let add = |meta: &ObjectMeta| {
        objects += 1;
        bytes += meta.raw_len.unwrap_or(0);
        Ok(())
    };
    each(source.as_ref(), add, |_| ())?;
    let skipped = source.counters().counts().skipped;
    if context.output.json {
        let skipped: Map<String, Value> = skipped
            .into_iter()
            .map(|(reason, count)| (reason.as_str().to_owned(), count.into()))
            .collect();
        return context.output.document(&json!({
            "source": args.source,
            "objects": objects,
            "bytes": bytes,
            "skipped": skipped,
        }));
    }
    context.output.text(&format!("{}, {}", count(objects, "object"), amount(bytes)))?;
    for (reason, number) in skipped {
        context.output.text(&format!("left out, {}: {number}", reason.as_str()))?;
    }
    Ok(())
}

/// Text of bytes that may be anything, on one line.
fn shown(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
}

fn object_fields(meta: &ObjectMeta) -> Map<String, Value> {
    let urls = meta.identifiers.urls.iter().map(|url| shown(url).into());
    [
        ("key", shown(meta.key.as_bytes()).into()),
        ("generation", hex(meta.generation.as_bytes()).into()),
        ("size", meta.raw_len.into()),
        ("media_type", meta.media_type.clone().into()),
        ("is_partial", meta.partial.is_some().into()),
        ("urls", urls.collect::<Vec<Value>>().into()),
    ]
    .map(|(name, value): (&str, Value)| (name.to_owned(), value))
    .into_iter()
    .collect()
}

/// A line of `ls`.
#[derive(Serialize)]
struct ObjectLine {
    message_type: &'static str,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

fn ls(context: &Context, args: &AccessSourceArgs) -> Result<(), Failure> {
    let source = source::open_named(args).map_err(|error| failure(&error))?;
    let line = |meta: &ObjectMeta| {
        if context.output.json {
            let object = ObjectLine { message_type: "object", fields: object_fields(meta) };
            return context.output.document(&object);
        }
        let bytes = meta.raw_len.map_or_else(|| "-".to_owned(), |bytes| bytes.to_string());
        context.output.listing(&format!("{bytes:>12}  {}", shown(meta.key.as_bytes())))
    };
    each(source.as_ref(), line, |_| ())
}

fn identifiers(found: &Identifiers) -> Value {
    let date = |date: &DateStamp| {
        let ns = date.seconds.saturating_mul(1_000_000_000) + i64::from(date.nanoseconds);
        let kind = format!("{:?}", date.kind);
        json!({ "kind": kind, "time": rfc3339(ns) })
    };
    let sum = |sum: &Checksum| {
        let kind = format!("{:?}", sum.algorithm);
        json!({ "kind": kind, "value": hex(&sum.value) })
    };
    let number = |it: &SequenceNumber| json!({ "space": shown(&it.space), "number": it.number });
    json!({
        "urls": found.urls.iter().map(|url| shown(url)).collect::<Vec<_>>(),
        "source_addresses": found.source_addresses,
        "dates": found.dates.iter().map(date).collect::<Vec<_>>(),
        "sequence_numbers": found.sequence_numbers.iter().map(number).collect::<Vec<_>>(),
        "checksums": found.checksums.iter().map(sum).collect::<Vec<_>>(),
        "message_ids": found.message_ids.iter().map(|id| shown(id)).collect::<Vec<_>>(),
    })
}

/// What became of the representations of one object.
#[derive(Debug, Default)]
struct Representations {
    listed: Vec<Value>,
    bytes: u64,
    failed: Vec<(String, Error)>,
}

/// Reads all representations of an object.
fn representations(source: &dyn AccessSource, meta: &ObjectMeta) -> Result<Representations, Error> {
    let reader = source.open(&meta.key, &meta.generation)?;
    let (body, limits, clock) = (reader.body(), Limits::default(), SystemClock::new());
    let mut found = Representations::default();
    walk(&*body, Hints::of(meta), (&limits, &clock), &mut |offer, bytes| {
        let (recipe, name) = (offer.recipe.to_string(), offer.name.as_deref().map(shown));
        found.listed.push(match bytes.and_then(hash) {
            Ok((hash, bytes)) => {
                found.bytes = found.bytes.saturating_add(bytes);
                json!({ "recipe": recipe, "name": name, "blake3": hash, "size": bytes })
            }
            Err(error) => {
                let line = json!({ "recipe": recipe, "name": name, "error": error.to_string() });
                found.failed.push((recipe, error));
                line
            }
        });
        ControlFlow::Continue(())
    })?;
    if reader.still_same()? { Ok(found) } else { Err(Error::Changed) }
}

fn hash(reader: &mut dyn Read) -> Result<(String, u64), Error> {
    let mut hasher = blake3::Hasher::new();
    let bytes = std::io::copy(reader, &mut hasher)?;
    Ok((hasher.finalize().to_hex().to_string(), bytes))
}

fn show(context: &Context, args: &AccessShowArgs) -> Result<(), Failure> {
    let source = source::open_named(&args.source).map_err(|error| failure(&error))?;
    let mut found = None;
    let find = |meta: &ObjectMeta| {
        let has_url = || meta.identifiers.urls.iter().any(|url| url == args.key.as_bytes());
        if shown(meta.key.as_bytes()) == args.key || has_url() {
            found = Some(meta.clone());
        }
        Ok(())
    };
    each(source.as_ref(), find, |_| ())?;
    let Some(meta) = found else {
        return Err(Failure::new(Kind::NoSuchPath, "no object has this key or URL"));
    };
    let read = representations(source.as_ref(), &meta).map_err(|error| failure(&error))?;
    let mut object = object_fields(&meta);
    object.insert("identifiers".to_owned(), identifiers(&meta.identifiers));
    object.insert("representations".to_owned(), read.listed.into());
    if context.output.json {
        return context.output.document(&object);
    }
    context.output.text(&format!("{:#}", Value::Object(object)))
}

/// Says that something of an object cannot be read.
fn report(context: &Context, meta: &ObjectMeta, message: &str, error: &Error) {
    let (kind, key) = (error.reason().as_str(), shown(meta.key.as_bytes()));
    context.output.error(Problem::new(message.to_owned(), kind, "verify", key.as_bytes()));
}

fn verify(context: &Context, args: &AccessSourceArgs) -> Result<(), Failure> {
    let source = source::open_named(args).map_err(|error| failure(&error))?;
    let (mut objects, mut read, mut bytes, mut failed) = (0_u64, 0_u64, 0_u64, 0_u64);
    let verify = |meta: &ObjectMeta| {
        objects += 1;
        match representations(source.as_ref(), meta) {
            Ok(found) => {
                read += (found.listed.len() - found.failed.len()) as u64;
                bytes += found.bytes;
                failed += found.failed.len() as u64;
                for (recipe, error) in &found.failed {
                    report(context, meta, &format!("{recipe}: {error}"), error);
                }
            }
            // What went or changes meanwhile is no fault.
            Err(Error::Gone | Error::Changed | Error::Busy) => {}
            Err(error) => {
                failed += 1;
                report(context, meta, &error.to_string(), &error);
            }
        }
        Ok(())
    };
    each(source.as_ref(), verify, |_| ())?;
    if context.output.json {
        context.output.document(&json!({
            "source": args.source,
            "objects": objects,
            "representations": read,
            "bytes": bytes,
            "failed": failed,
        }))?;
    } else {
        let representations = count(read, "representation");
        let line = format!("{}, {representations}, {}", count(objects, "object"), amount(bytes));
        context.output.text(&line)?;
    }
    if failed > 0 {
        let message = format!("{} could not be read", count(failed, "representation"));
        return Err(Failure::new(Kind::Unreadable, message));
    }
    Ok(())
}
