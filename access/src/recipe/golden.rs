//! Goal: a version of recipes gives the same bytes for ever.
//! Method: the BLAKE3 of what every offered recipe makes of every committed sample. The list is
//! never changed, only added to: other bytes need another version.
//! What a user loses if it fails: chunks that were published are not given any more when pulled.

use std::fmt::Write;

use super::step::{Recipe, Step};
use super::test_inputs::{SAMPLES, run, walk_all};
use super::walk::Hints;

const GOLDEN: &str = include_str!("../../tests/samples/recipes/golden.txt");

fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

fn by_name(name: &str) -> Option<Step> {
    match name {
        "page.zlib" | "page.deflate" => Some(Step::Gunzip),
        "page.br" | "zeros.br" => Some(Step::Unbrotli),
        _ => None,
    }
}

#[test]
fn the_bytes_of_every_recipe_are_what_they_were() {
    let mut found = String::new();
    for (name, bytes) in SAMPLES {
        let bytes = bytes.to_vec();
        let hints = Hints { is_mail: name.starts_with("mail"), ..Hints::default() };
        let mut lines: Vec<(Recipe, String)> = Vec::new();
        for (recipe, _, content) in walk_all(&bytes, hints).0 {
            let hash = content.map_or_else(|error| error.to_string(), |bytes| hash(&bytes));
            lines.push((recipe, hash));
        }
        if let Some(step) = by_name(name).filter(|_| name != "zeros.br") {
            let content = run(std::slice::from_ref(&step), &bytes).unwrap();
            lines.push((Recipe::new(vec![step]).unwrap(), hash(&content)));
        }
        for (recipe, hash) in lines {
            let hex =
                recipe.encode().iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
            writeln!(found, "{name} | {hex} | {recipe} | {hash}").unwrap();
        }
    }
    assert!(found == GOLDEN, "{found}");
}
