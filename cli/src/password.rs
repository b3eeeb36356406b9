//! Where passwords come from (CLI.md section 3): flag, environment, profile, prompt.
//!
//! A password is never part of a message, a log line or a debug output.

use std::ffi::OsString;
use std::io::{IsTerminal, Read as _};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use gleaner_store::KdfCost;
use zeroize::Zeroizing;

use crate::exit_code::{Failure, Kind};
use crate::json::Problem;
use crate::layers::{PASSWORD_VARIABLE, variable};
use crate::output::Output;

/// A password; wiped when dropped.
pub(crate) type Password = Zeroizing<Vec<u8>>;

/// The longest first line that is taken for a password.
const PASSWORD_BYTES_MAX: u64 = 1 << 16;

/// Where one password may come from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PasswordSource<'s> {
    /// File whose first line it is.
    pub(crate) file: Option<&'s Path>,
    /// Command whose first line of output it is.
    pub(crate) command: Option<&'s str>,
    /// True if `GLEANER_PASSWORD` may hold it.
    pub(crate) from_variable: bool,
}

impl PasswordSource<'_> {
    /// The password, if a source other than a prompt names one.
    ///
    /// # Errors
    /// Kinds `no_password` and `usage`; `guard` for an empty one.
    pub(crate) fn read(&self, output: &Output) -> Result<Option<Password>, Failure> {
        let password = match (self.file, self.command) {
            (Some(_), Some(_)) => {
                return Err(Failure::usage("both a password file and a password command"));
            }
            (Some(file), None) => secret_file("password", file, output)?,
            (None, Some(command)) => from_command(command)?,
            (None, None) => match variable(PASSWORD_VARIABLE).filter(|_| self.from_variable) {
                Some(password) => Zeroizing::new(password.into_vec()),
                None => return refuse_empty_variable(self.from_variable).map(|()| None),
            },
        };
        refuse_empty(password).map(Some)
    }
}

/// `GLEANER_PASSWORD=` is an empty password, not a missing one.
fn refuse_empty_variable(is_asked: bool) -> Result<(), Failure> {
    if is_asked && std::env::var_os(PASSWORD_VARIABLE) == Some(OsString::new()) {
        refuse_empty(Zeroizing::default()).map(drop)
    } else {
        Ok(())
    }
}

fn refuse_empty(password: Password) -> Result<Password, Failure> {
    if password.is_empty() {
        let message = "an empty password is refused: it would protect nothing";
        return Err(Failure::new(Kind::Guard, message).next("gleaner init --no-encryption"));
    }
    Ok(password)
}

/// The first line of a file that holds a secret; a warning if others may read it.
///
/// # Errors
/// Kind `no_password`.
pub(crate) fn secret_file(what: &str, path: &Path, output: &Output) -> Result<Password, Failure> {
    let failure = |error: std::io::Error| {
        let message = format!("{what} file {}: {error}", path.display());
        Failure::new(Kind::NoPassword, message)
    };
    let file = std::fs::File::open(path).map_err(failure)?;
    let metadata = file.metadata().map_err(failure)?;
    if metadata.is_file() && metadata.permissions().mode() & 0o077 != 0 {
        let message = format!("{what} file {} is readable by others", path.display());
        let item = path.as_os_str().as_encoded_bytes();
        output.warning(Problem::new(message, "password_file_open", "open", item));
    }
    let mut bytes = Zeroizing::new(Vec::new());
    file.take(PASSWORD_BYTES_MAX).read_to_end(&mut bytes).map_err(failure)?;
    Ok(first_line(&bytes))
}

fn from_command(command: &str) -> Result<Password, Failure> {
    let words = shell_words::split(command)
        .map_err(|error| Failure::usage(format!("password command: {error}")))?;
    let Some((program, arguments)) = words.split_first() else {
        return Err(Failure::usage("the password command is empty"));
    };
    let failure = |message: String| Failure::new(Kind::NoPassword, message);
    let result = Command::new(program)
        .args(arguments)
        .stdin(Stdio::inherit())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| failure(format!("password command `{program}`: {error}")))?;
    let stdout = Zeroizing::new(result.stdout);
    if result.status.success() {
        Ok(first_line(&stdout))
    } else {
        Err(failure(format!("password command `{program}`: {}", result.status)))
    }
}

fn first_line(bytes: &[u8]) -> Password {
    let end = bytes.iter().position(|&byte| byte == b'\n').unwrap_or(bytes.len());
    let line = bytes.get(..end).unwrap_or_default();
    // The CR belongs to the line's end only if there is one.
    let line = if end < bytes.len() { line.strip_suffix(b"\r").unwrap_or(line) } else { line };
    Zeroizing::new(line.to_vec())
}

/// Asks on the terminal.
///
/// # Errors
/// Kind `no_password` without a terminal or where questions are forbidden.
pub(crate) fn prompt(question: &str, no_input: bool) -> Result<Password, Failure> {
    let has_terminal = std::io::stdin().is_terminal() || std::io::stderr().is_terminal();
    if no_input || !has_terminal {
        let message = "the repository is encrypted and no password was given";
        return Err(Failure::new(Kind::NoPassword, message)
            .next("set GLEANER_PASSWORD_FILE, or give --password-file"));
    }
    let answer = rpassword::prompt_password(format!("{question}: "))
        .map_err(|error| Failure::new(Kind::NoPassword, format!("password: {error}")))?;
    Ok(Zeroizing::new(answer.into_bytes()))
}

/// Asks for a new password twice.
///
/// # Errors
/// As [`prompt`]; `guard` for an empty one; `no_password` if the two differ.
pub(crate) fn prompt_new(question: &str, no_input: bool) -> Result<Password, Failure> {
    let password = refuse_empty(prompt(question, no_input)?)?;
    if password == prompt("again", no_input)? {
        Ok(password)
    } else {
        Err(Failure::new(Kind::NoPassword, "the two passwords differ"))
    }
}

/// Cost of deriving a key: builds with debug assertions take the least there is if
/// `GLEANER_TEST_KDF=1`, so that tests do not pay for a protection that they do not need.
pub(crate) fn kdf_cost() -> KdfCost {
    let is_test =
        cfg!(debug_assertions) && variable("GLEANER_TEST_KDF").is_some_and(|value| value == "1");
    if is_test { KdfCost::TEST } else { KdfCost::DEFAULT }
}

#[cfg(test)]
mod tests {
    use super::first_line;

    #[test]
    fn one_line_ending_is_removed() {
        for (text, password) in [
            (&b"secret"[..], &b"secret"[..]),
            (b"secret\n", b"secret"),
            (b"secret\r\nmore\n", b"secret"),
            (b"secret\r", b"secret\r"),
            (b" secret \n\n", b" secret "),
            (b"\n", b""),
        ] {
            assert_eq!(first_line(text).as_slice(), password);
        }
    }
}
