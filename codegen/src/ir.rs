//! The client as decided: every name, type and fact of the generated Rust, as plain data.
//!
//! Filled by `lower`, spelled by `emit`, compared by `diff`. Nothing here points back at the description, and
//! nothing here decides: what a value means is written in its type.

pub(crate) mod name;

pub use name::{Name, WireName};

/// A whole generated client.
#[derive(Debug, Clone, PartialEq)]
pub struct Client {
    pub service: Service,
    /// One for each resource, in the order of the description.
    pub resources: Vec<Module>,
    /// Types that belong to no resource.
    pub common: Option<Module>,
    pub events: Option<Events>,
    pub errors: ErrorTable,
    /// Settings of the client builder that fill a parameter of many calls.
    pub defaults: Vec<ClientDefault>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    pub name: String,
    pub title: String,
    pub docs: Docs,
    pub base_urls: Vec<String>,
    pub schemes: Vec<Scheme>,
    /// The root file, as headers of generated files name it.
    pub source: String,
}

/// A way to prove who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    pub name: String,
    pub kind: SchemeKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemeKind {
    Bearer,
    Basic,
    ApiKeyHeader(String),
    ApiKeyQuery(String),
    ApiKeyCookie(String),
    /// Proven outside of the request.
    Outside,
}

/// Lines of rustdoc, already escaped. One line of the description is one line here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Docs(pub Vec<String>);

/// A generated file.
#[derive(Debug, Clone, PartialEq)]
pub struct Module {
    pub name: Name,
    /// The files of the description that it comes from, sorted.
    pub sources: Vec<String>,
    pub docs: Docs,
    /// The handle with one method an operation; absent where there are only types.
    pub handle: Option<Handle>,
    pub operations: Vec<Operation>,
    pub types: Vec<Type>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handle {
    pub name: Name,
    /// Method of the client that gives the handle.
    pub accessor: Name,
    pub docs: Docs,
}

/// One call: a method of the handle, a builder, and what the runtime must know of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    pub id: String,
    /// Method of the handle.
    pub method: Name,
    pub builder: Name,
    /// The static that holds the facts.
    pub info_name: Name,
    pub docs: Docs,
    pub method_docs: Docs,
    pub errors_docs: Docs,
    pub deprecated: bool,
    /// Members of the builder beside the body, in order.
    pub members: Vec<Member>,
    pub body: Body,
    pub output: Output,
    pub paging: Option<Paging>,
    pub batching: Option<Batching>,
    pub info: Info,
    /// The types that only this operation has.
    pub types: Vec<Type>,
}

/// A member of a builder.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    pub name: Name,
    pub wire: WireName,
    pub ty: Ty,
    pub presence: Presence,
    /// How the value is written, where its type leaves a choice.
    pub form: Form,
    pub placement: Placement,
    pub given: Given,
    pub exposure: Exposure,
    pub docs: Docs,
}

/// How the caller gives a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    Argument,
    Setter,
    /// A setter that wins over a default of the client; `required` members must come from one of the two.
    SetterOrDefault {
        required: bool,
    },
}

