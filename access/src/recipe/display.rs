//! Recipes for people: `gunzip / tar member 3`.

use std::fmt;

use super::step::{Extent, PartEncoding, Recipe, Step};

impl fmt::Display for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((first, others)) = self.steps().split_first() else {
            return f.write_str("identity");
        };
        first.fmt(f)?;
        others.iter().try_for_each(|step| write!(f, " / {step}"))
    }
}

impl fmt::Display for Step {
    /// A URL is not shown: at the default level nothing says what a subscriber looked at.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Identity(extent) => write!(f, "slice {extent}"),
            Self::Gunzip => f.write_str("gunzip"),
            Self::Unzstd => f.write_str("unzstd"),
            Self::Unbrotli => f.write_str("unbrotli"),
            Self::Unxz => f.write_str("unxz"),
            Self::Mime { path, encoding } => {
                f.write_str("mime part")?;
                for (place, number) in path.iter().enumerate() {
                    let before = if place == 0 { ' ' } else { '.' };
                    write!(f, "{before}{number}")?;
                }
                f.write_str(match encoding {
                    PartEncoding::Plain => "",
                    PartEncoding::Base64 => " base64",
                    PartEncoding::QuotedPrintable => " quoted-printable",
                })
            }
            Self::LfToCrlf => f.write_str("lf to crlf"),
            Self::CrlfToLf => f.write_str("crlf to lf"),
            Self::ZipMember(place) => write!(f, "zip member {place}"),
            Self::TarMember(place) => write!(f, "tar member {place}"),
            Self::ArMember(place) => write!(f, "ar member {place}"),
            Self::Concat(slices) => {
                f.write_str("concat")?;
                slices.iter().try_for_each(|slice| write!(f, " {slice}"))
            }
            Self::Refetch { .. } => f.write_str("refetch"),
            Self::Render { format, converter_version } => {
                write!(f, "render {format} by version {converter_version}")
            }
        }
    }
}

impl fmt::Display for Extent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}", self.offset, self.len)
    }
}
