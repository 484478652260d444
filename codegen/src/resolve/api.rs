//! The API as meant: what the document says once every `$ref` is followed and every inherited value is in place.
//!
//! Plain data. Schemas live in an arena, because they may refer to each other in a circle.
//! Every item keeps the [`Place`] it was written at, so that later findings can point there.

use std::collections::BTreeMap;

pub use serde_json::Value as Json;

use crate::source::Place;

/// Everything that one run knows of the described service.
#[derive(Debug, Clone, Default)]
pub struct Api {
    pub title: String,
    pub version: String,
    pub description: String,
    /// Short name of the service (`x-service`), or one made from the title.
    pub service: String,
    pub servers: Vec<Server>,
    pub security_schemes: Vec<SecurityScheme>,
    pub tags: Vec<Tag>,
    /// In document order.
    pub operations: Vec<Operation>,
    /// The `webhooks`, in document order.
    pub events: Vec<Event>,
    pub schemas: Schemas,
    /// Component name of each named schema, in document order.
    pub components: Vec<(String, SchemaId)>,
    /// How answers are wrapped, if they are.
    pub envelope: Option<Envelope>,
    pub errors: Vec<ErrorEntry>,
    /// Path of the root document, as headers of generated files name it.
    pub root: String,
}

#[derive(Debug, Clone)]
pub struct Server {
    pub url: String,
    pub description: String,
}

#[derive(Debug, Clone)]
pub struct Tag {
    pub name: String,
    pub description: String,
}

