//! The steps of the tour, one after the other.

use std::path::Path;
use std::sync::Arc;

use gleaner_chunker::ChunkerParams;
use gleaner_engine::target::{OverwritePolicy, OwnerMode};
use gleaner_engine::{
    BackupOptions, BackupStats, COMPRESSION_LEVEL_DEFAULT, CheckOptions, Choice, Encryption,
    Environment, IndexPlace, InitOptions, PACK_TARGET_BYTES_DEFAULT, PARITY_PERCENT_DEFAULT,
    PackRepairOptions, Repository, RestoreOptions, Run,
};
use gleaner_store::KdfCost;
use zeroize::Zeroizing;

use super::Tour;
use super::compare::first_difference;
use super::damage::Damage;
use super::data::{Random, change, make};
use super::place::DemoPlace;
use crate::byte_text::{amount, count, printable};
use crate::exit_code::Failure;
use crate::snapshot_view::short_id;

/// The password of the tour's repository; it protects made-up data for ten seconds.
const PASSWORD: &[u8] = b"gleaner demo";

/// Runs all steps.
pub(super) fn run(tour: &Tour<'_>, place: &DemoPlace, seed: u64) -> Result<(), Failure> {
    let files = place.path("files");
    let mut random = Random::new(seed);
    let bytes = std::fs::create_dir_all(&files)
        .and_then(|()| make(&files, &mut random))
        .map_err(|error| Failure::io("made-up data", &error))?;
    tour.step("make_data", true, &format!("{} from seed {seed}", amount(bytes)))?;

    let repository = create(place)?;
    let id = short_id(&repository.id_hex());
    tour.step("init", true, &format!("repository {id}, encrypted"))?;

    let first = backup(tour, &repository, &files)?;
    tour.step("backup", first.snapshot.is_some(), &backup_text(&first))?;

    change(&files, &mut random).map_err(|error| Failure::io("made-up data", &error))?;
    let second = backup(tour, &repository, &files)?;
    let saves = second.snapshot.is_some() && second.bytes_novel * 4 < second.total_bytes_processed;
    tour.step("backup_again", saves, &backup_text(&second))?;

    damage_and_check(tour, &repository, place)?;
    restore_and_compare(tour, &repository, place, &files)
}

fn create(place: &DemoPlace) -> Result<Repository, Failure> {
    let index = IndexPlace::CacheDir(place.path("cache"));
    let environment = Environment::create_local(&place.path("repository"), index)?;
    let password = Zeroizing::new(PASSWORD.to_vec());
    let options = InitOptions {
        encryption: Encryption::Password { password, cost: KdfCost::DEFAULT },
        chunker: ChunkerParams::DEFAULT,
        pack_target_bytes: PACK_TARGET_BYTES_DEFAULT,
        compression_level: COMPRESSION_LEVEL_DEFAULT,
        pad: false,
        parity_percent: Some(PARITY_PERCENT_DEFAULT),
        label: "demo".to_owned(),
        domain_from: None,
    };
    Ok(Repository::create(environment, &options)?)
}

