//! What the command line asks for.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

pub(crate) const USAGE: &str = "usage: access_coverage FOLDER [--quick] [--seed N] \
    [--megabytes N] [--web-objects N] [--mails N] [--pulls N] [--manifest FILE] \
    [--new-manifest FILE]";

/// One run.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Packages are kept in `packages` of it; `run` of it is made anew by each run.
    pub(crate) folder: PathBuf,
    /// The list of packages; that of the repository if none is named.
    pub(crate) manifest: Option<PathBuf>,
    /// Where to write a list of the same packages in the versions offered now, and end.
    pub(crate) new_manifest: Option<PathBuf>,
    pub(crate) seed: u64,
    /// Bytes of packages, in 10^6; packages of the list are left out beyond that.
    pub(crate) megabytes: u64,
    pub(crate) web_objects: usize,
    pub(crate) mails: usize,
    /// Covered chunks that are pulled for each source and recipe.
    pub(crate) pulls: usize,
}

impl Settings {
    /// The run that the record is of.
    pub(crate) fn full(folder: PathBuf) -> Self {
        Self {
            folder,
            manifest: None,
            new_manifest: None,
            seed: 1,
            megabytes: 1000,
            web_objects: 2000,
            mails: 300,
            pulls: 100,
        }
    }

    /// A run of less than a minute, which shows that it all works and nothing else.
    pub(crate) fn make_quick(&mut self) {
        (self.megabytes, self.web_objects, self.mails, self.pulls) = (20, 100, 12, 10);
    }

    pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Self> {
        let mut arguments = arguments.peekable();
        let folder = arguments.next_if(|first| !first.starts_with("--")).context(USAGE)?;
        let mut settings = Self::full(folder.into());
        while let Some(name) = arguments.next() {
            if name == "--quick" {
                settings.make_quick();
                continue;
            }
            let value = arguments.next().context(USAGE)?;
            let number = || value.parse::<u64>().with_context(|| format!("{name} {value}"));
            let count = || value.parse::<usize>().with_context(|| format!("{name} {value}"));
            match name.as_str() {
                "--seed" => settings.seed = number()?,
                "--megabytes" => settings.megabytes = number()?,
                "--web-objects" => settings.web_objects = count()?,
                "--mails" => settings.mails = count()?,
                "--pulls" => settings.pulls = count()?,
                "--manifest" => settings.manifest = Some(value.into()),
                "--new-manifest" => settings.new_manifest = Some(value.into()),
                _ => bail!("{name}: {USAGE}"),
            }
        }
        Ok(settings)
    }
}
