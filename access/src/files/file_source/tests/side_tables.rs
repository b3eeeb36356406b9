//! What is remembered beside the table is bounded, and what does not fit is counted and not lost.

use super::stage::Stage;
use crate::error::Reason;
use crate::source::AccessSource;

/// A source of the files `a` to `e` that has room for so many beside its table.
fn stage(side_max: usize) -> Stage {
    let stage = Stage::new();
    for path in ["a", "b", "c", "d", "e"] {
        stage.fs.write(path, b"1");
    }
    let mut state = stage.source.engine.state();
    (state.side_max, state.quiet.files_max) = (side_max, side_max);
    drop(state);
    stage
}

fn over_limit(stage: &Stage) -> u64 {
    let skipped = stage.source.counters().counts().skipped;
    skipped.iter().find(|(reason, _)| *reason == Reason::Limit).map_or(0, |(_, count)| *count)
}

#[test]
fn files_that_are_not_waited_for_are_told_by_the_next_listing() {
    let stage = stage(2);
    let mut told = stage.scan();
    let left_out =
        |words: &[String]| words.iter().filter(|word| word.starts_with("limit ")).count();
    assert_eq!((left_out(&told.words), over_limit(&stage)), (3, 3), "{:?}", told.words);
    // What is told anew, and is not, is not gone.
    assert_eq!(told.unseen, ["c", "d", "e"]);
    told = stage.scan_since(told.cursor.as_ref());
    assert_eq!(told.words, ["+c", "+d", "+e"]);
    assert_eq!(stage.scan().keys(), ["a", "b", "c", "d", "e"]);
}

#[test]
fn files_that_others_led_to_are_looked_at_by_the_next_listing() {
    let stage = stage(2);
    stage.settle();
    let told = stage.scan();
    let mut state = stage.source.engine.state();
    for (name, retell) in [("a", true), ("b", false), ("c", true), ("d", false), ("a", false)] {
        let place = (Vec::new(), name.as_bytes().to_vec());
        state.hint(place, retell, stage.source.counters());
    }
    assert_eq!((state.hints.len(), over_limit(&stage)), (2, 2));
    drop(state);
    let mut told = stage.scan_since(told.cursor.as_ref());
    told.words.sort();
    assert_eq!(told.words, ["+a", "+c"]);
}

#[test]
fn objects_that_went_are_told_once_however_many_they_are() {
    let stage = stage(2);
    stage.settle();
    let told = stage.scan();
    for path in ["a", "b", "c", "d"] {
        stage.fs.remove(path);
    }
    let mut told = stage.scan_since(told.cursor.as_ref());
    told.words.sort();
    assert_eq!(told.words, ["-a", "-b", "-c", "-d"]);
    assert_eq!((over_limit(&stage), stage.source.counters().counts().gone), (1, 4));
}
