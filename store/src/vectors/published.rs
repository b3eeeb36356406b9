//! Answers that others published, also those where the answer is a refusal: Project Wycheproof.

use aws_lc_rs::aead::{Aad, Nonce};

use super::parse;
use crate::seal::{SealKey, expand, extract};

/// The last `N` fields of each line, which are bytes.
fn cases<const N: usize>(text: &str) -> Vec<[Vec<u8>; N]> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let mut fields = line.rsplit(' ');
            let mut bytes = [(); N].map(|()| match fields.next() {
                Some("-") => Vec::new(),
                Some(field) => parse(field),
                None => panic!("{line}"),
            });
            bytes.reverse();
            bytes
        })
        .collect()
}

#[test]
fn aes_256_gcm_seals_opens_and_refuses_as_published() {
    let text = include_str!("../../vectors/published/aes_256_gcm.txt");
    let verdicts = text.lines().filter(|line| !line.starts_with('#'));
    let verdicts = verdicts.map(|line| line.split(' ').nth(1).unwrap());
    let (mut valid, mut invalid) = (0, 0);
    for (verdict, case) in verdicts.zip(cases(text)) {
        let [key, nonce, aad, text, sealed, tag] = case;
        let SealKey::Aes256Gcm(key) = SealKey::aes(&key.try_into().unwrap()) else { panic!() };
        let nonce = || Nonce::assume_unique_for_key(nonce.clone().try_into().unwrap());
        let mut opened = [&sealed[..], &tag].concat();
        let is_opened = key.open_in_place(nonce(), Aad::from(&aad), &mut opened).is_ok();
        match verdict {
            "valid" => {
                assert!(is_opened && opened[..text.len()] == text[..]);
                let mut ours = text;
                key.seal_in_place_append_tag(nonce(), Aad::from(&aad), &mut ours).unwrap();
                assert_eq!(ours, [sealed, tag].concat());
                valid += 1;
            }
            "invalid" => {
                assert!(!is_opened);
                invalid += 1;
            }
            other => panic!("{other}"),
        }
    }
    assert_eq!((valid, invalid), (39, 27));
}

#[test]
fn hkdf_sha_256_gives_the_published_answers() {
    let cases = cases(include_str!("../../vectors/published/hkdf_sha256.txt"));
    assert_eq!(cases.len(), 30);
    for [key, salt, info, output] in cases {
        let prk = extract(&key.try_into().unwrap(), &salt);
        assert_eq!(expand(&prk, &[&info]).as_slice(), output);
        // Labels are given in parts.
        let (first, second) = info.split_at(info.len() / 2);
        assert_eq!(expand(&prk, &[first, second]).as_slice(), output);
    }
}
