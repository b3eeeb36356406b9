//! Goal: no recipe makes the agent ask a host that is not on its list, nor one inside.
//! Method: URLs and addresses by hand. What a real origin answers is tested in the suite,
//! `access_servers/refetch.rs`.
//! What a user loses if it fails: the provider's inner network is open to who writes recipes.

use std::net::IpAddr;
use std::time::Duration;

use super::{RefetchOptions, Refetcher, is_public};
use crate::error::Error;
use crate::limits::Limits;
use crate::recipe::stage::Fetch;
use crate::recipe::step::Validator;

fn refetcher(hosts: &[&str]) -> Refetcher {
    let options = RefetchOptions {
        hosts: hosts.iter().map(|&host| host.to_owned()).collect(),
        private_addresses: Vec::new(),
        timeout: Duration::from_secs(1),
    };
    Refetcher::new(&options, &Limits::default())
}

#[test]
fn only_hosts_of_the_list_are_asked() {
    let refetcher = refetcher(&["example.org", "example.net:8080"]);
    for url in ["http://example.org/a?b", "http://EXAMPLE.org:80/", "http://example.net:8080/"] {
        assert!(refetcher.check(url).is_ok(), "{url}");
    }
    for url in [
        "http://example.net/",
        "http://example.org:8080/",
        "http://example.org.evil/",
        "http://evil/http://example.org/",
        "http://user@example.org/",
        "http://example.org@evil/",
        "http://127.0.0.1/",
        "http://[::1]/",
    ] {
        assert!(matches!(refetcher.check(url), Err(Error::Denied)), "{url}");
    }
    for url in ["https://example.org/", "ftp://example.org/", "file:///etc/passwd"] {
        assert!(refetcher.check(url).is_err(), "{url}");
    }
    for url in ["", "/a", "example.org", "http:///a", "http://"] {
        assert!(refetcher.check(url).is_err(), "{url}");
    }
}

#[test]
fn a_listed_name_of_an_inner_address_is_denied() {
    let refetcher = refetcher(&["localhost", "127.0.0.1", "[::1]"]);
    let validator = Validator::StrongTag("\"a\"".into());
    for url in ["http://localhost/", "http://127.0.0.1/", "http://[::1]/"] {
        let result = refetcher.fetch(url, &validator).map(|_| ());
        assert!(matches!(result, Err(Error::Denied)), "{url}: {result:?}");
    }
}

#[test]
fn inner_addresses_are_not_public() {
    for address in [
        "0.0.0.0",
        "10.255.0.1",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.168.0.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::7f00:1",
        "fc00::1",
        "fe80::1",
        "ff02::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
    ] {
        assert!(!is_public(address.parse::<IpAddr>().unwrap()), "{address}");
    }
    for address in [
        "1.1.1.1",
        "100.63.0.1",
        "100.128.0.1",
        "172.15.0.1",
        "172.32.0.1",
        "192.1.0.1",
        "198.20.0.1",
        "223.255.255.255",
        "2606:4700::1111",
        "2a00:1450::1",
    ] {
        assert!(is_public(address.parse::<IpAddr>().unwrap()), "{address}");
    }
}
