//! `gleaner agent`.

use std::fs::{File, TryLockError};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use gleaner_access::{AccessSource, Agent, AgentOptions, FileJournal, SourceId, Stop, SystemClock};
use gleaner_engine::Counters;
use gleaner_net::{ClientTls, Fingerprint, Identity, Limits, system_time};
use gleaner_service::wire::AgentHello;
use gleaner_service::{
    AgentRecord, AgentSession, Error, PROTOCOL, follow_source, kept_identity, serve_sources,
};
use gleaner_store::DirectoryStorage;

use super::access::{Source, open_source};
use crate::agent_config::{AgentConfig, SourceConfig};
use crate::args::{AgentArgs, AgentVerb, AllowAgentArgs, RunAgentArgs, ServerArgs, rfc3339};
use crate::byte_text::printable;
use crate::context::Context;
use crate::exit_code::{Failure, Kind};
use crate::json::{AgentLine, ListeningLine, Message};
use crate::server_config::ServerConfig;

/// How long an address of the server may take to answer.
const CONNECT: Duration = Duration::from_secs(10);
/// How often it is looked whether a signal came.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Runs a sub-verb of `agent`.
///
/// # Errors
/// Kind `config` for what the file says, `rejected` if the server does not know the agent, `guard`
/// for another agent's source.
pub(crate) fn agent(context: &Context, args: &AgentArgs) -> Result<(), Failure> {
    match &args.verb {
        AgentVerb::Run(args) => run(context, args),
        AgentVerb::Allow(args) => allow(context, args),
        AgentVerb::List { server } => list(context, server),
        AgentVerb::Deny { server, certificate } => deny(context, server, certificate),
    }
}

fn config_failure(error: &dyn std::fmt::Display) -> Failure {
    Failure::new(Kind::Config, error.to_string())
}

/// Keeps other processes from the journals until it is dropped.
fn lock(config: &AgentConfig) -> Result<File, Failure> {
    let path = config.state.join("lock");
    let failure = |error: &std::io::Error| Failure::io(path.display(), error);
    let file = File::options().create(true).append(true).open(&path);
    let file = file.map_err(|error| failure(&error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let message = format!("{}: another agent runs there", config.state.display());
            Err(Failure::new(Kind::LeaseBusy, message))
        }
        Err(TryLockError::Error(error)) => Err(failure(&error)),
    }
}

/// Opens a source. Nothing is read yet.
fn open_access(source: &SourceConfig) -> Result<Box<dyn AccessSource>, Failure> {
    let spec = Source {
        id: SourceId::new(source.number),
        kind: &source.kind,
        path: &source.path,
        policy: source.scope()?,
        key_pattern: source.key_pattern.as_deref(),
        base_url: source.base_url.as_deref(),
        squid_folders: source.squid_folders.as_deref(),
    };
    open_source(&spec).map_err(|error| {
        let (number, path) = (source.number, source.path.display());
        config_failure(&format!("source {number}, {path}: {error}"))
    })
}

/// Opens the agent of a source with what it knew when it ran last.
fn open(config: &AgentConfig, source: &SourceConfig) -> Result<Arc<Agent>, Failure> {
    let opened = open_access(source)?;
    let folder = config.state.join("sources").join(source.number.to_string());
    std::fs::create_dir_all(&folder).map_err(|error| Failure::io(folder.display(), &error))?;
    let journal =
        FileJournal::open(&folder).map_err(|error| Failure::io(folder.display(), &error))?;
    let clock = Arc::new(SystemClock::new());
    let agent = Agent::open(opened, Box::new(journal), AgentOptions::default(), clock);
    agent.map(Arc::new).map_err(|error| {
        let message = format!(
            "{}: {error}; without this folder all of the source is told anew",
            folder.display()
        );
        Failure::new(Kind::Config, message)
    })
}

fn identity(config: &AgentConfig) -> Result<Identity, Failure> {
    let storage = DirectoryStorage::create(&config.state)
        .map_err(|error| Failure::io(config.state.display(), &error))?;
    Ok(kept_identity(&storage, &[])?)
}

