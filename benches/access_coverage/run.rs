//! One run, from the packages to what is found.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use gleaner_benches::Seeded;
use gleaner_tests::servers::Dovecot;

use crate::coverage::Coverage;
use crate::deliveries::{STORES, deliver};
use crate::downloads::{Caches, halves};
use crate::mix::Mix;
use crate::package_files::catalogue;
use crate::packages::Package;
use crate::pulls::pull;
use crate::report::{Found, tables};
use crate::saved::cut_all;
use crate::settings::Settings;
use crate::sources::all;
use crate::subscriber::Subscriber;
use crate::tally::Tally;
use crate::via::Via;

/// Says on standard error what was done and how long it took.
struct Stages {
    began: Instant,
    last: Instant,
}

impl Stages {
    fn done(&mut self, what: &str) -> Result<()> {
        let now = Instant::now();
        let took = now.duration_since(self.last).as_secs_f64();
        writeln!(std::io::stderr(), "{took:7.1} s  {what}")?;
        self.last = now;
        Ok(())
    }
}

/// A run, and its tables.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) found: Found,
    pub(crate) report: String,
}

/// Runs with packages that are there; none where a server is not installed.
pub(crate) fn run(
    settings: &Settings,
    packages: &[Package],
    debs: &[PathBuf],
) -> Result<Option<Outcome>> {
    let now = Instant::now();
    let mut stages = Stages { began: now, last: now };
    let folder = settings.folder.join("run");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let mut seeded = Seeded::new(settings.seed);
    let files = catalogue(debs)?;
    let counts = (settings.web_objects, settings.mails);
    let mix = Mix::choose((debs, &files), counts, &folder, &mut seeded)?;
    stages.done("chose and extracted the mix")?;
    let Some(caches) = Caches::start(settings.seed) else { return Ok(None) };
    let Some(dovecot) = Dovecot::start() else { return Ok(None) };
    let subscriber = Subscriber::new(folder.join("saved"), settings.seed);
    let named: Vec<(String, &Path, u64)> = packages
        .iter()
        .zip(debs)
        .map(|(package, deb)| (package.pool_name(), deb.as_path(), package.bytes))
        .collect();
    let (first, second) = halves(&named, &mut seeded);
    let mut downloads = caches.download(Via::Acng, &first, &subscriber)?;
    downloads.extend(caches.download(Via::Squid, &second, &subscriber)?);
    stages.done("downloaded packages")?;
    downloads.extend(caches.download(Via::Nginx, &mix.web, &subscriber)?);
    stages.done("downloaded web objects")?;
    downloads.extend(deliver(&dovecot, &mix.mails, &subscriber)?);
    stages.done("delivered and saved mails")?;
    let mut sources = all(&caches, &dovecot, &folder.join("journals"))?;
    let of_stores = (0..STORES.len()).map(|place| (mix.mails.len() + 3 - place) / STORES.len());
    let objects = [first.len(), second.len(), mix.web.len()].into_iter().chain(of_stores);
    for (source, objects) in sources.iter_mut().zip(objects) {
        source.scan(objects)?;
        stages.done(&format!("listed {}", source.name))?;
    }
    let saved = cut_all(subscriber.root())?;
    stages.done("cut what was saved")?;
    let mut coverage = Coverage::measure(&saved, &sources)?;
    stages.done("looked it up")?;
    let pulled = pull(&mut coverage, (&saved, &sources), settings.pulls, &mut seeded)?;
    stages.done("pulled the sample")?;
    let tally = Tally::of(&downloads, &saved, &coverage, &sources);
    let found = Found { tally, coverage, pulled };
    let report = format!(
        "Seed {}; {} packages; {} s, {} MB resident at most.\n{}",
        settings.seed,
        packages.len(),
        stages.began.elapsed().as_secs(),
        resident_megabytes_max().context("the kernel tells the memory of a process")?,
        tables(&found, &sources)
    );
    Ok(Some(Outcome { found, report }))
}

fn resident_megabytes_max() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024 / 1_000_000)
}
