//! The recovery sheet of `init --server`: all that a new machine needs besides a new token.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use gleaner_engine::Repository;
use gleaner_store::{OsRandom, RandomSource as _};
use zeroize::Zeroizing;

use crate::args::Global;
use crate::context::Context;
use crate::exit_code::{Failure, Kind};
use crate::json::Problem;
use crate::password::kdf_cost;
use crate::place::{Place, ServerAddress};

/// Letters of a recovery code, 5 bits each; none of them looks like another.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Letters of a code: 160 random bits.
const CODE_LETTERS: usize = 32;

/// Where the sheet goes.
pub(super) enum SheetTarget {
    /// With the rest of what `init` says.
    Stdout,
    /// Made already, so that a wrong path shows before there is a repository.
    File(PathBuf, File),
    /// Nowhere: a secret is no part of JSON lines.
    Nowhere,
}

impl SheetTarget {
    /// Makes the file, if one was asked for.
    ///
    /// # Errors
    /// Kind `usage` without a server; `guard` if there is such a file.
    pub(super) fn new(
        context: &Context,
        place: &Place,
        path: Option<&Path>,
    ) -> Result<Self, Failure> {
        match (place, path) {
            (Place::Folder(_), None) => Ok(Self::Nowhere),
            (Place::Folder(_), Some(_)) => {
                Err(Failure::usage("--recovery-sheet is for a repository with a --server"))
            }
            (Place::Server(_), None) if context.output.json => {
                let message =
                    "no recovery sheet: with --json it goes only into --recovery-sheet FILE";
                let problem = Problem::new(message.to_owned(), "no_recovery_sheet", "init", b"");
                context.output.warning(problem);
                Ok(Self::Nowhere)
            }
            (Place::Server(_), None) => Ok(Self::Stdout),
            (Place::Server(_), Some(path)) => {
                let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
                let file = file.map_err(|error| match error.kind() {
                    std::io::ErrorKind::AlreadyExists => {
                        let message = format!("{}: there is such a file", path.display());
                        Failure::new(Kind::Guard, message)
                    }
                    _ => Failure::io(path.display(), &error),
                })?;
                Ok(Self::File(path.to_owned(), file))
            }
        }
    }

    /// Takes the empty file away: there is no repository.
    pub(super) fn give_up(&self) {
        if let Self::File(path, _) = self {
            drop(std::fs::remove_file(path));
        }
    }

    /// Adds a key slot for a new code, and writes the sheet. Durable on return.
    ///
    /// # Errors
    /// The repository's and the file's.
    pub(super) fn write(
        &self,
        context: &Context,
        repository: &Repository,
        place: &Place,
    ) -> Result<(), Failure> {
        let Place::Server(address) = place else { return Ok(()) };
        if matches!(self, Self::Nowhere) {
            return Ok(());
        }
        let code = new_code()?;
        let slot = gleaner_engine::add_key_slot(
            repository,
            code.as_bytes(),
            kdf_cost(),
            "recovery sheet",
        )?;
        let written = sheet(&context.global, address, &repository.id_hex(), &code)
            .and_then(|sheet| self.put_down(context, &sheet));
        if written.is_err() {
            // Nobody has its code.
            drop(gleaner_engine::remove_key_slot(repository, &slot, false));
        }
        written
    }

    fn put_down(&self, context: &Context, sheet: &str) -> Result<(), Failure> {
        match self {
            Self::File(path, file) => {
                let mut file: &File = file;
                let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
                let written = file
                    .write_all(sheet.as_bytes())
                    .and_then(|()| file.sync_all())
                    .and_then(|()| File::open(folder.unwrap_or(Path::new(".")))?.sync_all());
                written.map_err(|error| Failure::io(path.display(), &error))?;
                context.output.text(&format!("recovery sheet: {}", path.display()))
            }
            _ => context.output.secret(sheet),
        }
    }
}

/// `0a1b-2c3d-...`.
fn new_code() -> Result<Zeroizing<String>, Failure> {
    let mut bytes = Zeroizing::new([0; CODE_LETTERS]);
    OsRandom.fill(&mut *bytes).map_err(|error| Failure::io("random bytes", &error))?;
    let mut code = Zeroizing::new(String::with_capacity(CODE_LETTERS + CODE_LETTERS / 4));
    for (number, byte) in bytes.iter().enumerate() {
        if number > 0 && number % 4 == 0 {
            code.push('-');
        }
        let letter = LETTERS.get(usize::from(byte % 32)).copied().unwrap_or_default();
        code.push(char::from(letter));
    }
    Ok(code)
}

fn sheet(
    global: &Global,
    address: &ServerAddress,
    id: &str,
    code: &str,
) -> Result<Zeroizing<String>, Failure> {
    let server = Place::Server(address.clone());
    let (known_by, flag, below) = match (&global.server_fingerprint, &global.ca_cert) {
        (Some(fingerprint), _) => {
            let flag = format!("--server-fingerprint {fingerprint}");
            (format!("SHA-256 {fingerprint}"), flag, String::new())
        }
        (None, Some(path)) => {
            let pem = std::fs::read_to_string(path)
                .map_err(|error| Failure::io(path.display(), &error))?;
            let known_by = "signed by what is below: save that as `ca.pem`".to_owned();
            (known_by, "--ca-cert ca.pem".to_owned(), format!("\n{pem}"))
        }
        (None, None) => return Err(Failure::new(Kind::Bug, "nobody said whom to believe")),
    };
    Ok(Zeroizing::new(format!(
        "\ngleaner recovery sheet\n\n\
         Keep it on paper or on another machine. Whoever has it, and a token, reads everything.\n\n\
         server       {server}\n\
         certificate  {known_by}\n\
         tenant       {}\n\
         repository   {id}\n\
         code         {code}\n\n\
         On a new machine: ask the server's operator for a token (`gleaner token new --tenant {}\n\
         --verbs restore`), save it as `token`, type the line below, and the code as password:\n\n\
         gleaner restore latest -t FOLDER --no-lock --token-file token {} {flag}\n{below}",
        address.tenant,
        address.tenant,
        server.flag(),
    )))
}

#[cfg(test)]
mod tests {
    use super::{LETTERS, new_code};

    #[test]
    fn code_has_160_bits_in_groups_of_four_and_is_another_each_time() {
        let [a, b] = [(), ()].map(|()| new_code().unwrap());
        assert_ne!(a, b);
        assert_eq!(a.len(), 39);
        assert!(a.split('-').all(|group| group.len() == 4));
        assert!(a.bytes().all(|letter| letter == b'-' || LETTERS.contains(&letter)));
    }
}
