//! The agents over what the servers hold, and who may learn of it.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use gleaner_access::{
    AccessSource, AcngFormat, Agent, AgentOptions, Asker, Client, ClientRow, ClientTable,
    DboxFormat, FeedMessage, FileFormat, FileJournal, FileSource, FileSourceOptions, History,
    LogFormat, LogKeyRule, LogTail, MailOptions, MaildirFormat, NginxFormat, ObjectRow, RootedFs,
    ScopeLedger, ScopeOptions, ScopePolicy, ScopedObject, SeenObject, SourceId, SquidOptions,
    SquidSource, SubscriberId, SystemClock, Verdict,
};
use gleaner_tests::servers::Dovecot;

use crate::deliveries::STORES;
use crate::downloads::Caches;
use crate::via::Via;

/// Who saves, at the address from which it downloads; and somebody who never asked for anything.
const SUBSCRIBER: SubscriberId = SubscriberId::new(1);
const STRANGER: SubscriberId = SubscriberId::new(2);

/// Servers write their logs and indexes after their answers.
const PATIENCE: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(100);

const CHUNKS_OF_PART: usize = 100_000;

/// An agent of one source.
pub(crate) struct Source {
    pub(crate) via: Via,
    /// As it stands in the report.
    pub(crate) name: &'static str,
    pub(crate) agent: Agent,
    /// What its server was made to hold.
    pub(crate) objects_expected: usize,
    ledger: ScopeLedger,
}

/// What was declared of a source, and what its log is.
struct Declared<'a> {
    scope: ScopePolicy,
    log: Option<(&'a Path, LogFormat)>,
}

impl<'a> Declared<'a> {
    fn by_log(log: &'a Path, format: LogFormat) -> Self {
        Self { scope: ScopePolicy::Log, log: Some((log, format)) }
    }
}

/// Opens a source.
type Open<'a> = dyn Fn(SourceId, ScopePolicy) -> Result<Box<dyn AccessSource>> + 'a;

fn files<F: FileFormat + 'static>(
    root: &Path,
    format: F,
) -> impl Fn(SourceId, ScopePolicy) -> Result<Box<dyn AccessSource>> + use<F> {
    let (fs, format) = (Arc::new(RootedFs::new(root)), Arc::new(format));
    move |id, scope| {
        let options = FileSourceOptions::new(id, scope);
        let (fs, format, clock) = (fs.clone(), format.clone(), Arc::new(SystemClock::new()));
        Ok(Box::new(FileSource::new(fs, format, clock, options, None)))
    }
}

/// The sources of all servers. Packages that everybody can have are declared public, what went
/// through the web caches is for whom their logs name, mail is its owner's.
pub(crate) fn all(caches: &Caches, dovecot: &Dovecot, folder: &Path) -> Result<Vec<Source>> {
    let squid_root = caches.squid.cache_root();
    let squid = |id, scope| -> Result<Box<dyn AccessSource>> {
        let options =
            SquidOptions { first_folders: 4, second_folders: 8, ..SquidOptions::new(id, scope) };
        let fs = Arc::new(RootedFs::new(&squid_root));
        Ok(Box::new(SquidSource::new(fs, Arc::new(SystemClock::new()), options, None)?))
    };
    let acng = files(&caches.acng.cache_root(), AcngFormat);
    let nginx = files(&caches.nginx.cache_root(), NginxFormat::default());
    let (squid_log, nginx_log) = (caches.squid.access_log(), caches.nginx.access_log());
    let public = Declared { scope: ScopePolicy::Public, log: None };
    let mut sources = vec![
        Source::open(folder, (Via::Acng, "apt-cacher-ng"), &acng, public)?,
        Source::open(
            folder,
            (Via::Squid, "Squid"),
            &squid,
            Declared::by_log(&squid_log, LogFormat::Squid),
        )?,
        Source::open(
            folder,
            (Via::Nginx, "nginx"),
            &nginx,
            Declared::by_log(&nginx_log, LogFormat::Nginx),
        )?,
    ];
    let clock = Arc::new(SystemClock::new());
    for (user, name) in STORES {
        let home = dovecot.home(user);
        let options = MailOptions { home_depth: 1, ..MailOptions::default() };
        let maildir = files(&home, MaildirFormat::new(options.clone(), clock.clone()));
        let dbox = files(&home, DboxFormat::new(options, clock.clone()));
        let is_maildir = name.starts_with("Maildir");
        let open: &Open<'_> = if is_maildir { &maildir } else { &dbox };
        let owned = Declared { scope: ScopePolicy::Owner(SUBSCRIBER), log: None };
        sources.push(Source::open(folder, (Via::Dovecot, name), open, owned)?);
    }
    Ok(sources)
}

