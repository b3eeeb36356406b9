//! Answers that others computed: NIST, RFC 9106, and our key tree by Python's `hmac`.

use argon2::{Algorithm, Argon2, AssociatedData, ParamsBuilder, Version};
use aws_lc_rs::aead::{Aad, Nonce};

use super::fixtures::seeded;
use super::parse;
use crate::keys::Keys;
use crate::object::ObjectKind;
use crate::pack_format::PackKind;
use crate::random::SeededRandom;
use crate::seal::{NonceType, SealKey, derive, expand, extract};

fn array<const N: usize>(hex: &str) -> [u8; N] {
    parse(hex).try_into().unwrap()
}

#[test]
fn aes_256_gcm_gives_the_published_answer() {
    // McGrew and Viega, "The Galois/Counter Mode of Operation", test case 16.
    let half = "feffe9928665731c6d6a8f9467308308";
    let key = SealKey::aes(&array(&[half, half].concat()));
    let mut body = parse(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72
         1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
    );
    let aad = parse("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    let SealKey::Aes256Gcm(key) = &key else { panic!("an AES key") };
    let nonce = Nonce::assume_unique_for_key(array("cafebabefacedbaddecaf888"));
    key.seal_in_place_append_tag(nonce, Aad::from(&aad), &mut body).unwrap();
    let sealed = parse(
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa
         8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662
         76fc6ece0f4e1768cddf8853bb2d551b",
    );
    assert_eq!(body, sealed);
}

#[test]
fn a_nonce_is_its_type_and_its_ordinal_little_endian() {
    let key = SealKey::aes(&[7; 32]);
    let (mut ours, mut theirs) = (b"block".to_vec(), b"block".to_vec());
    key.seal(NonceType::Directory, 0x0102, b"aad", &mut ours);
    let SealKey::Aes256Gcm(key) = &key else { panic!("an AES key") };
    let nonce = Nonce::assume_unique_for_key([2, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0]);
    key.seal_in_place_append_tag(nonce, Aad::from(b"aad"), &mut theirs).unwrap();
    assert_eq!(ours, theirs);
}

#[test]
fn without_encryption_the_tag_is_blake3_of_nonce_length_additional_data_and_body() {
    let mut ours = b"body".to_vec();
    SealKey::Checksum.seal(NonceType::Block, 5, b"aad", &mut ours);
    let framed = [&[1, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0][..], &[3, 0, 0, 0, 0, 0, 0, 0], b"aadbody"];
    let hash = blake3::hash(&framed.concat());
    assert_eq!(ours, [b"body", &hash.as_bytes()[..16]].concat());
}

#[test]
fn argon2id_gives_the_answer_of_rfc_9106() {
    let mut params = ParamsBuilder::new();
    params.m_cost(32).t_cost(3).p_cost(4).output_len(32);
    params.data(AssociatedData::new(&[4; 12]).unwrap());
    let secret = [3; 8];
    let argon2 = Argon2::new_with_secret(
        &secret,
        Algorithm::Argon2id,
        Version::V0x13,
        params.build().unwrap(),
    );
    let mut tag = [0; 32];
    argon2.unwrap().hash_password_into(&[1; 32], &[2; 16], &mut tag).unwrap();
    assert_eq!(tag, array("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"));
}

#[test]
fn the_key_tree_hangs_on_the_labels_of_the_format() {
    // Computed by Python's hmac module from the labels of FORMAT.md section 3.
    let master = array("c15c0289ec2d0a9167ec8e65a18debbe5e5532fbeea293f80bc942ee9086c171");
    let keys = Keys::generate(&SeededRandom::new(1)).unwrap();
    assert_eq!(keys.master().map(|master| **master), Some(master));
    let epoch = array("620435e898751f9377dad0b1efb861ba7b67cc846ee6d60b70e863588bd394c9");
    assert_eq!(*derive(&master, b"pack-epoch-0"), epoch);
    let config = array("f547a3c7eae1a50d4d6e7ef1905b5054ca7d1c22b98079a6343ae52a6142f145");
    assert_eq!(*derive(&master, b"config"), config);

    let pack_id = seeded::<32>(7);
    let pack = extract(&epoch, &pack_id);
    let block = array("f2fd8b963b7b3d5e236261393f07bb42917325baae6273fa4faf7c272c748380");
    assert_eq!(*expand(&pack, &[b"gleaner v1 pack block", &[1]]), block);
    let directory = array("c3a46235962241e2c8ddd4a876564e9bd4d78d790a1c09f2c83bf399cb3a615e");
    assert_eq!(*expand(&pack, &[b"gleaner v1 pack directory", &[1]]), directory);
    let pack_keys = keys.pack_keys(PackKind::Data, 0, &pack_id);
    let commitment = "17dadc18c374bdfd758dc82f8a786fff93d8c8bf8a698c23d741df400e3e3588";
    assert_eq!(pack_keys.commitment, array(commitment));
    assert_same_key(&pack_keys.block, &SealKey::aes(&block));
    assert_same_key(&pack_keys.directory, &SealKey::aes(&directory));

    let manifest = keys.object_key(ObjectKind::Snapshot, &seeded(10));
    let key = array("b27f80c7ef7ec4f5abec8152d71ef7bc64a74812477327000cc6ae7c966ddbd3");
    assert_same_key(&manifest.key, &SealKey::aes(&key));
    let commitment = "b921e0452692695c5f0952c5166008c6e385f979c51a23a1fa18a0c4c4761899";
    assert_eq!(manifest.commitment, array(commitment));
}

fn assert_same_key(a: &SealKey, b: &SealKey) {
    let mut sealed = b"one body".to_vec();
    a.seal(NonceType::Object, 0, b"", &mut sealed);
    b.open(NonceType::Object, 0, b"", &mut sealed).unwrap();
}
