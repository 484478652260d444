//! Small documents, and what they come to.

use super::api::{Answer, Api, BodyKind, Schema, SchemaKind};
use crate::diagnostic::{Format, Renderer};
use crate::source::SourceMap;
use crate::{Profile, read};

/// The API of a foreign document, and its findings in short form.
fn foreign(text: &str) -> (Api, String) {
    let sources = SourceMap::single("api.yaml", text);
    let (api, findings) = read(&sources, "api.yaml", Profile::Foreign);
    let shown = Renderer::new(Format::Short).render(&findings, &sources);
    (api.unwrap_or_else(|| panic!("no API: {shown}")), shown)
}

/// Components of a document with nothing else.
fn schemas(version: &str, text: &str) -> (Api, String) {
    let indented = text.replace('\n', "\n    ");
    foreign(&format!(
        "openapi: {version}\ninfo: {{title: T, version: '1'}}\npaths: {{}}\ncomponents:\n  schemas:\n    {indented}\n"
    ))
}

fn schema<'a>(api: &'a Api, name: &str) -> &'a Schema {
    let (_, id) = api
        .components
        .iter()
        .find(|(key, _)| key == name)
        .expect("the component is there");
    &api.schemas[*id]
}

/// A schema in a few words.
fn sketch(api: &Api, schema: &Schema) -> String {
    let null = if schema.nullable { "?" } else { "" };
    let kind = match &schema.kind {
        SchemaKind::Any => "any".to_owned(),
        SchemaKind::Boolean => "bool".to_owned(),
        SchemaKind::Integer => "int".to_owned(),
        SchemaKind::Number => "num".to_owned(),
        SchemaKind::String => "text".to_owned(),
        SchemaKind::Null => "null".to_owned(),
        SchemaKind::Enum(enum_) => {
            let values: Vec<_> = enum_
                .values
                .iter()
                .map(|value| value.value.to_string())
                .collect();
            format!("enum({})", values.join(","))
        }
        SchemaKind::Bits(bits) => format!("bits({})", bits.len()),
        SchemaKind::Array(item) => format!("[{}]", sketch(api, &api.schemas[*item])),
        SchemaKind::Map(value) => format!("map({})", sketch(api, &api.schemas[*value])),
        SchemaKind::Object(members) => {
            let members = members.properties.iter().map(|property| {
                let required = if property.required { "!" } else { "" };
                format!("{}{required}", property.name)
            });
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        SchemaKind::Union(union) => {
            let variants = union
                .variants
                .iter()
                .map(|id| sketch(api, &api.schemas[*id]));
            variants.collect::<Vec<_>>().join("|")
        }
    };
    format!("{kind}{null}")
}

#[track_caller]
fn check(version: &str, text: &str, expected: &[(&str, &str)]) {
    let (api, shown) = schemas(version, text);
    for (name, sketched) in expected {
        assert_eq!(
            &sketch(&api, schema(&api, name)),
            sketched,
            "{name}: {shown}"
        );
    }
}

#[test]
fn an_operation_has_what_its_path_and_its_document_give_it() {
    let (api, shown) = foreign(
        "openapi: 3.0.3
info: {title: Pets & Co., version: '1'}
servers: [{url: 'https://{host}/v1', variables: {host: {default: a.example}}}]
security: [{key: []}]
paths:
  /pets/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
      - {name: lang, in: query, schema: {type: string}}
    put:
      operationId: putPet
      tags: [pet, other]
      parameters:
        - {name: lang, in: query, required: true, schema: {type: integer}}
      requestBody:
        content:
          application/xml: {schema: {type: object}}
          application/json: {schema: {$ref: '#/components/schemas/Pet'}}
      responses:
        default: {description: wrong}
        '201': {description: made, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}, example: {a: 1}}}}
        '204': {description: nothing}
components:
  securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}
  schemas: {Pet: {type: object, properties: {a: {type: integer}}}}
",
    );
    let operation = &api.operations[0];
    let names: Vec<_> = operation
        .parameters
        .iter()
        .map(|p| (p.name.as_str(), p.required))
        .collect();
    assert_eq!(names, [("id", true), ("lang", true)]);
    assert_eq!(api.servers[0].url, "https://a.example/v1");
    assert_eq!(api.service, "pets-co");
    assert_eq!(operation.tag.as_deref(), Some("pet"));
    assert_eq!(operation.security[0][0].scheme, "key");
    assert!(matches!(
        operation.body.as_ref().unwrap().kind,
        BodyKind::Json { inline: false, .. }
    ));
    assert!(matches!(
        &operation.answer,
        Answer::Json {
            example: Some(_),
            ..
        }
    ));
    assert_eq!(
        shown,
        "api.yaml:17:11: note[unused-media-type]: `application/xml` is not used, `application/json` is\n"
    );
}

