//! Pages: from the text of one documentation page to the facts that it tells.
//!
//! Knows the form (which table means what), not the service. A page without an address and without an event type tells
//! nothing. Does not: read files, judge.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::facts::{ErrorFact, Field, Key, Part, RateLimit, Slot, Subject, Ty};
use super::prose;
use super::table::{Block, Table, blocks};
use super::words::{self, Section};

/// What a page tells; `None` if it describes no operation and no event.
pub fn read(name: &str, text: &str) -> Option<(Key, Subject)> {
    let mut page = Page {
        subject: Subject {
            name: name.to_owned(),
            ..Subject::default()
        },
        ..Page::default()
    };
    let mut section = Section::Other;
    for block in blocks(without_front_matter(text)) {
        match block {
            Block::Heading(heading) => section = words::section(&heading),
            block => page.take(section, &block),
        }
    }
    page.subject.wording = text_of(text);
    page.finish()
}

#[derive(Default)]
struct Page {
    subject: Subject,
    url: Option<String>,
    method: Option<String>,
    event_type: Option<String>,
}

impl Page {
    fn take(&mut self, section: Section, block: &Block) {
        match (section, block) {
            (Section::Request, Block::Table(table)) => self.take_overview(table),
            (Section::Headers, Block::Table(table)) => self.take_headers(table),
            (Section::Path, Block::Table(table)) => self.take_fields(Part::Path, table),
            (Section::Query, Block::Table(table)) => self.take_fields(Part::Query, table),
            (Section::Body, Block::Table(table)) => self.take_fields(Part::Request, table),
            (Section::Answer, Block::Table(table)) => self.take_fields(Part::Answer, table),
            (Section::EventBody, Block::Table(table)) => self.take_fields(Part::Event, table),
            (Section::Errors, Block::Table(table)) => self.take_errors(table),
            (Section::BodySample, Block::Code(code)) => self.take_sample(Part::Request, code),
            (Section::AnswerSample, Block::Code(code)) => self.take_sample(Part::Answer, code),
            (Section::EventSample, Block::Code(code)) => self.take_sample(Part::Event, code),
            (Section::EventType, Block::Text(text)) => {
                self.event_type = Some(text.trim_matches(['`', ' ']).to_owned());
            }
            _ => {}
        }
    }

    fn take_overview(&mut self, table: &Table) {
        // The head of this table says no more than "item" and "value".
        for row in &table.rows {
            let [item, value, ..] = &row[..] else {
                continue;
            };
            if item == words::URL {
                self.url = Some(value.clone());
            } else if item == words::METHOD {
                self.method = Some(value.clone());
            } else if item == words::RATE_LIMIT {
                self.subject.rate_limits = rate_limits(&prose::plain(value));
            } else if item == words::APP_TYPES {
                self.subject.app_types = value
                    .split([',', '，', '、'])
                    .map(|kind| kind.trim().to_owned())
                    .collect();
            } else if item.starts_with(words::SCOPES) {
                self.subject.scopes = in_code_marks(value);
            } else if item.starts_with(words::FIELD_SCOPES) {
                self.subject.field_scopes = in_code_marks(value);
            }
        }
    }

    fn take_headers(&mut self, table: &Table) {
        let authorization = table
            .rows
            .iter()
            .find(|row| row.first().is_some_and(|name| name == words::AUTHORIZATION));
        let marked = authorization
            .map(|row| in_code_marks(&row.join(" ")))
            .unwrap_or_default();
        // `access_token` alone is the placeholder in the form of the header.
        self.subject.tokens = marked
            .into_iter()
            .filter(|token| token.ends_with("_access_token"))
            .collect();
    }

