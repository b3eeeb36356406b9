//! Accepting connections, one request each, and writing what was answered.

use std::io::{self, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::answer::{Answer, Framing, http_date, to};
use super::{Seen, Shared, lock, path_of};
use crate::loopback_http::read_head;

/// A client that is silent for so long has forgotten the connection.
const SILENCE_MAX: Duration = Duration::from_secs(30);
/// No test holds a body for longer; a forgotten one must not keep a server waiting.
const HELD_MAX: Duration = Duration::from_secs(30);
/// An odd size, so that chunks and the blocks of a cache seldom end together.
const CHUNK_BYTES: usize = 4_099;

pub(super) fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.is_stopping.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let shared = Arc::clone(shared);
        // A client that goes away ends its own connection and nothing else.
        std::thread::spawn(move || drop(serve(&stream, &shared)));
    }
}

fn serve(stream: &TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_read_timeout(Some(SILENCE_MAX))?;
    stream.set_write_timeout(Some(SILENCE_MAX))?;
    let Some(head) = read_head(&mut BufReader::new(stream))? else { return Ok(()) };
    let mut words = head.first_line.split(' ');
    let method = words.next().unwrap_or_default().to_owned();
    let target = words.next().unwrap_or_default().to_owned();
    let request = Seen { method, target, headers: head.headers };
    // Before the answer, so that whoever holds the answer finds the request listed.
    lock(&shared.seen).push(request.clone());
    let put = lock(&shared.put).get(path_of(&request.target)).cloned();
    let answer = to(shared.seed, &request, put);
    write_answer(stream, &answer, request.method == "HEAD", shared)?;
    stream.shutdown(Shutdown::Write)?;
    // Closing while the client still sends would reset the connection under its last bytes.
    drop(io::copy(&mut stream.take(1 << 20), &mut io::sink()));
    Ok(())
}

fn write_answer(
    mut stream: &TcpStream,
    answer: &Answer,
    is_head_only: bool,
    shared: &Shared,
) -> io::Result<()> {
    stream.write_all(head_of(answer).as_bytes())?;
    if is_head_only || answer.status == 304 {
        return Ok(());
    }
    let (first, second) = answer.body.split_at(answer.body.len() / 2);
    match answer.framing {
        Framing::Length | Framing::UntilClose => stream.write_all(&answer.body),
        Framing::CutShort => stream.write_all(first),
        Framing::Held => {
            stream.write_all(first)?;
            let is_released = lock(&shared.is_released);
            drop(shared.released.wait_timeout_while(is_released, HELD_MAX, |is| !*is));
            stream.write_all(second)
        }
        Framing::Chunks => {
            for chunk in answer.body.chunks(CHUNK_BYTES) {
                write!(stream, "{:x}\r\n", chunk.len())?;
                stream.write_all(chunk)?;
                stream.write_all(b"\r\n")?;
            }
            stream.write_all(b"0\r\n\r\n")
        }
    }
}

fn head_of(answer: &Answer) -> String {
    let reason = match answer.status {
        200 => "OK",
        206 => "Partial Content",
        304 => "Not Modified",
        404 => "Not Found",
        _ => "Range Not Satisfiable",
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let mut head = format!("HTTP/1.1 {} {reason}\r\nDate: {}\r\n", answer.status, http_date(now));
    match answer.framing {
        Framing::Chunks => head += "Transfer-Encoding: chunked\r\n",
        Framing::UntilClose => {}
        // A 304 would otherwise claim an empty body for the stored one.
        _ if answer.status == 304 => {}
        _ => head.extend(["Content-Length: ", &answer.body.len().to_string(), "\r\n"]),
    }
    for (name, value) in &answer.headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    head + "Connection: close\r\n\r\n"
}
