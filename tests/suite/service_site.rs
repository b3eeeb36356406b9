//! A backup server in this process, with two tenants and a token for each right.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;

use gleaner_net::{
    ClientTls, Clients, Identity, Limits, Listener, ServerTls, Token, Trust, system_time,
};
use gleaner_service::{
    Dial, Login, PROTOCOL, Registry, Repositories, Right, Server, ServerOptions, Session,
    TenantName, TenantRecord, Tenants, TokenRecord,
};
use gleaner_store::{
    DirectoryStorage, ManualClock, MemoryFs, MemoryStorage, SeededRandom, Storage, StorageError,
};

/// The names of the tenants.
pub(crate) const TENANTS: [&str; 2] = ["a", "b"];

/// A running server with [`TENANTS`].
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    tls: ClientTls,
    limits: Limits,
}

pub(crate) fn token(tenant: &str, right: Right) -> Token {
    let mut bytes = [right as u8; 32];
    bytes[0] = tenant.as_bytes()[0];
    Token::from_random(bytes)
}

fn record(tenant: &str, right: Right) -> TokenRecord {
    TokenRecord {
        hash: (*token(tenant, right).hash().as_bytes()).into(),
        label: right.as_str().to_owned(),
        rights: vec![right.as_str().to_owned()],
        made_ns: 0,
        expires_ns: None,
    }
}

/// One storage for each tenant.
#[derive(Debug)]
struct Stored(HashMap<TenantName, Arc<dyn Storage>>);

impl Repositories for Stored {
    fn open(&self, tenant: &TenantName) -> Result<Arc<dyn Storage>, StorageError> {
        Ok(Arc::clone(&self.0[tenant]))
    }
}

fn tenants(storages: [Arc<dyn Storage>; 2]) -> Tenants {
    let registry = Registry::new(Arc::new(MemoryStorage::new()));
    let mut repositories: HashMap<_, Arc<dyn Storage>> = HashMap::new();
    for (tenant, storage) in TENANTS.into_iter().zip(storages) {
        let name: TenantName = tenant.parse().unwrap();
        let tokens = Right::ALL.map(|right| record(tenant, right)).to_vec();
        registry.add(&name, &TenantRecord { tokens, ..TenantRecord::default() }).unwrap();
        repositories.insert(name, storage);
    }
    Tenants::new(registry, Arc::new(Stored(repositories)))
}

/// Folders in memory for both tenants.
pub(crate) fn in_memory() -> [Arc<dyn Storage>; 2] {
    [1, 2].map(|seed| -> Arc<dyn Storage> {
        let random = Arc::new(SeededRandom::new(seed));
        Arc::new(DirectoryStorage::new(MemoryFs::new(), random))
    })
}

/// Runs a server for as long as it is used.
pub(crate) fn with_site<T>(
    storages: [Arc<dyn Storage>; 2],
    limits: &Limits,
    use_it: impl FnOnce(&Site) -> T,
) -> T {
    let identity = Identity::generate("server", &[]).unwrap();
    let tls = ServerTls::new(&identity, Clients::NeedNone, PROTOCOL, system_time()).unwrap();
    let (clock, random) = (Arc::new(ManualClock::new(1)), Arc::new(SeededRandom::new(3)));
    let options = ServerOptions { limits: limits.clone(), ..ServerOptions::default() };
    let server = Server::new(tls, tenants(storages), clock, random, options);
    let listener = Listener::bind((Ipv4Addr::LOCALHOST, 0).into(), limits).unwrap();
    let stopper = listener.stopper().unwrap();
    let trust = Trust::Fingerprint(identity.fingerprint());
    let tls = ClientTls::new(&trust, None, PROTOCOL, system_time()).unwrap();
    let site = Site { address: listener.address().unwrap(), tls, limits: limits.clone() };
    std::thread::scope(|scope| {
        let served = scope.spawn(|| server.serve(&listener));
        let used = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| use_it(&site)));
        stopper.stop();
        // Whoever did not close its session does not hold up the end.
        server.hang_up();
        served.join().unwrap();
        used.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

impl Site {
    pub(crate) fn session(&self, tenant: &str, token: &Token) -> gleaner_service::Result<Session> {
        self.session_after(tenant, token, None)
    }

    fn session_after(
        &self,
        tenant: &str,
        token: &Token,
        after: Option<&Session>,
    ) -> gleaner_service::Result<Session> {
        let socket = TcpStream::connect(self.address)
            .map_err(|source| gleaner_net::Error::Io { during: "connecting", source })?;
        let login = Login { tenant, token: Some(token), program: "gleaner-tests", after };
        Session::begin(socket, "localhost", &self.tls, &self.limits, &login)
    }

    /// The same server by way of another address.
    pub(crate) fn at(&self, address: SocketAddr) -> Self {
        Self { address, ..self.clone() }
    }

    /// Begins sessions of tenant `a`.
    pub(crate) fn dialler(&self, right: Right) -> Box<dyn Dial> {
        Box::new(Dialler { site: self.clone(), right })
    }
}

struct Dialler {
    site: Site,
    right: Right,
}

impl Dial for Dialler {
    fn dial(&self, after: Option<&Session>) -> gleaner_service::Result<Session> {
        self.site.session_after(TENANTS[0], &token(TENANTS[0], self.right), after)
    }
}
