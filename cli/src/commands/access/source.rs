//! Sources as they are named on the command line.

use std::path::Path;
use std::sync::Arc;

use gleaner_access::{
    AccessSource, AcngFormat, ApacheFormat, DboxFormat, Error, FileFormat, FileSource,
    FileSourceOptions, MailOptions, MaildirFormat, MboxFormat, NginxFormat, OciFormat, RootedFs,
    ScopePolicy, SourceId, SquidOptions, SquidSource, SystemClock, TreeFormat, TreeOptions,
    UrlPattern,
};

use crate::args::AccessSourceArgs;

/// The number of a source that nobody else sees.
const ID: SourceId = SourceId::new(0);
/// Numbers of folders of a Squid's `cache_dir`, if nobody says otherwise.
const SQUID_FOLDERS: &str = "16:256";

/// A source and how to read it.
pub(crate) struct Source<'s> {
    pub(crate) id: SourceId,
    pub(crate) kind: &'s str,
    pub(crate) path: &'s Path,
    /// Who may learn of what it holds.
    pub(crate) policy: ScopePolicy,
    pub(crate) key_pattern: Option<&'s str>,
    pub(crate) base_url: Option<&'s str>,
    pub(crate) squid_folders: Option<&'s str>,
}

fn wrong(option: &'static str, problem: &str) -> Error {
    Error::Configuration { option, problem: problem.to_owned() }
}

/// Opens `KIND:PATH`. Nothing is read yet.
///
/// # Errors
/// As [`open`].
pub(super) fn open_named(args: &AccessSourceArgs) -> Result<Box<dyn AccessSource>, Error> {
    let named = args.source.split_once(':').filter(|(_, path)| !path.is_empty());
    let (kind, path) = named.ok_or_else(|| wrong("SOURCE", "write it as KIND:PATH"))?;
    open(&Source {
        id: ID,
        kind,
        path: Path::new(path),
        // Who may learn of the objects is not asked: the operator sees all.
        policy: ScopePolicy::Log,
        key_pattern: args.key_pattern.as_deref(),
        base_url: args.base_url.as_deref(),
        squid_folders: Some(&args.squid_folders),
    })
}

/// Opens a source. Nothing is read yet.
///
/// # Errors
/// [`Error::Configuration`] for another kind, or an option that cannot be.
pub(crate) fn open(source: &Source<'_>) -> Result<Box<dyn AccessSource>, Error> {
    let path = source.path;
    if !path.is_dir() {
        return Err(wrong("SOURCE", "there is no such folder"));
    }
    if source.kind == "squid-ufs" {
        return squid(source);
    }
    let clock = Arc::new(SystemClock::new());
    let format: Arc<dyn FileFormat> = match source.kind {
        "tree" => {
            let base_url = source.base_url.map(str::to_owned);
            Arc::new(TreeFormat::new(&TreeOptions { base_url, ..TreeOptions::default() })?)
        }
        "nginx" => Arc::new(match source.key_pattern {
            Some(pattern) => NginxFormat { key_pattern: UrlPattern::new(pattern)? },
            None => NginxFormat::default(),
        }),
        "apache-disk" => Arc::new(ApacheFormat::default()),
        "acng" => Arc::new(AcngFormat),
        "oci" => Arc::new(OciFormat::default()),
        "maildir" => Arc::new(MaildirFormat::new(MailOptions::default(), clock.clone())),
        "dbox" => Arc::new(DboxFormat::new(MailOptions::default(), clock.clone())),
        "mbox" => Arc::new(MboxFormat::new(MailOptions::default(), &[])?),
        _ => return Err(wrong("SOURCE", "there is no such kind")),
    };
    let options = FileSourceOptions::new(source.id, source.policy.clone());
    let fs = Arc::new(RootedFs::new(path));
    Ok(Box::new(FileSource::new(fs, format, clock, options, None)))
}

fn squid(source: &Source<'_>) -> Result<Box<dyn AccessSource>, Error> {
    let numbers = source.squid_folders.unwrap_or(SQUID_FOLDERS).split_once(':');
    let numbers = numbers.and_then(|(l1, l2)| Some((l1.parse().ok()?, l2.parse().ok()?)));
    let (first_folders, second_folders) =
        numbers.ok_or_else(|| wrong("squid-folders", "write it as L1:L2"))?;
    let options = SquidOptions::new(source.id, source.policy.clone());
    let options = SquidOptions { first_folders, second_folders, ..options };
    let (fs, clock) = (Arc::new(RootedFs::new(source.path)), Arc::new(SystemClock::new()));
    Ok(Box::new(SquidSource::new(fs, clock, options, None)?))
}
