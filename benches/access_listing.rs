//! How fast an agent lists and cuts a web cache, beside a plain tree of the same bodies: objects
//! and MB a second, and memory. The cache is nginx's, made here after its format.
//!
//! `cargo bench -p gleaner-benches --bench access_listing -- DIR [OBJECTS [MEAN_BYTES [ROUNDS]]]`
//!
//! 100,000 objects of 40,000 bytes are 4 GB in `DIR` for each kind; what is there from
//! a run before is used again. Each measurement is a process of its own, with a cold page cache
//! where it may empty that (as root), and tells its own peak of memory.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the rates are what it is run for")]
#![expect(clippy::indexing_slicing, reason = "bodies are as long as they are made")]
#![expect(clippy::cast_precision_loss, reason = "rates are rounded")]

use std::error::Error;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use gleaner_access::{
    Agent, AgentOptions, FileFormat, FileJournal, FileSource, FileSourceOptions, NginxFormat,
    RootedFs, ScopePolicy, SourceId, SystemClock, TreeFormat, TreeOptions,
};
use gleaner_benches::{Sample, Seeded, Workload, median, time};
use md5::{Digest as _, Md5};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const SEED: u64 = 1;
const KINDS: [&str; 2] = ["tree", "nginx"];

/// What one process measured.
#[derive(Clone, Copy, Debug)]
struct Measured {
    objects: u64,
    bytes: u64,
    /// The first listing, which reads everything.
    first: Sample,
    /// The second one, which finds nothing new.
    again: Sample,
    /// Peak of what was resident, MiB.
    resident_mib: f64,
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|it| it != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["measure", kind, root, journal] => measure(kind, Path::new(root), Path::new(journal)),
        [] => {
            eprintln!("access_listing: left out, as no folder for 8 GB was given");
            Ok(())
        }
        [folder, ..] => {
            let number = |at: usize, default: usize| {
                arguments.get(at).map_or(Ok(default), |text| text.parse::<usize>())
            };
            let corpus = Corpus {
                folder: PathBuf::from(folder),
                objects: number(1, 100_000)?,
                mean_bytes: number(2, 40_000)?,
            };
            compare(&corpus, number(3, 5)?)
        }
    }
}

/// The same bodies as files of a tree and as objects of a cache.
struct Corpus {
    folder: PathBuf,
    objects: usize,
    mean_bytes: usize,
}

impl Corpus {
    fn root(&self, kind: &str) -> PathBuf {
        self.folder.join(format!("{kind}-{}-{}", self.objects, self.mean_bytes))
    }

    /// Sizes as of web objects: most are small, and half of the bytes are in one of sixteen.
    fn sizes(&self) -> impl Iterator<Item = usize> {
        let (mut random, mean) = (Seeded::new(SEED), self.mean_bytes);
        (0..self.objects).map(move |_| {
            let is_large = random.below(16) == 0;
            // Halves of the mean: 15/16 of up to 16/15, and 1/16 of up to 16.
            let most = if is_large { 16 * mean } else { 16 * mean / 15 };
            1 + random.below(most)
        })
    }

    fn make(&self) -> Result<()> {
        let mut bodies = Vec::new();
        for kind in KINDS {
            let root = self.root(kind);
            let marker = root.with_extension("complete");
            if marker.exists() {
                continue;
            }
            if bodies.is_empty() {
                bodies = Workload::Random.bytes(SEED, 17 * self.mean_bytes + self.objects);
            }
            for (number, bytes) in self.sizes().enumerate() {
                // No two objects share a chunk for long.
                let start = number % (bodies.len() - bytes);
                let mut body = bodies[start..start + bytes].to_vec();
                let tag = (number as u64).to_le_bytes();
                body.chunks_mut(1024).for_each(|block| {
                    block.iter_mut().zip(tag).for_each(|(byte, salt)| *byte ^= salt);
                });
                let (place, file) = match kind {
                    "tree" => (tree_place(number), body),
                    _ => nginx_file(number, &body),
                };
                let path = root.join(place);
                fs::create_dir_all(path.parent().ok_or("a place without a folder")?)?;
                fs::write(path, file)?;
            }
            rustix::fs::sync();
            fs::write(marker, "")?;
        }
        Ok(())
    }
}

fn tree_place(number: usize) -> String {
    format!("{:02x}/{:02x}/{number}", number % 251, number / 251 % 256)
}

/// Place and bytes of the file that nginx 1.18 and later writes with `levels=1:2`.
fn nginx_file(number: usize, body: &[u8]) -> (String, Vec<u8>) {
    let key = format!("http://origin.example/objects/{number}");
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let header_start = 336 + "\nKEY: ".len() + key.len() + 1;
    let short = |number: usize| u16::try_from(number).expect("a short header").to_le_bytes();
    let (now_s, day_s) = (1_795_316_927_i64, 86_400);
    let mut file = vec![0; 336];
    let mut put = |at: usize, bytes: &[u8]| file[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &5_u64.to_le_bytes());
    put(8, &(now_s + day_s).to_le_bytes());
    put(32, &(-1_i64).to_le_bytes());
    put(40, &now_s.to_le_bytes());
    put(48, &crc32fast::hash(key.as_bytes()).to_le_bytes());
    put(54, &short(header_start));
    put(56, &short(header_start + head.len()));
    file.extend_from_slice(format!("\nKEY: {key}\n{head}").as_bytes());
    file.extend_from_slice(body);
    let halves = Md5::digest(&key).into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let name: String = halves.filter_map(|half| char::from_digit(half.into(), 16)).collect();
    (format!("{}/{}/{name}", &name[31..], &name[29..31]), file)
}

