//! Unpacking files and packing them anew, as the tools of a subscriber do.

use std::fs::File;
use std::io::{BufReader, BufWriter, Cursor, Read, Seek, SeekFrom, Write};
use std::path::Path;

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use liblzma::write::XzEncoder;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::form::Form;
use crate::package_files::{each_tar_file, with_data_tar};

/// Compressed by gzip at a level.
pub(crate) fn gzip(bytes: &[u8], level: u32) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(level));
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

/// What a gzip file holds.
pub(crate) fn gunzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut decoded = Vec::new();
    flate2::read::MultiGzDecoder::new(bytes).read_to_end(&mut decoded)?;
    Ok(decoded)
}

/// A compressed archive of files.
pub(crate) fn tar_gz(files: &[(String, Vec<u8>)], level: u32) -> Result<Vec<u8>> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::new(level)));
    for (name, bytes) in files {
        builder.append_data(&mut header(bytes.len() as u64), name, bytes.as_slice())?;
    }
    Ok(builder.into_inner()?.finish()?)
}

fn header(bytes: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes);
    header.set_mode(0o644);
    header
}

/// An archive of deflated files.
pub(crate) fn zip(files: &[(String, Vec<u8>)], level: i64) -> Result<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(level));
    for (name, bytes) in files {
        writer.start_file(name.as_str(), options)?;
        writer.write_all(bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// Writes what is in a file to `folder`, which exists; members of archives under their ordinals.
pub(crate) fn unpack(form: Form, bytes: &[u8], folder: &Path) -> Result<()> {
    let mut write = |ordinal: usize, _: &str, _, member: &mut dyn Read| -> Result<()> {
        let mut file = BufWriter::new(File::create(folder.join(format!("{ordinal:06}")))?);
        std::io::copy(member, &mut file)?;
        file.flush()?;
        Ok(())
    };
    match form {
        Form::Deb => with_data_tar(bytes, |tar| each_tar_file(tar, &mut write)),
        Form::TarGz => each_tar_file(&mut GzDecoder::new(bytes), &mut write),
        Form::Gzip => write(0, "", 0, &mut gunzip(bytes)?.as_slice()),
        Form::Zip => {
            let mut archive = ZipArchive::new(Cursor::new(bytes))?;
            for place in 0..archive.len() {
                let mut member = archive.by_index(place)?;
                if member.is_file() {
                    write(place, "", 0, &mut member)?;
                }
            }
            Ok(())
        }
        Form::Text | Form::Other => write(0, "", 0, &mut { bytes }),
    }
}

/// The files of an archive of the bench's own, of a jar, or of a package.
fn members(form: Form, bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    if matches!(form, Form::TarGz | Form::Deb) {
        let mut visit = |_: usize, name: &str, _: u64, member: &mut dyn Read| -> Result<()> {
            let mut content = Vec::new();
            member.read_to_end(&mut content)?;
            files.push((name.to_owned(), content));
            Ok(())
        };
        match form {
            Form::Deb => with_data_tar(bytes, |tar| each_tar_file(tar, &mut visit))?,
            _ => each_tar_file(&mut GzDecoder::new(bytes), &mut visit)?,
        }
        return Ok(files);
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes))?;
    for place in 0..archive.len() {
        let mut member = archive.by_index(place)?;
        if member.is_file() {
            let mut content = Vec::new();
            member.read_to_end(&mut content)?;
            files.push((member.name()?.into_owned(), content));
        }
    }
    Ok(files)
}

/// The same content in other bytes: line ends of another system, another order and compression of
/// the members, another compression, or compressed at all.
pub(crate) fn resaved(form: Form, name: &str, bytes: &[u8]) -> Result<Vec<u8>> {
    match form {
        Form::Text => Ok(with_crlf(bytes)),
        Form::Gzip => gzip(&gunzip(bytes)?, 9),
        Form::Other | Form::Deb => zip(&[(name.to_owned(), bytes.to_vec())], 6),
        Form::TarGz | Form::Zip => {
            let mut files = members(form, bytes)?;
            files.reverse();
            if form == Form::Zip { zip(&files, 9) } else { tar_gz(&files, 9) }
        }
    }
}

/// Each line feed that has no carriage return before it gets one.
pub(crate) fn with_crlf(bytes: &[u8]) -> Vec<u8> {
    let mut converted = Vec::with_capacity(bytes.len() + bytes.len() / 32);
    let mut before = 0;
    for &byte in bytes {
        if byte == b'\n' && before != b'\r' {
            converted.push(b'\r');
        }
        converted.push(byte);
        before = byte;
    }
    converted
}

/// Each line feed loses the carriage return before it.
pub(crate) fn with_lf(bytes: &[u8]) -> Vec<u8> {
    let next = bytes.iter().skip(1).chain([&0]);
    let pairs = bytes.iter().zip(next);
    pairs.filter(|&pair| pair != (&b'\r', &b'\n')).map(|(byte, _)| *byte).collect()
}

/// Writes the files of a package to `to` as a tar archive compressed by gzip at its best level.
pub(crate) fn recompress_deb(deb: &[u8], to: &Path) -> Result<()> {
    let mut encoder = GzEncoder::new(BufWriter::new(File::create(to)?), Compression::best());
    with_data_tar(deb, |tar| Ok(std::io::copy(tar, &mut encoder)?))?;
    encoder.finish()?.flush()?;
    Ok(())
}

/// A file that was unpacked, of which `edit` changed one member, and that was packed again by the
/// same tool; a file that is no archive is just edited.
pub(crate) fn edited_within(
    form: Form,
    bytes: &[u8],
    pick: impl FnOnce(usize) -> usize,
    edit: impl FnOnce(&[u8]) -> Vec<u8>,
) -> Result<Vec<u8>> {
    match form {
        Form::Text | Form::Other => Ok(edit(bytes)),
        Form::Gzip => gzip(&edit(&gunzip(bytes)?), 6),
        Form::TarGz | Form::Zip | Form::Deb => {
            let mut files = members(form, bytes)?;
            let picked = pick(files.len().max(1));
            if let Some((_, content)) = files.get_mut(picked) {
                *content = edit(content);
            }
            match form {
                Form::Zip => zip(&files, 6),
                Form::TarGz => tar_gz(&files, 6),
                _ => tar_xz(&files),
            }
        }
    }
}

/// A compressed archive of files, as packages of Debian have one.
fn tar_xz(files: &[(String, Vec<u8>)]) -> Result<Vec<u8>> {
    let mut builder = tar::Builder::new(XzEncoder::new(Vec::new(), 6));
    for (name, bytes) in files {
        builder.append_data(&mut header(bytes.len() as u64), name, bytes.as_slice())?;
    }
    Ok(builder.into_inner()?.finish()?)
}

/// Writes the files of a package to `to` as a plain tar archive, the last file first.
pub(crate) fn reorder_deb(deb: &[u8], to: &Path) -> Result<()> {
    let beside = to.with_extension("unpacked");
    let mut plain = BufWriter::new(File::create(&beside)?);
    with_data_tar(deb, |tar| Ok(std::io::copy(tar, &mut plain)?))?;
    plain.flush()?;
    let mut files = Vec::new();
    let mut archive = tar::Archive::new(BufReader::new(File::open(&beside)?));
    for entry in archive.entries()? {
        let entry = entry?;
        if entry.header().entry_type().is_file() {
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            files.push((name, entry.raw_file_position(), entry.size()));
        }
    }
    let mut plain = File::open(&beside)?;
    let mut builder = tar::Builder::new(BufWriter::new(File::create(to)?));
    for (name, position, bytes) in files.into_iter().rev() {
        plain.seek(SeekFrom::Start(position))?;
        let content = Read::by_ref(&mut plain).take(bytes);
        builder.append_data(&mut header(bytes), &name, content).context(name)?;
    }
    builder.into_inner()?.flush()?;
    std::fs::remove_file(beside)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_are_converted_both_ways() {
        assert_eq!(with_crlf(b"a\nb\r\n\n"), b"a\r\nb\r\n\r\n");
        assert_eq!(with_lf(b"a\r\nb\n\r\r\n\r"), b"a\nb\n\r\n\r");
    }

    #[test]
    fn saved_anew_has_the_same_content_in_other_bytes() {
        let files = [("a".to_owned(), vec![1; 1000]), ("b".to_owned(), vec![2; 2000])];
        let packed = [(Form::TarGz, tar_gz(&files, 6)), (Form::Zip, zip(&files, 6))];
        for (form, packed) in packed {
            let packed = packed.unwrap();
            assert_eq!(members(form, &packed).unwrap(), files);
            let anew = resaved(form, "x", &packed).unwrap();
            assert_ne!(anew, packed);
            let mut found = members(form, &anew).unwrap();
            found.reverse();
            assert_eq!(found, files);
        }
        for (form, packed) in [(Form::TarGz, tar_gz(&files, 6)), (Form::Zip, zip(&files, 6))] {
            let edit = |content: &[u8]| [content, b"more"].concat();
            let packed = edited_within(form, &packed.unwrap(), |_| 1, edit).unwrap();
            let found = members(form, &packed).unwrap();
            assert_eq!(found[0], files[0]);
            assert_eq!(found[1].1, [&files[1].1[..], b"more"].concat());
        }
        let compressed = gzip(&[3; 5000], 6).unwrap();
        let anew = resaved(Form::Gzip, "x", &compressed).unwrap();
        assert_eq!(gunzip(&anew).unwrap(), [3; 5000]);
    }
}
