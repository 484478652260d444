//! The keys that each kind of object may have: the standard's, and the closed list of our `x-` keys.

/// The `x-` keys, where they belong, and what they say. Documented in `spec/README.md`.
pub const EXTENSIONS: &[Extension] = &[
    ext(
        "x-envelope",
        &[DOCUMENT, OPERATION],
        "how answers are wrapped",
    ),
    ext("x-error-table", &[DOCUMENT], "the table of error codes"),
    ext("x-service", &[DOCUMENT], "the short name of the service"),
    ext(
        "x-source",
        &[OPERATION, SCHEMA],
        "the page that a fact comes from, and its date",
    ),
    ext(
        "x-errors",
        &[OPERATION],
        "error codes that an operation may answer",
    ),
    ext(
        "x-pagination",
        &[OPERATION],
        "parameters and members that turn pages",
    ),
    ext(
        "x-batch",
        &[OPERATION],
        "a request list with a limit, for cutting",
    ),
    ext(
        "x-window",
        &[OPERATION],
        "a span of days with a limit, for cutting",
    ),
    ext("x-retry", &[OPERATION], "what repeating the call does"),
    ext(
        "x-idempotency-key",
        &[OPERATION],
        "the request member that makes repeating safe",
    ),
    ext("x-rate-limit", &[OPERATION], "calls in a span of seconds"),
    ext(
        "x-app-types",
        &[OPERATION],
        "kinds of application that may call",
    ),
    ext(
        "x-partial",
        &[OPERATION],
        "where a success tells of failed parts",
    ),
    ext(
        "x-event-payload",
        &[OPERATION],
        "the member of an event that holds its payload",
    ),
    ext(
        "x-client-default",
        &[PARAMETER],
        "the client has a default for the parameter",
    ),
    ext(
        "x-name",
        &[OPERATION, PARAMETER, SCHEMA],
        "the identifier to use instead of the name on the wire",
    ),
    ext("x-unit", &[SCHEMA], "the unit of a number"),
    ext("x-enum-varnames", &[SCHEMA], "names of enum values"),
    ext("x-enum-descriptions", &[SCHEMA], "meanings of enum values"),
    ext("x-bits", &[SCHEMA], "the named bits of an integer"),
    ext("x-field-scopes", &[SCHEMA], "scopes needed to see a member"),
    ext(
        "x-absent",
        &[SCHEMA],
        "whether an explicit empty list differs from none",
    ),
    ext(
        "x-quirk",
        &[DOCUMENT, PATH_ITEM, OPERATION, PARAMETER, SCHEMA],
        "which sources disagree and which is followed",
    ),
];

/// An `x-` key.
#[derive(Debug, Clone, Copy)]
pub struct Extension {
    pub key: &'static str,
    /// Kinds of object that may have it.
    pub homes: &'static [&'static str],
    pub meaning: &'static str,
}

const fn ext(
    key: &'static str,
    homes: &'static [&'static str],
    meaning: &'static str,
) -> Extension {
    Extension {
        key,
        homes,
        meaning,
    }
}

/// Formats of our own description. A foreign one may use any.
pub const FORMATS: &[&str] = &[
    "int32",
    "int64",
    "uint64",
    "double",
    "float",
    "decimal",
    "yyyymmdd",
    "date",
    "yyyymm",
    "unix-seconds",
    "unix-millis",
    "clock-time",
    "local-date-time",
    "binary",
    "byte",
    "uri",
    "email",
    "uuid",
    "date-time",
    "password",
];

pub(crate) const DOCUMENT: &str = "the document";
pub(crate) const PATH_ITEM: &str = "a path item";
pub(crate) const OPERATION: &str = "an operation";
pub(crate) const PARAMETER: &str = "a parameter";
pub(crate) const SCHEMA: &str = "a schema";
pub(crate) const REQUEST_BODY: &str = "a request body";
pub(crate) const RESPONSE: &str = "a response";
pub(crate) const MEDIA_TYPE: &str = "a media type";
pub(crate) const HEADER: &str = "a header";
pub(crate) const COMPONENTS: &str = "`components`";
pub(crate) const SECURITY_SCHEME: &str = "a security scheme";

/// Keys of the standard, by kind of object. A key that is not asked for is found by the reader; this says where it belongs.
const STANDARD: &[(&str, &[&str])] = &[
    (
        DOCUMENT,
        &[
            "openapi",
            "info",
            "servers",
            "paths",
            "webhooks",
            "components",
            "security",
            "tags",
            "jsonSchemaDialect",
        ],
    ),
    (
        OPERATION,
        &["operationId", "requestBody", "responses", "callbacks"],
    ),
    (
        PARAMETER,
        &["in", "style", "explode", "allowReserved", "allowEmptyValue"],
    ),
    (
        SCHEMA,
        &[
            "type",
            "properties",
            "items",
            "enum",
            "allOf",
            "oneOf",
            "anyOf",
            "additionalProperties",
            "format",
            "nullable",
            "minimum",
            "maximum",
            "minLength",
            "maxLength",
            "pattern",
            "minItems",
            "maxItems",
            "uniqueItems",
            "const",
            "default",
            "discriminator",
            "readOnly",
            "writeOnly",
            "title",
        ],
    ),
    (MEDIA_TYPE, &["schema", "encoding"]),
    (RESPONSE, &["content", "headers", "links"]),
    (
        COMPONENTS,
        &["schemas", "securitySchemes", "requestBodies", "pathItems"],
    ),
    (
        SECURITY_SCHEME,
        &["scheme", "bearerFormat", "flows", "openIdConnectUrl"],
    ),
    (
        PATH_ITEM,
        &[
            "parameters",
            "get",
            "put",
            "post",
            "delete",
            "patch",
            "head",
            "options",
            "trace",
        ],
    ),
];

/// Which kind of object a key belongs to.
pub(crate) fn home(key: &str) -> Option<&'static str> {
    let extension = EXTENSIONS.iter().find(|extension| extension.key == key);
    extension.map(|extension| extension.homes[0]).or_else(|| {
        STANDARD
            .iter()
            .find(|(_, keys)| keys.contains(&key))
            .map(|(home, _)| *home)
    })
}
