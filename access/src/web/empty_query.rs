//! The empty query that Apache's names end with.

/// A URL without its question mark, if that is all there is of a query: Apache ends the names in
/// its cache with one where there is no query, and an empty query is named like none.
pub(crate) fn without_empty_query(url: &[u8]) -> &[u8] {
    url.strip_suffix(b"?").filter(|rest| !rest.contains(&b'?')).unwrap_or(url)
}

#[cfg(test)]
mod tests {
    use super::without_empty_query;

    #[test]
    fn only_a_question_mark_that_is_the_whole_query_is_left_out() {
        let cases = [
            ("/x?", "/x"),
            ("/x", "/x"),
            ("/x?a", "/x?a"),
            ("/x?a?", "/x?a?"),
            ("/x??", "/x??"),
            ("?", ""),
            ("", ""),
        ];
        for (url, name) in cases {
            assert_eq!(without_empty_query(url.as_bytes()), name.as_bytes(), "{url}");
        }
    }
}
