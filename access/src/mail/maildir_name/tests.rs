use super::*;

fn parse(name: &str) -> MaildirName<'_> {
    MaildirName::parse(name.as_bytes()).unwrap()
}

#[test]
fn name_of_dovecot_gives_all_its_fields() {
    let name = "1795317141.M182887P21091.vm,S=7379,W=7492:2,FS";
    let expected = MaildirName {
        base: b"1795317141.M182887P21091.vm,S=7379,W=7492",
        seconds: Some(1_795_317_141),
        plain_bytes: Some(7379),
        crlf_bytes: Some(7492),
        flags: b"FS",
    };
    assert_eq!(parse(name), expected);
    let fresh = &name[..name.len() - 5];
    assert_eq!(parse(fresh), MaildirName { flags: b"", ..expected });
    assert_eq!(parse(&format!("{fresh}:2,")), MaildirName { flags: b"", ..expected });
    assert_eq!(parse(&format!("{fresh}:1,xy")), MaildirName { flags: b"", ..expected });
    assert_eq!(parse(&format!("{fresh}:2,a:2,b")).flags, b"a:2,b");
}

#[test]
fn numbers_are_taken_up_to_what_they_can_be_and_else_left_out() {
    let sizes = |name: &str| {
        let name = parse(name);
        (name.seconds, name.plain_bytes, name.crlf_bytes)
    };
    assert_eq!(sizes("0.a.h,S=0,W=0"), (Some(0), Some(0), Some(0)));
    let max = format!("{}.a.h,S={},W={}", i64::MAX, u64::MAX, u64::MAX);
    assert_eq!(sizes(&max), (Some(i64::MAX), Some(u64::MAX), Some(u64::MAX)));
    let above = "9223372036854775808.a.h,S=18446744073709551616,W=99999999999999999999";
    assert_eq!(sizes(above), (None, None, None));
    for name in ["x", "-1.a.h,S=-1,W=+1", "1a.h,S=,W= 1", "+1,S=1x,W=0x1", ",S", "1.a,s=1,w=1"] {
        let (_, plain, crlf) = sizes(name);
        assert_eq!((plain, crlf), (None, None), "{name}");
    }
    assert_eq!(sizes("7,W=3"), (None, None, Some(3)));
    assert_eq!(sizes("7.x,W=3,S=2,S=9").1, Some(2));
    assert_eq!(sizes("S=5.x"), (None, None, None), "a field follows a comma");
}

#[test]
fn names_that_are_no_mails_are_passed_over() {
    for name in
        ["", ".", "..", ".hidden", ":2,S", "dovecot-uidlist", "dovecot.index", "maildirfolder"]
    {
        assert_eq!(MaildirName::parse(name.as_bytes()), None, "{name}");
    }
    assert!(MaildirName::parse(b"\xff\n/\0").is_some());
}
