//! A JSON object whose values are all strings, as bytes: what clients send need not be UTF-8.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};

use crate::error::Error;

/// Far more than any of the formats has.
const FIELDS_MAX: usize = 64;

/// The fields of one object, in their order; no name occurs twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TextObject(Vec<(Vec<u8>, Vec<u8>)>);

impl TextObject {
    /// Reads a line that is one object and nothing else.
    pub(super) fn parse(line: &[u8]) -> Result<Self, Error> {
        serde_json::from_slice(line)
            .map_err(|_| Error::Corrupt("not one JSON object with strings alone"))
    }

    /// The value of a field that must be there.
    pub(super) fn get(&self, name: &str) -> Result<&[u8], Error> {
        self.find(name).ok_or(Error::Corrupt("a field of the log format is missing"))
    }

    /// The value of a field, if it is there.
    pub(super) fn find(&self, name: &str) -> Option<&[u8]> {
        let is_it = |(found, _): &&(Vec<u8>, Vec<u8>)| found == name.as_bytes();
        self.0.iter().find(is_it).map(|(_, value)| value.as_slice())
    }
}

/// A JSON string of any bytes.
struct Text(Vec<u8>);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl Visitor<'_> for TextVisitor {
            type Value = Text;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Text, E> {
                Ok(Text(bytes.to_vec()))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text, E> {
                Ok(Text(text.as_bytes().to_vec()))
            }
        }
        deserializer.deserialize_bytes(TextVisitor)
    }
}

impl<'de> Deserialize<'de> for TextObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor;
        impl<'de> Visitor<'de> for ObjectVisitor {
            type Value = TextObject;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with strings alone")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<TextObject, A::Error> {
                let mut fields: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
                while let Some((Text(name), Text(value))) = map.next_entry()? {
                    if fields.len() >= FIELDS_MAX || fields.iter().any(|(found, _)| *found == name)
                    {
                        return Err(A::Error::custom("a field twice, or too many"));
                    }
                    fields.push((name, value));
                }
                Ok(TextObject(fields))
            }
        }
        deserializer.deserialize_map(ObjectVisitor)
    }
}
