//! Messages of any bytes: a length of four bytes, little-endian, then so many bytes.
//!
//! A frame without bytes says nothing but that its sender is alive; receivers skip it. A length
//! beyond the limit ends the connection; memory grows as bytes come, not as a length declares.

use std::time::Duration;

use crate::connection::{Connection, Reader, Writer};
use crate::deadline::Until;
use crate::error::{Error, Result};
use crate::limits::Limits;

/// Bytes of a frame's length.
const LENGTH_BYTES: usize = 4;
/// Bytes that a frame's buffer grows by.
const GROWTH_BYTES: usize = 64 << 10;

impl Connection {
    /// The two directions.
    #[must_use]
    pub fn split(self) -> (FrameSender, FrameReceiver) {
        let (writer, reader, limits) = self.into_parts();
        let sender = FrameSender { writer, limits: limits.clone() };
        (sender, FrameReceiver { reader, limits })
    }
}

/// The direction out of a connection. Threads may share it: a frame leaves as a whole.
#[derive(Debug)]
pub struct FrameSender {
    writer: Writer,
    limits: Limits,
}

impl FrameSender {
    /// Sends one frame made of these parts, none of which is copied beyond sealing. On return it is
    /// with the kernel: whether it arrives only an answer tells.
    ///
    /// # Errors
    /// [`Error::FrameTooLong`], and nothing was sent. After any other the connection is of no use.
    pub fn send(&self, parts: &[&[u8]]) -> Result<()> {
        let bytes = parts.iter().map(|part| part.len()).sum::<usize>();
        let length = u32::try_from(bytes).ok().filter(|bytes| *bytes <= self.limits.bytes_max());
        let length = length.ok_or(too_long(bytes as u64, self.limits.bytes_max()))?.to_le_bytes();
        let framed: Vec<&[u8]> =
            std::iter::once(&length[..]).chain(parts.iter().copied()).collect();
        self.writer.write_all(&framed, self.limits.time_of(bytes))
    }

    /// Sends bytes that need not be frames.
    #[cfg(test)]
    pub(crate) fn send_raw(&self, bytes: &[u8]) {
        self.writer.write_all(&[bytes], self.limits.frame).unwrap();
    }

    /// Says that this end is alive, and nothing else; nothing at all while another thread sends,
    /// which says as much.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub fn keep_alive(&self) -> Result<()> {
        self.writer.write_if_idle(&[&[0; LENGTH_BYTES]], self.limits.frame)
    }

    /// Says that nothing more comes. The other direction stays as it is.
    ///
    /// # Errors
    /// The socket's.
    pub fn close(&self) -> Result<()> {
        self.writer.close(self.limits.frame)
    }
}

/// The direction into this end of a connection.
#[derive(Debug)]
pub struct FrameReceiver {
    reader: Reader,
    limits: Limits,
}

impl FrameReceiver {
    /// The next frame with bytes in it; `None` once the other end has closed its direction.
    ///
    /// # Errors
    /// [`Error::FrameTooLong`]; [`Error::TimedOut`] if nothing came for `idle`, or a frame that has
    /// begun came too slowly; [`Error::Cut`] if the connection ended otherwise; TLS's; the
    /// socket's. After any of them the connection is of no use.
    pub fn receive(&mut self) -> Result<Option<Vec<u8>>> {
        self.receive_at_most(self.limits.bytes_max(), None)
    }

    /// The next frame, which has to come within so much time, whatever signs of life come before.
    ///
    /// # Errors
    /// As [`Self::receive`].
    pub fn receive_within(&mut self, time: Duration) -> Result<Option<Vec<u8>>> {
        self.receive_at_most(self.limits.bytes_max(), Some(Until::after(time)))
    }

    /// The first frame, of somebody who is not known yet: it is short, and comes at once.
    ///
    /// # Errors
    /// As [`Self::receive`]; empty frames give no more time.
    pub fn receive_first(&mut self, bytes_max: u32) -> Result<Option<Vec<u8>>> {
        self.receive_at_most(bytes_max, Some(Until::after(self.limits.handshake)))
    }

    fn receive_at_most(&mut self, bytes_max: u32, until: Option<Until>) -> Result<Option<Vec<u8>>> {
        loop {
            let mut length = [0; LENGTH_BYTES];
            let (first, rest) = length.split_at_mut(1);
            let idle = until.unwrap_or_else(|| Until::after(self.limits.idle));
            if self.reader.read(first, idle)? == 0 {
                return Ok(None);
            }
            self.read_exact(rest, until.unwrap_or_else(|| Until::after(self.limits.frame)))?;
            let bytes = u32::from_le_bytes(length);
            if bytes > bytes_max {
                return Err(too_long(bytes.into(), bytes_max));
            }
            let bytes = bytes as usize;
            if bytes > 0 {
                let until = until.unwrap_or_else(|| Until::after(self.limits.time_of(bytes)));
                return self.body(bytes, until).map(Some);
            }
        }
    }

    fn body(&mut self, bytes: usize, until: Until) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        while body.len() < bytes {
            let start = body.len();
            body.resize(bytes.min(start + GROWTH_BYTES), 0);
            self.read_exact(body.get_mut(start..).unwrap_or_default(), until)?;
        }
        Ok(body)
    }

    fn read_exact(&mut self, mut bytes: &mut [u8], until: Until) -> Result<()> {
        while !bytes.is_empty() {
            let count = self.reader.read(bytes, until)?;
            if count == 0 {
                return Err(Error::Cut);
            }
            bytes = bytes.split_at_mut(count).1;
        }
        Ok(())
    }
}

fn too_long(bytes: u64, bytes_max: u32) -> Error {
    Error::FrameTooLong { bytes, bytes_max: bytes_max.into() }
}
