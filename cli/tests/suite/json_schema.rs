//! As much of JSON Schema (draft 2020-12) as the files of `cli/schemas` use.
//!
//! Stricter than the standard in two ways, so that a schema cannot say less than it seems to: a
//! keyword that is not known here is a problem, and so is a key that the schema does not name.

use std::collections::BTreeSet;

use serde_json::Value;

/// Says nothing of a value, or only what people read.
const ANNOTATIONS: [&str; 4] = ["$schema", "$id", "title", "description"];

/// Schemas by the names of their files.
pub(crate) trait Schemas {
    /// The schema in the file `name`, such as `status.json`.
    fn named(&self, name: &str) -> &Value;
}

/// What of `value` is not as `schema` says; empty if all is well.
pub(crate) fn problems(schemas: &dyn Schemas, schema: &Value, value: &Value) -> Vec<String> {
    let mut check = Check { schemas, problems: Vec::new() };
    check.whole(schema, value, "$");
    check.problems
}

struct Check<'s> {
    schemas: &'s dyn Schemas,
    problems: Vec<String>,
}

impl<'s> Check<'s> {
    fn problem(&mut self, at: &str, what: impl std::fmt::Display) {
        self.problems.push(format!("{at}: {what}"));
    }

    /// `schema` and, since it is all that is said of `value`, no keys beyond it.
    fn whole(&mut self, schema: &'s Value, value: &Value, at: &str) {
        self.part(schema, value, at);
        let mut known = BTreeSet::new();
        if let Some(object) = value.as_object()
            && self.keys_of(schema, &mut known)
        {
            for key in object.keys().filter(|key| !known.contains(key.as_str())) {
                self.problem(at, format_args!("the schema does not name `{key}`"));
            }
        }
    }

    /// Collects the keys that `schema` names; false if it may name others.
    fn keys_of(&self, schema: &'s Value, known: &mut BTreeSet<&'s str>) -> bool {
        let own = schema.get("properties").and_then(Value::as_object);
        known.extend(own.into_iter().flat_map(|own| own.keys().map(String::as_str)));
        let mut is_closed = own.is_some();
        if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
            is_closed |= self.keys_of(self.schemas.named(name), known);
        }
        for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            is_closed |= self.keys_of(part, known);
        }
        is_closed
    }

    fn part(&mut self, schema: &'s Value, value: &Value, at: &str) {
        let Some(keywords) = schema.as_object() else {
            return self.problem(at, "a schema is an object");
        };
        for (keyword, says) in keywords {
            match keyword.as_str() {
                "$ref" => {
                    let schemas = self.schemas;
                    self.part(schemas.named(says.as_str().unwrap_or_default()), value, at);
                }
                "allOf" => {
                    for part in says.as_array().into_iter().flatten() {
                        self.part(part, value, at);
                    }
                }
                "anyOf" => self.any_of(says, value, at),
                "if" => self.if_then(says, schema.get("then"), value, at),
                "then" => {}
                "properties" | "required" | "items" => self.inner(keyword, says, value, at),
                word if ANNOTATIONS.contains(&word) => {}
                _ => self.alone(keyword, says, value, at),
            }
        }
    }

    fn any_of(&mut self, says: &'s Value, value: &Value, at: &str) {
        let mut closest: Option<Vec<String>> = None;
        for choice in says.as_array().into_iter().flatten() {
            let mut check = Check { schemas: self.schemas, problems: Vec::new() };
            check.whole(choice, value, at);
            if closest.as_ref().is_none_or(|known| check.problems.len() < known.len()) {
                closest = Some(check.problems);
            }
        }
        self.problems.append(&mut closest.unwrap_or_default());
    }

    fn if_then(&mut self, says: &'s Value, then: Option<&'s Value>, value: &Value, at: &str) {
        let mut check = Check { schemas: self.schemas, problems: Vec::new() };
        check.part(says, value, at);
        if let (true, Some(then)) = (check.problems.is_empty(), then) {
            self.part(then, value, at);
        }
    }

    /// Keywords about what is inside of a value.
    fn inner(&mut self, keyword: &str, says: &'s Value, value: &Value, at: &str) {
        match (keyword, value) {
            ("properties", Value::Object(object)) => {
                for (key, schema) in says.as_object().into_iter().flatten() {
                    if let Some(value) = object.get(key) {
                        self.whole(schema, value, &format!("{at}.{key}"));
                    }
                }
            }
            ("required", Value::Object(object)) => {
                let keys = says.as_array().into_iter().flatten().filter_map(Value::as_str);
                for key in keys.filter(|key| !object.contains_key(*key)) {
                    self.problem(at, format_args!("`{key}` is missing"));
                }
            }
            ("items", Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.whole(says, item, &format!("{at}[{index}]"));
                }
            }
            _ => {}
        }
    }

    /// Keywords about the value alone.
    fn alone(&mut self, keyword: &str, says: &Value, value: &Value, at: &str) {
        let text = value.as_str();
        let letters = |text: &str| text.chars().count() as u64;
        let holds = match keyword {
            "const" => value == says,
            "enum" => says.as_array().is_some_and(|values| values.contains(value)),
            "type" => match says {
                Value::Array(types) => types.iter().any(|word| is_a(word, value)),
                word => is_a(word, value),
            },
            "minimum" => value.as_f64().is_none_or(|number| number >= says.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|number| number <= says.as_f64().unwrap()),
            "minLength" => text.is_none_or(|text| letters(text) >= says.as_u64().unwrap()),
            "maxLength" => text.is_none_or(|text| letters(text) <= says.as_u64().unwrap()),
            "pattern" => text.is_none_or(|text| is_hex(text, says.as_str().unwrap())),
            "format" => text.is_none_or(|text| says == "date-time" && is_time(text)),
            "contentEncoding" => text.is_none_or(|text| says == "base64" && is_base64(text)),
            _ => false,
        };
        if !holds {
            self.problem(at, format_args!("{keyword} {says} does not hold for {value}"));
        }
    }
}

