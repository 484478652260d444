//! Files to be sent: bytes in memory, or a source that can be opened again and again.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;

use super::shape::{Atom, Fit, Form, Kind, Scalar};

/// A file: its content, and the name and type that it is sent under.
///
/// A call may have to be repeated, so the content is either in memory or can be opened anew.
#[derive(Clone, Default)]
pub struct File {
    content: Content,
    name: Option<String>,
    content_type: Option<String>,
}

/// Content that can be opened any number of times, each time from the start.
pub trait FileSource: Send + Sync {
    /// A reader from the first byte on. It is read off the async threads.
    ///
    /// # Errors
    ///
    /// If the content cannot be read now.
    fn open(&self) -> io::Result<Box<dyn io::Read + Send>>;

    /// The number of bytes, if known.
    fn size(&self) -> Option<u64>;
}

#[derive(Clone)]
pub(crate) enum Content {
    Bytes(Bytes),
    Source(Arc<dyn FileSource>),
}

impl File {
    /// A file in memory.
    pub fn bytes(name: impl Into<String>, content: impl Into<Bytes>) -> Self {
        Self {
            content: Content::Bytes(content.into()),
            name: Some(name.into()),
            content_type: None,
        }
    }

    /// A file on disk, read while it is sent.
    ///
    /// # Errors
    ///
    /// If there is no such file.
    pub fn path(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref();
        let meta = std::fs::metadata(path)?;
        if !meta.is_file() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "not a regular file",
            ));
        }
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let source = OnDisk {
            path: path.to_owned(),
            len: meta.len(),
        };
        Ok(Self {
            content: Content::Source(Arc::new(source)),
            name,
            content_type: None,
        })
    }

    /// Content from anywhere else.
    pub fn source(name: impl Into<String>, source: impl FileSource + 'static) -> Self {
        Self {
            content: Content::Source(Arc::new(source)),
            name: Some(name.into()),
            content_type: None,
        }
    }

    /// Sets the media type, such as `image/jpeg`; without it, it follows from the name.
    #[must_use]
    pub fn content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    /// The name that the file is sent under.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The media type that the file is sent under.
    #[must_use]
    pub fn media_type(&self) -> &str {
        self.content_type
            .as_deref()
            .unwrap_or_else(|| guess(self.name.as_deref().unwrap_or("")))
    }

    /// The number of bytes, if known.
    #[must_use]
    pub fn len(&self) -> Option<u64> {
        match &self.content {
            Content::Bytes(bytes) => Some(bytes.len() as u64),
            Content::Source(source) => source.size(),
        }
    }

    /// Whether the file is known to have no content.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    pub(crate) fn content(&self) -> &Content {
        &self.content
    }
}

struct OnDisk {
    path: PathBuf,
    len: u64,
}

impl FileSource for OnDisk {
    fn open(&self) -> io::Result<Box<dyn io::Read + Send>> {
        Ok(Box::new(std::fs::File::open(&self.path)?))
    }

    fn size(&self) -> Option<u64> {
        Some(self.len)
    }
}

fn guess(name: &str) -> &'static str {
    let suffix = name
        .rsplit_once('.')
        .map_or("", |(_, suffix)| suffix)
        .to_ascii_lowercase();
    match suffix.as_str() {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "bmp" => "image/bmp",
        "pdf" => "application/pdf",
        "json" => "application/json",
        "csv" => "text/csv",
        "txt" => "text/plain",
        _ => "application/octet-stream",
    }
}

impl Default for Content {
    fn default() -> Self {
        Self::Bytes(Bytes::new())
    }
}

impl PartialEq for File {
    /// Equal content in memory, or the very same source.
    fn eq(&self, other: &Self) -> bool {
        let same = match (&self.content, &other.content) {
            (Content::Bytes(left), Content::Bytes(right)) => left == right,
            (Content::Source(left), Content::Source(right)) => Arc::ptr_eq(left, right),
            (Content::Bytes(_), Content::Source(_)) | (Content::Source(_), Content::Bytes(_)) => {
                false
            }
        };
        same && self.name == other.name && self.content_type == other.content_type
    }
}

impl From<Bytes> for File {
    fn from(content: Bytes) -> Self {
        Self {
            content: Content::Bytes(content),
            name: None,
            content_type: None,
        }
    }
}

impl From<Vec<u8>> for File {
    fn from(content: Vec<u8>) -> Self {
        Bytes::from(content).into()
    }
}

impl From<&'static [u8]> for File {
    fn from(content: &'static [u8]) -> Self {
        Bytes::from_static(content).into()
    }
}

impl fmt::Debug for File {
    /// Name, type and size; never the content.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("File")
            .field("name", &self.name)
            .field("media_type", &self.media_type())
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

/// Bytes inside a JSON document: text, as the description says nothing of its encoding.
impl Scalar for Bytes {
    fn put(&mut self, atom: Atom<'_>) -> Fit {
        *self = Bytes::from(atom.into_text());
        Fit::Taken
    }

    fn get(&self, _: Form) -> Atom<'_> {
        Atom::Text(String::from_utf8_lossy(self))
    }

    fn kind(&self, _: Form) -> Kind {
        Kind::Text
    }
}

super::macros::scalar!(Bytes);
