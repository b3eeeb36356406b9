//! The Debian packages that the mix is made of: a list with their hashes, and where they come from.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use gleaner_benches::Seeded;
use sha2::{Digest, Sha256};

/// One line of the list: name, version, architecture, bytes, SHA-256 in hex.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) architecture: String,
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
}

impl Package {
    /// The name of the file that apt downloads: the colon of an epoch is quoted.
    pub(crate) fn file_name(&self) -> String {
        let version = self.version.replace(':', "%3a");
        format!("{}_{version}_{}.deb", self.name, self.architecture)
    }

    /// The name of the file in an archive of packages, which has no epoch.
    pub(crate) fn pool_name(&self) -> String {
        let version = self.version.split_once(':').map_or(self.version.as_str(), |(_, rest)| rest);
        format!("{}_{version}_{}.deb", self.name, self.architecture)
    }

    fn is_in(&self, path: &Path) -> Result<bool> {
        let Ok(mut file) = File::open(path) else { return Ok(false) };
        let mut hasher = Sha256::new();
        let mut bytes = 0;
        let mut buffer = vec![0; 1 << 20];
        loop {
            let read = file.read(&mut buffer)?;
            let Some(piece) = buffer.get(..read).filter(|piece| !piece.is_empty()) else { break };
            hasher.update(piece);
            bytes += read as u64;
        }
        let mut hex = String::new();
        for byte in hasher.finalize() {
            write!(hex, "{byte:02x}")?;
        }
        Ok(bytes == self.bytes && hex == self.sha256)
    }

    /// Has apt download it, unless it is there.
    fn fetch(&self, folder: &Path) -> Result<PathBuf> {
        let path = folder.join(self.file_name());
        if self.is_in(&path)? {
            return Ok(path);
        }
        let wanted = format!("{}:{}={}", self.name, self.architecture_for_apt(), self.version);
        let output = Command::new("apt-get")
            .args(["-q", "download", &wanted])
            .current_dir(folder)
            .output()
            .context("apt-get, of a Debian machine")?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!(
                "package {} {} is not offered any more, or `apt-get update` was not run; \
                 `--new-manifest FILE` writes a list of what is offered now, \
                 `--manifest FILE` uses it. apt-get says: {said}",
                self.name,
                self.version
            );
        }
        let is_right = self.is_in(&path)?;
        ensure!(is_right, "package {} {}: other bytes than listed", self.name, self.version);
        Ok(path)
    }

    /// apt takes packages of every architecture for those of this one.
    fn architecture_for_apt(&self) -> &str {
        if self.architecture == "all" { "amd64" } else { &self.architecture }
    }
}

/// Reads a list.
pub(crate) fn parse(list: &str) -> Result<Vec<Package>> {
    let lines = list.lines().filter(|line| !line.trim().is_empty());
    let package = |line: &str| {
        let mut words = line.split_whitespace();
        let mut word = || words.next().map(str::to_owned);
        let package = Package {
            name: word()?,
            version: word()?,
            architecture: word()?,
            bytes: word()?.parse().ok()?,
            sha256: word()?,
        };
        word().is_none().then_some(package)
    };
    lines.map(|line| package(line).with_context(|| format!("no package: {line}"))).collect()
}

/// A list of the same packages in the versions that apt knows now.
pub(crate) fn list_anew(packages: &[Package]) -> Result<String> {
    let mut list = String::new();
    for package in packages {
        let output = Command::new("apt-cache")
            .args(["show", "--no-all-versions", &package.name])
            .output()
            .context("apt-cache, of a Debian machine")?;
        ensure!(output.status.success(), "package {} is not offered any more", package.name);
        let text = String::from_utf8_lossy(&output.stdout);
        let fields: BTreeMap<&str, &str> =
            text.lines().filter_map(|line| line.split_once(": ")).collect();
        let names = ["Package", "Version", "Architecture", "Size", "SHA256"];
        let values = names.map(|name| fields.get(name).copied().unwrap_or("?"));
        writeln!(list, "{}", values.join(" "))?;
    }
    parse(&list)?;
    Ok(list)
}

/// As many packages as have so many bytes, none of which has more than a fifth of them.
pub(crate) fn within(mut packages: Vec<Package>, bytes: u64, seeded: &mut Seeded) -> Vec<Package> {
    let all: u64 = packages.iter().map(|package| package.bytes).sum();
    if all <= bytes {
        return packages;
    }
    packages.retain(|package| package.bytes <= bytes / 5);
    let (mut left, mut chosen) = (bytes, Vec::new());
    while !packages.is_empty() {
        let package = packages.swap_remove(seeded.below(packages.len()));
        if package.bytes <= left {
            left -= package.bytes;
            chosen.push(package);
        }
    }
    chosen.sort_by(|a, b| a.name.cmp(&b.name));
    chosen
}

/// Where their files are, in the same order; what is missing is downloaded, each is hashed.
pub(crate) fn fetch_all(packages: &[Package], folder: &Path) -> Result<Vec<PathBuf>> {
    fs::create_dir_all(folder)?;
    packages.iter().map(|package| package.fetch(folder)).collect()
}
