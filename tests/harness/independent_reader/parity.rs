//! Parity sidecars (FORMAT.md section 6.6), by the formula of the page: no fast transform, no code
//! of the product's library.

use anyhow::{Result, ensure};

use super::Id;
use super::bytes::{array, check_crc, slice, u16_at, u32_at, u64_at};

const HEAD: usize = 136;
const CHECKSUM: usize = 8;

/// Checks every byte of a sidecar against its pack.
pub(super) fn verify(sidecar: &[u8], id: &Id, pack: &[u8]) -> Result<()> {
    let head = slice(sidecar, 0, HEAD)?;
    ensure!(head.starts_with(b"GLNRPRTY"), "magic");
    check_crc(head, 132)?;
    ensure!(u16_at(head, 8)? == 1 && array(head, 10)? == [1, 0], "version, code or suite");
    ensure!(array(head, 12)? == [0; 4] && array(head, 128)? == [0; 4], "newer: reserved bytes");
    ensure!(array(head, 16)? == *id, "parity of another pack");
    ensure!(u64_at(head, 48)? == pack.len() as u64, "length of the pack");
    ensure!(*blake3::hash(pack).as_bytes() == array(head, 64)?, "hash of the pack");
    let (shard, r) = (u32_at(head, 56)? as usize, u32_at(head, 60)? as usize);
    ensure!(shard.is_multiple_of(64) && (64..=65536).contains(&shard), "length of a shard");
    let k = pack.len().div_ceil(shard);
    ensure!((1..=k).contains(&r), "number of recovery shards");
    let length = CHECKSUM * (k + r);
    ensure!(sidecar.len() == 2 * (HEAD + length) + r * shard, "length of the sidecar");
    let checksums = slice(sidecar, HEAD, length)?;
    ensure!(*blake3::hash(checksums).as_bytes() == array(head, 96)?, "hash of the checksums");
    let (first, last) = (slice(sidecar, 0, HEAD + length)?, sidecar.len() - HEAD - length);
    ensure!([checksums, head].concat() == slice(sidecar, last, HEAD + length)?, "both ends");
    let recovery = slice(sidecar, first.len(), r * shard)?;
    let shards = pack.chunks(shard).chain(recovery.chunks(shard));
    for (number, (bytes, checksum)) in shards.zip(checksums.chunks(CHECKSUM)).enumerate() {
        ensure!(blake3::hash(bytes).as_bytes().starts_with(checksum), "checksum {number}");
    }
    let field = Field::new();
    for (number, found) in recovery.chunks(shard).enumerate() {
        let computed = field.recovery(number, r.next_power_of_two(), pack, shard);
        ensure!(computed == symbols(found), "recovery shard {number}");
    }
    Ok(())
}

/// The symbols of a shard that may be cut off: what lacks is zero.
fn symbols(shard: &[u8]) -> Vec<u16> {
    let byte = |at: usize| u16::from(shard.get(at).copied().unwrap_or_default());
    let places = (0..shard.len().next_multiple_of(64)).filter(|at| at % 64 < 32);
    places.map(|at| byte(at) | byte(at + 32) << 8).collect()
}

/// GF(2^16), its elements as coordinates in the Cantor basis.
struct Field {
    /// Powers of the polynomial x.
    power: Vec<u16>,
    /// Exponents; that of zero is never used.
    exponent: Vec<u32>,
}

const ORDER: u32 = 65535;
const BASIS: [u16; 16] = [
    0x0001, 0xacca, 0x3c0e, 0x163e, 0xc582, 0xed2e, 0x914c, 0x4012, 0x6c98, 0x10d8, 0x6a72, 0xb900,
    0xfdb8, 0xfb34, 0xff38, 0x991e,
];

#[expect(clippy::indexing_slicing, reason = "tables of all elements, or of all exponents twice")]
impl Field {
    fn new() -> Self {
        let bits =
            |element: u16| BASIS.iter().enumerate().filter(move |(k, _)| element >> k & 1 > 0);
        let polynomial = |element: u16| bits(element).fold(0, |sum, (_, basis)| sum ^ basis);
        let mut coordinates = vec![0; 65536];
        for element in 0..=u16::MAX {
            coordinates[usize::from(polynomial(element))] = element;
        }
        let (mut power, mut exponent) = (Vec::new(), vec![0; 65536]);
        let mut value: u32 = 1;
        for e in 0..ORDER {
            let element = coordinates[value as usize];
            power.push(element);
            exponent[usize::from(element)] = e;
            value <<= 1;
            if value > 0xffff {
                value ^= 0x1_002d;
            }
        }
        power.extend_from_within(..);
        Self { power, exponent }
    }

    /// Exponent of `p_j(x)`, which is not zero there: the product of x - l for all l below m but j.
    fn exponent_of_p(&self, x: usize, j: usize, m: usize) -> u32 {
        let factors = (0..m).filter(|l| *l != j).map(|l| self.exponent[x ^ l]);
        factors.fold(0, |sum, factor| (sum + factor) % ORDER)
    }

    /// Recovery shard number `j`, as symbols.
    fn recovery(&self, j: usize, m: usize, pack: &[u8], shard: usize) -> Vec<u16> {
        let own = self.exponent_of_p(j, j, m);
        let mut sum = vec![0; shard / 2];
        for (i, data) in pack.chunks(shard).enumerate() {
            let factor = (self.exponent_of_p(m + i, j, m) + ORDER - own) % ORDER;
            for (sum, symbol) in sum.iter_mut().zip(symbols(data)) {
                if symbol != 0 {
                    let exponent = self.exponent[usize::from(symbol)] + factor;
                    *sum ^= self.power[exponent as usize];
                }
            }
        }
        sum
    }
}
