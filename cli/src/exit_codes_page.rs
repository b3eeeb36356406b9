//! The manual page `gleaner-exit-codes(7)`, made from the one table of exit codes.

use crate::exit_code::{EXIT_CODES, Kind};

/// The page in roff.
pub(crate) fn exit_codes_page() -> String {
    use std::fmt::Write as _;
    let version = env!("CARGO_PKG_VERSION");
    let mut page = format!(
        ".TH gleaner-exit-codes 7 \"\" \"gleaner {version}\"\n\
         .SH NAME\n\
         gleaner\\-exit\\-codes \\- how a run of gleaner ended\n\
         .SH DESCRIPTION\n\
         One table for all verbs. An unknown code other than 0 means failure. What stops the run \
         decides; else 4 over 6 over 5 over 3.\n\
         .PP\n\
         With \\fB\\-\\-json\\fR the last line on stderr of a run that does not end with 0 is an \
         \\fBexit_error\\fR with the code, a message and a kind. Kinds are stable.\n\
         .SH EXIT CODES\n"
    );
    for (code, meaning) in EXIT_CODES {
        write!(page, ".TP\n\\fB{code}\\fR\n{meaning}").expect("writing to a String cannot fail");
        let mut kinds: Vec<&str> =
            Kind::ALL.iter().filter(|kind| kind.code() == *code).map(|kind| kind.row().1).collect();
        kinds.dedup();
        if !kinds.is_empty() {
            let kinds = kinds.join(", ");
            write!(page, " Kinds: {kinds}.").expect("writing to a String cannot fail");
        }
        page.push('\n');
    }
    page.push_str(".SH SEE ALSO\n\\fBgleaner\\fR(1)\n");
    page
}

#[cfg(test)]
mod tests {
    use super::exit_codes_page;
    use crate::exit_code::{EXIT_CODES, Kind};

    #[test]
    fn every_kind_stands_at_a_code_that_is_explained() {
        let page = exit_codes_page();
        for kind in Kind::ALL {
            assert!(EXIT_CODES.iter().any(|(code, _)| *code == kind.code()), "{kind:?}");
            assert!(page.contains(kind.row().1), "{kind:?}");
        }
    }
}
