//! Documents made to hurt: each ends in a located finding or in an API, without a panic and within small limits.
//!
//! Most of them are a few lines that stand for much more, or much that stands for nothing.

use codegen::diagnostic::{Format, Renderer, Spot};
use codegen::source::SourceMap;
use codegen::{Options, Profile};

const HEAD: &str = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\n";

/// A name, the root, its text, and the id of a finding that must be there.
struct Hostile {
    name: &'static str,
    path: &'static str,
    text: Vec<u8>,
    finds: Option<&'static str>,
}

/// The index of the document that this process is to read.
const CHILD: &str = "HOSTILE_CHILD";

/// Each in a process of its own, so that it can be seen what it costs.
#[test]
fn hostile_documents_end_in_located_findings() {
    if let Some(index) = std::env::var(CHILD)
        .ok()
        .and_then(|index| index.parse().ok())
    {
        let hostile = documents().swap_remove(index);
        attack(&hostile, Profile::Strict);
        attack(&hostile, Profile::Foreign);
        println!("{}", cost::of_this_process());
        return;
    }
    let costs: Vec<(cost::Cost, &str)> = documents()
        .iter()
        .enumerate()
        .map(|(index, hostile)| (cost::of_child(index, hostile.name), hostile.name))
        .collect();
    println!("dearest: {:?}", costs.iter().max());
    let dear: Vec<_> = costs.iter().filter(|(cost, _)| !cost.is_small()).collect();
    assert!(dear.is_empty(), "{dear:?}");
}

/// What a reading costs: seconds of the processor and megabytes, as far as the system tells.
mod cost {
    use std::process::Command;

    const MARK: &str = "cost:";

    #[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
    pub(super) struct Cost {
        milliseconds: u64,
        megabytes: u64,
    }

    impl Cost {
        /// Two readings, each of at most two seconds.
        pub(super) fn is_small(&self) -> bool {
            self.milliseconds < 4_000 && self.megabytes < 200
        }
    }

    /// A line for the parent. Linux has it in files; elsewhere it says nothing.
    pub(super) fn of_this_process() -> String {
        let read = |path| std::fs::read_to_string(path).unwrap_or_default();
        let (stat, status) = (read("/proc/self/stat"), read("/proc/self/status"));
        let ticks = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        let ticks = ticks.split_whitespace().skip(11).take(2);
        let ticks: u64 = ticks.filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak = peak.and_then(|peak| peak.trim().split(' ').next()?.parse::<u64>().ok());
        format!(
            "\n{MARK} {} {}",
            ticks * 10,
            peak.unwrap_or_default() / 1024
        )
    }

    pub(super) fn of_child(index: usize, name: &str) -> Cost {
        let program = std::env::current_exe().expect("this program has a path");
        let output = Command::new(program)
            .args(["--nocapture", "--exact"])
            .arg("hostile::hostile_documents_end_in_located_findings")
            .env(super::CHILD, index.to_string())
            .output()
            .expect("this program can be started again");
        let said = String::from_utf8_lossy(&output.stdout);
        let blame = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{name}: {said}{blame}");
        let line = said.lines().find_map(|line| line.strip_prefix(MARK));
        let mut figures = line.expect("it tells").split_whitespace().map(str::parse);
        let mut next = || figures.next().and_then(Result::ok).expect("a figure");
        Cost {
            milliseconds: next(),
            megabytes: next(),
        }
    }
}

fn attack(hostile: &Hostile, profile: Profile) {
    let mut sources = SourceMap::default();
    sources.add_bytes(hostile.path, hostile.text.clone());
    let outcome = codegen::run(
        &sources,
        hostile.path,
        profile,
        &Options { crate_name: None },
    );
    let found = outcome.diagnostics;
    for format in [Format::Full, Format::Json] {
        let shown = Renderer::new(format).render(&found, &sources);
        assert!(
            shown.len() < 8 << 20,
            "{}: {} bytes are shown",
            hostile.name,
            shown.len()
        );
    }
    for finding in found.iter() {
        let file = match &finding.primary.spot {
            Spot::Place(place) => place.file.as_ref(),
            Spot::Bytes { file, .. } => file.as_str(),
        };
        assert_eq!(file, hostile.path, "{}", hostile.name);
    }
    let ids: Vec<&str> = found.iter().map(|finding| finding.id.name()).collect();
    match hostile.finds {
        Some(id) => assert!(
            ids.contains(&id),
            "{}: {:?}",
            hostile.name,
            &ids[..ids.len().min(5)]
        ),
        None => assert!(
            outcome.generated.is_some() || profile == Profile::Strict,
            "{}: {:?}",
            hostile.name,
            &ids[..ids.len().min(5)]
        ),
    }
}

