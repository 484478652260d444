//! Examples and defaults against their schemas: types, values, limits, members.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Diagnostics, Id};
use crate::resolve::api::{
    Api, EnumSchema, Json, Limits, ObjectSchema, Property, Schema, SchemaId, SchemaKind,
};
use crate::resolve::{Context, Sample};
use crate::source::Place;
use crate::syntax::reader::shorten;

pub(super) fn example_mismatch(api: &Api, context: &Context, sink: &mut Diagnostics) {
    check_all(api, &context.examples, Id::ExampleMismatch, sink);
}

pub(super) fn default_mismatch(api: &Api, context: &Context, sink: &mut Diagnostics) {
    check_all(api, &context.defaults, Id::DefaultMismatch, sink);
}

fn check_all(api: &Api, samples: &[Sample], id: Id, sink: &mut Diagnostics) {
    let mut fuel = FUEL;
    for sample in samples {
        let mut faults = Faults {
            found: Vec::new(),
            fuel,
        };
        check(
            api,
            sample.schema,
            &sample.value,
            &sample.place,
            &mut faults,
        );
        fuel = faults.fuel;
        if fuel == 0 {
            let headline = "the examples up to here take more comparisons than we make";
            sink.push(Diagnostic::new(Id::TooLarge, &sample.place, headline));
            return;
        }
        for fault in faults.found.into_iter().take(MOST) {
            let schema = &api.schemas[sample.schema];
            let mut finding = Diagnostic::new(id, fault.place, fault.headline);
            if let Some(schema) = fault.schema.filter(|place| *place != schema.place) {
                finding = finding.also(schema, "as this says");
            }
            sink.push(finding);
        }
    }
}

/// One wrong list is enough to understand; its other elements are likely wrong in the same way.
const MOST: usize = 8;

/// Comparisons in a run. Alternatives within alternatives multiply them.
const FUEL: usize = 2_000_000;

struct Faults {
    found: Vec<Fault>,
    fuel: usize,
}

impl Faults {
    /// Pays for comparisons; false if there is no point in more.
    fn pay(&mut self, comparisons: usize) -> bool {
        self.fuel = self.fuel.saturating_sub(comparisons);
        self.fuel > 0 && self.found.len() <= MOST
    }

    fn add(&mut self, place: &Place, headline: String, schema: &Schema) {
        self.found.push(Fault {
            place: place.clone(),
            headline,
            schema: Some(schema.place.clone()),
        });
    }
}

struct Fault {
    place: Place,
    headline: String,
    /// The schema that says otherwise.
    schema: Option<Place>,
}

fn check(api: &Api, id: SchemaId, value: &Json, place: &Place, faults: &mut Faults) {
    if !faults.pay(1) {
        return;
    }
    let schema = &api.schemas[id];
    if let (SchemaKind::Enum(enum_), Json::String(_) | Json::Number(_)) = (&schema.kind, value)
        && !faults.pay(enum_.values.len() / 8)
    {
        return;
    }
    let mut fault = |headline: String| faults.add(place, headline, schema);
    if value.is_null() {
        if !schema.nullable && !matches!(schema.kind, SchemaKind::Any | SchemaKind::Null) {
            fault("`null` is not allowed here".to_owned());
        }
        return;
    }
    match (&schema.kind, value) {
        (SchemaKind::Any, _) | (SchemaKind::Boolean, Json::Bool(_)) => {}
        (SchemaKind::Integer | SchemaKind::Bits(_), Json::Number(number)) if is_whole(number) => {
            number_limits(schema, number, &mut fault);
        }
        (SchemaKind::Number, Json::Number(number)) => number_limits(schema, number, &mut fault),
        (SchemaKind::String, Json::String(text)) => text_limits(schema, text, &mut fault),
        (SchemaKind::Enum(enum_), Json::String(_) | Json::Number(_)) => {
            one_of(enum_, value, &mut fault)
        }
        (SchemaKind::Array(item), Json::Array(items)) => {
            count_limits(&schema.limits, items.len(), &mut fault);
            for (index, element) in items.iter().enumerate() {
                check(api, *item, element, &place.index(index), faults);
            }
        }
        (SchemaKind::Map(item), Json::Object(members)) => {
            for (key, member) in members {
                check(api, *item, member, &place.child(key), faults);
            }
        }
        (SchemaKind::Object(object), Json::Object(members)) => {
            check_members(api, schema, object, members, place, faults);
        }
        (SchemaKind::Union(union), _) => {
            let mut fits = |variant: &SchemaId| {
                let mut own = Faults {
                    found: Vec::new(),
                    fuel: faults.fuel,
                };
                check(api, *variant, value, place, &mut own);
                faults.fuel = own.fuel;
                own.found.is_empty()
            };
            if !union.variants.iter().any(&mut fits) {
                let headline = format!("{} fits no alternative", kind_of(value));
                faults.add(place, headline, schema);
            }
        }
        _ => fault(format!(
            "{} stands where {} is needed",
            kind_of(value),
            wanted(&schema.kind)
        )),
    }
}