fn is_a(word: &Value, value: &Value) -> bool {
    match word.as_str().unwrap_or_default() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "number" => value.is_number(),
        "integer" => value.is_u64() || value.is_i64(),
        _ => false,
    }
}

/// The one form of pattern in use: `^[0-9a-f]{N}$`.
fn is_hex(text: &str, pattern: &str) -> bool {
    let digits = pattern.strip_prefix("^[0-9a-f]{").and_then(|rest| rest.strip_suffix("}$"));
    let digits = digits.and_then(|digits| digits.parse::<usize>().ok());
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    digits == Some(text.len()) && text.bytes().all(is_digit)
}

/// RFC 3339 in UTC with `Z`.
fn is_time(text: &str) -> bool {
    let shape: String =
        text.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect();
    let rest = shape.strip_prefix("0000-00-00T00:00:00").and_then(|rest| rest.strip_suffix('Z'));
    rest.is_some_and(|rest| {
        rest.is_empty()
            || rest.strip_prefix('.').is_some_and(|rest| rest.bytes().all(|byte| byte == b'0'))
    })
}

fn is_base64(text: &str) -> bool {
    let letters = text.trim_end_matches('=');
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
    text.len().is_multiple_of(4)
        && text.len() - letters.len() <= 2
        && letters.bytes().all(is_letter)
}

mod self_test {
    use serde_json::{Value, json};

    use super::{Schemas, problems};

    struct One(Value);

    impl Schemas for One {
        fn named(&self, name: &str) -> &Value {
            assert_eq!(name, "one.json");
            &self.0
        }
    }

    fn count(schema: &Value, value: &Value) -> usize {
        let one = json!({"type": "object", "properties": {"a": {"minimum": 0}}, "required": ["a"]});
        problems(&One(one), schema, value).len()
    }

    #[test]
    fn each_kind_of_mistake_is_found() {
        let object = json!({"properties": {"n": {"type": "integer"}}, "required": ["n"]});
        let text = json!({"type": "string", "pattern": "^[0-9a-f]{4}$"});
        let time = json!({"format": "date-time"});
        let either = json!({"anyOf": [{"const": 1}, {"enum": ["a", null]}]});
        let joined = json!({"allOf": [{"$ref": "one.json"}], "properties": {"b": {}}});
        let guarded = json!({"if": {"const": 1}, "then": {"type": "string"}});
        for (schema, sound, wrong) in [
            (&object, json!({"n": 1}), json!({"n": 1.5})),
            (&object, json!({"n": 1}), json!({})),
            (&object, json!({"n": 1}), json!({"n": 1, "stranger": 2})),
            (&text, json!("00ff"), json!("00fg")),
            (&text, json!("00ff"), json!("00f")),
            (&time, json!("2031-05-17T08:30:00.5Z"), json!("2031-05-17T08:30:00+01:00")),
            (&either, json!(null), json!("b")),
            (&joined, json!({"a": 0, "b": 1}), json!({"b": 1})),
            (&joined, json!({"a": 0}), json!({"a": -1})),
            (&joined, json!({"a": 0}), json!({"a": 0, "c": 0})),
            (&guarded, json!(2), json!(1)),
            (&json!({"items": {"maximum": 1}}), json!([0, 1]), json!([2])),
            (&json!({"contentEncoding": "base64"}), json!("/w=="), json!("/w=")),
            (&json!({"minLength": 2, "maxLength": 2}), json!("ab"), json!("a")),
        ] {
            assert_eq!(count(schema, &sound), 0, "{schema} {sound}");
            assert_eq!(count(schema, &wrong), 1, "{schema} {wrong}");
        }
        assert_eq!(count(&json!({"uniqueItems": true}), &json!([])), 1, "an unknown keyword");
    }
}