fn documents() -> Vec<Hostile> {
    let mut all = Vec::new();
    all.extend(broken_texts());
    all.extend(deep());
    all.extend(large());
    all.extend(references());
    all.extend(compositions());
    all.extend(names());
    all
}

fn yaml(
    name: &'static str,
    finds: impl Into<Option<&'static str>>,
    text: impl Into<String>,
) -> Hostile {
    Hostile {
        name,
        path: "a.yaml",
        text: text.into().into_bytes(),
        finds: finds.into(),
    }
}

fn json(
    name: &'static str,
    finds: impl Into<Option<&'static str>>,
    text: impl Into<String>,
) -> Hostile {
    Hostile {
        path: "a.json",
        ..yaml(name, finds, text)
    }
}

fn bytes(name: &'static str, finds: &'static str, text: &[u8]) -> Hostile {
    Hostile {
        text: text.to_vec(),
        ..yaml(name, finds, "")
    }
}

/// A document with these components and one operation that answers with `A`.
fn schemas(name: &'static str, finds: impl Into<Option<&'static str>>, text: &str) -> Hostile {
    let paths = "paths: {/a: {get: {operationId: a.get, responses: {'200': {description: D, content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}}}}\n";
    yaml(
        name,
        finds,
        format!("{HEAD}{paths}components:\n  schemas:\n{text}"),
    )
}

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

fn broken_texts() -> Vec<Hostile> {
    let head = HEAD;
    vec![
        bytes("nothing", "empty-document", b""),
        bytes("white space", "empty-document", b" \n\n"),
        bytes("NUL", "control-character", b"openapi: 3.1.0\0\n"),
        bytes("UTF-16", "not-utf8", b"\xff\xfeo\0p\0e\0n\0"),
        bytes(
            "half a character",
            "not-utf8",
            b"openapi: 3.1.0\ninfo: \xe8\x80",
        ),
        yaml(
            "byte order mark",
            "byte-order-mark",
            format!("\u{feff}{head}paths: {{}}\n"),
        ),
        yaml(
            "tabs",
            "tab-indentation",
            format!("{head}paths:\n\t/a: {{}}\n"),
        ),
        yaml(
            "direction",
            "control-character",
            format!("{head}paths: {{}}\nx-quirk: \"a \u{202e} b\"\n"),
        ),
        yaml(
            "direction by escape",
            "control-character",
            format!("{head}paths: {{}}\nx-quirk: \"a \\u202e b\"\n"),
        ),
        yaml(
            "two documents",
            "several-documents",
            format!("{head}paths: {{}}\n---\n{head}"),
        ),
        yaml("a scalar", "not-a-document", "hello\n"),
        yaml("a list", "not-a-document", "- openapi: 3.1.0\n"),
        yaml(
            "key twice",
            "duplicate-key",
            format!("{head}{head}paths: {{}}\n"),
        ),
        yaml("only a quote", "yaml-syntax", "\"\n"),
        yaml("only a bracket", "yaml-syntax", "["),
        yaml(
            "complex key",
            "key-not-text",
            format!("{head}? {{a: b}}\n: c\n"),
        ),
        json("half an object", "json-syntax", "{\"openapi\": \"3.1.0\", "),
        json(
            "lone surrogate",
            "json-syntax",
            "{\"openapi\": \"\\ud800\"}",
        ),
        json("1e999", "json-syntax", "{\"openapi\": 1e999}"),
        json("nothing in JSON", "empty-document", ""),
        json("null", "empty-document", "null"),
        json(
            "key twice in JSON",
            "duplicate-key",
            "{\"openapi\": \"3.1.0\", \"openapi\": \"3.0.0\", \"info\": {\"title\": \"T\", \"version\": \"1\"}, \"paths\": {}}",
        ),
    ]
}

