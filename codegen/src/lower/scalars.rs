//! Which Rust type a scalar schema has, and how it is written.

use crate::ir::{Exposure, Form, Presence, Ty};
use crate::resolve::api::{Schema, SchemaKind};

/// The type of a value, and the form it has on the wire.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Lowered {
    pub ty: Ty,
    pub form: Form,
}

impl Lowered {
    pub(crate) fn natural(ty: Ty) -> Self {
        Self {
            ty,
            form: Form::Natural,
        }
    }

    fn with(ty: Ty, form: Form) -> Self {
        Self { ty, form }
    }
}

/// Integers, numbers and texts by their format; an unknown format changes nothing.
pub(crate) fn lower_integer(format: Option<&str>) -> Lowered {
    match format {
        Some("yyyymmdd") => Lowered::with(Ty::Date, Form::Number),
        Some("yyyymm") => Lowered::with(Ty::YearMonth, Form::Number),
        Some("unix-seconds") => Lowered::with(Ty::UnixSeconds, Form::Number),
        Some("unix-millis") => Lowered::with(Ty::UnixMillis, Form::Number),
        Some("uint64" | "uint") => Lowered::natural(Ty::Uint),
        _ => Lowered::natural(Ty::Int),
    }
}

pub(crate) fn lower_number(format: Option<&str>) -> Lowered {
    match format {
        Some("decimal") => Lowered::with(Ty::Decimal, Form::Number),
        _ => Lowered::natural(Ty::Float),
    }
}

pub(crate) fn lower_text(format: Option<&str>) -> Lowered {
    match format {
        Some("yyyymmdd") => Lowered::natural(Ty::Date),
        Some("date") => Lowered::with(Ty::Date, Form::Dashed),
        Some("yyyymm") => Lowered::natural(Ty::YearMonth),
        Some("unix-seconds") => Lowered::natural(Ty::UnixSeconds),
        Some("unix-millis") => Lowered::natural(Ty::UnixMillis),
        Some("clock-time") => Lowered::natural(Ty::ClockTime),
        Some("local-date-time") => Lowered::natural(Ty::LocalDateTime),
        Some("decimal") => Lowered::natural(Ty::Decimal),
        Some("int32" | "int64") => Lowered::with(Ty::Int, Form::Text),
        Some("uint64") => Lowered::with(Ty::Uint, Form::Text),
        Some("float" | "double") => Lowered::with(Ty::Float, Form::Text),
        _ => Lowered::natural(Ty::Text),
    }
}

/// Outside of a struct there is no field to carry a form: what it would change is text instead.
pub(crate) fn without_form(lowered: Lowered) -> Ty {
    match lowered.form {
        Form::Natural => lowered.ty,
        Form::Text | Form::Dashed => replace_leaf(lowered.ty, &Ty::Text),
        Form::Number => replace_leaf(lowered.ty, &Ty::Int),
    }
}

fn replace_leaf(ty: Ty, leaf: &Ty) -> Ty {
    match ty {
        Ty::List(item) => Ty::List(Box::new(replace_leaf(*item, leaf))),
        Ty::Map(value) => Ty::Map(Box::new(replace_leaf(*value, leaf))),
        _ => leaf.clone(),
    }
}

/// In a URL or a header all is text already.
pub(crate) fn form_in_text(form: Form) -> Form {
    match form {
        Form::Dashed => Form::Dashed,
        Form::Natural | Form::Text | Form::Number => Form::Natural,
    }
}

/// Whether a member may be missing. One rule for requests and answers, so that a type serves both.
pub(crate) fn lower_presence(schema: &Schema, ty: &Ty, required: bool) -> Presence {
    let is_list = matches!(ty, Ty::List(_));
    let is_some_anyway = matches!(ty, Ty::List(_) | Ty::Map(_) | Ty::Json);
    match required {
        _ if schema.absent_clears && is_list => Presence::Clearable,
        true if schema.nullable && !is_some_anyway => Presence::Nullable,
        true => Presence::Required,
        false => Presence::Optional,
    }
}

/// Whether a log may show the value.
pub(crate) fn lower_exposure(schema: &Schema) -> Exposure {
    match schema.format.as_deref() {
        Some("password") => Exposure::Hidden,
        _ => Exposure::Shown,
    }
}

/// Whether a text holds bytes.
pub(crate) fn is_binary(schema: &Schema) -> bool {
    matches!(schema.kind, SchemaKind::String) && schema.format.as_deref() == Some("binary")
}
