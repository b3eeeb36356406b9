//! The words and marks of a Rust file, as the compiler's own lexer cuts them: comments are gone,
//! literals are opaque, so a check never trips over an example in a comment or a string.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// What a token is, as far as the checks care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An identifier or keyword.
    Word,
    /// A punctuation mark; `::` is one.
    Mark,
    /// A literal, doc comments included.
    Literal,
    /// An opening bracket of any kind.
    Open,
    /// A closing bracket of any kind.
    Close,
}

/// One token and the line it begins on, counted from 1.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) text: String,
    pub(crate) line: usize,
}

impl Token {
    pub(crate) fn is(&self, text: &str) -> bool {
        self.kind != Kind::Literal && self.text == text
    }
}

/// Cuts a file into tokens; `None` if it is not Rust that the compiler would lex.
pub(crate) fn lex(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    flatten(text.parse().ok()?, &mut tokens);
    Some(tokens)
}

fn flatten(stream: TokenStream, tokens: &mut Vec<Token>) {
    let mut joined_colon = false;
    for tree in stream {
        let line = tree.span().start().line;
        let mut push = |kind, text: String| tokens.push(Token { kind, text, line });
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = brackets(group.delimiter());
                push(Kind::Open, open.to_owned());
                flatten(group.stream(), tokens);
                let line = group.span_close().start().line;
                tokens.push(Token { kind: Kind::Close, text: close.to_owned(), line });
            }
            TokenTree::Ident(word) => push(Kind::Word, word.to_string()),
            TokenTree::Literal(literal) => push(Kind::Literal, literal.to_string()),
            TokenTree::Punct(mark) if joined_colon && mark.as_char() == ':' => {
                tokens.last_mut().expect("the first colon was pushed").text.push(':');
                joined_colon = false;
                continue;
            }
            TokenTree::Punct(mark) => {
                joined_colon = mark.as_char() == ':' && mark.spacing() == Spacing::Joint;
                push(Kind::Mark, mark.to_string());
                continue;
            }
        }
        joined_colon = false;
    }
}

fn brackets(delimiter: Delimiter) -> (&'static str, &'static str) {
    match delimiter {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Brace => ("{", "}"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::None => ("", ""),
    }
}

/// The position of the bracket that closes the one at `open`.
pub(crate) fn matching_close(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (position, token) in tokens.iter().enumerate().skip(open) {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return position;
        }
    }
    unreachable!("the lexer only lets balanced brackets through")
}

/// True if `words` stand at `position`, one token each.
pub(crate) fn matches_at(tokens: &[Token], position: usize, words: &[&str]) -> bool {
    words
        .iter()
        .enumerate()
        .all(|(step, word)| tokens.get(position + step).is_some_and(|token| token.is(word)))
}

/// The tokens without the items that exist in tests only (`#[cfg(test)]`, `#[test]`).
pub(crate) fn without_test_items(tokens: &[Token]) -> Vec<Token> {
    let mut kept = Vec::new();
    let mut position = 0;
    while position < tokens.len() {
        if is_test_attribute(tokens, position) {
            position = item_end(tokens, matching_close(tokens, position + 1) + 1);
        } else {
            kept.push(tokens[position].clone());
            position += 1;
        }
    }
    kept
}

/// True if `#[test]`, `#[cfg(test)]` or `#[cfg(all(test, ...))]` stands at `position`.
fn is_test_attribute(tokens: &[Token], position: usize) -> bool {
    matches_at(tokens, position, &["#", "[", "test", "]"])
        || matches_at(tokens, position, &["#", "[", "cfg", "(", "test", ")", "]"])
        || matches_at(tokens, position, &["#", "[", "cfg", "(", "all", "(", "test", ","])
}

/// The position after the item, statement or field that begins at `start`, its attributes included.
fn item_end(tokens: &[Token], start: usize) -> usize {
    let mut ends_at_brace = false;
    let mut position = start;
    while let Some(token) = tokens.get(position) {
        match (token.kind, token.text.as_str()) {
            (_, ";" | ",") => return position + 1,
            (Kind::Close, _) => return position,
            (Kind::Word, "fn" | "mod" | "impl" | "struct" | "enum" | "trait" | "macro_rules") => {
                ends_at_brace = true;
            }
            (Kind::Open, open) => {
                position = matching_close(tokens, position);
                if open == "{" && ends_at_brace {
                    return position + 1;
                }
            }
            _ => {}
        }
        position += 1;
    }
    position
}

mod self_test {
    use super::{lex, without_test_items};

    fn texts(source: &str) -> Vec<String> {
        let tokens = without_test_items(&lex(source).expect("the example is Rust"));
        tokens.into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn comments_and_strings_are_not_words() {
        assert_eq!(texts("// unsafe\n\"unsafe\" a::b"), ["\"unsafe\"", "a", "::", "b"]);
    }

    #[test]
    fn items_of_tests_are_left_out_and_their_neighbours_kept() {
        let source = "#[cfg(test)] mod tests { use super::a; }\n\
             #[cfg(test)] pub(crate) use crate::b::{c, d};\n\
             #[cfg(all(test, unix))] fn e() -> [u8; 2] { f() }\n\
             struct G { #[cfg(test)] h: u8, i: u8 }";
        assert_eq!(texts(source).join(" "), "struct G { i : u8 }");
    }

    #[test]
    fn lines_are_those_of_the_file() {
        let lines: Vec<usize> = lex("a\n\n{ b\n}").expect("Rust").iter().map(|t| t.line).collect();
        assert_eq!(lines, [1, 3, 3, 4]);
    }
}