    fn take_fields(&mut self, part: Part, table: &Table) {
        let Some(columns) = Columns::of(table) else {
            return;
        };
        let mut open: Vec<(usize, String)> = Vec::new();
        for row in &table.rows {
            let Some(row) = columns.row(row) else {
                continue;
            };
            while open.last().is_some_and(|(indent, _)| *indent >= row.indent) {
                open.pop();
            }
            let path = open.last().map_or(row.name.clone(), |(_, parent)| {
                format!("{parent}.{}", row.name)
            });
            let ty = ty(row.ty);
            let inner = if matches!(ty, Ty::List(_)) {
                format!("{path}[]")
            } else {
                path.clone()
            };
            open.push((row.indent, inner));
            // A member told twice is told by its first row.
            if let Some(slot) = slot(part, &path).filter(|slot| self.subject.field(slot).is_none())
            {
                self.subject.fields.push(field(slot, ty, &row));
            }
        }
    }

    fn take_errors(&mut self, table: &Table) {
        let Some(code) = table.column(words::CODE) else {
            return;
        };
        let status = table.column(words::HTTP_STATUS);
        for row in &table.rows {
            let Some(Ok(code)) = row.get(code).map(|cell| cell.parse()) else {
                continue;
            };
            let fact: &mut ErrorFact = self.subject.errors.entry(code).or_default();
            fact.http
                .extend(status.and_then(|at| row.get(at)?.parse::<u16>().ok()));
            fact.retired |= row.iter().any(|cell| prose::retires_code(cell));
        }
    }

    fn take_sample(&mut self, part: Part, code: &str) {
        if let Ok(sample) = serde_json::from_str::<Json>(code) {
            collect_members(part, "", &sample, &mut self.subject.samples);
        }
    }

    fn finish(self) -> Option<(Key, Subject)> {
        let key = match (self.url, self.method, self.event_type) {
            (Some(url), Some(method), _) => Key::operation(&method, &url),
            (_, _, Some(event_type)) => Key::Event(event_type),
            _ => return None,
        };
        let mut subject = self.subject;
        mark_objects(&mut subject.fields);
        Some((key, subject))
    }
}

struct Columns {
    name: usize,
    ty: usize,
    required: Option<usize>,
    description: Option<usize>,
}

/// A row of a table of members.
struct Row<'a> {
    indent: usize,
    name: String,
    ty: &'a str,
    required: &'a str,
    description: &'a str,
}

impl Columns {
    fn of(table: &Table) -> Option<Self> {
        Some(Self {
            name: table.column(words::NAME)?,
            ty: table.column(words::TYPE)?,
            required: table.column(words::REQUIRED),
            description: table.column(words::DESCRIPTION),
        })
    }

    fn row<'a>(&self, cells: &'a [String]) -> Option<Row<'a>> {
        let cell = |at: Option<usize>| at.and_then(|at| cells.get(at)).map_or("", String::as_str);
        let (indent, name) = indented(cell(Some(self.name)));
        let description = cell(self.description);
        (!name.is_empty()).then(|| Row {
            indent,
            name,
            ty: cell(Some(self.ty)),
            required: cell(self.required),
            description,
        })
    }
}

/// How far a name is indented, and the name. One space of any kind counts by its width.
fn indented(cell: &str) -> (usize, String) {
    let mut rest = cell;
    let mut indent = 0;
    while let Some((mark, width)) = INDENTS.iter().find(|(mark, _)| rest.starts_with(mark)) {
        rest = &rest[mark.len()..];
        indent += width;
    }
    let name = rest.trim_matches(|c: char| {
        matches!(c, '└' | '∟' | '├' | '─' | '`' | '*') || c.is_whitespace()
    });
    (indent, name.replace('\\', ""))
}

const INDENTS: &[(&str, usize)] = &[
    ("&nbsp;", 1),
    ("\u{a0}", 1),
    ("&ensp;", 1),
    ("&emsp;", 2),
    ("\u{2003}", 2),
    ("\u{3000}", 2),
];

