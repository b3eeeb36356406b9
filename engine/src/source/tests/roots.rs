use std::path::PathBuf;

use crate::source::normalise_roots;

fn normal(roots: &[&str]) -> Vec<String> {
    let roots: Vec<PathBuf> = roots.iter().map(PathBuf::from).collect();
    normalise_roots(&roots).into_iter().map(|root| root.to_string_lossy().into_owned()).collect()
}

#[test]
fn roots_are_spelled_once_and_nested_ones_go() {
    assert_eq!(normal(&["/a/b", "/a", "/a/b/c", "/b/../c//d/.", "/c/d/"]), ["/a", "/c/d"]);
    assert_eq!(normal(&["/a", "/a-b", "/a/b"]), ["/a", "/a-b"]);
    assert_eq!(normal(&["/ab", "/a"]), ["/a", "/ab"]);
    assert_eq!(normal(&["/x", "/"]), ["/"]);
    assert_eq!(normal(&["/../../x"]), ["/x"]);
    assert_eq!(normal(&["x"]), ["/x"]);
    assert!(normal(&[]).is_empty());
}
