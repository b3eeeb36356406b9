//! From flags to an open repository.

use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gleaner_engine::{Credential, Environment, Error, IndexMode, IndexPlace, Repository};
use gleaner_store::{Error as StoreError, PacedStorage, RateLimit, Snapshot, SystemClock};

use crate::args::{FilterArgs, Global, IndexModeName};
use crate::byte_text::hex;
use crate::context::Context;
use crate::exit_code::{Failure, Kind};
use crate::layers::variable;
use crate::password::{Password, PasswordSource, prompt};
use crate::place::Place;
use crate::server_session::remote_storage;

/// How often a wrong password may be typed.
const TRIES: usize = 3;

/// Where the index is kept.
fn index_place(global: &Global) -> IndexPlace {
    if global.index_mode == Some(IndexModeName::Neighbor) {
        return IndexPlace::Neighbors;
    }
    if global.no_cache {
        return IndexPlace::Memory;
    }
    let default = || {
        let home = || variable("HOME").map(|home| Path::new(&home).join(".cache"));
        variable("XDG_CACHE_HOME").map(PathBuf::from).or_else(home)
    };
    let folder = global.cache_dir.clone().or_else(|| default().map(|cache| cache.join("gleaner")));
    folder.map_or(IndexPlace::Memory, IndexPlace::CacheDir)
}

/// Applies `--index-mode`, `--index-memory`, `--threads`, `--limit-read` and `--limit-write`.
fn as_asked(mut environment: Environment, global: &Global) -> Environment {
    if global.index_mode == Some(IndexModeName::Sparse) {
        environment.index_options.mode = IndexMode::Sparse;
    }
    if let Some(bytes) = global.index_memory {
        environment.index_options.memory_bytes = bytes;
    }
    if let Some(threads) = global.threads {
        environment.threads = usize::from(threads);
    }
    let (read, write) = (read_limit(global), write_limit(global));
    if read.is_some() || write.is_some() {
        environment.storage = Arc::new(PacedStorage::new(environment.storage, read, write));
    }
    environment
}

/// `--limit-read`, for one side of an operation: repository and files each keep to it, since one
/// of them waits for the other anyway.
pub(crate) fn read_limit(global: &Global) -> Option<Arc<RateLimit>> {
    limit(global.limit_read)
}

/// `--limit-write`, as [`read_limit`].
pub(crate) fn write_limit(global: &Global) -> Option<Arc<RateLimit>> {
    limit(global.limit_write)
}

fn limit(bytes_per_second: Option<NonZeroU64>) -> Option<Arc<RateLimit>> {
    let clock = || Arc::new(SystemClock::new());
    bytes_per_second.map(|rate| Arc::new(RateLimit::new(clock(), rate)))
}

/// Names the place in an error that only knows the objects in it.
pub(crate) fn at_place(place: &Place) -> impl Fn(Error) -> Failure {
    move |error| {
        let mut failure = Failure::from(error);
        failure.message = format!("{place}: {}", failure.message);
        if failure.kind == Kind::NoRepository {
            failure.next_command = Some(format!("gleaner init {}", place.flag()));
        }
        failure
    }
}

/// What an operation on the repository at a place is given; with `create` a folder is made if it is
/// missing.
///
/// # Errors
/// As [`open`].
pub(crate) fn environment_at(
    context: &Context,
    place: &Place,
    create: bool,
) -> Result<Environment, Failure> {
    let index = index_place(&context.global);
    let environment = match place {
        Place::Folder(path) if create => Environment::create_local(path, index),
        Place::Folder(path) => Environment::local(path, index),
        Place::Server(address) => {
            let storage = remote_storage(context, address)?;
            Ok(Environment::system(storage, index))
        }
    };
    Ok(as_asked(environment.map_err(at_place(place))?, &context.global))
}

/// Opens the repository that the flags name.
///
/// # Errors
/// Kinds of CLI.md section 7 for repositories and passwords.
pub(crate) fn open(context: &Context) -> Result<Repository, Failure> {
    open_with_password(context).map(|(repository, _)| repository)
}

/// As [`open`], with the password that opened it.
///
/// # Errors
/// As [`open`].
pub(crate) fn open_with_password(
    context: &Context,
) -> Result<(Repository, Option<Password>), Failure> {
    let place = Place::of(&context.global)?;
    let source = PasswordSource {
        file: context.global.password_file.as_deref(),
        command: context.global.password_command.as_deref(),
        from_variable: true,
    };
    open_at(context, &place, source)
}