fn run(context: &Context, args: &RunAgentArgs) -> Result<(), Failure> {
    let config = AgentConfig::read(&args.config)?;
    let (host, port) = config.address()?;
    let trust = config.trust()?;
    let identity = identity(&config)?;
    let fingerprint = identity.fingerprint().to_string();
    if args.check_config {
        // Without the journals: they may be another process's.
        for source in &config.sources {
            drop(open_access(source)?);
        }
        return context
            .output
            .text(&format!("would dial {host}:{port}, certificate {fingerprint}"));
    }
    let tls = ClientTls::new(&trust, Some(&identity), PROTOCOL, system_time());
    let tls = tls.map_err(|error| Failure::from(Error::from(error)))?;
    let _lock = lock(&config)?;
    let agents: Vec<_> =
        config.sources.iter().map(|source| open(&config, source)).collect::<Result<_, _>>()?;
    context.signals.operation_starts("agent", &Arc::new(Counters::default()));
    let address = format!("{host}:{port}");
    context.output.text(&format!("serving {address}, certificate {fingerprint}"))?;
    let line = ListeningLine { role: "agent", address, fingerprint };
    context.output.message(&Message::Listening(line))?;
    context.output.flush()?;
    let begin = |sources: &[u16]| {
        let socket = gleaner_net::dial(&host, port, CONNECT)?;
        let program = concat!("gleaner ", env!("CARGO_PKG_VERSION")).to_owned();
        let hello = AgentHello { versions: vec![1], program, sources: sources.to_vec() };
        AgentSession::begin(socket, &host, &tls, &Limits::default(), hello)
    };
    follow_and_serve(context, &agents, config.every(), &begin)?;
    context.output.text("stopped")
}

/// Until a signal comes.
fn follow_and_serve(
    context: &Context,
    agents: &[Arc<Agent>],
    every: Duration,
    begin: &(dyn Fn(&[u16]) -> gleaner_service::Result<AgentSession> + Sync),
) -> Result<(), Failure> {
    let (clock, stop) = (SystemClock::new(), Stop::new());
    let served = thread::scope(|scope| {
        // Also if serving ends by itself.
        let _stopped = stop.on_drop();
        let (clock, stop) = (&clock, &stop);
        for agent in agents {
            scope.spawn(move || follow_source(agent, every, clock, stop));
        }
        scope.spawn(move || {
            while !context.signals.cancel.is_cancelled() && !stop.is_stopped() {
                thread::sleep(LOOK_EVERY);
            }
            stop.stop();
        });
        serve_sources(agents, begin, clock, stop)
    });
    Ok(served?)
}

fn line(certificate: &Fingerprint, record: &AgentRecord) -> AgentLine {
    AgentLine {
        certificate: certificate.to_string(),
        sources: record.sources.clone(),
        made: rfc3339(record.made_ns),
        label: record.label.clone(),
    }
}

fn certificate(text: &str) -> Result<Fingerprint, Failure> {
    text.parse().map_err(|error| Failure::usage(format!("{text}: {error}")))
}

fn allow(context: &Context, args: &AllowAgentArgs) -> Result<(), Failure> {
    let certificate = certificate(&args.certificate)?;
    let folder = ServerConfig::read(&args.server)?.create_folder()?;
    let record = AgentRecord {
        made_ns: super::token::now_ns(),
        label: args.label.clone(),
        sources: args.sources.clone(),
        is_removed: false,
        urls: Some(args.urls.clone()),
    };
    folder.registry().allow_agent(&certificate, &record)?;
    context.output.text(&format!("agent {certificate} may speak for {}", numbers(&record)))?;
    context.output.message(&Message::AgentAllowed(line(&certificate, &record)))
}

fn list(context: &Context, server: &ServerArgs) -> Result<(), Failure> {
    let agents = ServerConfig::read(server)?.folder()?.registry().agents()?;
    let lines: Vec<AgentLine> = agents.iter().map(|(id, record)| line(id, record)).collect();
    context.output.document(&lines)?;
    for (id, record) in &agents {
        let label = printable(record.label.as_bytes());
        let text = format!("{id}  {}  {}  {label}", rfc3339(record.made_ns), numbers(record));
        context.output.listing(text.trim_end())?;
    }
    Ok(())
}

fn deny(context: &Context, server: &ServerArgs, text: &str) -> Result<(), Failure> {
    let certificate = certificate(text)?;
    let registry = ServerConfig::read(server)?.folder()?.registry();
    let record = registry.agent(&certificate)?;
    let (Some(record), true) = (record, registry.deny_agent(&certificate)?) else {
        let message = format!("{certificate}: there is no such agent");
        return Err(Failure::new(Kind::NoSuchPath, message));
    };
    context.output.text(&format!("agent {certificate} is let in no more"))?;
    context.output.message(&Message::AgentDenied(line(&certificate, &record)))
}

fn numbers(record: &AgentRecord) -> String {
    let numbers: Vec<String> = record.sources.iter().map(ToString::to_string).collect();
    format!("sources {}", numbers.join(","))
}
