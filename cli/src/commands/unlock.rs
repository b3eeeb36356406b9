//! `gleaner unlock`.

use gleaner_engine::FenceOutcome;

use crate::args::UnlockArgs;
use crate::context::Context;
use crate::exit_code::{Failure, Kind};
use crate::json::{FencedLine, Message};
use crate::opening::open;

/// Fences the session of a lease: it can never commit afterwards.
///
/// # Errors
/// Kind `unconfirmed`; `no_such_path` if there is no such lease.
pub(crate) fn unlock(context: &Context, args: &UnlockArgs) -> Result<(), Failure> {
    let repository = open(context)?;
    let leases = gleaner_engine::leases(&repository)?;
    let mut fitting =
        leases.iter().filter(|lease| lease.session.to_string().starts_with(&args.lease));
    let (Some(lease), None) = (fitting.next(), fitting.next()) else {
        let message = format!("no lease, or several, with id {}", args.lease);
        return Err(Failure::new(Kind::NoSuchPath, message).next("gleaner list leases"));
    };
    let (session, process) = (lease.session, lease.process);
    let host = crate::byte_text::printable(lease.host.as_bytes());
    if args.dry_run {
        let lease = session.to_string();
        let text = format!("would fence session {lease} (process {process} on {host})");
        context.output.message(&Message::Fenced(FencedLine { lease, outcome: "would_fence" }))?;
        context.output.text(&text)?;
        return context.output.text("nothing was changed");
    }
    context.confirm(&format!(
        "fence session {session} (process {process} on {host})? if it still runs, its backup fails"
    ))?;
    let (outcome, text) = match gleaner_engine::fence(&repository, session)? {
        FenceOutcome::Fenced => ("fenced", "fenced: the session can never commit"),
        FenceOutcome::HadCommitted => ("had_committed", "the session had committed its snapshot"),
    };
    let lease = session.to_string();
    context.output.message(&Message::Fenced(FencedLine { lease: lease.clone(), outcome }))?;
    context.output.text(&format!("{lease}: {text}"))
}
