//! Goal: a tree lists what its operator asked for, under the URLs that its subscribers see. Method:
//! options against paths. If it fails, files are listed that should not be, or not found by URL.

use super::{TreeFormat, TreeOptions, escaped, unescaped};
use crate::error::Error;
use crate::files::file_format::{FileFormat, Role};
use crate::identifiers::Identifiers;

fn tree(include: &[&str], exclude: &[&str]) -> Result<TreeFormat, Error> {
    let owned = |globs: &[&str]| globs.iter().map(|&glob| glob.to_owned()).collect();
    TreeFormat::new(&TreeOptions {
        include: owned(include),
        exclude: owned(exclude),
        base_url: None,
    })
}

#[test]
fn globs_say_what_is_listed_and_exclude_wins() {
    let tree = tree(&["**/*.deb", "*.txt"], &["private/**", "secret.txt", "old"]).unwrap();
    let is_listed =
        |folder: &str, name: &str| tree.role(folder.as_bytes(), name.as_bytes()) == Role::Object;
    assert!(is_listed("pool/a", "x.deb") && is_listed("", "x.deb") && is_listed("", "a.txt"));
    assert!(!is_listed("pool", "a.txt") && !is_listed("", "x.rpm"));
    assert!(!is_listed("", "secret.txt") && !is_listed("private", "x.deb"));
    assert!(tree.enters(b"pool") && !tree.enters(b"old"));
    assert!(matches!(
        TreeFormat::new(&TreeOptions { include: vec!["[".to_owned()], ..TreeOptions::default() }),
        Err(Error::Configuration { option: "include", .. })
    ));
}

#[test]
fn any_path_comes_back_from_its_url() {
    let path: Vec<u8> = (1..=255).collect();
    let url = escaped(&path);
    assert!(url.iter().all(u8::is_ascii_graphic));
    assert_eq!(unescaped(&url).unwrap(), path);
    for broken in ["%", "%4", "%zz", "a%4"] {
        assert_eq!(unescaped(broken.as_bytes()), None, "{broken}");
    }
}

#[test]
fn urls_lead_to_paths_within_the_root_only() {
    let base_url = Some("http://[2001:DB8::1]:80/pub".to_owned());
    let tree = TreeFormat::new(&TreeOptions { base_url, ..TreeOptions::default() }).unwrap();
    assert_eq!(tree.host.as_deref(), Some("2001:db8::1"));
    let paths = |url: &str| {
        let urls = vec![format!("http://[2001:DB8::1]:80{url}").into_bytes()];
        tree.paths_for(&Identifiers { urls, ..Identifiers::default() })
    };
    assert_eq!(paths("/pub/a/b"), [b"a/b"]);
    for url in ["/pub", "/pub/", "/pubx/a", "/pub/../a", "/pub/a//b", "/pub/%2e%2e/a", "/pub/%00"] {
        assert!(paths(url).is_empty(), "{url}");
    }
    for url in ["mirror", "http://", "http:///x"] {
        let base_url = Some(url.to_owned());
        assert!(TreeFormat::new(&TreeOptions { base_url, ..TreeOptions::default() }).is_err());
    }
}
