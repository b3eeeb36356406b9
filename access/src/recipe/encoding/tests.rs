//! Goal: a recipe written today is read for ever, and by one encoding only.
//! Method: vectors of every step; round trips of random recipes; every truncation and every byte
//! changed, where what is still accepted must encode to itself.
//! What a user loses if it fails: chunks that a server holds are not found again under the recipe
//! that was published for them.

use proptest::prelude::*;

use super::super::step::{
    ENCODED_BYTES_MAX, Extent, PartEncoding, Recipe, STEPS_MAX, Step, Validator,
};
use crate::error::Error;

fn extent(offset: u64, len: u64) -> Extent {
    Extent { offset, len }
}

fn refetch(url: &str, validator: Validator) -> Step {
    Step::Refetch { url: url.into(), validator }
}

/// Bytes, how people see them, steps. Never changed, only added to.
fn vectors() -> Vec<(&'static str, &'static str, Vec<Step>)> {
    let mime = |path: &[u32], encoding| Step::Mime { path: path.to_vec(), encoding };
    vec![
        ("0100", "identity", vec![]),
        ("01010080016400", "", vec![]),
        ("010100800164", "slice 128+100", vec![Step::Identity(extent(128, 100))]),
        ("010101", "gunzip", vec![Step::Gunzip]),
        ("010102", "unzstd", vec![Step::Unzstd]),
        ("010103", "unbrotli", vec![Step::Unbrotli]),
        ("01010402010201", "mime part 1.2 base64", vec![mime(&[1, 2], PartEncoding::Base64)]),
        ("010104010100", "mime part 1", vec![mime(&[1], PartEncoding::Plain)]),
        (
            "01010401ac0202",
            "mime part 300 quoted-printable",
            vec![mime(&[300], PartEncoding::QuotedPrintable)],
        ),
        ("010105", "lf to crlf", vec![Step::LfToCrlf]),
        ("010106", "crlf to lf", vec![Step::CrlfToLf]),
        ("01010707", "zip member 7", vec![Step::ZipMember(7)]),
        ("0102010803", "gunzip / tar member 3", vec![Step::Gunzip, Step::TarMember(3)]),
        (
            "010309020d08ffffffffffffffffff01",
            "ar member 2 / unxz / tar member 18446744073709551615",
            vec![Step::ArMember(2), Step::Unxz, Step::TarMember(u64::MAX)],
        ),
        (
            "01010a02000581010a",
            "concat 0+5 129+10",
            vec![Step::Concat(vec![extent(0, 5), extent(129, 10)])],
        ),
        (
            "01010b0a687474703a2f2f612f6200032278 22",
            "refetch",
            vec![refetch("http://a/b", Validator::StrongTag("\"x\"".into()))],
        ),
        (
            "01010b0a687474703a2f2f612f6201ac0205",
            "refetch",
            vec![refetch("http://a/b", Validator::ModifiedAndLength { modified: 300, len: 5 })],
        ),
        (
            "01010c0102",
            "render 1 by version 2",
            vec![Step::Render { format: 1, converter_version: 2 }],
        ),
    ]
}

fn from_hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    let pair = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(pair).collect()
}

#[test]
fn every_step_has_the_bytes_and_the_words_it_always_had() {
    for (hex, words, steps) in vectors() {
        let bytes = from_hex(hex);
        if words.is_empty() {
            assert!(Recipe::decode(&bytes).is_err(), "{hex}");
            continue;
        }
        let recipe = Recipe::new(steps).unwrap();
        assert_eq!(recipe.encode(), bytes, "{hex}");
        assert_eq!(Recipe::decode(&bytes).unwrap(), recipe, "{hex}");
        assert_eq!(recipe.to_string(), words);
    }
}

#[test]
fn another_version_or_step_is_unsupported_and_not_corrupt() {
    for bytes in [&[0, 0][..], &[2, 0], &[1, 1, 14], &[1, 1, 255], &[1, 1, 4, 1, 1, 3]] {
        assert!(matches!(Recipe::decode(bytes), Err(Error::Unsupported(_))), "{bytes:?}");
    }
}

#[test]
fn numbers_have_one_form() {
    let one_number = |number: &[u8]| Recipe::decode(&[&[1, 1, 7], number].concat());
    assert_eq!(one_number(&[0]).unwrap().steps(), [Step::ZipMember(0)]);
    assert_eq!(one_number(&[0x80, 1]).unwrap().steps(), [Step::ZipMember(128)]);
    for too_long in [&[0x80, 0][..], &[0x85, 0], &[0x80, 0x80, 0], &[0xff, 0x80, 0x80, 0]] {
        assert!(one_number(too_long).is_err(), "{too_long:?}");
    }
    let largest = [[0xff; 9].as_slice(), &[1]].concat();
    assert_eq!(one_number(&largest).unwrap().steps(), [Step::ZipMember(u64::MAX)]);
    for too_large in [[[0xff; 9].as_slice(), &[2]].concat(), [[0x80; 10].as_slice(), &[1]].concat()]
    {
        assert!(one_number(&too_large).is_err(), "{too_large:?}");
    }
}

