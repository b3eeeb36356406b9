//! A real `gleaner serve` with a sandbox around it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdout, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::sandbox::{Ran, Sandbox};
use crate::schemas;

/// What `GET` of a path gives: the first line, and the body.
pub(crate) fn http_get(address: &str, path: &str) -> (String, String) {
    let mut socket = std::net::TcpStream::connect(address).unwrap();
    write!(socket, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.lines().next().unwrap().to_owned(), body.to_owned())
}

/// A running server with the tenant `office`.
pub(crate) struct Server {
    pub(crate) sandbox: Sandbox,
    child: Child,
    /// Kept open: the server writes one more line when it stops.
    _stdout: BufReader<ChildStdout>,
    pub(crate) address: String,
    /// Where it answers operators.
    pub(crate) metrics: String,
    pub(crate) fingerprint: String,
}

impl Server {
    pub(crate) fn start() -> Self {
        let sandbox = Sandbox::new();
        sandbox.make_source();
        sandbox.run(["tenant", "--data", "srv", "add", "office"]).expect(0);
        Self::over(sandbox)
    }

    pub(crate) fn over(sandbox: Sandbox) -> Self {
        Self::at("127.0.0.1:0", sandbox)
    }

    fn at(address: &str, sandbox: Sandbox) -> Self {
        let mut child = sandbox
            .command(["serve", "--data", "srv", "--listen", address])
            .args(["--metrics", "127.0.0.1:0", "--json"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = || -> Value {
            let mut line = String::new();
            stdout.read_line(&mut line).unwrap();
            schemas::check_messages(&line);
            serde_json::from_str(&line).unwrap()
        };
        let text = |line: &Value, key: &str| line[key].as_str().unwrap().to_owned();
        let (listening, metrics) = (line(), line());
        let fingerprint = text(&listening, "fingerprint");
        let (address, metrics) = (text(&listening, "address"), text(&metrics, "address"));
        Self { sandbox, child, _stdout: stdout, address, metrics, fingerprint }
    }

    /// A new token in a file of this name; its id.
    pub(crate) fn token(&self, name: &str, tenant: &str, words: &[&str]) -> String {
        let args = ["token", "--data", "srv", "new", "--tenant", tenant, "--json"];
        let ran = self.sandbox.run(args.iter().chain(words)).expect(0);
        let line = ran.lines().remove(0);
        self.sandbox.write(name, format!("{}\n", line["token"].as_str().unwrap()).as_bytes());
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(self.sandbox.path(name), mode).unwrap();
        line["id"].as_str().unwrap().to_owned()
    }

    /// A verb of a subscriber of a tenant, with the token of that file.
    pub(crate) fn command(&self, tenant: &str, token: &str, words: &[&str]) -> Command {
        let mut command = self.sandbox.command(words);
        let url = format!("https://{}/{tenant}", self.address);
        command.args(["--server", &url, "--server-fingerprint", &self.fingerprint]);
        command.args(["--token-file", token, "--json"]);
        command
    }

    pub(crate) fn run(&self, tenant: &str, token: &str, words: &[&str]) -> Ran {
        Ran::by(&mut self.command(tenant, token, words))
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let id = Pid::from_raw(self.child.id().try_into().unwrap()).unwrap();
        kill_process(id, signal).unwrap();
    }

    /// Ends it at once, and starts another one over what it left, at the same address.
    pub(crate) fn kill_and_start(mut self) -> Self {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        // Who waits for this server may have dialled from this very port.
        for _ in 0..600 {
            if std::net::TcpListener::bind(&self.address).is_ok() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        let sandbox = std::mem::replace(&mut self.sandbox, Sandbox::new());
        Self::at(&self.address, sandbox)
    }

    /// Kills it.
    pub(crate) fn kill(&self) {
        self.signal(Signal::KILL);
    }

    /// Stops it as `systemctl stop` does.
    pub(crate) fn stop(self) -> Sandbox {
        self.signal(Signal::TERM);
        self.ended()
    }

    /// Waits until it has stopped.
    pub(crate) fn ended(mut self) -> Sandbox {
        let status = self.child.wait().unwrap();
        assert_eq!(status.code(), Some(0), "{status}");
        std::mem::replace(&mut self.sandbox, Sandbox::new())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Gone already where it was stopped.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