fn watched(tour: &Tour<'_>) -> Run<'static> {
    Run { cancel: tour.context.signals.cancel.clone(), ..Run::silent() }
}

fn backup(tour: &Tour<'_>, repository: &Repository, files: &Path) -> Result<BackupStats, Failure> {
    let options = BackupOptions {
        user: "demo".to_owned(),
        program: concat!("gleaner ", env!("CARGO_PKG_VERSION")).to_owned(),
        ..BackupOptions::new("demo", vec![files.to_owned()])
    };
    Ok(gleaner_engine::backup(repository, &options, &watched(tour))?)
}

fn backup_text(stats: &BackupStats) -> String {
    format!(
        "{} in {}: {} novel, {} known, {} stored",
        amount(stats.total_bytes_processed),
        count(stats.total_files_processed, "file"),
        amount(stats.bytes_novel),
        amount(stats.bytes_known),
        amount(stats.bytes_stored),
    )
}

/// Flips one bit; `check` has to find it and to name its pack and the paths it costs.
fn damage_and_check(
    tour: &Tour<'_>,
    repository: &Repository,
    place: &DemoPlace,
) -> Result<(), Failure> {
    let failure = |error| Failure::io("damage", &error);
    let damage = Damage::do_it(&place.path("repository/data")).map_err(failure)?;
    let pack = damage.pack_id();
    let detail = format!("one bit at offset {} of pack {}", damage.offset, short_id(&pack));
    tour.step("damage", true, &detail)?;

    let (mut named, mut path) = (false, None);
    let stats = check(tour, repository, &mut |found_pack, paths| {
        named |= found_pack == Some(pack.as_str());
        path = path.take().or_else(|| paths.first().cloned());
    })?;
    let paths = count(stats.paths_lost, "path");
    let detail = match &path {
        Some(path) => format!("names the pack and {paths}, among them {}", printable(path)),
        None => format!("{}, {paths}", count(stats.num_errors, "finding")),
    };
    tour.step("check", named && path.is_some(), &detail)?;
    repair_and_check(tour, repository)
}

/// Heals the pack from its parity sidecar; after that `check` finds nothing.
fn repair_and_check(tour: &Tour<'_>, repository: &Repository) -> Result<(), Failure> {
    let options = PackRepairOptions {
        wanted: None,
        parity: true,
        from: &[],
        max_duration: None,
        host: "demo".to_owned(),
        is_dead: &|_| false,
    };
    let repaired = gleaner_engine::repair_packs(repository, &options, &watched(tour), &mut |_| {})?;
    let healed = repaired.healed.len() as u64;
    let stats = check(tour, repository, &mut |_, _| {})?;
    let is_whole = healed > 0 && repaired.unhealed.is_empty() && stats.num_errors == 0;
    let verified = amount(stats.bytes_verified);
    let detail = format!("{} from parity, {verified} verified, no finding", count(healed, "chunk"));
    tour.step("repair", is_whole, &detail)
}

/// Told the pack and the paths of each finding.
type FoundFn<'f> = dyn FnMut(Option<&str>, &[Vec<u8>]) + 'f;

fn check(
    tour: &Tour<'_>,
    repository: &Repository,
    found: &mut FoundFn<'_>,
) -> Result<gleaner_engine::CheckStats, Failure> {
    let options = CheckOptions::read_data();
    Ok(gleaner_engine::check(repository, &options, &watched(tour), &mut |finding| {
        let pack = finding.pack.map(|pack| pack.to_string());
        found(pack.as_deref(), &finding.paths);
    })?)
}

fn restore_and_compare(
    tour: &Tour<'_>,
    repository: &Repository,
    place: &DemoPlace,
    files: &Path,
) -> Result<(), Failure> {
    let snapshot = repository.resolve("latest", &gleaner_engine::SnapshotFilter::default())?;
    let target = place.path("restored");
    let options = RestoreOptions {
        target: target.clone(),
        subpath: files.as_os_str().as_encoded_bytes().to_vec(),
        select: Arc::new(|_, _| Choice::Take),
        overwrite: OverwritePolicy::Always,
        delete: false,
        sparse: false,
        verify: false,
        owners: OwnerMode::Numeric,
        special_files: true,
        xattrs: true,
        dry_run: false,
        lease: true,
        host: "demo".to_owned(),
        write_limit: None,
    };
    let stats = gleaner_engine::restore(repository, &snapshot, &options, &watched(tour))?;
    let is_whole = stats.files_failed == 0 && stats.paths_lost_count == 0;
    let detail = format!("{} of the second snapshot", amount(stats.bytes_restored));
    tour.step("restore", is_whole, &detail)?;
    let difference =
        first_difference(files, &target).map_err(|error| Failure::io("compare", &error))?;
    let detail = difference.as_ref().map_or_else(
        || "names, modes, times and bytes are equal".to_owned(),
        |path| format!("{path} differs"),
    );
    tour.step("compare", difference.is_none(), &detail)
}