fn deep() -> Vec<Hostile> {
    let n = 10_000;
    let nested = |open: &str, close: &str| {
        format!(
            "{HEAD}paths: {{}}\nx-a: {}{}\n",
            open.repeat(n),
            close.repeat(n)
        )
    };
    let blocks = lines(1_500, |depth| format!("{}a:\n", " ".repeat(depth)));
    let aliases = lines(30, |i| {
        format!("b{}: &b{} [*b{i}, *b{i}, *b{i}, *b{i}]\n", i + 1, i + 1)
    });
    vec![
        yaml("lists in lists", "too-deep", nested("[", "]")),
        yaml("lists that do not end", "too-deep", nested("[", "")),
        yaml("objects in objects", "too-deep", nested("{a: ", "}")),
        yaml("dashes", "too-deep", format!("{}a\n", "- ".repeat(n))),
        yaml(
            "question marks",
            "key-not-text",
            format!("{}a\n", "? ".repeat(n)),
        ),
        yaml(
            "blocks in blocks",
            "too-deep",
            format!("{blocks}{}b: 1\n", " ".repeat(1_500)),
        ),
        json("lists in lists in JSON", "too-deep", "[".repeat(n)),
        json(
            "objects in objects in JSON",
            "too-deep",
            "{\"a\":".repeat(n),
        ),
        yaml(
            "alias bomb",
            "yaml-anchor",
            format!("b0: &b0 [x, x]\n{aliases}"),
        ),
        yaml(
            "one wide anchor",
            "yaml-anchor",
            format!(
                "a: &a \"{}\"\n{}",
                "x".repeat(10_000),
                lines(1_000, |i| format!("b{i}: *a\n"))
            ),
        ),
        yaml("anchor of itself", "yaml-anchor", "a: &a [*a]\n"),
        yaml("merge bomb", "yaml-merge-key", "a: {<<: {<<: {b: 1}}}\n"),
    ]
}

