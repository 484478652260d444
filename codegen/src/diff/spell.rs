//! Types as a person reads them.

use crate::ir::{Field, Layout, Output, Presence, Ty};

pub(super) fn spell_ty(ty: &Ty) -> String {
    match ty {
        Ty::Text => "String".to_owned(),
        Ty::Bool => "bool".to_owned(),
        Ty::Int => "i64".to_owned(),
        Ty::Uint => "u64".to_owned(),
        Ty::Float => "f64".to_owned(),
        Ty::Date
        | Ty::YearMonth
        | Ty::UnixSeconds
        | Ty::UnixMillis
        | Ty::ClockTime
        | Ty::LocalDateTime
        | Ty::Decimal
        | Ty::Json
        | Ty::Bytes
        | Ty::File => format!("{ty:?}"),
        Ty::Named(name) => name.name.to_string(),
        Ty::List(item) => format!("Vec<{}>", spell_ty(item)),
        Ty::Map(value) => format!("BTreeMap<String, {}>", spell_ty(value)),
    }
}

/// The type of a member, with its `Option`.
pub(super) fn spell_member(ty: &Ty, presence: Presence) -> String {
    let is_list = matches!(ty, Ty::List(_) | Ty::Map(_));
    match presence {
        Presence::Required => spell_ty(ty),
        Presence::Optional if is_list => spell_ty(ty),
        Presence::Optional | Presence::Nullable | Presence::Clearable => {
            format!("Option<{}>", spell_ty(ty))
        }
    }
}

pub(super) fn spell_field(field: &Field) -> String {
    match field.layout {
        Layout::Inline | Layout::Rest => spell_member(&field.ty, field.presence),
        Layout::Boxed => format!("Option<Box<{}>>", spell_ty(&field.ty)),
    }
}

pub(super) fn spell_output(output: &Output, is_partial: bool) -> String {
    let data = match output {
        Output::Nothing => "()".to_owned(),
        Output::Data(ty) => spell_ty(ty),
        Output::Text => "String".to_owned(),
        Output::Download => "Download".to_owned(),
    };
    if is_partial {
        format!("Partial<{data}>")
    } else {
        data
    }
}