#[test]
fn what_may_be_null() {
    check(
        "3.0.3",
        "A: {type: string, nullable: true}\nB: {nullable: true, allOf: [{$ref: '#/components/schemas/A'}]}",
        &[("A", "text?"), ("B", "text?")],
    );
    check(
        "3.1.0",
        "A: {type: [string, 'null']}
B: {oneOf: [{type: object, properties: {a: {}}}, {type: 'null'}]}
C: {anyOf: [{$ref: '#/components/schemas/B'}, {type: 'null'}]}
D: {enum: [a, b, null]}
E: {type: 'null'}
F: {type: [integer, number, 'null']}",
        &[
            ("A", "text?"),
            ("B", "{a}?"),
            ("C", "{a}?"),
            ("D", "enum(\"a\",\"b\")?"),
            ("E", "null"),
            ("F", "num?"),
        ],
    );
}

#[test]
fn parts_become_one() {
    check(
        "3.1.0",
        "Base: {type: object, properties: {id: {type: string}, kind: {type: string}}}
Own: {allOf: [{$ref: '#/components/schemas/Base'}, {type: object, required: [id, more], properties: {more: {type: integer}}}]}
Beside: {allOf: [{$ref: '#/components/schemas/Base'}], required: [kind], description: said again}
Narrow: {allOf: [{$ref: '#/components/schemas/Base'}], properties: {kind: {const: narrow}}}
Words: {$ref: '#/components/schemas/Base', description: said again}
Free: {type: object}
FreeToo: {allOf: [{type: object}], description: x}
Open: {type: object, properties: {a: {}}, additionalProperties: {type: integer}}
Map: {type: object, additionalProperties: {type: integer}}",
        &[
            ("Own", "{id!,kind,more!}"),
            ("Beside", "{id,kind!}"),
            ("Narrow", "{id,kind}"),
            ("Words", "{id,kind}"),
            ("Free", "map(any)"),
            ("FreeToo", "map(any)"),
            ("Open", "{a}"),
            ("Map", "map(int)"),
        ],
    );
}

#[test]
fn other_words_for_a_type_are_an_alias() {
    let (api, _) = schemas(
        "3.1.0",
        "Base: {type: string, enum: [a]}
Words: {$ref: '#/components/schemas/Base', description: said again}
Again: {allOf: [{$ref: '#/components/schemas/Words'}], default: a}
Null: {oneOf: [{$ref: '#/components/schemas/Base'}, {type: 'null'}]}
Other: {allOf: [{$ref: '#/components/schemas/Base'}], enum: [a, b]}",
    );
    let base = api.components[0].1;
    let alias = |name| schema(&api, name).alias_of;
    assert_eq!(
        [alias("Words"), alias("Again"), alias("Null")],
        [Some(base); 3]
    );
    assert_eq!([alias("Base"), alias("Other")], [None, None]);
    assert_eq!(schema(&api, "Words").description, "said again");
    assert!(schema(&api, "Null").nullable);
}

#[test]
fn a_constant_of_each_alternative_is_a_tag() {
    let (api, _) = schemas(
        "3.1.0",
        "A: {type: object, properties: {v: {const: x}, kind: {const: a}, n: {const: 1}}}
B: {type: object, properties: {v: {const: x}, kind: {enum: [b]}, n: {const: 2}}}
Both: {type: object, properties: {kind: {enum: [a, b]}}}
Bare: {type: object, properties: {kind: {type: string}}}
Told: {oneOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}]}
Twice: {oneOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/A', deprecated: true}]}
Several: {oneOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/Both'}]}
Any: {oneOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/Bare'}]}
Text: {oneOf: [{$ref: '#/components/schemas/A'}, {type: string}]}
Named: {oneOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}], discriminator: {propertyName: v}}",
    );
    let tag = |name| match &schema(&api, name).kind {
        SchemaKind::Union(union) => union.discriminator.as_ref().map(|tag| {
            let values: Vec<&str> = tag.mapping.keys().map(String::as_str).collect();
            format!("{}: {}", tag.property, values.join(", "))
        }),
        _ => Some("no union".to_owned()),
    };
    assert_eq!(tag("Told").as_deref(), Some("kind: a, b"));
    assert_eq!(tag("Named").as_deref(), Some("v: A, B"));
    for name in ["Twice", "Several", "Any", "Text"] {
        assert_eq!(tag(name), None, "{name}");
    }
}

#[test]
fn alternatives() {
    check(
        "3.1.0",
        "Consts: {oneOf: [{const: a, description: first}, {const: b}]}
OpenEnum: {anyOf: [{type: string}, {type: string, enum: [x]}]}
Dates: {anyOf: [{type: string, format: date}, {type: string, enum: [now]}]}
Numbers: {oneOf: [{type: integer}, {type: number}]}
Mixed: {oneOf: [{type: integer}, {type: string}]}
Conditions: {type: object, properties: {a: {}, b: {}}, anyOf: [{required: [a]}, {required: [b]}]}
One: {oneOf: [{type: array, items: {type: boolean}}]}
Tree: {type: object, properties: {children: {type: array, items: {$ref: '#/components/schemas/Tree'}}}}",
        &[
            ("Consts", "enum(\"a\",\"b\")"),
            ("OpenEnum", "enum(\"x\")"),
            ("Dates", "text"),
            ("Numbers", "num"),
            ("Mixed", "int|text"),
            ("Conditions", "{a,b}"),
            ("One", "[bool]"),
            ("Tree", "{children}"),
        ],
    );
}