fn large() -> Vec<Hostile> {
    let head = HEAD;
    let json_head =
        "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"T\",\"version\":\"1\"},\"paths\":{";
    let mega = "x".repeat(1 << 20);
    let many = |item: &str, n: usize| item.repeat(n);
    let flat = format!(
        "{{\"openapi\":\"3.1.0\",\"info\":{{\"title\":\"T\",\"version\":\"1\"}},\"paths\":{{}},{}\"z\":1}}",
        lines(20_000, |i| format!("\"k{i}\":1,"))
    );
    vec![
        yaml(
            "a file of five megabytes",
            "too-large",
            format!("{head}# {}\n", many("x", 5 << 20)),
        ),
        yaml(
            "a million values",
            "too-large",
            format!("{head}paths: {{}}\nx-a: [{}]\n", many("1,", 1_000_000)),
        ),
        json(
            "a million values in JSON",
            "too-large",
            format!("[{}1]", many("1,", 1_000_000)),
        ),
        yaml(
            "a megabyte in one text",
            None,
            format!("{head}paths: {{}}\nx-a: {mega}\n"),
        ),
        yaml(
            "a megabyte in one description",
            None,
            format!(
                "openapi: 3.1.0\ninfo: {{title: T, version: '1', description: '{mega}'}}\npaths: {{}}\n"
            ),
        ),
        yaml(
            "a megabyte in one key",
            "yaml-syntax",
            format!("{head}paths: {{}}\nx-{mega}: 1\n"),
        ),
        json(
            "a megabyte in one path",
            "invalid-path",
            format!("{json_head}\"/{mega}\": {{}}}}}}"),
        ),
        json(
            "a megabyte of braces",
            "invalid-path",
            format!("{json_head}\"/{}\": {{}}}}}}", many("{a}", 350_000)),
        ),
        json(
            "twenty thousand unknown keys in a line",
            "unknown-key",
            flat,
        ),
        yaml(
            "unknown keys far apart",
            "unknown-key",
            format!(
                "{head}paths: {{}}\n{}",
                lines(5_000, |i| format!("key{i}: {}\n", "y".repeat(100)))
            ),
        ),
        yaml(
            "the same key over and over",
            "duplicate-key",
            format!("{head}paths: {{}}\nx-a:\n{}", many("  a: 1\n", 10_000)),
        ),
        yaml(
            "blank lines",
            None,
            format!("{head}paths: {{}}\nx-a: |\n{}  a\n", many("\n", 200_000)),
        ),
        yaml(
            "folded lines",
            None,
            format!("{head}paths: {{}}\nx-a: \"{}\"\n", many("a\n  ", 200_000)),
        ),
        yaml(
            "comments",
            None,
            format!("{head}paths: {{}}\n{}", many("#\n", 200_000)),
        ),
        yaml(
            "colons",
            "yaml-syntax",
            format!("{head}paths: {{}}\nx-a: {}\n", many("a:", 300_000)),
        ),
        yaml(
            "quotes",
            "yaml-syntax",
            format!("{head}paths: {{}}\nx-a: {}\n", many("'a' ", 100_000)),
        ),
        schemas(
            "a type of thousands of members",
            "too-large",
            &format!(
                "    A:\n      properties:\n{}",
                lines(20_000, |i| format!("        p{i}: {{type: string}}\n"))
            ),
        ),
        schemas(
            "thousands of types",
            "too-large",
            &format!(
                "    A: {{}}\n{}",
                lines(12_000, |i| format!(
                    "    T{i}: {{properties: {{a: {{}}}}}}\n"
                ))
            ),
        ),
        yaml(
            "thousands of operations",
            "too-large",
            format!(
                "{head}paths:\n{}",
                lines(5_000, |i| format!(
                    "  /p{i}: {{get: {{operationId: a.o{i}, responses: {{'204': {{description: D}}}}}}}}\n"
                ))
            ),
        ),
        yaml(
            "as many operations as there may be",
            None,
            format!(
                "{head}paths:\n{}",
                lines(3_900, |i| format!(
                    "  /p{i}: {{get: {{operationId: a.o{i}, responses: {{'204': {{description: D}}}}}}}}\n"
                ))
            ),
        ),
        yaml(
            "a server that grows",
            None,
            format!(
                "{head}paths: {{}}\nservers: [{{url: '{}', variables: {{a: {{default: '{}'}}, b: {{default: x}}}}}}]\n",
                many("{a}{b}", 300),
                many("{b}", 600)
            ),
        ),
        yaml(
            "security schemes that are not there",
            "unknown-scheme",
            format!(
                "{head}paths: {{}}\nsecurity:\n{}components:\n  securitySchemes:\n{}",
                lines(2_000, |i| format!("- {{scheme_x{i}: []}}\n")),
                lines(2_000, |i| format!(
                    "    scheme{i}: {{type: http, scheme: bearer}}\n"
                )),
            ),
        ),
        yaml(
            "statuses",
            "invalid-value",
            format!(
                "{head}paths: {{/a: {{get: {{operationId: a, responses: {{{}}}}}}}}}\n",
                lines(20_000, |i| format!("{}: {{description: D}}, ", i + 1000)),
            ),
        ),
        yaml(
            "parameters",
            "duplicate-parameter",
            format!(
                "{head}paths: {{/a: {{get: {{operationId: a.get, parameters: [{}], responses: {{}}}}}}}}\n",
                many("{name: a, in: query, schema: {type: string}}, ", 3_000),
            ),
        ),
        yaml(
            "values of an enum",
            "duplicate-enum-value",
            format!(
                "{head}paths: {{/a: {{get: {{operationId: a.get, parameters: [{{name: a, in: query, schema: {{enum: [{}]}}}}], responses: {{}}}}}}}}\n",
                lines(6_000, |i| format!("v{}, ", i % 5_000)),
            ),
        ),
    ]
}

