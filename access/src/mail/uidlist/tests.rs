use super::*;

const LIST: &str = "3 V1795317141 N3 G3a2b680b955d026b6352000083ecc375\n\
    1 :1795317141.M182887P21091.vm,S=7379,W=7492\n\
    2 W99 G:x Pabc :b,S=1:2,S\n\
    7 :c\n";

fn read(list: &str) -> Result<Uidlist, Error> {
    Uidlist::read(list.as_bytes())
}

#[test]
fn each_mail_has_its_number() {
    let list = read(LIST).unwrap();
    assert_eq!((list.uid_validity, list.len(), list.is_empty()), (1_795_317_141, 3, false));
    assert_eq!(list.uid(b"1795317141.M182887P21091.vm,S=7379,W=7492"), Some(1));
    assert_eq!((list.uid(b"b,S=1"), list.uid(b"c"), list.uid(b"d")), (Some(2), Some(7), None));
    assert_eq!(list.uid(b""), None);
    assert!(read("3 V1 N1\n").unwrap().is_empty());
}

#[test]
fn newest_number_of_a_name_counts() {
    let list = read("3 V1 N3\n1 :a\n2 :b\n3 :a\n").unwrap();
    assert_eq!((list.uid(b"a"), list.uid(b"b")), (Some(3), Some(2)));
}

#[test]
fn cut_list_gives_a_prefix_of_its_numbers_or_an_error() {
    let whole = read(LIST).unwrap();
    for len in 0..LIST.len() {
        let Ok(list) = read(&LIST[..len]) else {
            assert!(len <= LIST.find('\n').unwrap(), "{len}");
            continue;
        };
        assert_eq!(list.uid_validity, whole.uid_validity);
        assert_eq!(list.len(), LIST[..len].matches('\n').count() - 1);
        assert!(list.uids.iter().all(|entry| whole.uids.contains(entry)));
    }
}

#[test]
fn first_line_is_of_version_3_with_a_uid_validity() {
    for header in ["", "\n", "3\n", "3 V\n", "3 V0 N1\n", "3 V4294967296 N1\n", "3 V-1\n", "x V1\n"]
    {
        assert!(matches!(read(header), Err(Error::Corrupt(_))), "{header:?}");
    }
    for header in ["1 1795317141 3\n", "2 V1\n", "4 V1 N1\n"] {
        assert!(matches!(read(header), Err(Error::Unsupported(_))), "{header:?}");
    }
    assert_eq!(read("3 V4294967295 N4294967295\n").unwrap().uid_validity, u32::MAX);
}

#[test]
fn lines_that_cannot_be_are_refused() {
    for line in ["", " ", "x :a", "0 :a", "4294967296 :a", "-1 :a", "1 a", "1 :", "1 ::2,S", "1:a"]
    {
        let list = format!("3 V1 N9\n{line}\n");
        assert!(matches!(read(&list), Err(Error::Corrupt(_))), "{line:?}");
    }
    assert_eq!(read("3 V1 N9\n4294967295 :a\n").unwrap().uid(b"a"), Some(u32::MAX));
    for (first, second) in [(1, 1), (2, 1)] {
        assert!(read(&format!("3 V1 N9\n{first} :a\n{second} :b\n")).is_err());
    }
    let endless = format!("3 V1 N9\n1 :{}\n", "x".repeat(300_000));
    assert!(matches!(read(&endless), Err(Error::Corrupt(_))));
}