impl Source {
    fn open(
        folder: &Path,
        (via, name): (Via, &'static str),
        open: &Open<'_>,
        declared: Declared<'_>,
    ) -> Result<Self> {
        let journal = folder.join(name.replace([',', ' '], "-"));
        fs::create_dir_all(&journal)?;
        let source = open(SourceId::new(1), declared.scope)?;
        let clock = Arc::new(SystemClock::new());
        let journal = Box::new(FileJournal::open(&journal)?);
        let agent = Agent::open(source, journal, AgentOptions::default(), clock.clone())?;
        let loopback = Client::Network { address: [127, 0, 0, 1].into(), prefix_len: 32 };
        let row =
            ClientRow { client: loopback, from_ns: 0, to_ns: None, subscriber: Some(SUBSCRIBER) };
        let clients = ClientTable::new(vec![row], Duration::from_secs(5))?;
        let options = ScopeOptions::default();
        let mut ledger = ScopeLedger::new(clients, LogKeyRule::Whole, options, clock);
        // The servers began with this run.
        ledger.take_marks_as_complete();
        if let Some((log, format)) = declared.log {
            follow(log, &format, &mut ledger)?;
        }
        Ok(Self { via, name, agent, objects_expected: 0, ledger })
    }

    /// Lists the source until so many objects are there, or for as long as that may take.
    pub(crate) fn scan(&mut self, objects: usize) -> Result<()> {
        self.objects_expected = objects;
        let started = Instant::now();
        loop {
            self.agent.scan()?;
            if self.agent.objects() >= objects || started.elapsed() > PATIENCE {
                return Ok(());
            }
            std::thread::sleep(PAUSE);
        }
    }

    /// What the subscriber may learn of; what a stranger may learn of is counted.
    pub(crate) fn told(&self, tell: &mut dyn FnMut(&SeenObject, &ObjectRow)) -> Result<usize> {
        let plan = self.agent.snapshot(CHUNKS_OF_PART);
        let mut to_strangers = 0;
        for part in 0..plan.parts() {
            let part = self.agent.snapshot_part(&plan, part)?;
            let Some(FeedMessage::Snapshot(part)) = part else { continue };
            for (_, seen) in &part.objects {
                let row = ObjectRow::decode(&seen.bytes)?;
                to_strangers += usize::from(self.may_learn(STRANGER, &row.scoped));
                if self.may_learn(SUBSCRIBER, &row.scoped) {
                    tell(seen, &row);
                }
            }
        }
        Ok(to_strangers)
    }

    /// The subscriber holds the bytes, so that it can prove it where that is asked for.
    fn may_learn(&self, subscriber: SubscriberId, object: &ScopedObject) -> bool {
        let asker = Asker { subscriber, tenant: None };
        self.ledger.may_learn(asker, Some(object)) != Verdict::Unknown
    }

    /// Whether everybody may learn of all that it has.
    pub(crate) fn is_public(&self) -> bool {
        self.via == Via::Acng
    }
}

/// Takes all lines of a log, once there are no more.
fn follow(log: &Path, format: &LogFormat, ledger: &mut ScopeLedger) -> Result<()> {
    let folder = log.parent().context("a log lies in a folder")?;
    let name = log.file_name().context("a log has a name")?.as_encoded_bytes();
    let mut tail = LogTail::new(Arc::new(RootedFs::new(folder)), name, None);
    let mut quiet = 0;
    while quiet < 5 {
        quiet += 1;
        let polled = tail.poll(&mut |line| {
            quiet = 0;
            if let Ok(Some(parsed)) = format.parse(line) {
                ledger.record(&parsed);
            }
        })?;
        ensure!(polled == History::Whole, "a part of an access log is missing");
        std::thread::sleep(PAUSE);
    }
    Ok(())
}
