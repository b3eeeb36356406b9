//! Lines that hold a path.

/// A path and, if its bytes are not UTF-8, its exact twin. Flattened into the lines that have one.
macro_rules! path_line {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $kind:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Serialize)]
        pub(crate) struct $name {
            pub(crate) path: String,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub(crate) path_b64: Option<String>,
            $($(#[$field_meta])* pub(crate) $field: $kind,)*
        }
    };
}

pub(super) use path_line;
