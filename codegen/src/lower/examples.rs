//! The example of an operation: one call, with values that the description gives.

use super::Cx;
use super::names::accessor_name;
use super::operations::Names;
use super::schemas::canonical;
use crate::ir::{Body, Given, Name, Operation, Output, Presence, Ty, Type, Variants};
use crate::resolve::api::{self, BodyKind, Json, SchemaId, SchemaKind};

pub(crate) fn example_lines(
    cx: &Cx<'_>,
    operation: &api::Operation,
    lowered: &Operation,
    names: &Names,
) -> Vec<String> {
    let arguments = arguments(cx, operation, lowered);
    let call = call_lines(names, lowered, &arguments);
    match &cx.options.crate_name {
        Some(crate_name) if !cx.is_foreign() => compiled(crate_name, &call),
        _ => fenced(
            "text",
            call.iter()
                .map(|line| line.replace("crate::", ""))
                .collect(),
        ),
    }
}

fn fenced(kind: &str, mut lines: Vec<String>) -> Vec<String> {
    lines.insert(0, format!("```{kind}"));
    lines.push("```".to_owned());
    lines
}

/// Compiled, never run; values are given to the function where the description has none.
fn compiled(crate_name: &str, call: &[String]) -> Vec<String> {
    let mut lines = vec![format!(
        "# async fn example(client: {crate_name}::Client) -> Result<(), Box<dyn std::error::Error>> {{"
    )];
    lines.extend(
        call.iter()
            .map(|line| line.replace("crate::", &format!("{crate_name}::"))),
    );
    lines.push("# Ok(())".to_owned());
    lines.push("# }".to_owned());
    fenced("no_run", lines)
}

fn call_lines(names: &Names, lowered: &Operation, arguments: &[String]) -> Vec<String> {
    let accessor = spelled(&accessor_name(&names.resource));
    let method = spelled(&names.method);
    let binding = match lowered.output {
        Output::Nothing => "",
        Output::Data(_) | Output::Text | Output::Download => "let answer = ",
    };
    let call = format!(
        "{binding}client.{accessor}().{method}({}).send().await?;",
        arguments.join(", ")
    );
    if call.len() <= 100 {
        return vec![call];
    }
    let mut lines = vec![
        format!("{binding}client"),
        format!("    .{accessor}()"),
        format!("    .{method}("),
    ];
    lines.extend(
        arguments
            .iter()
            .map(|argument| format!("        {argument},")),
    );
    lines.extend([
        "    )".to_owned(),
        "    .send()".to_owned(),
        "    .await?;".to_owned(),
    ]);
    lines
}

fn spelled(name: &Name) -> String {
    if name.is_keyword() {
        format!("r#{name}")
    } else {
        name.to_string()
    }
}

fn arguments(cx: &Cx<'_>, operation: &api::Operation, lowered: &Operation) -> Vec<String> {
    let members = lowered
        .members
        .iter()
        .filter(|member| member.given == Given::Argument);
    let mut arguments: Vec<String> = members
        .map(|member| {
            let parameter = operation
                .parameters
                .iter()
                .find(|parameter| parameter.name == member.wire.0);
            let example = parameter.and_then(|parameter| {
                parameter
                    .example
                    .clone()
                    .or_else(|| schema_example(cx, parameter.schema))
            });
            value(cx, &member.ty, example.as_ref())
        })
        .collect();
    let example = body_example(cx, operation);
    match &lowered.body {
        Body::None | Body::Multipart => {}
        Body::Whole {
            ty,
            presence: Presence::Required,
            ..
        } => arguments.push(value(cx, ty, example.as_ref())),
        Body::Whole { .. } => {}
        Body::Members { members, .. } => {
            let required = members
                .iter()
                .filter(|member| member.field.presence == Presence::Required);
            arguments.extend(required.map(|member| {
                let example = example
                    .as_ref()
                    .and_then(|body| body.get(&member.field.wire.0));
                value(cx, &member.field.ty, example)
            }));
        }
    }
    arguments
}

fn body_example(cx: &Cx<'_>, operation: &api::Operation) -> Option<Json> {
    match &operation.body.as_ref()?.kind {
        BodyKind::Json {
            schema, example, ..
        } => example.clone().or_else(|| schema_example(cx, *schema)),
        BodyKind::Form { schema, .. } | BodyKind::Multipart { schema } => {
            schema_example(cx, *schema)
        }
        BodyKind::Text | BodyKind::Bytes { .. } => None,
    }
}

