//! The paths that a module writes: each leaf of its `use` trees and each `a::b` of its code.

use super::tokens::{Kind, Token, matches_at, matching_close};

/// One path, as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WrittenPath {
    /// The segments; a leading `::` and a trailing `*` are not among them.
    pub(crate) segments: Vec<String>,
    /// The inline modules around it, outermost first.
    pub(crate) around: Vec<String>,
    /// The name that a `use` brings into the module; `None` for a path in code and for a glob.
    pub(crate) alias: Option<String>,
    pub(crate) is_glob: bool,
    pub(crate) line: usize,
}

/// All paths of a file. Segments of generic arguments are paths of their own.
pub(crate) fn written_paths(tokens: &[Token]) -> Vec<WrittenPath> {
    let mut paths = Vec::new();
    let mut around: Vec<(usize, String)> = Vec::new();
    let mut position = 0;
    while position < tokens.len() {
        around.retain(|&(close, _)| close > position);
        let names: Vec<String> = around.iter().map(|(_, name)| name.clone()).collect();
        if tokens[position].is("use") && begins_item(tokens, position) {
            position = use_tree(tokens, position + 1, &Vec::new(), &names, &mut paths);
        } else if let Some(name) = inline_module(tokens, position) {
            around.push((matching_close(tokens, position + 2), name));
            position += 3;
        } else {
            position = code_path(tokens, position, names, &mut paths);
        }
    }
    paths
}

/// `use` is also the word of a capture list, `impl Trait + use<'a>`.
fn begins_item(tokens: &[Token], position: usize) -> bool {
    !matches_at(tokens, position + 1, &["<"])
}

fn inline_module(tokens: &[Token], position: usize) -> Option<String> {
    let is_inline = tokens[position].is("mod") && matches_at(tokens, position + 2, &["{"]);
    is_inline.then(|| tokens[position + 1].text.clone())
}

/// Reads one branch of a `use` tree and returns the position after it.
fn use_tree(
    tokens: &[Token],
    start: usize,
    prefix: &[String],
    around: &[String],
    paths: &mut Vec<WrittenPath>,
) -> usize {
    let line = tokens[start].line;
    let mut segments = prefix.to_vec();
    let mut alias = None;
    let mut is_glob = false;
    let mut position = start;
    while let Some(token) = tokens.get(position) {
        position += 1;
        match (token.kind, token.text.as_str()) {
            (Kind::Open, "{") => {
                let close = matching_close(tokens, position - 1);
                while position < close {
                    position = use_tree(tokens, position, &segments, around, paths);
                    position += usize::from(matches_at(tokens, position, &[","]));
                }
                return close + 1;
            }
            (Kind::Word, "as") => alias = tokens.get(position).map(|name| name.text.clone()),
            // `a::{self}` names `a` itself.
            (Kind::Word, "self") if !segments.is_empty() => {}
            (Kind::Word, word) if alias.is_none() => segments.push(word.to_owned()),
            (Kind::Mark, "*") => is_glob = true,
            (Kind::Mark, ";" | ",") | (Kind::Close, _) => {
                position -= 1;
                break;
            }
            _ => {}
        }
    }
    let own_name = segments.last().filter(|_| !is_glob).cloned();
    let alias = alias.or(own_name);
    paths.push(WrittenPath { segments, around: around.to_vec(), alias, is_glob, line });
    position
}

/// Reads a path of at least two segments, if one begins here, and returns the position after it.
fn code_path(
    tokens: &[Token],
    start: usize,
    around: Vec<String>,
    paths: &mut Vec<WrittenPath>,
) -> usize {
    let follows_colons = start > 0 && tokens[start - 1].is("::");
    // `pub(in crate::a)` says who may see an item and imports nothing.
    let is_visibility = start > 2 && matches_at(tokens, start - 3, &["pub", "(", "in"]);
    if tokens[start].kind != Kind::Word || follows_colons || is_visibility {
        return start + 1;
    }
    let mut segments = vec![tokens[start].text.clone()];
    let mut position = start + 1;
    while matches_at(tokens, position, &["::"]) {
        let Some(next) = tokens.get(position + 1).filter(|next| next.kind == Kind::Word) else {
            break;
        };
        segments.push(next.text.clone());
        position += 2;
    }
    if segments.len() > 1 {
        let line = tokens[start].line;
        paths.push(WrittenPath { segments, around, alias: None, is_glob: false, line });
    }
    position
}

mod self_test {
    use super::super::tokens::lex;
    use super::written_paths;

    fn written(source: &str) -> Vec<String> {
        written_paths(&lex(source).expect("the example is Rust"))
            .into_iter()
            .map(|path| {
                let glob = if path.is_glob { "::*" } else { "" };
                let alias = path.alias.map(|alias| format!(" as {alias}")).unwrap_or_default();
                let place = [&path.around[..], &[path.segments.join("::")]].concat().join("/");
                format!("{place}{glob}{alias}")
            })
            .collect()
    }

    #[test]
    fn use_trees_are_cut_into_leaves() {
        assert_eq!(
            written("pub(crate) use crate::{a::{self, B as C, d::*}, e};\nuse ::std::fs;"),
            [
                "crate::a as a",
                "crate::a::B as C",
                "crate::a::d::*",
                "crate::e as e",
                "std::fs as fs"
            ]
        );
    }

    #[test]
    fn paths_in_code_types_and_macros_are_seen() {
        assert_eq!(
            written("fn f(x: super::A<crate::b::C>) { vec![crate::d::E::new::<F>()]; self.g }"),
            ["super::A", "crate::b::C", "crate::d::E::new"]
        );
    }

    #[test]
    fn visibility_and_capture_lists_are_no_paths() {
        let source = "pub(in crate::a) fn f() -> impl Sized + use<> { for b in crate::c::d() {} }";
        assert_eq!(written(source), ["crate::c::d"]);
    }

    #[test]
    fn inline_modules_around_a_path_are_named() {
        assert_eq!(written("mod a { use super::B; } use c::D;"), ["a/super::B as B", "c::D as D"]);
    }
}
