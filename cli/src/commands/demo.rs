//! `gleaner demo`: the first ten minutes with a backup, in about ten seconds.

mod data;
mod damage;
mod compare;
mod place;
mod steps;

use std::time::Instant;

use crate::args::DemoArgs;
use crate::context::Context;
use crate::exit_code::{Failure, Kind};
use crate::json::{Message, Step};

use place::DemoPlace;

/// Runs the tour; every step is printed, and the first that does not hold ends it.
///
/// # Errors
/// Kind `bug` if a step does not hold.
pub(crate) fn demo(context: &Context, args: &DemoArgs) -> Result<(), Failure> {
    let place = DemoPlace::create(args.keep.as_deref())?;
    let tour = Tour { context, start: Instant::now() };
    let result = steps::run(&tour, &place, args.seed);
    let cleaned = place.clean_up(args.keep.is_none());
    result?;
    cleaned?;
    let end = if args.keep.is_some() { "kept" } else { "cleaned up" };
    let seconds = tour.start.elapsed().as_secs_f64();
    tour.step("clean_up", true, &format!("{end} {}; {seconds:.1} s in all", place.shown()))
}

/// How the tour speaks.
struct Tour<'t> {
    context: &'t Context,
    start: Instant,
}

impl Tour<'_> {
    fn step(&self, name: &'static str, ok: bool, detail: &str) -> Result<(), Failure> {
        let output = &self.context.output;
        output.message(&Message::Step(Step { name, ok, detail }))?;
        let mark = if ok { "ok  " } else { "FAIL" };
        output.text(&format!("{mark}  {name:<13}  {detail}"))?;
        if ok {
            Ok(())
        } else {
            Err(Failure::new(Kind::Bug, format!("demo: step {name} does not hold: {detail}")))
        }
    }
}