/// Where a member travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    Path(PathStyle),
    Query(QueryStyle),
    /// As JSON text in the query.
    QueryJson,
    Header,
    Cookie,
    Part(PartKind),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathStyle {
    Simple,
    SimpleExploded,
    Label,
    LabelExploded,
    Matrix,
    MatrixExploded,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueryStyle {
    /// A list repeats the key.
    Repeat,
    Comma,
    Space,
    Pipe,
    DeepObject,
    /// Members of an object become keys.
    Members,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartKind {
    File,
    Text,
    Json,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    None,
    /// An object whose members are arguments and setters of the builder.
    Members {
        ty: TypeRef,
        encoding: Encoding,
        members: Vec<BodyMember>,
    },
    /// One argument, or one setter if optional.
    Whole {
        ty: Ty,
        presence: Presence,
        encoding: Encoding,
        docs: Docs,
    },
    /// The parts are members of the builder.
    Multipart,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Encoding {
    Json,
    Form,
    Text,
    /// Bytes as they are, under this content type.
    Bytes(String),
}

/// A member of a body that the builder offers by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct BodyMember {
    /// Name of the argument or setter; differs from the field's only where a method of the builder has it.
    pub name: Name,
    pub field: Field,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    Nothing,
    Data(Ty),
    Text,
    Download,
}

/// What the runtime must know of an operation.
#[derive(Debug, Clone, PartialEq)]
pub struct Info {
    pub method: Method,
    pub path: String,
    pub retry: RetryClass,
    pub rate_limit: Option<RateLimit>,
    /// Names of the schemes, any of which will do.
    pub tokens: Vec<String>,
    /// Any of which will do.
    pub scopes: Vec<String>,
    pub errors: Vec<i64>,
    pub overrides: Vec<ErrorOverride>,
    pub envelope: Option<Envelope>,
    pub partial: Vec<Partial>,
    pub idempotency_keys: Vec<String>,
    pub source: String,
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

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    pub code: String,
    pub message: String,
    pub data: String,
}

/// What an error code means for one operation, where that differs from the table.
#[derive(Debug, Clone, PartialEq)]
pub struct ErrorOverride {
    pub code: i64,
    pub http: Vec<u16>,
    pub meaning: Option<String>,
    pub retired: bool,
    /// Index into [`ErrorTable::kinds`].
    pub kind: Option<usize>,
    pub remedy_en: Option<String>,
    pub remedy_zh: Option<String>,
}

/// Where a success says that parts of the call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Partial {
    List { path: String, meaning: String },
    RowList { meaning: String },
    RowMap { meaning: String },
    IdMap { meaning: String },
    Error { code: i64, meaning: String },
}

/// How to ask for the next page.
#[derive(Debug, Clone, PartialEq)]
pub struct Paging {
    pub item: Ty,
    pub token: Target,
    pub items: Name,
    pub next: Source,
    pub more: Option<Source>,
}

/// How to cut a call that is too large.
#[derive(Debug, Clone, PartialEq)]
pub struct Batching {
    pub list: Option<BatchList>,
    pub window: Option<Window>,
    pub item: BatchItem,
}

#[derive(Debug, Clone, PartialEq)]
pub struct BatchList {
    pub target: Target,
    pub entry: Ty,
    pub max: u32,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    pub from: Target,
    pub to: Target,
    pub days: u32,
}

#[derive(Debug, Clone, PartialEq)]
pub enum BatchItem {
    /// Elements of a list of the answer.
    Element { list: Name, ty: Ty },
    /// The whole answer, if there is one.
    Whole(Option<Ty>),
}

/// A place inside a builder: a member, or a path into the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub in_body: bool,
    /// At least one; all but the last are objects.
    pub steps: Vec<Source>,
}

/// A field that is read or written, and whether it is wrapped in an `Option`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub name: Name,
    pub optional: bool,
}

/// A Rust type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ty {
    Text,
    Bool,
    Int,
    /// Without a sign.
    Uint,
    Float,
    Date,
    YearMonth,
    UnixSeconds,
    UnixMillis,
    ClockTime,
    LocalDateTime,
    Decimal,
    Json,
    Bytes,
    File,
    Named(TypeRef),
    List(Box<Ty>),
    Map(Box<Ty>),
}

/// A generated type, by its module.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeRef {
    pub module: Name,
    pub name: Name,
}

/// Whether a value may be missing, and what missing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Always written; missing on the way in is drift.
    Required,
    /// Always written, `null` if there is none.
    Nullable,
    /// Left out if there is none; lists and maps: if empty.
    Optional,
    /// A list that is left out, or sent even if empty.
    Clearable,
}