/// Opens the repository at `place`.
///
/// # Errors
/// As [`open`].
pub(crate) fn open_at(
    context: &Context,
    place: &Place,
    source: PasswordSource<'_>,
) -> Result<(Repository, Option<Password>), Failure> {
    let failure = at_place(place);
    let environment = environment_at(context, place, false)?;
    if !Repository::is_encrypted(&environment).map_err(&failure)? {
        if place.folder().is_none() {
            let message = format!(
                "{place}: what is there is not encrypted, and init makes no such repository with a \
                 server: somebody has put it there"
            );
            return Err(Failure::new(Kind::Guard, message));
        }
        // Whoever can write to the storage could put such a repository in the place of an
        // encrypted one, and the next backup would be readable.
        if source.read(&context.output)?.is_some() {
            let message =
                format!("{place}: a password was given, and the repository is not encrypted");
            return Err(Failure::new(Kind::Guard, message));
        }
        let repository = Repository::open(environment, &Credential::None);
        return Ok((repository.map_err(&failure)?, None));
    }
    if let Some(password) = source.read(&context.output)? {
        let credential = Credential::Password(password.clone());
        let repository = Repository::open(environment, &credential);
        return Ok((repository.map_err(&failure)?, Some(password)));
    }
    let question = format!("password for {place}");
    let mut tries = TRIES;
    loop {
        tries -= 1;
        let password = prompt(&question, context.global.no_input)?;
        let credential = Credential::Password(password.clone());
        match Repository::open(environment.clone(), &credential) {
            Err(Error::Store(StoreError::WrongSecret { .. })) if tries > 0 => {
                context.output.stderr("wrong password");
            }
            opened => return Ok((opened.map_err(&failure)?, Some(password))),
        }
    }
}

/// The snapshot that `spec` names, with candidates listed where several do.
///
/// # Errors
/// Kinds `no_such_snapshot` and `ambiguous_snapshot`.
pub(crate) fn snapshot(
    repository: &Repository,
    spec: &str,
    filter: &FilterArgs,
) -> Result<Snapshot, Failure> {
    repository.resolve(spec, &filter.to_filter()).map_err(|error| match error {
        Error::NoSuchSnapshot => {
            Failure::new(Kind::NoSuchSnapshot, format!("no such snapshot: {spec}"))
                .next("gleaner snapshots")
        }
        Error::AmbiguousSnapshot { candidates } => {
            let ids: Vec<String> = candidates.iter().map(|id| hex(&id.0)).collect();
            let message = format!("{spec} fits {} snapshots: {}", ids.len(), ids.join(", "));
            Failure::new(Kind::AmbiguousSnapshot, message)
        }
        other => other.into(),
    })
}

/// The snapshots that `specs` name, or all that the filter lets through; oldest first. Manifests
/// that cannot be read are named on stderr.
///
/// # Errors
/// As [`snapshot`].
pub(crate) fn snapshots(
    context: &Context,
    repository: &Repository,
    specs: &[String],
    filter: &FilterArgs,
) -> Result<Vec<Snapshot>, Failure> {
    if !specs.is_empty() {
        return specs.iter().map(|spec| snapshot(repository, spec, filter)).collect();
    }
    let list = repository.snapshots()?;
    for (id, error) in &list.damaged {
        let message = format!("snapshot {id}: {}", crate::exit_code::message_of(error));
        let item = id.to_string();
        let problem = crate::json::Problem::new(message, "damaged", "open", item.as_bytes());
        context.output.error(problem);
    }
    let filter = filter.to_filter();
    Ok(list.snapshots.into_iter().filter(|snapshot| filter.matches(snapshot)).collect())
}

/// Refuses to be silent about snapshots that cannot be read.
///
/// # Errors
/// Kind `damaged` if there is one.
pub(crate) fn refuse_damaged(repository: &Repository) -> Result<(), Failure> {
    let damaged = repository.snapshots()?.damaged.len() as u64;
    if damaged == 0 {
        return Ok(());
    }
    let damaged = crate::byte_text::count(damaged, "snapshot");
    let message = format!("{damaged} cannot be read");
    Err(Failure::new(Kind::Damaged, message).next("gleaner check"))
}
