//! The report for people.

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};

use super::machine::Machine;
use super::metric::Metric;
use super::report::{Report, Row, memory_bytes, mode_name};
use crate::args::BenchIndexArgs;
use crate::byte_text::{amount, count};

/// Heading and table.
pub(super) fn text(report: &Report, args: &BenchIndexArgs) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING);
    table.set_header([
        "phase", "metric", "keys", "value", "unit", "cores", "target", "floor", "at", "met",
    ]);
    for column in [2, 3, 5, 6, 7, 8] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for row in &report.rows {
        table.add_row(cells(row));
    }
    format!("{}\n{}", heading(report, args), table.trim_fmt())
}

fn heading(report: &Report, args: &BenchIndexArgs) -> String {
    let machine = Machine::this();
    let debug = if cfg!(debug_assertions) { ", with debug assertions" } else { "" };
    format!(
        "gleaner {}{debug}; {}, {}, {}\n{}, seed {}, mode {}, budget {}, {:.0} s\n",
        env!("CARGO_PKG_VERSION"),
        machine.cpu.as_deref().unwrap_or("unknown CPU"),
        count(machine.cores as u64, "core"),
        machine.memory_bytes.map_or_else(|| "unknown memory".to_owned(), amount),
        count(args.keys.get(), "key"),
        args.seed,
        mode_name(args.mode),
        amount(memory_bytes(args)),
        report.seconds_elapsed,
    )
}

fn cells(row: &Row) -> [String; 10] {
    let Metric { phase, name, unit, target, floor, stated_at_keys, .. } = row.metric;
    let limit = |limit: Option<f64>| limit.map(number).unwrap_or_default();
    let met = match (row.target_met, row.floor_met) {
        (_, Some(false)) => "BELOW FLOOR",
        (Some(true), _) => "target",
        (Some(false), _) => "floor",
        (None, _) => "",
    };
    [
        phase.to_owned(),
        name.to_owned(),
        row.keys.to_string(),
        number(row.value),
        unit.to_owned(),
        row.cores_used.map(|cores| format!("{cores:.1}")).unwrap_or_default(),
        limit(target),
        limit(floor),
        stated_at_keys.map(|keys| keys.to_string()).unwrap_or_default(),
        met.to_owned(),
    ]
}

/// Three or four digits that say something.
fn number(value: f64) -> String {
    match value.abs() {
        large if large >= 1e6 => format!("{:.2} M", value / 1e6),
        large if large >= 1e3 => format!("{:.1} k", value / 1e3),
        large if large >= 100.0 => format!("{value:.0}"),
        large if large >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.5}"),
    }
}
