//! Starting a server, waiting for it, and ending it by its id.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, kill_process, kill_process_group, test_kill_process_group,
    waitid,
};

use super::site::{ServerUser, Site};
use super::spawner;

/// Where Debian puts servers; not on every user's path.
const FOLDERS: [&str; 4] = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];
const SEARCH_PATH: &str = "/usr/sbin:/usr/bin:/sbin:/bin";
const STARTS_MAX: u32 = 4;
const START_TIME_MAX: Duration = Duration::from_secs(15);
/// Squid lets its clients finish for a second, and writes its index after that.
const STOP_TIME_MAX: Duration = Duration::from_secs(15);
const ORPHAN_TIME_MAX: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(20);
/// How much of a log goes into the message of a failure.
const TAIL_BYTES: usize = 2_000;

/// A server that may be installed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Program {
    pub(super) name: &'static str,
    /// The Debian package to install.
    pub(super) package: &'static str,
}

impl Program {
    /// Where it is; where it is missing, none, after a line for the reader of the test's output.
    pub(super) fn find(self) -> Option<PathBuf> {
        let found = find(self.name);
        if found.is_none() {
            skipped(&format!("no {} (apt-get install {})", self.name, self.package));
        }
        found
    }
}

fn find(name: &str) -> Option<PathBuf> {
    FOLDERS.iter().map(|folder| Path::new(folder).join(name)).find(|path| path.is_file())
}

/// Says why a test shows nothing. Not by `println`, whose lines of a test that passes nobody sees.
pub(crate) fn skipped(why: &str) {
    // A reader who has gone away is none of the test's business.
    drop(io::stdout().write_all(format!("skipped: {why}\n").as_bytes()));
}

/// How one kind of server is started.
pub(super) struct Plan<'a> {
    pub(super) program: Program,
    /// Ports in a row that the site gets.
    pub(super) ports: u16,
    /// How many of them, from the first, the server listens on once it is up.
    pub(super) listening: usize,
    /// What asks it to end.
    pub(super) stop: Signal,
    /// Makes what the server needs in its directory; gives its arguments.
    pub(super) prepare: &'a dyn Fn(&Site) -> Vec<OsString>,
}

impl<'a> Plan<'a> {
    /// For a server that listens on all of its ports and ends on SIGTERM, as most do.
    pub(super) fn new(
        program: Program,
        ports: u16,
        prepare: &'a dyn Fn(&Site) -> Vec<OsString>,
    ) -> Self {
        Self { program, ports, listening: usize::from(ports), stop: Signal::TERM, prepare }
    }
}

/// A running server. Dropping it ends the process and removes its directory.
#[derive(Debug)]
pub struct Server {
    // Fields are dropped in this order, after `drop` has ended the process.
    site: Site,
    binary: PathBuf,
    arguments: Vec<OsString>,
    listening: Vec<u16>,
    stop_signal: Signal,
    child: Option<Child>,
}

impl Server {
    /// Starts it, on other ports where the first ones turn out to be taken.
    pub(super) fn start(plan: &Plan<'_>) -> Option<Self> {
        let binary = plan.program.find()?;
        let mut failures = Vec::new();
        for _ in 0..STARTS_MAX {
            let site = Site::new(plan.program.name, plan.ports);
            let arguments = (plan.prepare)(&site);
            let listening = (0..plan.listening).map(|place| site.port(place)).collect();
            let mut server = Self {
                site,
                binary: binary.clone(),
                arguments,
                listening,
                stop_signal: plan.stop,
                child: None,
            };
            match server.try_start() {
                Ok(()) => return Some(server),
                Err(error) => failures.push(format!("{error}\n{}", server.logs())),
            }
        }
        panic!("{} does not start: {}", plan.program.name, failures.join("\n"));
    }

    /// Starts it again after [`Server::stop`], with what it has in its directory.
    ///
    /// # Panics
    /// When it does not listen after 15 seconds.
    pub fn start_again(&mut self) {
        assert!(self.child.is_none(), "a server that was stopped");
        if let Err(error) = self.try_start() {
            panic!("{} does not start again: {error}\n{}", self.binary.display(), self.logs());
        }
    }

    fn try_start(&mut self) -> io::Result<()> {
        let mut command = long_lived(&self.binary, self.site.user());
        command.args(&self.arguments).process_group(0);
        set_place(&self.site, &mut command)?;
        self.child = Some(spawner::spawn(command)?);
        let started = Instant::now();
        let mut waiting = self.listening.clone();
        while started.elapsed() < START_TIME_MAX {
            if !self.is_running() {
                return Err(io::Error::other("it ended at once"));
            }
            waiting.retain(|&port| !accepts(port));
            if waiting.is_empty() {
                return Ok(());
            }
            std::thread::sleep(PAUSE);
        }
        Err(io::Error::other(format!("nobody listens on {waiting:?}")))
    }

