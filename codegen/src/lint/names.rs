//! Names that become one when they are written as Rust.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Diagnostics, Id};
use crate::resolve::api::{Api, SchemaKind};
use crate::source::Place;
use crate::syntax::reader::shorten;

pub(super) fn case_clash(api: &Api, sink: &mut Diagnostics) {
    let place = |id| &api.schemas[id].place;
    clash(
        api.components
            .iter()
            .map(|(name, id)| (name.as_str(), place(*id).clone().key())),
        sink,
    );
    for schema in &api.schemas.0 {
        match &schema.kind {
            SchemaKind::Object(members) => {
                let named = members.properties.iter().map(|property| {
                    let over = api.schemas[property.schema].name_override.as_deref();
                    (over.unwrap_or(&property.name), property.place.clone())
                });
                clash(named, sink);
            }
            SchemaKind::Enum(enum_) if schema.alias_of.is_none() => {
                let named = enum_.values.iter().filter_map(|value| {
                    Some((
                        value.name.as_deref().or(value.value.as_str())?,
                        value.place.clone(),
                    ))
                });
                clash(named, sink);
            }
            SchemaKind::Bits(bits) => {
                clash(
                    bits.iter()
                        .filter_map(|bit| Some((bit.name.as_deref()?, bit.place.clone()))),
                    sink,
                );
            }
            _ => {}
        }
    }
}

fn clash<'n>(names: impl Iterator<Item = (&'n str, Place)>, sink: &mut Diagnostics) {
    let mut seen: HashMap<String, (&str, Place)> = HashMap::new();
    for (name, place) in names {
        let folded: String = name
            .chars()
            .filter(|c| !matches!(c, '_' | '-' | ' ' | '.'))
            .flat_map(char::to_lowercase)
            .collect();
        let Some((first, at)) = seen.get(&folded) else {
            seen.insert(folded, (name, place));
            continue;
        };
        // One component that two files name alike, or one place seen twice, is no clash.
        if *at == place {
            continue;
        }
        let headline = format!(
            "`{}` and `{}` are one name in Rust",
            shorten(first),
            shorten(name)
        );
        sink.push(
            Diagnostic::new(Id::CaseClash, place, headline)
                .also(at, "the first of the two")
                .help("give one of them another name with `x-name` or `x-enum-varnames`"),
        );
    }
}
