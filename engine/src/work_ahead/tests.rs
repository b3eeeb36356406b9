use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::in_order;

#[test]
fn results_come_in_the_order_of_the_items_whatever_the_threads() {
    for count in [0, 1, 2, 3, 7, 8, 9, 100] {
        let items: Vec<usize> = (0..count).collect();
        let squares: Vec<usize> = items.iter().map(|item| item * item).collect();
        for threads in [0, 1, 2, 3, 8, 200] {
            for ahead in [0, 1, 4] {
                let work = |item: &usize| item * item;
                let found: Vec<_> =
                    in_order(&items, threads, ahead, work, |results| results.collect());
                assert_eq!(found, squares, "{count} items, {threads} threads, {ahead} ahead");
            }
        }
    }
}

#[test]
fn whoever_takes_no_more_ends_the_work() {
    let items: Vec<usize> = (0..10_000).collect();
    let done = AtomicUsize::new(0);
    let work = |item: &usize| {
        done.fetch_add(1, Ordering::Relaxed);
        *item
    };
    let (threads, ahead, taken) = (3, 4, 10);
    let found: Vec<usize> =
        in_order(&items, threads, ahead, work, |results| results.take(taken).collect());
    assert_eq!(found, items[..taken]);
    // In the channels, in the making, and begun when the channels were closed.
    let most = taken + threads * (ahead + 2);
    assert!(done.load(Ordering::Relaxed) <= most, "{done:?} of at most {most}");
}

#[test]
fn with_one_thread_the_caller_does_the_work() {
    let caller = thread::current().id();
    let items = [1, 2, 3];
    let work = |_: &i32| thread::current().id();
    let by: Vec<_> = in_order(&items, 1, 4, work, |results| results.collect());
    assert_eq!(by, [caller; 3]);
}