fn references() -> Vec<Hostile> {
    let to = |name: &str| format!("{{$ref: '#/components/schemas/{name}'}}");
    let chain = lines(1_000, |i| {
        format!("    C{i}: {}\n", to(&format!("C{}", i + 1)))
    });
    let wide = lines(20_000, |_| {
        "- {$ref: '#/components/schemas/B'}\n        ".to_owned()
    });
    let words = format!("'{}'", "w".repeat(1 << 20));
    let again = lines(500, |i| {
        format!("        p{i}: {{$ref: '#/components/schemas/B', title: T}}\n")
    });
    let paths = lines(2_000, |i| {
        format!("  /p{i}: {{$ref: '#/components/pathItems/P'}}\n")
    });
    let shared = lines(200, |i| {
        format!("      - {{name: q{i}, in: query, schema: {{type: string}}}}\n")
    });
    let statuses = lines(400, |i| {
        format!(
            "        {}: {{$ref: '#/components/responses/R'}}\n",
            100 + i
        )
    });
    vec![
        schemas("to itself", "cyclic-ref", &format!("    A: {}\n", to("A"))),
        schemas("in a circle", "cyclic-ref", &format!("    A: {}\n    B: {}\n", to("B"), to("A"))),
        schemas("a chain of thousands", "cyclic-ref", &format!("    A: {}\n{chain}    C1000: {{type: string}}\n", to("C0"))),
        schemas("to nothing", "dangling-ref", &format!("    A: {}\n", to("~1~0%2F%"))),
        schemas("out of the folder", "missing-file", "    A: {$ref: '../../../../etc/passwd'}\n"),
        schemas("over the network", "invalid-ref", "    A: {$ref: 'http://a.example/a.json'}\n"),
        schemas("to a number", "wrong-kind-ref", "    A: {$ref: '#/openapi'}\n"),
        schemas("to the whole document", None, "    A: {$ref: '#'}\n"),
        schemas("a text that is no text", "wrong-type", "    A: {$ref: [1]}\n"),
        schemas("a thousand slashes", "dangling-ref", &format!("    A: {{$ref: '#{}'}}\n", "/a".repeat(100_000))),
        schemas("one long description, told again", "too-large", &format!(
            "    A:\n      properties:\n{again}    B: {{type: string, description: {words}}}\n"
        )),
        schemas("one long description, in parts", "too-large", &format!(
            "    A:\n      allOf:\n        {wide}{{}}\n    B: {{type: string, description: {words}}}\n"
        ).replace("\n        {}\n", "\n")),
        yaml("a path item for thousands of paths", "too-large", format!(
            "{HEAD}paths:\n{paths}components:\n  pathItems:\n    P:\n      parameters:\n{shared}      get: {{operationId: p.get, responses: {{}}}}\n"
        )),
        yaml("a response for every status", None, format!(
            "{HEAD}paths:\n  /a:\n    get:\n      operationId: a.get\n      responses:\n{statuses}components:\n  responses:\n    R:\n      description: D\n      content:\n{}",
            lines(200, |i| format!("        application/x{i}: {{schema: {{type: string}}}}\n"))
        )),
    ]
}

