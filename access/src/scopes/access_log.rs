//! Access logs: which client got, or brought, which object.
//!
//! What a client sends stands in these lines, so a format counts only if nothing that a client
//! sends can end a field or a line in it. Parsers are functions of one line.

mod acng;
mod between;
mod delivery;
mod line_splitter;
mod log_line;
mod log_position;
mod log_tail;
mod number;
mod old_log;
mod quoting;
mod rotated;
mod tail_counters;
mod text_object;
mod vsftpd;
mod web;
#[cfg(test)]
mod tests;

use jiff::tz::TimeZone;

use crate::error::Error;

pub use line_splitter::LINE_BYTES_MAX;
pub use log_line::{Amount, Deed, LogLine};
pub use log_position::LogPosition;
pub use log_tail::LogTail;
pub use tail_counters::{History, TailCounters};

/// Which server writes a log, and in which form: ACCESS.md, section 11.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogFormat {
    /// nginx, `log_format ... escape=json`, one JSON object a line.
    Nginx,
    /// Squid, one JSON object a line, free texts by `%#`.
    Squid,
    /// Apache, one object a line that is JSON but for `\xHH`.
    Apache {
        /// `http` or `https`: how clients come, which its names of objects begin with.
        scheme: &'static str,
    },
    /// vsftpd, `vsftpd_log_file`.
    Vsftpd {
        /// The zone of the server's clock: its times are local.
        zone: TimeZone,
    },
    /// apt-cacher-ng, `apt-cacher.log`: its lines prove nothing.
    AptCacherNg,
}

impl LogFormat {
    /// The log of a vsftpd whose clock shows the time of a zone, by its IANA name; of the system's
    /// own zone if the name is empty.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] if there is no such zone.
    pub fn vsftpd(zone: &str) -> Result<Self, Error> {
        if zone.is_empty() {
            return Ok(Self::Vsftpd { zone: TimeZone::system() });
        }
        let zone = TimeZone::get(zone);
        let problem = |error: jiff::Error| error.to_string();
        let zone =
            zone.map_err(|it| Error::Configuration { option: "time-zone", problem: problem(it) })?;
        Ok(Self::Vsftpd { zone })
    }

    /// Reads one line, without its line feed. `None` for a line of the format that tells of no
    /// object that went to a client or came from one.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] if the line is not of this format.
    pub fn parse(&self, line: &[u8]) -> Result<Option<LogLine>, Error> {
        match self {
            Self::Nginx => web::nginx(line).map(Some),
            Self::Squid => web::squid(line).map(Some),
            Self::Apache { scheme } => web::apache(line, scheme).map(Some),
            Self::Vsftpd { zone } => vsftpd::parse(line, zone),
            Self::AptCacherNg => acng::parse(line),
        }
    }
}