#[test]
fn steps_out_of_bounds_have_no_recipe() {
    let tag = |tag: &str| Validator::StrongTag(tag.into());
    let out_of_bounds = [
        Step::Identity(extent(u64::MAX, 1)),
        Step::Concat(vec![]),
        Step::Concat(vec![extent(0, u64::MAX), extent(0, 1)]),
        Step::Concat(vec![extent(2, u64::MAX)]),
        Step::Concat(vec![extent(0, 1); 3001]),
        Step::Mime { path: vec![], encoding: PartEncoding::Plain },
        Step::Mime { path: vec![1, 0], encoding: PartEncoding::Plain },
        Step::Mime { path: vec![1; 33], encoding: PartEncoding::Plain },
        refetch("", tag("\"a\"")),
        refetch("http://a b", tag("\"a\"")),
        refetch("http://a\n", tag("\"a\"")),
        refetch(&"a".repeat((8 << 10) + 1), tag("\"a\"")),
        refetch("http://a", tag("W/\"a\"")),
        refetch("http://a", tag("\"a\"b\"")),
        refetch("http://a", tag("\"")),
    ];
    for step in out_of_bounds {
        assert!(Recipe::new(vec![step.clone()]).is_err(), "{step:?}");
        let mut bytes = vec![1, 1];
        super::super::step::encode_step(&step, &mut bytes);
        assert!(Recipe::decode(&bytes).is_err(), "{step:?}");
    }
    assert!(Recipe::new(vec![Step::Gunzip; STEPS_MAX]).is_ok());
    assert!(Recipe::new(vec![Step::Gunzip; STEPS_MAX + 1]).is_err());
}

#[test]
fn the_longest_recipe_of_honest_numbers_can_be_decoded() {
    let slices = (0..3000_u64).map(|n| extent(n << 30, 1 << 30)).collect();
    let recipe = Recipe::new(vec![Step::Concat(slices)]).unwrap();
    let bytes = recipe.encode();
    assert!(bytes.len() <= ENCODED_BYTES_MAX);
    assert_eq!(Recipe::decode(&bytes).unwrap(), recipe);
}

fn any_extent() -> impl Strategy<Value = Extent> {
    (any::<u32>(), any::<u32>()).prop_map(|(offset, len)| extent(offset.into(), len.into()))
}

fn any_step() -> impl Strategy<Value = Step> {
    let encodings = [PartEncoding::Plain, PartEncoding::Base64, PartEncoding::QuotedPrintable];
    let plain =
        [Step::Gunzip, Step::Unzstd, Step::Unbrotli, Step::Unxz, Step::LfToCrlf, Step::CrlfToLf];
    prop_oneof![
        prop::sample::select(plain.to_vec()),
        any_extent().prop_map(Step::Identity),
        prop::collection::vec(any_extent(), 1..5).prop_map(Step::Concat),
        any::<u64>().prop_map(Step::ZipMember),
        any::<u64>().prop_map(Step::TarMember),
        any::<u64>().prop_map(Step::ArMember),
        (prop::collection::vec(1..=u32::MAX, 1..5), prop::sample::select(encodings.to_vec()))
            .prop_map(|(path, encoding)| Step::Mime { path, encoding }),
        ("[!-~]{1,40}", any::<u64>(), any::<u64>()).prop_map(|(url, modified, len)| {
            refetch(&url, Validator::ModifiedAndLength { modified, len })
        }),
        (any::<u64>(), any::<u64>())
            .prop_map(|(format, converter_version)| Step::Render { format, converter_version }),
    ]
}

proptest! {
    #[test]
    fn recipes_come_back(steps in prop::collection::vec(any_step(), 0..=STEPS_MAX)) {
        let recipe = Recipe::new(steps).unwrap();
        let bytes = recipe.encode();
        prop_assert_eq!(Recipe::decode(&bytes).unwrap(), recipe);
        for cut in 0..bytes.len() {
            prop_assert!(Recipe::decode(&bytes[..cut]).is_err());
        }
    }

    #[test]
    fn what_is_decoded_encodes_to_itself(
        steps in prop::collection::vec(any_step(), 0..=3),
        at in any::<prop::sample::Index>(),
        value in any::<u8>(),
    ) {
        let mut bytes = Recipe::new(steps).unwrap().encode();
        let at = at.index(bytes.len());
        bytes[at] = value;
        if let Ok(recipe) = Recipe::decode(&bytes) {
            prop_assert_eq!(recipe.encode(), bytes);
        }
    }
}

#[test]
fn a_recipe_of_more_bytes_than_can_be_read_is_none() {
    let slice = extent(1 << 20, 1 << 20);
    let list = |count| Step::Concat(vec![slice; count]);
    let whole = Recipe::new(vec![list(3000), list(3000), list(3000)]).unwrap();
    assert_eq!(whole.encode().len(), 2 + 3 * (3 + 3000 * 6));
    let left = ENCODED_BYTES_MAX - whole.encode().len() - 3;
    let fits = Recipe::new([whole.steps(), &[list(left / 6)]].concat()).unwrap();
    assert!(Recipe::decode(&fits.encode()).unwrap() == fits);
    assert!(whole.then(list(left / 6 + 1)).is_err());
}