fn compositions() -> Vec<Hostile> {
    let to = |name: String| format!("{{$ref: '#/components/schemas/{name}'}}");
    let members = lines(2_000, |i| format!("        m{i}: {{type: string}}\n"));
    let doubling = |key: &str| {
        lines(40, |i| {
            let next = to(format!("D{}", i + 1));
            format!(
                "    D{i}: {{{key}: [{next}, {next}, {{type: object, properties: {{p{i}: {{type: string}}}}}}]}}\n"
            )
        })
    };
    let heirs = lines(2_000, |i| {
        format!("    H{i}: {{allOf: [{}]}}\n", to("Base".into()))
    });
    let tower = |key: &str, n: usize| {
        format!(
            "    A: {}{{type: string}}{}\n",
            format!("{{{key}: [").repeat(n),
            "]}".repeat(n)
        )
    };
    let chain = lines(200, |i| {
        format!(
            "    C{i}: {{allOf: [{}], properties: {{c{i}: {{type: string}}}}}}\n",
            to(format!("C{}", i + 1))
        )
    });
    let variants = lines(4_000, |i| {
        format!("{{type: object, properties: {{v{i}: {{type: string}}}}}}, ")
    });
    vec![
        schemas(
            "parts that double",
            None,
            &format!(
                "    A: {}\n{}    D40: {{type: object}}\n",
                to("D0".into()),
                doubling("allOf")
            ),
        ),
        schemas(
            "alternatives that double",
            None,
            &format!(
                "    A: {}\n{}    D40: {{type: object}}\n",
                to("D0".into()),
                doubling("anyOf")
            ),
        ),
        schemas(
            "examples of alternatives that double",
            None,
            &format!(
                "    A: {{allOf: [{}], example: {{p39: 1, q: [1, 2]}}}}\n{}    D40: {{type: integer}}\n",
                to("D0".into()),
                doubling("anyOf")
            ),
        ),
        schemas(
            "heirs of a large base",
            "too-large",
            &format!(
                "    A: {}\n{heirs}    Base:\n      properties:\n{members}",
                to("H0".into())
            ),
        ),
        schemas("a tower of parts", None, &tower("allOf", 30)),
        schemas("a high tower of parts", "too-deep", &tower("allOf", 60)),
        schemas("a tower of alternatives", None, &tower("oneOf", 30)),
        schemas(
            "a chain of heirs",
            "unsupported-schema",
            &format!(
                "    A: {}\n{chain}    C200: {{type: object}}\n",
                to("C0".into())
            ),
        ),
        schemas(
            "parts in a circle",
            "cyclic-ref",
            &format!(
                "    A: {{allOf: [{}]}}\n    B: {{allOf: [{}]}}\n",
                to("B".into()),
                to("A".into())
            ),
        ),
        schemas(
            "alternatives in a circle",
            "cyclic-ref",
            &format!(
                "    A: {{oneOf: [{}, {{type: string}}]}}\n    B: {{oneOf: [{}, {{type: integer}}]}}\n",
                to("B".into()),
                to("A".into())
            ),
        ),
        schemas(
            "thousands of alternatives",
            None,
            &format!("    A: {{oneOf: [{variants}]}}\n"),
        ),
        schemas(
            "lists of itself",
            None,
            &format!("    A: {{type: array, items: {}}}\n", to("A".into())),
        ),
        schemas(
            "maps of itself",
            None,
            &format!("    A: {{additionalProperties: {}}}\n", to("A".into())),
        ),
        schemas(
            "what cannot be",
            "conflicting-schemas",
            "    A: {allOf: [{type: string}, {type: object, properties: {a: {}}}]}\n",
        ),
        schemas(
            "nothing of the right type",
            "wrong-type",
            "    A: {type: {}, properties: [], items: 3, required: {}, enum: no, allOf: x, oneOf: 1, description: [], nullable: 3, minimum: x, example: {}}\n",
        ),
        schemas("false", "unsupported-schema", "    A: false\n"),
    ]
}

fn names() -> Vec<Hostile> {
    let names = [
        "Self", "self", "r#type", "../../x", "crate", "", "_", "123", "é", "🕘", "a b", "*/",
        "\\\"", "#![x]", "type", "考勤", "a\\nb", "__", "0x", "Option", "String",
    ];
    let properties = lines(names.len(), |i| {
        format!("        \"{}\": {{type: string}}\n", names[i])
    });
    let components = lines(names.len(), |i| {
        format!(
            "    \"{}\": {{type: object, properties: {{a: {{type: string}}}}}}\n",
            names[i]
        )
    });
    let operations = lines(names.len(), |i| {
        format!(
            "  /{i}: {{get: {{operationId: \"{}\", tags: [\"{}\"], description: \"*/ ``` \\\" ]}}\\u0007\", responses: {{}}}}}}\n",
            names[i], names[i]
        )
    });
    vec![
        schemas(
            "names",
            None,
            &format!(
                "    A:\n      type: object\n      description: \"*/ #![a] ```\\n    code\\r\\n\"\n      properties:\n{properties}{components}"
            ),
        ),
        yaml(
            "ids",
            "control-character",
            format!("{HEAD}paths:\n{operations}"),
        ),
        yaml(
            "values",
            None,
            format!(
                "{HEAD}paths: {{/a: {{get: {{operationId: a.get, parameters: [{{name: q, in: query, schema: {{enum: [{}]}}}}], responses: {{}}}}}}}}\n",
                lines(names.len(), |i| format!("\"{}\", ", names[i]))
            ),
        ),
    ]
}
