//! What a backup takes: the `--exclude` family and `--files-from*` (restic's meanings).

use std::ffi::{OsStr, OsString};
use std::io::Read as _;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use gleaner_engine::source::{
    Candidate, EnterVerdict, FileKind, Folder, Marker, Selection, Verdict, marker_in,
};

use crate::args::SelectionArgs;
use crate::exit_code::Failure;
use crate::ignore_files::IgnoreFiles;
use crate::output::Output;
use crate::pattern::{Pattern, PatternList, has_wildcard, pattern_lines};

/// Leaves out what patterns, size and markers name.
#[derive(Debug)]
pub(crate) struct FileSelection {
    excluded: PatternList,
    bytes_max: Option<u64>,
    markers: Vec<Marker>,
    ignore_files: Option<IgnoreFiles>,
}

impl FileSelection {
    /// Reads patterns and the files that hold some.
    ///
    /// # Errors
    /// Kind `usage` for wrong patterns; the file system's.
    pub(crate) fn new(args: &SelectionArgs, output: &Output) -> Result<Self, Failure> {
        let mut excluded = PatternList::default();
        for (patterns, ignores_case) in [(&args.exclude, false), (&args.iexclude, true)] {
            for pattern in patterns {
                excluded.push(Pattern::new(pattern.as_bytes(), ignores_case)?);
            }
        }
        for (files, ignores_case) in [(&args.exclude_file, false), (&args.iexclude_file, true)] {
            for file in files {
                for line in pattern_lines(&read_file(file)?) {
                    excluded.push(Pattern::new(&line, ignores_case)?);
                }
            }
        }
        let mut markers = Vec::new();
        if args.exclude_caches {
            markers.push(Marker::cachedir_tag());
        }
        for text in &args.exclude_if_present {
            markers.push(Marker::parse(text.as_bytes()).ok_or_else(|| {
                let text = text.display();
                Failure::usage(format!("--exclude-if-present {text}: not the name of a file"))
            })?);
        }
        let ignore_files = args.ignore_files.then(|| IgnoreFiles::new(output));
        Ok(Self { excluded, bytes_max: args.exclude_larger_than, markers, ignore_files })
    }
}

impl Selection for FileSelection {
    fn select(&self, candidate: &Candidate<'_>) -> Verdict {
        let is_too_large = candidate.stat.kind == FileKind::File
            && self.bytes_max.is_some_and(|bytes_max| candidate.stat.bytes > bytes_max);
        let is_ignored = || {
            let files = self.ignore_files.as_ref().filter(|_| !candidate.is_root);
            files.is_some_and(|files| files.leave_out(candidate.path))
        };
        if is_too_large || self.excluded.matches(candidate.path) || is_ignored() {
            Verdict::Skip
        } else {
            Verdict::Keep
        }
    }

    fn enter(&self, folder: &Folder) -> EnterVerdict {
        if let Some(files) = &self.ignore_files {
            files.enter(folder);
        }
        if self.markers.is_empty() {
            return EnterVerdict::Descend;
        }
        match marker_in(folder, &self.markers) {
            // As restic does: the folder and its marker are saved, so that the reason is too.
            Some(marker) => EnterVerdict::KeepOnly(vec![marker.name.clone()]),
            None => EnterVerdict::Descend,
        }
    }
}

/// Paths that files of lists name, in order.
///
/// # Errors
/// The file system's; kind `usage` for a raw list that does not end in NUL.
pub(crate) fn listed_paths(args: &SelectionArgs) -> Result<Vec<PathBuf>, Failure> {
    let mut paths = Vec::new();
    for file in &args.files_from {
        for line in pattern_lines(&read_file(file)?) {
            expand(&line, &mut paths)?;
        }
    }
    for file in &args.files_from_verbatim {
        let text = read_file(file)?;
        let lines = text.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
        paths.extend(lines.map(|line| PathBuf::from(OsStr::from_bytes(line))));
    }
    for file in &args.files_from_raw {
        let text = read_file(file)?;
        let Some(text) = text.strip_suffix(b"\0") else {
            if text.is_empty() {
                continue;
            }
            let file = file.display();
            return Err(Failure::usage(format!("{file}: the last path does not end in NUL")));
        };
        for path in text.split(|&byte| byte == 0) {
            if path.is_empty() {
                return Err(Failure::usage(format!("{}: an empty path", file.display())));
            }
            paths.push(PathBuf::from(OsStr::from_bytes(path)));
        }
    }
    Ok(paths)
}

/// True if a list names what to save, even if it turns out to be empty.
pub(crate) fn has_lists(args: &SelectionArgs) -> bool {
    !(args.files_from.is_empty()
        && args.files_from_verbatim.is_empty()
        && args.files_from_raw.is_empty())
}

fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    let read = if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(path)
    };
    read.map_err(|error| Failure::io(path.display(), &error))
}

/// Adds the paths on disk that `line` matches; the line itself if it has no wildcard or matches
/// nothing, so that it is named as missing.
fn expand(line: &[u8], paths: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let start = if line.starts_with(b"/") { PathBuf::from("/") } else { PathBuf::new() };
    let mut found = vec![start];
    for component in line.split(|&byte| byte == b'/').filter(|name| !name.is_empty()) {
        if has_wildcard(component) {
            found = expand_component(&found, component)?;
        } else {
            for path in &mut found {
                path.push(OsStr::from_bytes(component));
            }
        }
    }
    if has_wildcard(line) {
        found.retain(|path| path.symlink_metadata().is_ok());
    }
    if found.is_empty() {
        found.push(OsString::from_vec(line.to_vec()).into());
    }
    found.sort();
    paths.append(&mut found);
    Ok(())
}

fn expand_component(folders: &[PathBuf], component: &[u8]) -> Result<Vec<PathBuf>, Failure> {
    let mut patterns = PatternList::default();
    patterns.push(Pattern::new(&[b"/", component].concat(), false)?);
    let mut found = Vec::new();
    for folder in folders {
        let place = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        // What is no folder, or cannot be listed, has nothing that matches.
        let Ok(entries) = std::fs::read_dir(place) else { continue };
        let names = entries.filter_map(|entry| Some(entry.ok()?.file_name()));
        found.extend(
            names.filter(|name| patterns.matches(name.as_bytes())).map(|name| folder.join(name)),
        );
    }
    Ok(found)
}
