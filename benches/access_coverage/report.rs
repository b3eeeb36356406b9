//! The tables.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::coverage::{Coverage, Way};
use crate::pulls::Pulled;
use crate::sources::Source;
use crate::tally::{Share, Tally};
use crate::treatment::Treatment;
use crate::via::Via;

/// What a run found.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) tally: Tally,
    pub(crate) coverage: Coverage,
    pub(crate) pulled: BTreeMap<Way, Pulled>,
}

impl Found {
    /// The share of what was kept as it came that is covered, between 0 and 1.
    pub(crate) fn as_is(&self) -> f64 {
        let share = self.tally.sum(|_, treatment| treatment == Treatment::AsIs);
        ratio(share.any, share.bytes)
    }

    /// Chunks that were served with other bytes.
    pub(crate) fn wrong(&self) -> u64 {
        self.pulled.values().map(|pulled| pulled.wrong).sum()
    }

    /// Chunks that were listed and not served.
    pub(crate) fn not_served(&self) -> u64 {
        self.pulled.values().map(|pulled| pulled.asked - pulled.served).sum()
    }
}

#[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn percent(part: u64, whole: u64) -> String {
    if whole == 0 { "-".to_owned() } else { format!("{:.1} %", 100.0 * ratio(part, whole)) }
}

/// Bytes in 10^6.
fn megabytes(bytes: u64) -> String {
    format!("{:.1}", ratio(bytes, 1_000_000))
}

/// All tables, as Markdown.
pub(crate) fn tables(found: &Found, sources: &[Source]) -> String {
    let mut text = String::new();
    mix(&mut text, &found.tally);
    covered(&mut text, &found.tally);
    of_sources(&mut text, found, sources);
    of_recipes(&mut text, found);
    of_pulls(&mut text, found, sources);
    text
}

fn line(text: &mut String, cells: &[&str]) {
    writeln!(text, "| {} |", cells.join(" | ")).expect("memory takes all");
}

fn head(text: &mut String, title: &str, cells: &[&str]) {
    writeln!(text, "\n## {title}\n").expect("memory takes all");
    line(text, cells);
    let rule = cells.iter().enumerate().map(|(at, _)| if at == 0 { "---" } else { "---:" });
    writeln!(text, "|{}|", rule.collect::<Vec<_>>().join("|")).expect("memory takes all");
}

fn mix(text: &mut String, tally: &Tally) {
    let cells =
        ["downloaded, then saved, MB", "objects", "as is", "unpacked", "edited", "re-saved", "all"];
    head(text, "The mix", &cells);
    let row = |text: &mut String, name: &str, is_in: &dyn Fn(Via) -> bool| {
        let moved = |share: Share| {
            format!("{} > {}", megabytes(share.bytes_downloaded), megabytes(share.bytes))
        };
        let of = |treatment| moved(tally.sum(|via, it| is_in(via) && it == treatment));
        let all = tally.sum(|via, _| is_in(via));
        let [a, b, c, d] = Treatment::ALL.map(of);
        line(text, &[name, &all.downloads.to_string(), &a, &b, &c, &d, &moved(all)]);
    };
    for via in Via::ALL {
        row(text, via.name(), &|it| it == via);
    }
    row(text, "all", &|_| true);
    let all = tally.sum(|_, _| true);
    let kept = tally.sum(|_, treatment| treatment == Treatment::AsIs);
    writeln!(
        text,
        "\n{} files; {} MB of distinct chunks, of which {} are covered. {} MB of what is not \
         covered lie in files of less than 512 bytes, which no list tells of. Kept as is and not \
         covered are {} bytes, of which {} lie in such files.",
        all.files,
        megabytes(tally.distinct),
        percent(tally.distinct_covered, tally.distinct),
        megabytes(all.short),
        kept.bytes - kept.any,
        kept.short,
    )
    .expect("memory takes all");
}

fn covered(text: &mut String, tally: &Tally) {
    let cells =
        ["covered by any list", "as is", "unpacked", "edited", "re-saved", "all", "all, own lists"];
    head(text, "Covered share of the saved bytes", &cells);
    let row = |text: &mut String, name: &str, is_in: &dyn Fn(Via) -> bool| {
        let any = |share: Share| percent(share.any, share.bytes);
        let of = |treatment| any(tally.sum(|via, it| is_in(via) && it == treatment));
        let all = tally.sum(|via, _| is_in(via));
        let [a, b, c, d] = Treatment::ALL.map(of);
        line(text, &[name, &a, &b, &c, &d, &any(all), &percent(all.own, all.bytes)]);
    };
    for via in Via::ALL {
        row(text, via.name(), &|it| it == via);
    }
    row(text, "all", &|_| true);
}

fn of_sources(text: &mut String, found: &Found, sources: &[Source]) {
    let cells = [
        "agent of",
        "objects",
        "chunks listed",
        "MB listed",
        "not readable",
        "covers of all that was saved",
        "alone",
    ];
    head(text, "By agent", &cells);
    let all = found.tally.sum(|_, _| true).bytes;
    for (place, (source, listed)) in sources.iter().zip(&found.coverage.listed).enumerate() {
        let part = found.tally.by_source.get(&place).copied().unwrap_or_default();
        let cells = [
            source.name,
            &format!("{} of {}", listed.objects, source.objects_expected),
            &listed.chunks.to_string(),
            &megabytes(listed.bytes),
            &listed.failed.to_string(),
            &percent(part.covered, all),
            &percent(part.alone, all),
        ];
        line(text, &cells);
    }
}

fn of_recipes(text: &mut String, found: &Found) {
    let cells = ["recipe", "covers, MB", "of all that was saved", "alone"];
    head(text, "By recipe", &cells);
    let all = found.tally.sum(|_, _| true).bytes;
    let mut parts: Vec<_> = found.tally.by_kind.iter().collect();
    parts.sort_by_key(|(_, part)| std::cmp::Reverse(part.covered));
    for (&kind, part) in parts {
        let name = found.coverage.kinds.get(kind).map_or("?", String::as_str);
        let shares = [percent(part.covered, all), percent(part.alone, all)];
        line(text, &[name, &megabytes(part.covered), &shares[0], &shares[1]]);
    }
}

fn of_pulls(text: &mut String, found: &Found, sources: &[Source]) {
    let cells = ["pulled from", "recipe", "covered chunks", "asked for", "served", "wrong"];
    head(text, "Pulls", &cells);
    for (way, pulled) in &found.pulled {
        let source = sources.get(way.source).map_or("?", |source| source.name);
        let kind = found.coverage.kinds.get(way.kind).map_or("?", String::as_str);
        let [listed, asked, served, wrong] =
            [pulled.listed, pulled.asked, pulled.served, pulled.wrong].map(|it| it.to_string());
        line(text, &[source, kind, &listed, &asked, &served, &wrong]);
    }
    for (way, pulled) in &found.pulled {
        let source = sources.get(way.source).map_or("?", |source| source.name);
        let kind = found.coverage.kinds.get(way.kind).map_or("?", String::as_str);
        for (why, count) in &pulled.refused {
            writeln!(text, "\n- {source}, {kind}: {count} not served: {why}")
                .expect("memory takes all");
        }
    }
}