    /// Asks it to end, and waits until it and all that it started have. After 15 seconds without
    /// an end it is ended.
    pub fn stop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let pid = Pid::from_child(&child);
        // Fails only for a process that has ended; it keeps its id until it is waited for.
        let _ = kill_process(pid, self.stop_signal);
        let asked = Instant::now();
        while !has_ended(pid) && asked.elapsed() < STOP_TIME_MAX {
            std::thread::sleep(PAUSE);
        }
        // The whole group, while the leader is not yet waited for: so long nobody else can have
        // the group's number.
        let _ = kill_process_group(pid, Signal::KILL);
        drop(child.wait());
        // Orphans are gone for good once whoever adopted them has asked how they ended. Some
        // machines have nobody who asks soon: it is waited for, but not insisted on.
        let ended = Instant::now();
        while test_kill_process_group(pid).is_ok() && ended.elapsed() < ORPHAN_TIME_MAX {
            std::thread::sleep(PAUSE);
        }
    }

    /// Whether the process that was started is there.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.child.as_ref().is_some_and(|child| !has_ended(Pid::from_child(child)))
    }

    /// The id of the process, which is also that of its group, while it runs.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Its directory, which is gone when this is dropped.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.site.path()
    }

    /// Sends a signal to the process.
    ///
    /// # Panics
    /// When it does not run.
    pub fn signal(&self, signal: Signal) {
        let child = self.child.as_ref().expect("a running server");
        kill_process(Pid::from_child(child), signal).expect("a running server takes signals");
    }

    pub(super) fn port(&self, place: usize) -> u16 {
        self.site.port(place)
    }

    /// Runs a command of the server's own in its directory and as its user.
    pub(super) fn run(&self, arguments: &[&str]) -> io::Result<()> {
        run(&self.site, &self.binary, arguments)
    }

    /// Runs another program in its directory and as its user.
    pub(super) fn run_program(&self, program: Program, arguments: &[&str]) -> io::Result<()> {
        let binary = program.find().ok_or(io::ErrorKind::NotFound)?;
        run(&self.site, &binary, arguments)
    }

    /// The ends of all logs: the first thing to see when it does not start.
    fn logs(&self) -> String {
        let folders = [self.site.path().to_owned(), self.site.path().join("log")];
        let files = folders.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten();
        let mut paths: Vec<PathBuf> = files.filter_map(|file| Some(file.ok()?.path())).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "log"));
        paths.sort();
        let tail = |path: &PathBuf| {
            let text = fs::read(path).unwrap_or_default();
            let tail = text.split_at(text.len().saturating_sub(TAIL_BYTES)).1;
            format!("{}:\n{}", path.display(), String::from_utf8_lossy(tail))
        };
        paths.iter().map(tail).collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Waits until something is so, for at most 15 seconds.
///
/// # Panics
/// With `what` when it is not so by then.
pub fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < START_TIME_MAX, "not in time: {what}");
        std::thread::sleep(PAUSE);
    }
}

/// Runs a command to its end in the site's directory and as its user.
pub(super) fn run(site: &Site, binary: &Path, arguments: &[&str]) -> io::Result<()> {
    let mut command = as_user(binary, site.user());
    set_place(site, command.args(arguments))?;
    let status = command.status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("{status}"))) }
}

/// A command that changes to that user, without any group besides.
fn as_user(binary: &Path, user: ServerUser) -> Command {
    let mut command = Command::new(binary);
    if user.is_other {
        command.gid(user.gid).uid(user.uid);
    }
    command
}

/// [`as_user`], and the kernel asks it to end when this process is gone, however it went: in a
/// group of its own it is out of the terminal's reach.
fn long_lived(binary: &Path, user: ServerUser) -> Command {
    let Some(setpriv) = find("setpriv") else { return as_user(binary, user) };
    let mut command = Command::new(setpriv);
    command.args(["--pdeathsig", "TERM"]);
    if user.is_other {
        let (uid, gid) = (format!("--reuid={}", user.uid), format!("--regid={}", user.gid));
        command.args([uid.as_str(), gid.as_str(), "--clear-groups"]);
    }
    command.arg("--").arg(binary);
    command
}

/// Working directory, environment and output of a command.
fn set_place(site: &Site, command: &mut Command) -> io::Result<()> {
    let console =
        File::options().create(true).append(true).open(site.path().join("console.log"))?;
    command.current_dir(site.path()).env_clear().env("PATH", SEARCH_PATH);
    // Log lines are in the time zone that the readers under test take them to be in.
    if let Some(zone) = std::env::var_os("TZ") {
        command.env("TZ", zone);
    }
    command.stdin(Stdio::null()).stdout(console.try_clone()?).stderr(console);
    Ok(())
}

/// Whether a child of ours has ended. Leaves it to be waited for, so that it keeps its id.
fn has_ended(pid: Pid) -> bool {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    !matches!(waitid(WaitId::Pid(pid), options), Ok(None))
}

fn accepts(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok()
}