/// How a value is written where its type leaves a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Natural,
    /// A number, truth value or date in a JSON string.
    Text,
    /// A date or time in a JSON number.
    Number,
    /// A date as `yyyy-mm-dd`.
    Dashed,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    Struct(Struct),
    Enum(Enum),
    Bits(Bits),
    Union(Union),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Struct {
    pub name: Name,
    pub docs: Docs,
    pub fields: Vec<Field>,
    pub construction: Construction,
}

/// Whether callers build values of a struct.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Construction {
    /// `new` with the required fields, and setters.
    New,
    /// Only read, or built by a builder.
    None,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    pub name: Name,
    pub wire: WireName,
    pub ty: Ty,
    pub presence: Presence,
    pub form: Form,
    pub layout: Layout,
    pub access: Access,
    pub exposure: Exposure,
    pub unit: Option<String>,
    pub docs: Docs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    Inline,
    /// Part of a cycle: behind a `Box`, and absent by default.
    Boxed,
    /// A map of the members that no other field names; the last field.
    Rest,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    ReadWrite,
    /// Comes in answers only: no setter.
    ReadOnly,
}

/// Whether `Debug` shows a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exposure {
    Shown,
    /// A secret.
    Hidden,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Enum {
    pub name: Name,
    pub docs: Docs,
    pub variants: Variants,
}

/// The values of an enum, by the JSON type that they have.
#[derive(Debug, Clone, PartialEq)]
pub enum Variants {
    Text(Vec<Variant<String>>),
    Int(Vec<Variant<i64>>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Variant<V> {
    pub name: Name,
    pub value: V,
    pub docs: Docs,
}

/// An integer whose bits have names.
#[derive(Debug, Clone, PartialEq)]
pub struct Bits {
    pub name: Name,
    pub docs: Docs,
    pub masks: Vec<Variant<i64>>,
}

/// One of several types, told apart by a member.
#[derive(Debug, Clone, PartialEq)]
pub struct Union {
    pub name: Name,
    pub docs: Docs,
    pub tag: WireName,
    pub variants: Vec<UnionVariant>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct UnionVariant {
    pub name: Name,
    /// Value of the tag on the wire.
    pub value: String,
    pub ty: Ty,
}

/// The documents that the service sends on its own account.
#[derive(Debug, Clone, PartialEq)]
pub struct Events {
    pub module: Module,
    pub events: Vec<Event>,
    pub dispatch: Dispatch,
}

/// Whether there is one enum of all events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dispatch {
    Enum,
    /// The runtime knows no events: only their types are generated.
    TypesOnly,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub event_type: String,
    pub variant: Name,
    pub document: Ty,
    pub payload: Option<String>,
    pub docs: Docs,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct ErrorTable {
    pub source: String,
    pub entries: Vec<ErrorEntry>,
    /// Variants of the error kind, in table order.
    pub kinds: Vec<ErrorKind>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ErrorKind {
    pub name: Name,
    pub docs: Docs,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ErrorEntry {
    pub code: i64,
    pub constant: Name,
    pub docs: Docs,
    pub http: Vec<u16>,
    pub texts: Vec<String>,
    pub operations: Vec<String>,
    pub case: ErrorCase,
    pub messages: Vec<MessageEntry>,
}

/// One of the texts that tell the cases of a collective code apart.
#[derive(Debug, Clone, PartialEq)]
pub struct MessageEntry {
    pub text: String,
    pub case: ErrorCase,
}

/// What can be said of a failure once it is told apart.
#[derive(Debug, Clone, PartialEq)]
pub struct ErrorCase {
    /// Index into [`ErrorTable::kinds`].
    pub kind: usize,
    pub name: String,
    pub category: Name,
    pub action: Name,
    pub retry: ErrorRetry,
    pub meaning: String,
    pub remedy_en: String,
    pub remedy_zh: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorRetry {
    Never,
    Backoff,
    RefreshToken,
    WaitReset,
    ByMessage,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ClientDefault {
    pub name: Name,
    pub wire: WireName,
    pub ty: Ty,
    pub docs: Docs,
}
