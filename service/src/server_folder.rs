//! A server in one folder: `identity/`, `tenants/`, and `repositories/NAME/` for each tenant.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gleaner_net::Identity;
use gleaner_store::{DirectoryStorage, Fs as _, Storage, StorageError};

use crate::error::{Error, Result};
use crate::kept_identity::kept_identity;
use crate::registry::{Registry, TenantName};
use crate::server::Repositories;

/// How often a folder is emptied in which others make files.
const REMOVE_ATTEMPTS: u32 = 16;

/// The folder of a server that starts with no other service.
#[derive(Debug, Clone)]
pub struct ServerFolder {
    path: PathBuf,
    storage: Arc<DirectoryStorage>,
}

impl ServerFolder {
    /// Opens it, and makes it if there is none.
    ///
    /// # Errors
    /// [`Error::Folder`].
    pub fn create(path: &Path) -> Result<Self> {
        let storage = DirectoryStorage::create(path);
        Self::of(path, storage.map_err(|source| Error::folder(path, source))?)
    }

    /// Opens it.
    ///
    /// # Errors
    /// [`Error::Folder`], of kind `NotFound` if there is none.
    pub fn open(path: &Path) -> Result<Self> {
        let storage = DirectoryStorage::open(path);
        Self::of(path, storage.map_err(|source| Error::folder(path, source))?)
    }

    fn of(path: &Path, storage: DirectoryStorage) -> Result<Self> {
        let path = std::path::absolute(path).map_err(|source| Error::folder(path, source))?;
        Ok(Self { path, storage: Arc::new(storage) })
    }

    /// Its tenants.
    #[must_use]
    pub fn registry(&self) -> Registry {
        Registry::new(self.storage.clone())
    }

    /// The certificate and key that were made here: see [`kept_identity`].
    ///
    /// # Errors
    /// The storage's; what is there cannot be used.
    pub fn identity(&self, names: &[String]) -> Result<Identity> {
        kept_identity(&*self.storage, names)
    }

    /// Where it is kept what agents told.
    #[must_use]
    pub fn sightings(&self) -> PathBuf {
        self.path.join("sightings")
    }

    fn repository(&self, tenant: &TenantName) -> PathBuf {
        self.path.join("repositories").join(tenant.as_str())
    }

    /// Where a repository is while it is being removed: no tenant has such a name.
    fn doomed(&self, tenant: &TenantName) -> PathBuf {
        self.path.join("repositories").join(format!(".{tenant}.removed"))
    }

    /// Whether there is anything of a repository of a tenant, or what is left of one.
    ///
    /// # Errors
    /// [`Error::Folder`].
    pub fn has_repository(&self, tenant: &TenantName) -> Result<bool> {
        // A login that came while it was removed may have made an empty one.
        let is_used = |path: PathBuf| match std::fs::read_dir(&path) {
            Ok(mut entries) => Ok(entries.next().is_some()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(source) => Err(Error::folder(&path, source)),
        };
        Ok(is_used(self.repository(tenant))? || is_used(self.doomed(tenant))?)
    }

    /// Removes the repository of a tenant; harmless if there is none.
    ///
    /// Sessions that are using it see their calls fail.
    ///
    /// # Errors
    /// [`Error::Folder`]; some of it may be left then.
    pub fn remove_repository(&self, tenant: &TenantName) -> Result<()> {
        let (path, doomed) = (self.repository(tenant), self.doomed(tenant));
        let harmless = |path: &Path, result: std::io::Result<()>| match result {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            result => result.map_err(|source| Error::folder(path, source)),
        };
        // What an earlier removal left, which was interrupted.
        harmless(&doomed, std::fs::remove_dir_all(&doomed))?;
        // Nobody opens it any more from here on. Without its sync it is the old name that a power
        // cut leaves, and the next removal takes that.
        let (from, to) =
            (format!("repositories/{tenant}"), format!("repositories/.{tenant}.removed"));
        harmless(&path, self.storage.fs().rename_noreplace(&from, &to))?;
        // Whoever has it open may make files while it is emptied.
        for _ in 0..REMOVE_ATTEMPTS {
            match std::fs::remove_dir_all(&doomed) {
                Err(error) if error.kind() == std::io::ErrorKind::DirectoryNotEmpty => {}
                result => return harmless(&doomed, result),
            }
        }
        harmless(&doomed, std::fs::remove_dir_all(&doomed))
    }
}

impl Repositories for ServerFolder {
    fn open(&self, tenant: &TenantName) -> Result<Arc<dyn Storage>, StorageError> {
        let create = |path: &Path| {
            DirectoryStorage::create(path).map_err(|source| {
                let name = gleaner_store::layout::config();
                StorageError::from_io(&name, "make folder", source)
            })
        };
        create(&self.path.join("repositories"))?;
        Ok(Arc::new(create(&self.repository(tenant))?))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use gleaner_store::ObjectName;

    use super::*;
    use crate::registry::TenantRecord;

    #[test]
    fn identity_is_made_once_and_nobody_else_may_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server");
        assert!(matches!(ServerFolder::open(&path), Err(Error::Folder { .. })));
        let first = ServerFolder::create(&path).unwrap().identity(&[]).unwrap();
        let again = ServerFolder::open(&path).unwrap().identity(&["other".to_owned()]).unwrap();
        assert_eq!(first.fingerprint(), again.fingerprint());
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path.join("identity/identity.pem")), 0o600);
        let name = ObjectName::new("identity/identity.pem").unwrap();
        let storage = DirectoryStorage::open(&path).unwrap();
        storage.delete(&name).unwrap();
        assert_eq!(
            storage.put_if_absent(&name, &[b"rubbish"]).unwrap(),
            gleaner_store::Put::Created
        );
        assert!(ServerFolder::open(&path).unwrap().identity(&[]).is_err(), "never made anew");
    }

    #[test]
    fn repositories_of_tenants_are_apart_and_go_one_by_one() {
        let folder = tempfile::tempdir().unwrap();
        let server = ServerFolder::create(folder.path()).unwrap();
        let [a, b]: [TenantName; 2] = ["a", "b"].map(|name| name.parse().unwrap());
        let name = ObjectName::new("config").unwrap();
        for tenant in [&a, &b] {
            server.registry().add(tenant, &TenantRecord::default()).unwrap();
            let storage = Repositories::open(&server, tenant).unwrap();
            storage.create_layout().unwrap();
            let put = storage.put_if_absent(&name, &[tenant.as_str().as_bytes()]).unwrap();
            assert_eq!(put, gleaner_store::Put::Created);
        }
        server.remove_repository(&a).unwrap();
        server.remove_repository(&a).unwrap();
        let kept = Repositories::open(&server, &b).unwrap().get(&name, 10).unwrap();
        assert_eq!(kept, b"b");
        assert!(Repositories::open(&server, &a).unwrap().get(&name, 10).is_err());
        assert_eq!(server.registry().tenants().unwrap().len(), 2);
    }
}