/// Rounds of all kinds in turn, and what the kinds cost beside a tree.
fn compare(corpus: &Corpus, rounds: usize) -> Result<()> {
    corpus.make()?;
    let own = std::env::current_exe()?;
    let mut taken: Vec<Vec<Measured>> = vec![Vec::new(); KINDS.len()];
    for round in 1..=rounds {
        for (kind, taken) in KINDS.iter().zip(&mut taken) {
            let is_cold = fs::write("/proc/sys/vm/drop_caches", "3").is_ok();
            let journal = tempfile::tempdir_in(&corpus.folder)?;
            let output = Command::new(&own)
                .args(["measure", kind])
                .args([corpus.root(kind).as_path(), journal.path()])
                .output()?;
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            let measured = Measured::read(&text)
                .ok_or_else(|| String::from_utf8_lossy(&output.stderr).into_owned())?;
            let cache = if is_cold { "cold" } else { "as it is" };
            println!("round {round}, {kind:<6} page cache {cache}: {measured}");
            taken.push(measured);
        }
    }
    let same = |it: &Measured| (it.objects, it.bytes);
    let first = taken.iter().flatten().map(same).next().ok_or("no rounds")?;
    if first.0 != corpus.objects as u64 || !taken.iter().flatten().all(|it| same(it) == first) {
        return Err(format!("not all kinds hold {} objects of the same bytes", first.0).into());
    }
    let medians = |kind: usize, of: fn(&Sample) -> f64| {
        let firsts: Vec<Sample> = taken[kind].iter().map(|it| it.first).collect();
        median(&firsts, of)
    };
    for (kind, name) in KINDS.iter().enumerate().skip(1) {
        let percent = |of| 100.0 * medians(0, of) / medians(kind, of);
        let (wall, cpu) = (percent(|it| it.wall), percent(|it| it.cpu));
        println!("{name}: {wall:.0} % of the rate of a tree, {cpu:.0} % by CPU time (medians)");
    }
    Ok(())
}

impl Measured {
    fn read(text: &str) -> Option<Self> {
        let mut fields = text.split_whitespace();
        let objects = fields.next()?.parse().ok()?;
        let bytes = fields.next()?.parse().ok()?;
        let numbers: Vec<f64> = fields.map_while(|field| field.parse().ok()).collect();
        let &[wall, cpu, again_wall, again_cpu, resident_mib] = numbers.as_slice() else {
            return None;
        };
        let again = Sample { wall: again_wall, cpu: again_cpu };
        Some(Self { objects, bytes, first: Sample { wall, cpu }, again, resident_mib })
    }
}

impl std::fmt::Display for Measured {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (objects, bytes, first) = (self.objects as f64, self.bytes as f64, self.first);
        let rates = (objects / first.wall, bytes / first.wall / 1e6);
        write!(out, "{:.2} s ({:.2} s CPU), ", first.wall, first.cpu)?;
        write!(out, "{:.0} objects/s, {:.0} MB/s; again ", rates.0, rates.1)?;
        write!(out, "{:.2} s; {:.0} MiB resident at most", self.again.wall, self.resident_mib)
    }
}

/// Lists a source with the agent, as the service will, and says how it went.
fn measure(kind: &str, root: &Path, journal: &Path) -> Result<()> {
    let format: Arc<dyn FileFormat> = match kind {
        "nginx" => Arc::new(NginxFormat::default()),
        _ => Arc::new(TreeFormat::new(&TreeOptions::default())?),
    };
    let clock = Arc::new(SystemClock::new());
    let options = FileSourceOptions::new(SourceId::new(1), ScopePolicy::Public);
    let fs = Arc::new(RootedFs::new(root));
    let source = FileSource::new(fs, format, clock.clone(), options, None);
    let journal = FileJournal::open(journal)?;
    let options = AgentOptions::default();
    let agent = Agent::open(Box::new(source), Box::new(journal), options, clock)?;
    let mut scanned = Ok(());
    let first = time(|| scanned = agent.scan());
    scanned?;
    let counts = agent.counts();
    let mut scanned = Ok(());
    let again = time(|| scanned = agent.scan());
    scanned?;
    let status = fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak_kib: f64 = peak.and_then(|it| it.split_whitespace().next()).ok_or("VmHWM")?.parse()?;
    writeln!(
        std::io::stdout(),
        "{} {} {} {} {} {} {}",
        counts.listed,
        counts.bytes_listed,
        first.wall,
        first.cpu,
        again.wall,
        again.cpu,
        peak_kib / 1024.0
    )?;
    Ok(())
}
