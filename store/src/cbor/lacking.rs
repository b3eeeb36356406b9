//! Maps that lack a field, for the tests of those who must refuse them.

use minicbor::Decoder;

use super::encode;

/// A map without each of its fields in turn, with the key that is left out.
pub(crate) fn each_without_a_field(map: &[u8]) -> Vec<(u64, Vec<u8>)> {
    let mut decoder = Decoder::new(map);
    let count = decoder.map().unwrap().unwrap();
    let mut fields = Vec::new();
    for _ in 0..count {
        let from = decoder.position();
        let key = decoder.u64().unwrap();
        decoder.skip().unwrap();
        fields.push((key, &map[from..decoder.position()]));
    }
    assert_eq!(decoder.position(), map.len(), "a map and nothing behind it");
    let without = |left_out: u64| {
        let mut bytes = encode(|e| e.map(count - 1).map(drop));
        let others = fields.iter().filter(|(key, _)| *key != left_out);
        bytes.extend(others.flat_map(|(_, field)| field.iter().copied()));
        bytes
    };
    fields.iter().map(|(key, _)| (*key, without(*key))).collect()
}