fn check_members(
    api: &Api,
    schema: &Schema,
    object: &ObjectSchema,
    members: &serde_json::Map<String, Json>,
    place: &Place,
    faults: &mut Faults,
) {
    if !faults.pay(object.properties.len()) {
        return;
    }
    let known: HashMap<&str, &Property> = object
        .properties
        .iter()
        .map(|property| (property.name.as_str(), property))
        .collect();
    for property in object
        .properties
        .iter()
        .filter(|property| property.required)
    {
        if !members.contains_key(&property.name) {
            let name = shorten(&property.name);
            faults.add(
                place,
                format!("the required member `{name}` is missing"),
                schema,
            );
        }
    }
    for (key, member) in members {
        let inner = place.child(key);
        let member_schema = known
            .get(key.as_str())
            .map(|property| property.schema)
            .or(object.additional);
        match member_schema {
            Some(id) => check(api, id, member, &inner, faults),
            None => {
                let headline = format!("the schema has no member `{}`", shorten(key));
                faults.add(&inner.key(), headline, schema);
            }
        }
    }
}

fn is_whole(number: &serde_json::Number) -> bool {
    number.is_i64() || number.is_u64() || number.as_f64().is_some_and(|n| n.fract() == 0.0)
}

fn number_limits(schema: &Schema, number: &serde_json::Number, fault: &mut impl FnMut(String)) {
    let limits = &schema.limits;
    let value = number.as_f64().unwrap_or(0.0);
    if let Some(least) = limits.minimum
        && (value < least || limits.exclusive_minimum && value == least)
    {
        fault(format!("`{number}` is below the minimum, `{least}`"));
    }
    if let Some(most) = limits.maximum
        && (value > most || limits.exclusive_maximum && value == most)
    {
        fault(format!("`{number}` is above the maximum, `{most}`"));
    }
}

fn text_limits(schema: &Schema, text: &str, fault: &mut impl FnMut(String)) {
    let limits = &schema.limits;
    let length = text.chars().count() as u64;
    if limits.min_length.is_some_and(|least| length < least) {
        fault(format!(
            "the text has {length} characters, fewer than `minLength`"
        ));
    }
    if limits.max_length.is_some_and(|most| length > most) {
        fault(format!(
            "the text has {length} characters, more than `maxLength`"
        ));
    }
    let is_number = match schema.format.as_deref() {
        Some("int32" | "int64" | "unix-seconds" | "unix-millis") => text.parse::<i64>().is_ok(),
        Some("uint64") => text.parse::<u64>().is_ok(),
        Some("double" | "float" | "decimal") => text.parse::<f64>().is_ok(),
        _ => true,
    };
    if !is_number {
        fault(format!(
            "`{}` does not hold the digits of a number",
            shorten(text)
        ));
    }
}

fn count_limits(limits: &Limits, length: usize, fault: &mut impl FnMut(String)) {
    let length = length as u64;
    if limits.min_items.is_some_and(|least| length < least) {
        fault(format!(
            "the list has {length} elements, fewer than `minItems`"
        ));
    }
    if limits.max_items.is_some_and(|most| length > most) {
        fault(format!(
            "the list has {length} elements, more than `maxItems`"
        ));
    }
}

fn one_of(enum_: &EnumSchema, value: &Json, fault: &mut impl FnMut(String)) {
    if enum_.values.iter().any(|known| known.value == *value) {
        return;
    }
    let text = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    let known = enum_.values.iter().filter_map(|known| known.value.as_str());
    let meant = crate::diagnostic::nearest(&text, known);
    let meant = meant.map_or(String::new(), |meant| format!("; `{meant}` is"));
    fault(format!(
        "`{}` is none of the values of the enum{meant}",
        shorten(&text)
    ));
}

fn kind_of(value: &Json) -> &'static str {
    match value {
        Json::Null => "`null`",
        Json::Bool(_) => "a boolean",
        Json::Number(number) if is_whole(number) => "an integer",
        Json::Number(_) => "a number",
        Json::String(_) => "a text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}

fn wanted(kind: &SchemaKind) -> &'static str {
    match kind {
        SchemaKind::Any => "anything",
        SchemaKind::Boolean => "a boolean",
        SchemaKind::Integer | SchemaKind::Bits(_) => "an integer",
        SchemaKind::Number => "a number",
        SchemaKind::String => "a text",
        SchemaKind::Null => "`null`",
        SchemaKind::Enum(_) => "a value of the enum",
        SchemaKind::Array(_) => "a list",
        SchemaKind::Object(_) | SchemaKind::Map(_) => "an object",
        SchemaKind::Union(_) => "one of the alternatives",
    }
}