fn ty(cell: &str) -> Ty {
    let name = cell.trim_matches(['`', ' ']).replace('\\', "");
    if let Some(of) = name.strip_suffix("[]") {
        return Ty::List(Box::new(ty(of)));
    }
    match name
        .split('(')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase()
        .as_str()
    {
        "string" => Ty::Text,
        "int" | "int32" | "int64" | "integer" | "long" => Ty::Integer,
        "number" | "float" | "double" => Ty::Number,
        "bool" | "boolean" => Ty::Boolean,
        "file" => Ty::Binary,
        "list" | "array" => Ty::List(Box::new(Ty::Unknown)),
        "" | "-" | "any" => Ty::Unknown,
        _ => Ty::Object,
    }
}

/// Where a row's member is. The wrapper around an answer is not the answer.
fn slot(part: Part, path: &str) -> Option<Slot> {
    match part {
        Part::Answer => path.strip_prefix("data.").map(|path| Slot::new(part, path)),
        _ => Some(Slot::new(part, path)),
    }
}

fn field(slot: Slot, ty: Ty, row: &Row<'_>) -> Field {
    let required = match row.required {
        words::YES => Some(true),
        words::NO => Some(false),
        _ => None,
    };
    Field {
        required,
        // A list of both truth values is no list.
        values: if ty == Ty::Boolean {
            BTreeSet::new()
        } else {
            prose::values(row.description)
        },
        limits: prose::limits(row.description).meaningful(&ty),
        default: prose::default(row.description),
        deprecated: prose::retires_member(row.description),
        prose: prose::plain(row.description),
        ..Field::new(slot, ty)
    }
}

/// Whatever has members is an object, under whatever name the page has for it.
fn mark_objects(fields: &mut [Field]) {
    let parents: BTreeSet<Slot> = fields
        .iter()
        .filter_map(|field| field.slot.parent())
        .collect();
    for field in fields
        .iter_mut()
        .filter(|field| parents.contains(&field.slot))
    {
        field.ty = match field.ty {
            Ty::List(_) => Ty::List(Box::new(Ty::Object)),
            _ => Ty::Object,
        };
    }
}

fn rate_limits(text: &str) -> BTreeSet<RateLimit> {
    words::PER
        .iter()
        .filter_map(|(unit, seconds)| {
            Some(RateLimit {
                calls: before(text, unit)?,
                seconds: *seconds,
            })
        })
        .collect()
}

/// The number right before `unit`.
fn before(text: &str, unit: &str) -> Option<u32> {
    let text = text.split_once(unit)?.0.trim_end();
    text.rsplit(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

/// Everything between code marks.
fn in_code_marks(text: &str) -> BTreeSet<String> {
    text.split('`')
        .skip(1)
        .step_by(2)
        .map(|code| code.trim().to_owned())
        .collect()
}

type Samples = BTreeMap<Slot, BTreeSet<String>>;

fn collect_members(part: Part, path: &str, value: &Json, found: &mut Samples) {
    match value {
        Json::Object(members) => {
            for (name, value) in members {
                let path = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                if let Some(slot) = slot(part, &path) {
                    found.entry(slot).or_default();
                }
                collect_members(part, &path, value, found);
            }
        }
        Json::Array(items) => {
            let path = format!("{path}[]");
            items
                .iter()
                .for_each(|item| collect_members(part, &path, item, found));
        }
        scalar => {
            let text = scalar
                .as_str()
                .map_or_else(|| scalar.to_string(), str::to_owned);
            if let Some(slot) = slot(part, path.trim_end_matches("[]")) {
                found.entry(slot).or_default().insert(text);
            }
        }
    }
}

/// The words of a page, without its head and without the space between them.
fn text_of(text: &str) -> String {
    without_front_matter(text).split_whitespace().collect()
}

fn without_front_matter(text: &str) -> &str {
    let text = text.trim_start_matches('\u{feff}');
    let after = text
        .strip_prefix("---\n")
        .or_else(|| text.strip_prefix("---\r\n"));
    after
        .and_then(|after| Some(after.split_once("\n---")?.1))
        .unwrap_or(text)
}
