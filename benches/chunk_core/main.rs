//! The chunk-and-hash core against its limits, all measured in turn in one run: scan against the
//! `fastcdc` crate, chunk and hash against scan and hash alone, two threads against two processes,
//! a stream against read, scan and hash. Prints Markdown for `benches/record/`.
//!
//!     cargo bench -p gleaner-benches --bench chunk_core            # all, needs 9 GiB of memory
//!     cargo bench -p gleaner-benches --bench chunk_core -- scan    # threads | stream | thresholds
//!
//! Each figure is the median of the repetitions, wall and CPU time beside each other. Ratios
//! are medians of ratios within a repetition, so that a machine that slows down for a while slows
//! both sides down.

mod hash_process;
mod report;
mod scan;
mod stream;
mod threads;
mod thresholds;

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let part = arguments.next().unwrap_or_default();
    match part.as_str() {
        hash_process::ARGUMENT => hash_process::serve(),
        "scan" => scan::run(),
        "threads" => threads::run(),
        "stream" => stream::run(),
        "thresholds" => thresholds::run(),
        "" => {
            scan::run();
            threads::run();
            stream::run();
            thresholds::run();
        }
        other => panic!("unknown part {other}: scan, threads, stream or thresholds"),
    }
}
