//! Names of objects and folders.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// A validated relative path of 1 to 4 components of `[a-z0-9._-]`, each of 1 to 128 bytes.
///
/// No component is `.` or `..`, so a name can neither leave the repository nor alias another
/// one, also on file systems that fold case. The same type names folders. Cloning is cheap (one
/// reference count). The order is that of the bytes of the path.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectName(Arc<str>);

/// Why a string is no object name; the string itself is cut to a printable prefix.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{defect} in object name {name:?}")]
pub struct InvalidName {
    /// The first bytes of what was given.
    pub name: Box<str>,
    /// The rule that it breaks.
    pub defect: NameDefect,
}

/// The rule of [`ObjectName`] that a string breaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum NameDefect {
    /// No component, or two slashes in a row, or one at either end.
    EmptyComponent,
    /// A component `.` or `..`.
    Dots,
    /// A byte outside of `[a-z0-9._-]`.
    Byte(u8),
    /// A component of more than [`ObjectName::COMPONENT_BYTES_MAX`] bytes.
    ComponentTooLong,
    /// More than [`ObjectName::COMPONENTS_MAX`] components.
    TooDeep,
}

impl fmt::Display for NameDefect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptyComponent => f.write_str("empty component"),
            Self::Dots => f.write_str("component of dots only"),
            Self::Byte(byte) => write!(f, "byte {byte:#04x}"),
            Self::ComponentTooLong => f.write_str("component too long"),
            Self::TooDeep => f.write_str("too many components"),
        }
    }
}

impl ObjectName {
    /// Components in a name, at most.
    pub const COMPONENTS_MAX: usize = 4;
    /// Bytes in a component, at most.
    pub const COMPONENT_BYTES_MAX: usize = 128;

    /// Checks a path such as `data/0f/0f3c`.
    ///
    /// # Errors
    /// [`InvalidName`] with the first rule that is broken.
    pub fn new(name: &str) -> Result<Self, InvalidName> {
        match defect(name) {
            None => Ok(Self(name.into())),
            Some(defect) => {
                Err(InvalidName { name: name.chars().take(NAME_SHOWN_CHARS).collect(), defect })
            }
        }
    }

    /// The name below this one.
    ///
    /// # Errors
    /// [`InvalidName`] when the component breaks a rule or the result is too deep.
    pub fn join(&self, component: &str) -> Result<Self, InvalidName> {
        Self::new(&format!("{self}/{component}"))
    }

    /// The path with `/` between components.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last component.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.0.rsplit_once('/').map_or(self.as_str(), |(_, last)| last)
    }

    /// All components but the last as a path; empty for a name with a single component.
    #[must_use]
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// Whether this name lies below `folder` at any depth; a name does not lie below itself.
    #[must_use]
    pub fn is_below(&self, folder: &Self) -> bool {
        self.0.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'))
    }
}

/// Characters of a refused name that an error repeats.
const NAME_SHOWN_CHARS: usize = 80;

/// The first rule that `name` breaks.
fn defect(name: &str) -> Option<NameDefect> {
    let mut components = 0;
    for component in name.split('/') {
        components += 1;
        if component.is_empty() {
            return Some(NameDefect::EmptyComponent);
        }
        if component == "." || component == ".." {
            return Some(NameDefect::Dots);
        }
        if component.len() > ObjectName::COMPONENT_BYTES_MAX {
            return Some(NameDefect::ComponentTooLong);
        }
        let is_bad = |byte: &u8| !matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-');
        if let Some(byte) = component.bytes().find(is_bad) {
            return Some(NameDefect::Byte(byte));
        }
    }
    (components > ObjectName::COMPONENTS_MAX).then_some(NameDefect::TooDeep)
}

impl FromStr for ObjectName {
    type Err = InvalidName;

    fn from_str(name: &str) -> Result<Self, InvalidName> {
        Self::new(name)
    }
}

impl AsRef<str> for ObjectName {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn defect_of(name: &str) -> Option<NameDefect> {
        ObjectName::new(name).err().map(|error| error.defect)
    }

    #[test]
    fn names_of_the_layout_are_valid() {
        for name in ["config", "data/0f/0f3c", "leases/00ff/00000000000000000001", "a/b/c/d.e_f-g"]
        {
            let valid = ObjectName::new(name).unwrap();
            assert_eq!((valid.as_str(), valid.to_string().as_str()), (name, name));
        }
    }

    #[test]
    fn each_broken_rule_is_named() {
        for name in ["", "/a", "a/", "a//b"] {
            assert_eq!(defect_of(name), Some(NameDefect::EmptyComponent), "{name}");
        }
        for name in [".", "..", "a/../b", "a/."] {
            assert_eq!(defect_of(name), Some(NameDefect::Dots), "{name}");
        }
        for (name, byte) in
            [("A", b'A'), ("a b", b' '), ("a\\b", b'\\'), ("a\0", 0), ("\u{e9}", 0xc3)]
        {
            assert_eq!(defect_of(name), Some(NameDefect::Byte(byte)), "{name}");
        }
    }

    #[test]
    fn limits_hold_at_the_boundary() {
        let longest = "x".repeat(ObjectName::COMPONENT_BYTES_MAX);
        assert_eq!(defect_of(&longest), None);
        assert_eq!(defect_of(&format!("{longest}x")), Some(NameDefect::ComponentTooLong));
        assert_eq!(defect_of("a/b/c/d"), None);
        assert_eq!(defect_of("a/b/c/d/e"), Some(NameDefect::TooDeep));
        assert!(ObjectName::new(&"A".repeat(1000)).unwrap_err().name.len() <= NAME_SHOWN_CHARS);
    }

    #[test]
    fn below_means_a_whole_component() {
        let name = |text| ObjectName::new(text).unwrap();
        assert!(name("data/00/x").is_below(&name("data")));
        assert!(name("data/00/x").is_below(&name("data/00")));
        assert!(!name("data/00/x").is_below(&name("data/0")));
        assert!(!name("data").is_below(&name("data")));
        assert_eq!(name("data/00/x").folder(), "data/00");
        assert_eq!(name("data/00/x").file_name(), "x");
        assert_eq!((name("config").folder(), name("config").file_name()), ("", "config"));
    }
}
