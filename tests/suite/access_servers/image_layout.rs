//! Goal: a file that a subscriber has from an image of a container is found in the layer that the
//! provider's registry holds.
//!
//! Method: layers that a tool of containers makes, read as a tree of blobs. If it fails, a
//! subscriber sends once more what every registry has.

use std::sync::Arc;

use gleaner_access::{
    AccessSource, Event, FileSource, FileSourceOptions, ObjectMeta, OciFormat, RootedFs,
    ScopePolicy, SourceId, SystemClock, conformance,
};
use gleaner_tests::image_layout::ImageLayout;

use super::mail_stores::offered;

#[test]
fn files_of_a_gzip_layer_are_offered_byte_for_byte() {
    let Some(layout) = ImageLayout::new() else { return };
    let files = [("usr/bin/long", conformance::body(1, 300_000)), ("etc/short", b"x".to_vec())];
    let files: Vec<(&str, &[u8])> = files.iter().map(|(path, it)| (*path, it.as_slice())).collect();
    let digest = layout.add_layer("image", &files);
    let options = FileSourceOptions::new(SourceId::new(1), ScopePolicy::Public);
    let (fs, clock) = (Arc::new(RootedFs::new(layout.path())), Arc::new(SystemClock::new()));
    let source = FileSource::new(fs, Arc::new(OciFormat::default()), clock, options, None);
    let is_layer = |meta: &ObjectMeta| {
        let name = blake3::Hash::from_slice(&meta.identifiers.checksums[0].value).unwrap();
        name.to_hex().as_str() == digest
    };
    let mut events = source.scan(None).unwrap().map(Result::unwrap);
    let layer = events.find_map(|event| match event {
        Event::Upsert(meta) if is_layer(&meta) => Some(meta),
        _ => None,
    });
    drop(events);
    let offered = offered(&source, &layer.expect("the layer is listed"));
    for (path, bytes) in files {
        let mut found = offered.iter().filter(|(_, offer)| *offer == bytes);
        let (recipe, _) = found.next().unwrap_or_else(|| panic!("{path} is not offered"));
        assert!(recipe.contains("gunzip") && recipe.contains("tar"), "{recipe}");
    }
}
