//! What every networked role shares: who is on the other end, what may pass, and for how long.
//!
//! Certificates and whom to believe ([`Identity`], [`Trust`], [`Fingerprint`]), TLS 1.3 over TCP
//! with frames in both directions at once ([`connect`], [`accept`], [`FrameSender`],
//! [`FrameReceiver`]), tokens and what is kept of them ([`Token`], [`TokenHash`]), nonces that
//! count once ([`NonceStore`]), and how many may come ([`Listener`]). What a frame says is its
//! sender's and receiver's business.
//!
//! There is no way to turn verification off. TLS keys and TLS's own random numbers come from
//! aws-lc-rs; tokens and nonces are made of bytes that the caller brings.

#![forbid(unsafe_code)]

mod connection;
mod deadline;
mod dial;
mod error;
mod fingerprint;
mod frames;
mod identity;
mod limits;
mod listener;
mod nonce_store;
mod pinned;
mod tls;
mod token;

pub use connection::{Connection, Hangup};
pub use dial::dial;
pub use error::{Error, ErrorKind, Result};
pub use fingerprint::{Fingerprint, NotAFingerprint};
pub use frames::{FrameReceiver, FrameSender};
pub use identity::Identity;
pub use limits::{FRAME_BYTES_MAX, Limits};
pub use listener::{Admitted, Listener, Permit, Stopper};
pub use nonce_store::{NONCE_BYTES, Nonce, NonceRefused, NonceStore};
pub use tls::{ClientTls, Clients, ServerTls, TimeSource, Trust, accept, connect, system_time};
pub use token::{TOKEN_BYTES, Token, TokenHash};
