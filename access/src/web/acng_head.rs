//! The `.head` file that apt-cacher-ng keeps beside each file.

use crate::error::Error;
use crate::limits::Limits;
use crate::web::http_message::StoredResponse;

#[cfg(test)]
mod tests;

/// What a `.head` file says that matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcngHead {
    /// Bytes of the file beside, once it is complete.
    pub body_bytes: u64,
    /// Where it came from.
    pub source_url: Option<String>,
    /// All of it.
    pub response: StoredResponse,
}

impl AcngHead {
    /// Reads a whole `.head` file.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] if it is no header block or does not say how long the file is: that is
    /// how apt-cacher-ng notes a fetch that failed. What [`StoredResponse::parse`] gives.
    pub fn parse(file: &[u8], limits: &Limits) -> Result<Self, Error> {
        let response = StoredResponse::parse(file, limits)?;
        let body_bytes =
            response.content_length()?.ok_or(Error::Corrupt("a head without a length"))?;
        let source_url = response.fields.first_text("x-original-source").map(str::to_owned);
        Ok(Self { body_bytes, source_url, response })
    }
}
