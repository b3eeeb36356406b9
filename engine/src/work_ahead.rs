//! Work on many items by several threads ahead of whoever takes the results, in order.

use std::thread;

use crossbeam::channel::{Receiver, bounded};

/// Calls `take` with what `work` gives for each of `items`, in their order. Each of so many
/// `threads` is at most `ahead` results ahead of it, and a result in the making; what is not taken
/// ends with the results that are in the making by then.
///
/// With one thread, or one item, no thread is started: the work is done when its result is taken.
pub(crate) fn in_order<I: Sync, O: Send, T>(
    items: &[I],
    threads: usize,
    ahead: usize,
    work: impl Fn(&I) -> O + Sync,
    take: impl FnOnce(&mut dyn Iterator<Item = O>) -> T,
) -> T {
    let threads = threads.min(items.len());
    if threads <= 1 {
        return take(&mut items.iter().map(work));
    }
    let work = &work;
    thread::scope(|scope| {
        // Each thread does every so many-th item, so that all of them give an order again without
        // anyone running ahead further than its channel.
        let results: Vec<Receiver<O>> = (0..threads)
            .map(|first| {
                let (sender, receiver) = bounded(ahead);
                scope.spawn(move || {
                    for item in items.iter().skip(first).step_by(threads) {
                        // Nobody takes any more.
                        if sender.send(work(item)).is_err() {
                            break;
                        }
                    }
                });
                receiver
            })
            .collect();
        let in_order = results.iter().cycle().take(items.len());
        take(&mut in_order.map(|from| from.recv().expect("each thread sends all its results")))
    })
}

#[cfg(test)]
mod tests;
