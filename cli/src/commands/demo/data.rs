//! Made-up data: the same seed makes the same bytes.

use std::fs;
use std::path::Path;

/// Files of the made-up tree.
const FILES: u64 = 400;
/// A large file, as a disk image would be.
const IMAGE_BYTES: usize = 24 << 20;

/// xorshift64*: small, and good enough for data that only has to look different.
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

impl Random {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed ^ 0x9e37_79b9_7f4a_7c15)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(count + 8);
        while bytes.len() < count {
            bytes.extend_from_slice(&self.next().to_le_bytes());
        }
        bytes.truncate(count);
        bytes
    }

    /// Text that compresses about as well as source code does.
    fn text(&mut self, count: usize) -> Vec<u8> {
        const WORDS: [&str; 12] = [
            "gather", "field", "chunk", "block", "pack", "index", "snapshot", "restore", "seal",
            "stream", "folder", "lease",
        ];
        let mut text = Vec::with_capacity(count + 16);
        while text.len() < count {
            let word = usize::try_from(self.below(WORDS.len() as u64)).unwrap_or(0);
            text.extend_from_slice(WORDS.get(word).copied().unwrap_or("gleaner").as_bytes());
            let number = self.below(997).to_string();
            text.extend_from_slice(number.as_bytes());
            text.push(if self.below(9) == 0 { b'\n' } else { b' ' });
        }
        text.truncate(count);
        text
    }
}

/// Makes the tree and returns the number of its bytes.
pub(super) fn make(folder: &Path, random: &mut Random) -> std::io::Result<u64> {
    let mut total = 0;
    for number in 0..FILES {
        let folder =
            folder.join(format!("project{}", number % 7)).join(format!("part{}", number % 5));
        fs::create_dir_all(&folder)?;
        let bytes = usize::try_from(2_000 + random.below(60_000)).unwrap_or(2_000);
        let content = if number % 4 == 0 { random.bytes(bytes) } else { random.text(bytes) };
        total += content.len() as u64;
        fs::write(folder.join(format!("file{number:03}.txt")), content)?;
    }
    let image = random.bytes(IMAGE_BYTES);
    total += image.len() as u64;
    fs::write(folder.join("disk.img"), image)?;
    std::os::unix::fs::symlink("project0/part0", folder.join("current"))?;
    Ok(total)
}

/// Changes about 1 %: rewrites some files, adds one, and inserts a few bytes into the image, so
/// that everything behind them moves.
pub(super) fn change(folder: &Path, random: &mut Random) -> std::io::Result<()> {
    for number in (0..FILES).step_by(100) {
        let name = format!("project{}/part{}/file{number:03}.txt", number % 7, number % 5);
        fs::write(folder.join(name), random.text(20_000))?;
    }
    fs::write(folder.join("new.txt"), random.text(40_000))?;
    let image = folder.join("disk.img");
    let mut content = fs::read(&image)?;
    let middle = content.len() / 2;
    let inserted = random.bytes(1000);
    content.splice(middle..middle, inserted);
    fs::write(image, content)
}