fn schema_example(cx: &Cx<'_>, id: SchemaId) -> Option<Json> {
    let schema = &cx.api.schemas[id];
    let first_value = || match &cx.api.schemas[canonical(cx.api, id)].kind {
        SchemaKind::Enum(item) => item.values.first().map(|value| value.value.clone()),
        _ => None,
    };
    schema
        .examples
        .first()
        .cloned()
        .or_else(|| schema.default.clone())
        .or_else(first_value)
}

/// A Rust expression of a type, as close to the example as a short one can be.
fn value(cx: &Cx<'_>, ty: &Ty, example: Option<&Json>) -> String {
    match ty {
        Ty::Text => quoted(example.and_then(Json::as_str).unwrap_or("…")),
        Ty::Bool => example.and_then(Json::as_bool).unwrap_or(true).to_string(),
        Ty::Int | Ty::Uint => integer(example).unwrap_or(1).to_string(),
        Ty::Float => format!("{:?}", example.and_then(Json::as_f64).unwrap_or(1.0)),
        Ty::List(inner) => list(cx, inner, example),
        Ty::Named(name) => named(cx, name, example),
        Ty::Map(_) => "std::collections::BTreeMap::new()".to_owned(),
        Ty::Date => parsed("Date", example, "2026-07-01"),
        Ty::YearMonth => parsed("YearMonth", example, "2026-07"),
        Ty::ClockTime => parsed("ClockTime", example, "9:00"),
        Ty::LocalDateTime => parsed("LocalDateTime", example, "2026-07-01 09:00"),
        Ty::UnixSeconds => integer(example).unwrap_or(1_782_867_600).to_string(),
        Ty::UnixMillis => integer(example).unwrap_or(1_782_867_600_000).to_string(),
        Ty::Decimal => quoted(&plain_text(example).unwrap_or_else(|| "1.5".to_owned())),
        Ty::Json => "crate::rt::Json::Null".to_owned(),
        Ty::Bytes => "crate::rt::Bytes::new()".to_owned(),
        Ty::File => "crate::rt::File::bytes(\"a.txt\", \"text\")".to_owned(),
    }
}

fn integer(example: Option<&Json>) -> Option<i64> {
    example.and_then(|value| value.as_i64().or_else(|| value.as_str()?.parse().ok()))
}

fn quoted(text: &str) -> String {
    let short: String = text.chars().filter(|c| !c.is_control()).take(60).collect();
    format!("{short:?}")
}

/// The types of the wire are read from their text.
fn parsed(ty: &str, example: Option<&Json>, otherwise: &str) -> String {
    let text = plain_text(example).unwrap_or_else(|| otherwise.to_owned());
    format!("{}.parse::<crate::rt::{ty}>()?", quoted(&text))
}

fn plain_text(example: Option<&Json>) -> Option<String> {
    match example? {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn list(cx: &Cx<'_>, inner: &Ty, example: Option<&Json>) -> String {
    let items = example
        .and_then(Json::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let first: Vec<String> = items
        .iter()
        .take(2)
        .map(|item| value(cx, inner, Some(item)))
        .collect();
    if first.is_empty() {
        format!("[{}]", value(cx, inner, None))
    } else {
        format!("[{}]", first.join(", "))
    }
}

fn named(cx: &Cx<'_>, name: &crate::ir::TypeRef, example: Option<&Json>) -> String {
    let path = format!("crate::{}::{}", spelled(&name.module), spelled(&name.name));
    let variant = cx.store.get(name).and_then(|ty| variant(ty, example));
    match variant {
        Some(variant) => format!("{path}::{}", spelled(&variant)),
        None => format!("{path}::default()"),
    }
}

fn variant(ty: &Type, example: Option<&Json>) -> Option<Name> {
    match ty {
        Type::Enum(item) => match &item.variants {
            Variants::Text(variants) => {
                let text = example.and_then(Json::as_str);
                let wanted = variants
                    .iter()
                    .find(|variant| Some(variant.value.as_str()) == text);
                wanted
                    .or(variants.first())
                    .map(|variant| variant.name.clone())
            }
            Variants::Int(variants) => {
                let value = integer(example);
                let wanted = variants.iter().find(|variant| Some(variant.value) == value);
                wanted
                    .or(variants.first())
                    .map(|variant| variant.name.clone())
            }
        },
        Type::Struct(_) | Type::Bits(_) | Type::Union(_) => None,
    }
}