#[derive(Debug, Clone)]
pub struct SecurityScheme {
    pub name: String,
    pub kind: SecurityKind,
    pub description: String,
    pub place: Place,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecurityKind {
    Bearer,
    Basic,
    ApiKeyHeader(String),
    ApiKeyQuery(String),
    ApiKeyCookie(String),
    /// OAuth 2 and OpenID Connect: a bearer token on the wire.
    OAuth2,
    OpenIdConnect,
    MutualTls,
}

/// Names of the members of the wrapper around every answer.
#[derive(Debug, Clone)]
pub struct Envelope {
    pub code: String,
    pub message: String,
    pub data: String,
}

#[derive(Debug, Clone)]
pub struct Operation {
    /// `operationId`, or one made from method and path.
    pub id: String,
    /// First tag, if any.
    pub tag: Option<String>,
    pub method: Method,
    /// With `{name}` for each path parameter, including a path prefix of the operation's own server, if relative.
    pub path: String,
    pub summary: String,
    pub description: String,
    pub deprecated: bool,
    pub parameters: Vec<Parameter>,
    pub body: Option<Body>,
    /// The answer of the lowest 2xx status (or `default`), if any.
    pub answer: Answer,
    /// Alternatives; each is a set of schemes with scopes. Empty means none is needed.
    pub security: Vec<Vec<SecurityRequirement>>,
    pub envelope: Option<Envelope>,
    pub ext: OperationExt,
    pub place: Place,
    /// The file that holds the operation, for the header of the generated file.
    pub file: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Put,
    Post,
    Delete,
    Options,
    Head,
    Patch,
    Trace,
}

#[derive(Debug, Clone)]
pub struct SecurityRequirement {
    pub scheme: String,
    pub scopes: Vec<String>,
}

#[derive(Debug, Clone)]
pub struct Parameter {
    pub name: String,
    pub location: Location,
    pub required: bool,
    pub deprecated: bool,
    pub description: String,
    pub style: Style,
    pub explode: bool,
    pub schema: SchemaId,
    /// `content: application/json` instead of a schema with a style: the value travels as JSON text.
    pub json_content: bool,
    pub example: Option<Json>,
    pub name_override: Option<String>,
    pub client_default: bool,
    pub quirks: Vec<String>,
    pub place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Location {
    Path,
    Query,
    Header,
    Cookie,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Simple,
    Label,
    Matrix,
    Form,
    SpaceDelimited,
    PipeDelimited,
    DeepObject,
}

#[derive(Debug, Clone)]
pub struct Body {
    pub required: bool,
    pub description: String,
    pub kind: BodyKind,
    pub place: Place,
}

#[derive(Debug, Clone)]
pub enum BodyKind {
    /// `inline` is false when the schema was a `$ref` to a component.
    Json {
        schema: SchemaId,
        inline: bool,
        example: Option<Json>,
    },
    Form {
        schema: SchemaId,
        inline: bool,
    },
    Multipart {
        schema: SchemaId,
    },
    Text,
    /// Any other media type: bytes as they are.
    Bytes {
        content_type: String,
    },
}

#[derive(Debug, Clone)]
pub enum Answer {
    Empty,
    Json {
        schema: SchemaId,
        example: Option<Json>,
    },
    Text,
    Bytes {
        content_type: String,
    },
}

/// The `x-` keys of an operation.
#[derive(Debug, Clone, Default)]
pub struct OperationExt {
    pub source: Option<Source>,
    pub errors: Vec<ErrorRef>,
    pub pagination: Option<Pagination>,
    pub batch: Option<Batch>,
    pub window: Option<Window>,
    pub retry: Option<RetryClass>,
    /// Where the rows of each list carry the key.
    pub idempotency_keys: Vec<String>,
    pub rate_limit: Option<RateLimit>,
    pub app_types: Vec<String>,
    pub partial: Vec<Partial>,
    pub quirks: Vec<String>,
    pub name_override: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub page: String,
    pub updated: Option<String>,
    pub read: Option<String>,
}

#[derive(Debug, Clone)]
pub struct ErrorRef {
    pub code: i64,
    pub http: Vec<u16>,
    pub meaning: Option<String>,
    pub retired: bool,
    pub kind: Option<String>,
    pub remedy_en: Option<String>,
    pub remedy_zh: Option<String>,
    pub place: Place,
}

#[derive(Debug, Clone)]
pub struct Pagination {
    pub size: Option<String>,
    pub token: String,
    pub items: String,
    pub next: String,
    pub more: Option<String>,
    pub place: Place,
}

#[derive(Debug, Clone)]
pub struct Batch {
    /// Query parameter, or member of the body.
    pub list: String,
    pub max: u32,
    pub items: Option<String>,
    pub place: Place,
}

#[derive(Debug, Clone)]
pub struct Window {
    pub from: String,
    pub to: String,
    pub days: u32,
    pub place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryClass {
    Read,
    Idempotent,
    Overwrite,
    Append,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    pub calls: u32,
    pub seconds: u32,
}

/// Where a success says that parts of the call failed.
#[derive(Debug, Clone)]
pub enum Partial {
    List { path: String, meaning: String },
    Message { form: MessageForm, meaning: String },
    Error { code: i64, meaning: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageForm {
    /// `[user-creator, user-creator]`
    RowList,
    /// `{user: [date, date]}`
    RowMap,
    /// `{"id": "reason"}`
    IdMap,
}

/// A document that the service sends on its own account.
#[derive(Debug, Clone)]
pub struct Event {
    /// Key under `webhooks`: the event type.
    pub event_type: String,
    pub id: Option<String>,
    pub summary: String,
    pub description: String,
    /// The whole document.
    pub schema: SchemaId,
    /// Member that holds the payload (`x-event-payload`).
    pub payload: Option<String>,
    pub example: Option<Json>,
    pub source: Option<Source>,
    pub quirks: Vec<String>,
    pub name_override: Option<String>,
    pub place: Place,
    pub file: String,
}

/// Index into [`Schemas`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SchemaId(pub u32);

#[derive(Debug, Clone, Default)]
pub struct Schemas(pub Vec<Schema>);

impl std::ops::Index<SchemaId> for Schemas {
    type Output = Schema;

    fn index(&self, id: SchemaId) -> &Schema {
        &self.0[id.0 as usize]
    }
}

#[derive(Debug, Clone)]
pub struct Schema {
    /// Component key if it is a component.
    pub name: Option<String>,
    /// The same type as that schema, said again with other words: a `$ref` with siblings, an `allOf` or `oneOf` around one `$ref`,
    /// a `$ref` or `null`. Everything below is filled in as if it were written here; only docs, nullability, default and examples may differ.
    pub alias_of: Option<SchemaId>,
    /// `x-name`.
    pub name_override: Option<String>,
    pub title: String,
    pub description: String,
    pub kind: SchemaKind,
    pub nullable: bool,
    pub deprecated: bool,
    pub read_only: bool,
    pub write_only: bool,
    pub format: Option<String>,
    pub default: Option<Json>,
    pub examples: Vec<Json>,
    pub limits: Limits,
    pub unit: Option<String>,
    pub field_scopes: Vec<String>,
    /// `x-absent: clear`.
    pub absent_clears: bool,
    pub quirks: Vec<String>,
    pub source: Option<Source>,
    pub place: Place,
    /// The file that holds the schema, for the choice of the generated file.
    pub file: String,
}

#[derive(Debug, Clone)]
pub enum SchemaKind {
    /// No type, or one that has no better reading: any JSON.
    Any,
    Boolean,
    Integer,
    Number,
    String,
    /// Only `null`.
    Null,
    Enum(EnumSchema),
    /// Integer whose bits have names.
    Bits(Vec<EnumValue>),
    Array(SchemaId),
    Object(ObjectSchema),
    /// An object with `additionalProperties` only.
    Map(SchemaId),
    /// `oneOf` or `anyOf` with more than one alternative left.
    Union(UnionSchema),
}

#[derive(Debug, Clone)]
pub struct EnumSchema {
    pub base: EnumBase,
    pub values: Vec<EnumValue>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnumBase {
    Text,
    Integer,
}

#[derive(Debug, Clone)]
pub struct EnumValue {
    pub value: Json,
    /// From `x-enum-varnames` or `x-bits`.
    pub name: Option<String>,
    pub description: String,
    pub place: Place,
}

#[derive(Debug, Clone, Default)]
pub struct ObjectSchema {
    /// In document order; `allOf` parts are merged in.
    pub properties: Vec<Property>,
    /// `additionalProperties` beside properties.
    pub additional: Option<SchemaId>,
}

#[derive(Debug, Clone)]
pub struct Property {
    pub name: String,
    pub schema: SchemaId,
    pub required: bool,
    /// Of the key.
    pub place: Place,
}

#[derive(Debug, Clone)]
pub struct UnionSchema {
    pub variants: Vec<SchemaId>,
    pub discriminator: Option<Discriminator>,
}

#[derive(Debug, Clone)]
pub struct Discriminator {
    pub property: String,
    /// Value on the wire to variant.
    pub mapping: BTreeMap<String, SchemaId>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Limits {
    pub minimum: Option<f64>,
    pub maximum: Option<f64>,
    pub exclusive_minimum: bool,
    pub exclusive_maximum: bool,
    pub min_length: Option<u64>,
    pub max_length: Option<u64>,
    pub pattern: Option<String>,
    pub min_items: Option<u64>,
    pub max_items: Option<u64>,
    pub unique_items: bool,
}

/// An entry of the error table.
#[derive(Debug, Clone)]
pub struct ErrorEntry {
    pub code: i64,
    pub name: String,
    pub http: Vec<u16>,
    pub texts: Vec<String>,
    pub category: String,
    pub action: String,
    pub retry: ErrorRetry,
    pub meaning: String,
    pub remedy_en: String,
    pub remedy_zh: String,
    pub family: String,
    /// Operations that this entry is for; empty: all that no other entry of the code claims.
    pub operations: Vec<String>,
    pub messages: Vec<MessageEntry>,
    pub source: Option<Source>,
    pub place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorRetry {
    Never,
    Backoff,
    RefreshToken,
    WaitReset,
    ByMessage,
}

/// One of the texts that tell the cases of a collective code apart.
#[derive(Debug, Clone)]
pub struct MessageEntry {
    pub text: String,
    pub name: String,
    pub category: String,
    pub action: String,
    pub retry: ErrorRetry,
    pub meaning: String,
    pub remedy_en: String,
    pub remedy_zh: String,
    pub place: Place,
}
