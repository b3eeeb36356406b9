//! The directory, the ports and the user of one server.
//!
//! Placeholders of a configuration: `@DIR@` the directory, `@PORT@`, `@PORT2@` and so on the ports,
//! `@USER@`, `@GROUP@`, `@UID@`, `@GID@` who the server runs as, and what the server's own module
//! adds, `@ORIGIN@` for the port of the origin.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::free_ports::{self, Port};

/// `nobody` and `nogroup`, under the numbers that Linux gives to who has none.
const NOBODY: u32 = 65_534;

/// Who a server runs as: whoever runs the tests, or nobody where that is root.
#[derive(Clone, Copy, Debug)]
pub(super) struct ServerUser {
    pub(super) uid: u32,
    pub(super) gid: u32,
    /// Whether the server has to change to it.
    pub(super) is_other: bool,
}

impl ServerUser {
    pub(super) fn of_this_run() -> Self {
        let uid = rustix::process::geteuid();
        if uid.is_root() {
            return Self { uid: NOBODY, gid: NOBODY, is_other: true };
        }
        let gid = rustix::process::getegid();
        Self { uid: uid.as_raw(), gid: gid.as_raw(), is_other: false }
    }

    /// The name in a table with lines `name:x:number:...`, if it has one.
    fn name(table: &str, number: u32) -> Option<String> {
        let table = fs::read_to_string(table).ok()?;
        let mut entries = table.lines().map(|line| line.split(':').collect::<Vec<_>>());
        let number = number.to_string();
        let entry = entries.find(|entry| entry.get(2).is_some_and(|found| *found == number))?;
        Some((*entry.first()?).to_owned())
    }

    /// User and group by name, if both have one.
    pub(super) fn names(self) -> Option<(String, String)> {
        Some((Self::name("/etc/passwd", self.uid)?, Self::name("/etc/group", self.gid)?))
    }
}

/// Where a server lives. Everything that is made through it belongs to the server's user.
#[derive(Debug)]
pub(super) struct Site {
    directory: TempDir,
    ports: Vec<Port>,
    user: ServerUser,
}

impl Site {
    pub(super) fn new(name: &str, ports: u16) -> Self {
        let directory = tempfile::Builder::new()
            .prefix(&format!("gleaner-{name}-"))
            .tempdir()
            .expect("a temporary directory can be made");
        let site =
            Self { directory, ports: free_ports::take(ports), user: ServerUser::of_this_run() };
        site.give(site.directory.path());
        site
    }

    pub(super) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(super) fn user(&self) -> ServerUser {
        self.user
    }

    /// The port of that place among those asked for.
    pub(super) fn port(&self, place: usize) -> u16 {
        self.ports.get(place).expect("a port that the plan asks for").number()
    }

    /// Makes a directory; those above it exist.
    pub(super) fn make_directory(&self, name: &str) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir(&path).expect("the site can be written");
        self.give(&path);
        path
    }

    /// Writes a file with the placeholders of its text put in.
    pub(super) fn write(&self, name: &str, template: &str, more: &[(&str, String)]) -> PathBuf {
        let path = self.path().join(name);
        fs::write(&path, self.fill(template, more)).expect("the site can be written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("the file is ours");
        self.give(&path);
        path
    }

    fn fill(&self, template: &str, more: &[(&str, String)]) -> String {
        let directory = self.path().to_str().expect("temporary directories have plain names");
        let mut text = template.replace("@DIR@", directory);
        for (place, port) in self.ports.iter().enumerate() {
            let name =
                if place == 0 { "@PORT@".to_owned() } else { format!("@PORT{}@", place + 1) };
            text = text.replace(&name, &port.number().to_string());
        }
        text = text.replace("@UID@", &self.user.uid.to_string());
        text = text.replace("@GID@", &self.user.gid.to_string());
        for (name, value) in more {
            text = text.replace(&format!("@{name}@"), value);
        }
        let is_left = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_uppercase());
        let left = text.split('@').skip(1).step_by(2).find(|word| is_left(word));
        assert_eq!(left, None, "a placeholder that nothing was put in for");
        text
    }

    fn give(&self, path: &Path) {
        if self.user.is_other {
            chown(path, Some(self.user.uid), Some(self.user.gid)).expect("root may give away");
        }
    }
}
