//! The files in a Debian package, read by other code than that of the recipes.

use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::Path;

use anyhow::{Context, Result, bail};

/// A file in a package.
#[derive(Clone, Debug)]
pub(crate) struct PackageFile {
    /// Place of the package among those of the run.
    pub(crate) package: usize,
    /// Place among the regular files of the package.
    pub(crate) ordinal: usize,
    /// Path in the package.
    pub(crate) name: String,
    pub(crate) bytes: u64,
}

/// Visits a regular file: its ordinal among them, its path, how many bytes, and these.
pub(crate) type VisitFile<'v> = dyn FnMut(usize, &str, u64, &mut dyn Read) -> Result<()> + 'v;

/// Gives the bytes of the tar archive of a package's files to `visit`.
pub(crate) fn with_data_tar<T>(
    deb: impl Read,
    visit: impl FnOnce(&mut dyn Read) -> Result<T>,
) -> Result<T> {
    let mut archive = ar::Archive::new(deb);
    while let Some(member) = archive.next_entry() {
        let mut member = member?;
        let name = String::from_utf8_lossy(member.header().identifier()).into_owned();
        let name = name.trim_end_matches('/');
        if !name.starts_with("data.tar") {
            continue;
        }
        return match name.rsplit_once('.').map_or("", |(_, coding)| coding) {
            "xz" => visit(&mut liblzma::read::XzDecoder::new(member)),
            "gz" => visit(&mut flate2::read::GzDecoder::new(member)),
            "zst" => visit(&mut zstd::Decoder::new(member)?),
            "tar" => visit(&mut member),
            other => bail!("a package compressed by {other}"),
        };
    }
    bail!("a package without files")
}

/// Visits the regular files of a tar archive.
pub(crate) fn each_tar_file(tar: &mut dyn Read, visit: &mut VisitFile<'_>) -> Result<()> {
    let mut archive = tar::Archive::new(tar);
    let mut ordinal = 0;
    for entry in archive.entries()? {
        let mut entry = entry?;
        if entry.header().entry_type().is_file() {
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let bytes = entry.size();
            visit(ordinal, &name, bytes, &mut entry)?;
            ordinal += 1;
        }
    }
    Ok(())
}

fn each_file(deb: &Path, visit: &mut VisitFile<'_>) -> Result<()> {
    let file = BufReader::new(File::open(deb)?);
    with_data_tar(file, |tar| each_tar_file(tar, visit)).with_context(|| deb.display().to_string())
}

/// All files of all packages.
pub(crate) fn catalogue(debs: &[impl AsRef<Path>]) -> Result<Vec<PackageFile>> {
    let mut files = Vec::new();
    for (package, deb) in debs.iter().enumerate() {
        each_file(deb.as_ref(), &mut |ordinal, name, bytes, _| {
            files.push(PackageFile { package, ordinal, name: name.to_owned(), bytes });
            Ok(())
        })?;
    }
    Ok(files)
}

/// Writes files of packages to `folder`, where [`extracted_name`] says.
pub(crate) fn extract(
    debs: &[impl AsRef<Path>],
    files: &[PackageFile],
    folder: &Path,
) -> Result<()> {
    fs::create_dir_all(folder)?;
    let mut wanted: Vec<_> = files.iter().map(|file| (file.package, file.ordinal)).collect();
    wanted.sort_unstable();
    wanted.dedup();
    for of_package in wanted.chunk_by(|a, b| a.0 == b.0) {
        let Some(&(package, _)) = of_package.first() else { continue };
        let deb = debs.get(package).context("a package of the run")?;
        let mut left = of_package.iter().peekable();
        each_file(deb.as_ref(), &mut |ordinal, _, _, bytes| {
            if left.next_if(|&&(_, wanted)| wanted == ordinal).is_some() {
                let mut file = File::create(folder.join(extracted_name(package, ordinal)))?;
                std::io::copy(bytes, &mut file)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// The name of an extracted file.
pub(crate) fn extracted_name(package: usize, ordinal: usize) -> String {
    format!("{package:03}-{ordinal:06}")
}
