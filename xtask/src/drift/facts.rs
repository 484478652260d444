//! Facts: what a description of an API says, whoever describes it.
//!
//! Pages and the spec are both brought into this form, so that one comparison serves all pairs. Plain data.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What one source says of a whole API.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    pub subjects: BTreeMap<Key, Subject>,
}

/// What a subject is called by every source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// The path has `{}` for each parameter, whatever its name.
    Operation {
        path: String,
        method: String,
    },
    Event(String),
}

impl Key {
    /// `template` is a path or an address, with parameters as `:name` or `{name}`.
    pub fn operation(method: &str, template: &str) -> Self {
        let path = template.split_once("://").map_or(template, |(_, rest)| {
            rest.find('/').map_or("/", |at| &rest[at..])
        });
        let blank = |part: &str| {
            if part.starts_with([':', '{']) {
                "{}"
            } else {
                part
            }
            .to_owned()
        };
        let path = path
            .trim()
            .trim_end_matches('/')
            .split('/')
            .map(blank)
            .collect::<Vec<_>>()
            .join("/");
        Self::Operation {
            path,
            method: method.trim().to_uppercase(),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operation { path, method } => write!(f, "{method} {path}"),
            Self::Event(event_type) => write!(f, "event {event_type}"),
        }
    }
}

/// An operation or an event.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Subject {
    /// What people call it: an operation id, or the file of its page.
    pub name: String,
    pub fields: Vec<Field>,
    /// Members that a sample shows, tables or not, with their values.
    pub samples: BTreeMap<Slot, BTreeSet<String>>,
    pub errors: BTreeMap<i64, ErrorFact>,
    pub rate_limits: BTreeSet<RateLimit>,
    pub app_types: BTreeSet<String>,
    pub scopes: BTreeSet<String>,
    pub field_scopes: BTreeSet<String>,
    pub tokens: BTreeSet<String>,
    /// Sentences that explain a deviation, by where they stand; `None` is the subject itself.
    pub quirks: Vec<(Option<Slot>, String)>,
    /// The words, without which nothing above would differ; only ever compared for equality.
    pub wording: String,
}

impl Subject {
    pub fn field(&self, slot: &Slot) -> Option<&Field> {
        self.fields.iter().find(|field| field.slot == *slot)
    }
}

/// Which part of a call, and where in it: `group.locations[].ip`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot {
    pub part: Part,
    pub path: String,
}

impl Slot {
    pub fn new(part: Part, path: impl Into<String>) -> Self {
        Self {
            part,
            path: path.into(),
        }
    }

    /// The slot that holds this one, if it is not at the top.
    pub fn parent(&self) -> Option<Self> {
        let (parent, _) = self.path.rsplit_once('.')?;
        Some(Self::new(self.part, parent.trim_end_matches("[]")))
    }

    /// The member's own name.
    pub fn leaf(&self) -> &str {
        self.path
            .rsplit_once('.')
            .map_or(&*self.path, |(_, leaf)| leaf)
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`", self.part, self.path)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    Path,
    Query,
    Request,
    Answer,
    Event,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Path => "path parameter",
            Self::Query => "query parameter",
            Self::Request => "request",
            Self::Answer => "answer",
            Self::Event => "event",
        })
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    pub slot: Slot,
    pub ty: Ty,
    /// `None` where the source does not tell.
    pub required: Option<bool>,
    /// Empty where the source lists none.
    pub values: BTreeSet<String>,
    pub limits: Limits,
    pub default: Option<String>,
    /// `None` where the source does not tell.
    pub deprecated: bool,
    /// Members below this one are whatever the service likes (a map).
    pub open: bool,
    /// What the source says beside all that.
    pub prose: String,
}

impl Field {
    pub fn new(slot: Slot, ty: Ty) -> Self {
        Self {
            slot,
            ty,
            required: None,
            values: BTreeSet::new(),
            limits: Limits::default(),
            default: None,
            deprecated: false,
            open: false,
            prose: String::new(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ty {
    Text,
    Integer,
    Number,
    Boolean,
    Binary,
    Object,
    List(Box<Ty>),
    /// The source does not tell, or allows anything.
    Unknown,
}

impl Ty {
    /// Whether both can be the same thing.
    pub fn agrees(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unknown, _) | (_, Self::Unknown) => true,
            (Self::List(a), Self::List(b)) => a.agrees(b),
            _ => self == other,
        }
    }
}

impl fmt::Display for Ty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("string"),
            Self::Integer => f.write_str("integer"),
            Self::Number => f.write_str("number"),
            Self::Boolean => f.write_str("boolean"),
            Self::Binary => f.write_str("binary"),
            Self::Object => f.write_str("object"),
            Self::List(of) => write!(f, "list of {of}"),
            Self::Unknown => f.write_str("any"),
        }
    }
}

/// The smallest and the greatest value, length or count, according to the type.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Limits {
    pub least: Option<f64>,
    pub most: Option<f64>,
}

impl Limits {
    /// Every text and every list has a length of at least zero.
    pub fn meaningful(mut self, ty: &Ty) -> Self {
        if matches!(ty, Ty::Text | Ty::List(_)) && self.least == Some(0.0) {
            self.least = None;
        }
        self
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ErrorFact {
    /// Empty where the source does not tell.
    pub http: BTreeSet<u16>,
    pub retired: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RateLimit {
    pub calls: u32,
    pub seconds: u32,
}

impl fmt::Display for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.seconds {
            1 => write!(f, "{} a second", self.calls),
            60 => write!(f, "{} a minute", self.calls),
            seconds => write!(f, "{} in {seconds} s", self.calls),
        }
    }
}
