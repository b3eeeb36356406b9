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

fn wrong(option: &'static str, problem: &str) -> Error {
    Error::Configuration { option, problem: problem.to_owned() }
}

/// Opens `KIND:PATH`. Nothing is read yet.
///
/// # Errors
/// [`Error::Configuration`] for another kind, or an option that cannot be.
pub(super) fn open(args: &AccessSourceArgs) -> Result<Box<dyn AccessSource>, Error> {
    let named = args.source.split_once(':').filter(|(_, path)| !path.is_empty());
    let (kind, path) = named.ok_or_else(|| wrong("SOURCE", "write it as KIND:PATH"))?;
    if !Path::new(path).is_dir() {
        return Err(wrong("SOURCE", "there is no such folder"));
    }
    if kind == "squid-ufs" {
        return squid(path, &args.squid_folders);
    }
    let clock = Arc::new(SystemClock::new());
    let format: Arc<dyn FileFormat> = match kind {
        "tree" => {
            let base_url = args.base_url.clone();
            Arc::new(TreeFormat::new(&TreeOptions { base_url, ..TreeOptions::default() })?)
        }
        "nginx" => Arc::new(match &args.key_pattern {
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
    // Who may learn of the objects is not asked: the operator sees all.
    let options = FileSourceOptions::new(ID, ScopePolicy::Log);
    let fs = Arc::new(RootedFs::new(path));
    Ok(Box::new(FileSource::new(fs, format, clock, options, None)))
}

fn squid(path: &str, folders: &str) -> Result<Box<dyn AccessSource>, Error> {
    let numbers = folders.split_once(':');
    let numbers = numbers.and_then(|(l1, l2)| Some((l1.parse().ok()?, l2.parse().ok()?)));
    let (first_folders, second_folders) =
        numbers.ok_or_else(|| wrong("squid-folders", "write it as L1:L2"))?;
    let options =
        SquidOptions { first_folders, second_folders, ..SquidOptions::new(ID, ScopePolicy::Log) };
    let (fs, clock) = (Arc::new(RootedFs::new(path)), Arc::new(SystemClock::new()));
    Ok(Box::new(SquidSource::new(fs, clock, options, None)?))
}
