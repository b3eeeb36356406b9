//! Downloads through the caches: each object is fetched once, checked, and saved.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use gleaner_benches::Seeded;
use gleaner_tests::loopback_http::{Response, get};
use gleaner_tests::origin::Origin;
use gleaner_tests::servers::{AptCacherNg, Nginx, Squid};

use crate::archives::gunzip;
use crate::form::Form;
use crate::mix::Object;
use crate::subscriber::Subscriber;
use crate::treatment::{Weighed, deal};
use crate::via::{Download, Via};

/// The caches, each before the same origin.
#[derive(Debug)]
pub(crate) struct Caches {
    pub(crate) origin: Origin,
    pub(crate) acng: AptCacherNg,
    pub(crate) squid: Squid,
    pub(crate) nginx: Nginx,
}

impl Caches {
    /// None if one of them is not installed.
    pub(crate) fn start(seed: u64) -> Option<Self> {
        let origin = Origin::start(seed);
        let nginx = Nginx::start(origin.port())?;
        Some(Self { acng: AptCacherNg::start()?, squid: Squid::start()?, nginx, origin })
    }

    fn ask(&self, via: Via, path: &str) -> std::io::Result<Response> {
        let accepts = [("Accept-Encoding", "gzip")];
        match via {
            Via::Acng => {
                get(self.acng.port(), &AptCacherNg::path_of(self.origin.port(), path), &[])
            }
            Via::Squid => get(self.squid.port(), &self.origin.url(path), &[]),
            _ => get(self.nginx.port(), path, &accepts),
        }
    }

    /// Gets an object; the origin has it only for so long, for all together do not fit into memory.
    fn fetch(&self, via: Via, object: &Object) -> Result<Vec<u8>> {
        let folder = if object.form == Form::Deb { "pool" } else { "web" };
        // As apt asks for packages; apt-cacher-ng asks the origin so however it was asked.
        let name = object.name.replace('~', "%7e").replace('+', "%2b");
        let path = format!("/{folder}/{name}");
        let body = object.body()?;
        let mut headers = vec![("Content-Type", object.media_type)];
        if object.is_coded {
            headers.extend([("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]);
        }
        self.origin.put_with(&path, body.as_slice(), &headers);
        let response = self.ask(via, &path).with_context(|| path.clone())?;
        self.origin.take_away(&path);
        let is_right = response.status == 200 && response.is_whole && response.body == body;
        let (status, bytes) = (response.status, response.body.len());
        ensure!(is_right, "{path}: {status} and {bytes} bytes through {}", via.name());
        ensure!(self.origin.count(&path) == 1, "{path} was not asked for once");
        if object.is_coded { gunzip(&response.body) } else { Ok(response.body) }
    }

    /// Downloads objects through one of the caches; the subscriber saves them.
    pub(crate) fn download(
        &self,
        via: Via,
        objects: &[Object],
        subscriber: &Subscriber,
    ) -> Result<Vec<Download>> {
        let weighed = objects.iter().map(|object| Weighed {
            bytes: object.bytes,
            can_be_unpacked: !matches!(object.form, Form::Text | Form::Other),
        });
        let weighed: Vec<Weighed> = weighed.collect();
        let dealt = deal(&weighed, &mut subscriber.seeded(via.name()));
        let mut downloads = Vec::new();
        for (number, (object, treatment)) in objects.iter().zip(dealt).enumerate() {
            let bytes = self.fetch(via, object)?;
            let folder = subscriber.folder(via.folder(), treatment, number)?;
            subscriber
                .save(&folder, treatment, (object.form, &object.name), &bytes)
                .with_context(|| format!("{}, {}", object.name, treatment.name()))?;
            downloads.push(Download { via, treatment, bytes: bytes.len() as u64 });
        }
        Ok(downloads)
    }
}

/// Halves of the packages, by bytes: what comes through the one cache and through the other.
pub(crate) fn halves(
    packages: &[(String, &Path, u64)],
    seeded: &mut Seeded,
) -> (Vec<Object>, Vec<Object>) {
    let mut order: Vec<_> = packages.iter().collect();
    order.sort_by_key(|(name, _, bytes)| (std::cmp::Reverse(*bytes), name.clone()));
    let (mut first, mut second) = (Vec::new(), Vec::new());
    let (mut of_first, mut of_second) = (0, 0);
    for &(ref name, path, bytes) in order {
        let object = Object {
            name: name.clone(),
            form: Form::Deb,
            media_type: "application/vnd.debian.binary-package",
            is_coded: false,
            path: path.to_owned(),
            bytes,
        };
        let is_first = of_first < of_second || (of_first == of_second && seeded.below(2) == 0);
        let (half, of_half) =
            if is_first { (&mut first, &mut of_first) } else { (&mut second, &mut of_second) };
        half.push(object);
        *of_half += bytes;
    }
    (first, second)
}
