//! How much of a backup access servers could supply, measured over a synthetic mix: 500 MB of
//! Debian packages through apt-cacher-ng and Squid, 2,000 web objects through nginx and 300 mails
//! with attachments in Dovecot, the latter two made of the files in the packages. Of each source
//! the subscriber keeps 60 % of the bytes as they came, unpacks 20 %, edits 10 % and saves 10 %
//! anew. Then the agents list what the servers hold, what was saved is cut into chunks, and the
//! share of the saved bytes is added up whose chunks the agents list for this subscriber. A sample
//! of these is pulled; what is listed and not served does not count.
//!
//! ```sh
//! cargo run -p gleaner-benches --no-default-features --example access_coverage -- FOLDER
//! ```
//!
//! It wants a Debian machine with the servers (`scripts/setup.sh --for-tests`) and `apt-get update`
//! behind it; the packages of `packages.txt`, with their versions and hashes, are downloaded into
//! FOLDER by `apt-get download`, once. Where a version is not offered any more it says which, and
//! `--new-manifest FILE` writes a list of the same packages as they are offered now, for
//! `--manifest FILE`. `--quick` is a run of less than a minute over 20 MB, 100 web objects and 12
//! mails. All is drawn from `--seed`; numbers but for times are the same on every run. About 3 GB
//! are written to FOLDER and to the folder for temporary files.
//!
//! After its tables it ends with an error where less than 95 % of what was kept as it came is
//! covered, where a chunk is served with other bytes or listed and not served; before them, where a
//! stranger may learn of what a log or an owner keeps.

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "the tables are what it is run for")]

mod treatment;
mod via;
mod form;
mod settings;
mod packages;
mod package_files;
mod archives;
mod mix;
mod mail;
mod subscriber;
mod downloads;
mod deliveries;
mod sources;
mod saved;
mod coverage;
mod pulls;
mod tally;
mod report;
mod run;
#[cfg(test)]
mod tests;

use std::fs;

use anyhow::{Context, Result, ensure};
use gleaner_benches::Seeded;

use crate::report::Found;
use crate::settings::Settings;

/// What is kept as it came is covered but for what is too short.
const AS_IS_MIN: f64 = 0.95;

fn main() -> Result<()> {
    let settings = Settings::parse(std::env::args().skip(1))?;
    let list = match &settings.manifest {
        Some(path) => fs::read_to_string(path).with_context(|| path.display().to_string())?,
        None => include_str!("packages.txt").to_owned(),
    };
    let packages = packages::parse(&list)?;
    if let Some(path) = &settings.new_manifest {
        return Ok(fs::write(path, packages::list_anew(&packages)?)?);
    }
    let bytes = settings.megabytes * 1_000_000;
    let packages = packages::within(packages, bytes, &mut Seeded::new(settings.seed));
    let debs = packages::fetch_all(&packages, &settings.folder.join("packages"))?;
    let outcome = run::run(&settings, &packages, &debs)?;
    let outcome = outcome.context("a server is not installed: see the line `skipped` above")?;
    println!("{}", outcome.report);
    check(&outcome.found)
}

/// What has to hold whatever the mix is.
fn check(found: &Found) -> Result<()> {
    ensure!(found.wrong() == 0, "{} chunks were served with other bytes", found.wrong());
    let refused = found.not_served();
    ensure!(refused == 0, "{refused} chunks that are listed were not served");
    let as_is = found.as_is();
    ensure!(as_is > AS_IS_MIN, "only {:.1} % of what was kept is covered", as_is * 100.0);
    Ok(())
}
