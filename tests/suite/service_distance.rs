//! Goal: over a distance a backup waits for few answers: what it asks does not depend on one after
//! the other where it need not.
//!
//! Method: a server over TLS behind a relay that is 50 ms away, and the exchanges that the relay
//! sees. If this fails, a subscriber at the other end of a slow line waits for its backup.

use std::sync::Arc;
use std::time::Duration;

use gleaner_engine::{IndexPlace, Repository};
use gleaner_net::{Limits, Token};
use gleaner_service::{RemoteStorage, Right};
use gleaner_store::{ObjectName, Put, Storage, Update, Version};
use gleaner_tests::engine_doubles::{
    back_up, create, credential, encrypted, environment, seeded_bytes, seeded_tree, write_tree,
};
use gleaner_tests::relay::{Relay, with_distance};

use crate::service_site::{Site, in_memory, token, with_site};

const ONE_WAY: Duration = Duration::from_millis(50);

fn administer() -> Token {
    token("a", Right::Administer)
}

/// Exchanges of one session of tenant `a` with a server that is 50 ms away. TLS is the first of
/// them; connecting was one before.
fn exchanges(relay: &Relay, site: &Site, use_it: impl FnOnce(Arc<dyn Storage>)) -> u64 {
    let before = relay.exchanges();
    let session = Arc::new(site.at(relay.address()).session("a", &administer()).unwrap());
    use_it(Arc::new(RemoteStorage::new(Arc::clone(&session))));
    // Nobody waits for an answer to the end of a session.
    relay.exchanges() - before
}

#[test]
fn incremental_backup_waits_for_ten_answers_or_eleven() {
    let folder = tempfile::tempdir().unwrap();
    let (source, cache) = (folder.path().join("source"), folder.path().join("cache"));
    let mut tree = seeded_tree(1, 300, 20_000);
    with_site(in_memory(), &Limits::default(), |site| {
        with_distance(site.address, ONE_WAY, |relay| {
            let mut least = u64::MAX;
            for seed in 0..5 {
                tree.insert(format!("new{seed}").into_bytes(), seeded_bytes(seed, 10_000));
                write_tree(&source, &tree);
                let asked = exchanges(relay, site, |storage| {
                    if seed == 0 {
                        create(Arc::clone(&storage), 100, encrypted());
                    }
                    let mut environment = environment(storage, seed);
                    environment.index_place = IndexPlace::CacheDir(cache.clone());
                    let repository = Repository::open(environment, &credential()).unwrap();
                    let stats = back_up(&repository, &source).unwrap();
                    assert!(seed == 0 || stats.bytes_novel == 10_000, "{stats:?}");
                });
                println!("counted: {} exchanges, backup {seed}", asked + 1);
                if seed > 0 {
                    least = least.min(asked + 1);
                }
            }
            // A busy machine adds some. Ten where the whole tree is new, and one more to settle
            // packs that it shares.
            assert!(least <= 11, "{least}");
        });
    });
}

#[test]
fn objects_of_a_list_come_many_at_a_time() {
    let name = |text: &str| ObjectName::new(text).unwrap();
    let object = |number: u32| (name(&format!("snapshots/{number:04}")), vec![7; 1000]);
    with_site(in_memory(), &Limits::default(), |site| {
        let near = RemoteStorage::new(Arc::new(site.session("a", &administer()).unwrap()));
        near.create_layout().unwrap();
        for (name, bytes) in (0..1000).map(object) {
            assert_eq!(near.put_if_absent(&name, &[&bytes]).unwrap(), Put::Created);
        }
        with_distance(site.address, ONE_WAY, |relay| {
            let asked = exchanges(relay, site, |storage| {
                for listed in storage.list(&name("snapshots")).unwrap() {
                    assert_eq!(storage.get(&listed.name, 1000).unwrap(), [7; 1000]);
                }
            });
            println!("counted: {asked} exchanges, 1000 objects");
            assert!(asked < 40, "{asked}");
        });
    });
}

#[test]
fn what_was_asked_ahead_is_never_older_than_ones_own_changes() {
    let name = |text: &str| ObjectName::new(text).unwrap();
    with_site(in_memory(), &Limits::default(), |site| {
        let open = || RemoteStorage::new(Arc::new(site.session("a", &administer()).unwrap()));
        let other = open();
        other.create_layout().unwrap();
        let mut version = None;
        for number in 0..200_u64 {
            // What it asked when it logged in, and what it asks behind each of these changes.
            let one = open();
            let mut write = || {
                let written = other.update_if(&name("epoch"), version, &number.to_le_bytes());
                let Update::Written(next) = written.unwrap() else { panic!("nobody else writes") };
                version = Some(next);
                next
            };
            let put = |place: &str, bytes: usize| {
                let place = name(&format!("data/{place}/{number}"));
                assert_eq!(one.put_if_absent(&place, &[&vec![7; bytes]]).unwrap(), Put::Created);
            };
            let lease = || {
                let lease = name(&format!("leases/{number}"));
                let written = one.update_if(&lease, None, b"x").unwrap();
                assert_eq!(written, Update::Written(Version(1)));
            };
            let changes: [&dyn Fn(); 3] = [&lease, &|| put("00", 1), &|| put("01", 99_999)];
            for change in changes {
                let written = write();
                change();
                for _ in 0..3 {
                    let (read, _) = one.read_latest(&name("epoch")).unwrap().unwrap();
                    assert_eq!(read, written);
                }
                assert_eq!(one.list(&name("epoch")).unwrap().len() as u64, written.0);
            }
        }
    });
}
