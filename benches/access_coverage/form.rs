//! What kind of file an object is, by its name.

use std::path::Path;

/// How a file is built, as far as it matters to who unpacks or saves it anew.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Form {
    Deb,
    TarGz,
    Gzip,
    Zip,
    Text,
    Other,
}

/// Files of one kind among the web objects.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WebClass {
    /// The end of the name.
    pub(crate) extension: &'static str,
    pub(crate) media_type: &'static str,
    pub(crate) form: Form,
    /// How many of 2,000 web objects are of this kind, if there are as many.
    pub(crate) of_2000: usize,
}

const fn class(
    extension: &'static str,
    media_type: &'static str,
    form: Form,
    of_2000: usize,
) -> WebClass {
    WebClass { extension, media_type, form, of_2000 }
}

/// What a browser gets, roughly by how often; what is rare in packages is filled up by pages.
pub(crate) static WEB_CLASSES: [WebClass; 17] = [
    class("html", "text/html", Form::Text, 560),
    class("css", "text/css", Form::Text, 80),
    class("js", "text/javascript", Form::Text, 160),
    class("json", "application/json", Form::Text, 60),
    class("xml", "application/xml", Form::Text, 40),
    class("txt", "text/plain", Form::Text, 100),
    class("csv", "text/csv", Form::Text, 20),
    class("svg", "image/svg+xml", Form::Text, 160),
    class("png", "image/png", Form::Other, 400),
    class("jpg", "image/jpeg", Form::Other, 40),
    class("gif", "image/gif", Form::Other, 60),
    class("pdf", "application/pdf", Form::Other, 40),
    class("ttf", "font/ttf", Form::Other, 20),
    class("woff", "font/woff", Form::Other, 20),
    class("gz", "application/gzip", Form::Gzip, 150),
    class("jar", "application/java-archive", Form::Zip, 10),
    class("oga", "audio/ogg", Form::Other, 20),
];

/// Archives of 2,000 web objects, half of them `.tar.gz`, half `.zip`; the bench packs them.
pub(crate) const ARCHIVES_OF_2000: usize = 60;

/// The class of a file; none for what is no web object.
pub(crate) fn class_of(name: &str) -> Option<&'static WebClass> {
    let path = Path::new(name);
    let extension = path.extension()?.to_str()?;
    let is_tar = Path::new(path.file_stem()?).extension().is_some_and(|inner| inner == "tar");
    let is_it = |class: &&WebClass| class.extension.eq_ignore_ascii_case(extension);
    WEB_CLASSES.iter().find(is_it).filter(|class| class.form != Form::Gzip || !is_tar)
}
