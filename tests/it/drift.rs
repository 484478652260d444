//! Pages against pages and against a spec, on small pages of our own about a library of books.

use std::collections::{BTreeMap, BTreeSet};

use xtask::drift::facts::{Facts, Field, Key, Part, RateLimit, Slot, Subject, Ty};
use xtask::drift::{page, prose, read_pages, report};

const SHELF_GET: &str = include_str!("../fuzz/seeds/page/shelf.md");

const EVENT: &str = "# 事件\n\n**事件类型**\n\n`book.lent_v1`\n\n**事件体**\n|名称|类型|描述|\n|---|---|---|\n|header|event_header|头|\n|&emsp;∟event_id|string|号|\n|event|-|体|\n|&emsp;∟copies|list|本|\n|&emsp;&emsp;∟state|string|值为：【Good（好），Worn（旧）】\n\n**事件示例**\n```json\n{\"event\": {\"copies\": [{\"state\": \"Good\", \"shelf\": 1}]}}\n```\n";

fn pages(pages: &[(&str, &str)]) -> Facts {
    let pages: BTreeMap<_, _> = pages
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect();
    read_pages(&pages).0
}

fn shelf() -> Subject {
    page::read("shelf/get.md", SHELF_GET)
        .expect("the page describes an operation")
        .1
}

fn set<const N: usize>(items: [&str; N]) -> BTreeSet<String> {
    items.map(str::to_owned).into()
}

/// What the report says between its first line and its counts.
fn differences(first: &Facts, second: &Facts) -> Vec<String> {
    let report = report(("old", first), ("new", second));
    report
        .text()
        .lines()
        .filter(|line| line.starts_with("  "))
        .map(|line| line.trim().to_owned())
        .collect()
}

#[test]
fn a_page_tells_its_operation() {
    let (key, subject) = page::read("shelf/get.md", SHELF_GET).expect("an operation");
    assert_eq!(key, Key::operation("get", "/api/v1/shelves/{any}"));
    assert_eq!(
        subject.rate_limits,
        BTreeSet::from([RateLimit {
            calls: 20,
            seconds: 1
        }])
    );
    assert_eq!(subject.app_types, set(["custom", "isv"]));
    assert_eq!(subject.scopes, set(["shelf:read", "shelf:write"]));
    assert_eq!(subject.tokens, set(["tenant_access_token"]));
    let codes: Vec<_> = subject
        .errors
        .iter()
        .map(|(code, fact)| (*code, fact.retired))
        .collect();
    assert_eq!(codes, [(7001, false), (7002, true)]);
    assert!(
        subject
            .samples
            .contains_key(&Slot::new(Part::Answer, "books[].weight"))
    );
}

#[test]
fn members_nest_by_indentation() {
    let told: Vec<_> = shelf()
        .fields
        .iter()
        .map(|field| format!("{}: {}", field.slot, field.ty))
        .collect();
    assert_eq!(
        told,
        [
            "path parameter `shelf_id`: string",
            "query parameter `order`: string",
            "query parameter `page_size`: integer",
            "answer `books`: list of object",
            "answer `books[].title`: string",
            "answer `books[].pages`: integer",
            "answer `open`: boolean",
        ]
    );
}

#[test]
fn descriptions_tell_values_limits_defaults_and_retirement() {
    let subject = shelf();
    let field = |part, path: &str| {
        subject
            .field(&Slot::new(part, path))
            .expect("the field is listed")
            .clone()
    };
    let order = field(Part::Query, "order");
    assert_eq!(
        (order.values, order.default.as_deref(), order.required),
        (set(["asc", "desc"]), Some("asc"), Some(false))
    );
    let size = field(Part::Query, "page_size");
    assert_eq!(
        (size.limits.least, size.limits.most, size.required),
        (Some(1.0), Some(50.0), Some(true))
    );
    assert!(field(Part::Answer, "books[].pages").deprecated);
    assert!(
        field(Part::Answer, "open").values.is_empty(),
        "both truth values are no list"
    );
}

#[test]
fn an_event_page_tells_its_event() {
    let (key, subject) = page::read("event/lent.md", EVENT).expect("an event");
    assert_eq!(key, Key::Event("book.lent_v1".to_owned()));
    let paths: Vec<_> = subject
        .fields
        .iter()
        .map(|field| field.slot.path.as_str())
        .collect();
    assert_eq!(
        paths,
        [
            "header",
            "header.event_id",
            "event",
            "event.copies",
            "event.copies[].state"
        ]
    );
    assert_eq!(subject.fields[4].values, set(["Good", "Worn"]));
    assert!(
        subject
            .samples
            .contains_key(&Slot::new(Part::Event, "event.copies[].shelf"))
    );
}

#[test]
fn lists_of_values_are_read_in_every_form() {
    let cases: [(&str, &[&str]); 9] = [
        (
            "类型<br>**可选值有**：<br>- `1`: 天 - `2`: 小时<br>**示例值**：3",
            &["1", "2"],
        ),
        ("**可选值有：** * 1：A * 2：B", &["1", "2"]),
        ("种类 * `en `：英语 * `ja`：日语", &["en", "ja"]),
        ("可选值：1：工作 2：休息。默认值：1", &["1", "2"]),
        ("值为：【on（上），off（下）】", &["off", "on"]),
        ("等级 l1：国家； l2：省", &["l1", "l2"]),
        ("地图，1：A， 2：B", &["1", "2"]),
        ("格式如 7:00 或 26:00，见 https://a.example/b", &[]),
        ("单独一个 1：无", &[]),
    ];
    for (text, values) in cases {
        assert_eq!(
            prose::values(text)
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>(),
            values,
            "{text}"
        );
    }
}

#[test]
fn pages_without_an_address_are_no_operation() {
    let overview = "# 概述\n\n| 名称 | 类型 |\n| --- | --- |\n| `a` | `string` |\n";
    assert_eq!(page::read("overview.md", overview), None);
    // Nothing in a page can stop the reader.
    for text in [
        "",
        "|",
        "| a\n|---",
        "```",
        "---\n",
        "**",
        "| 名称 | 类型 |\n|---|---|\n||\n| |",
        "](",
        "[](x",
    ] {
        assert_eq!(
            page::read("odd.md", &format!("## 请求\n### 请求体\n{text}")),
            None,
            "{text}"
        );
    }
}

#[test]
fn two_states_of_pages_tell_what_changed_and_no_more() {
    let new = SHELF_GET
        .replace("wrong shelf", "shelf is wrong")
        .replace("历史错误码，不再使用", "shelf is closed")
        .replace("| &nbsp;&nbsp;└ `open`", "| &nbsp;&nbsp;└ `room` | `room` | 房间 |\n| &nbsp;&nbsp;&nbsp;&nbsp;└ `floor` | `int` | 层 |\n| &nbsp;&nbsp;└ `open`")
        .replace("| `page_size` | `int` | 是", "| `page_size` | `int` | 否")
        .replace("- `desc`: 降序", "- `desc`: 降序 - `none`: 无")
        .replace("`1` ～ `50`", "`1` ～ `100`");
    let (old, new) = (
        pages(&[("get.md", SHELF_GET), ("lent.md", EVENT)]),
        pages(&[("get.md", &new), ("lent.md", &EVENT.replace("旧", "老"))]),
    );
    assert_eq!(
        differences(&old, &new),
        [
            "+ query parameter `order`: value none",
            "~ query parameter `page_size`: required flag required -> optional",
            "~ query parameter `page_size`: upper limit 50 -> 100",
            "+ answer `room`: object",
            "+ answer `room.floor`: integer",
            "~ retired error code 7002 (retired) -> 7002",
        ]
    );
    let summary = report(("old", &old), ("new", &new)).summary();
    assert!(
        summary.contains("2 fields only in new (1 operation)"),
        "{summary}"
    );
    assert!(summary.contains("1 with other words only"), "{summary}");
    assert_eq!(differences(&old, &old), [""; 0]);
}

#[test]
fn a_new_page_and_a_gone_page_are_told() {
    let (old, new) = (
        pages(&[("get.md", SHELF_GET)]),
        pages(&[("lent.md", EVENT)]),
    );
    assert_eq!(
        differences(&old, &new),
        ["+ event book.lent_v1", "- GET /api/v1/shelves/{}"]
    );
}

/// The spec side, as [`xtask::drift::spec`] would make it.
fn spec_side() -> Facts {
    let mut facts = pages(&[("get.md", SHELF_GET)]);
    let subject = facts.subjects.values_mut().next().expect("one operation");
    subject.name = "shelf.get".to_owned();
    subject.samples.clear();
    facts
}

fn change(facts: &mut Facts, change: impl FnOnce(&mut Subject)) {
    change(facts.subjects.values_mut().next().expect("one operation"));
}

#[test]
fn what_the_spec_lacks_and_has_more_is_told() {
    let pages = pages(&[("get.md", SHELF_GET)]);
    let mut spec = spec_side();
    change(&mut spec, |subject| {
        subject.fields.retain(|field| field.slot.leaf() != "title");
        subject
            .fields
            .push(Field::new(Slot::new(Part::Answer, "owner"), Ty::Text));
        subject.errors.remove(&7001);
        subject.scopes.remove("shelf:write");
    });
    assert_eq!(
        differences(&spec, &pages),
        [
            "+ scope shelf:write",
            "+ answer `books[].title`: string",
            "- answer `owner`: string",
            "+ answer `books[].weight`: in the sample only   (?)",
            "+ error code 7001",
        ]
    );
}

#[test]
fn a_member_of_the_sample_is_no_surprise_in_the_spec() {
    let mut spec = spec_side();
    change(&mut spec, |subject| {
        subject.fields.push(Field::new(
            Slot::new(Part::Answer, "books[].weight"),
            Ty::Integer,
        ))
    });
    assert_eq!(
        differences(&spec, &pages(&[("get.md", SHELF_GET)])),
        [""; 0]
    );
}

#[test]
fn quirks_and_retired_codes_explain() {
    let pages = pages(&[("get.md", SHELF_GET)]);
    let mut spec = spec_side();
    let books = Slot::new(Part::Answer, "books");
    change(&mut spec, |subject| {
        subject.fields.push(Field::new(
            Slot::new(Part::Answer, "books[].isbn"),
            Ty::Text,
        ));
        subject.fields.push(Field::new(
            Slot::new(Part::Answer, "books[].colour"),
            Ty::Text,
        ));
        subject.errors.entry(7009).or_default().retired = true;
        subject.quirks.push((
            Some(books.clone()),
            "`isbn` and `weight` are known to clients only.".to_owned(),
        ));
    });
    assert_eq!(
        differences(&spec, &pages),
        ["- answer `books[].colour`: string"]
    );
    let report = report(("spec", &spec), ("pages", &pages));
    assert!(
        report.summary().contains("3 more that the spec explains"),
        "{}",
        report.summary()
    );
    assert_eq!(report.open().count(), 1);
}

#[test]
fn members_of_what_only_the_spec_has_are_explained_with_it() {
    let pages = pages(&[("get.md", SHELF_GET)]);
    let mut spec = spec_side();
    change(&mut spec, |subject| {
        for path in ["room", "room.floor", "hall", "hall.floor"] {
            subject
                .fields
                .push(Field::new(Slot::new(Part::Answer, path), Ty::Object));
        }
        let room = Some(Slot::new(Part::Answer, "room"));
        subject
            .quirks
            .push((room, "Seen in answers only.".to_owned()));
    });
    assert_eq!(
        differences(&spec, &pages),
        [
            "- answer `hall`: object",
            "- answer `hall.floor`: object",
            "+ answer `books[].weight`: in the sample only   (?)"
        ]
    );
}

#[test]
fn values_that_the_pages_show_anywhere_are_known_to_them() {
    let row = |name: &str, text: &str| {
        format!("| &nbsp;&nbsp;└ `{name}` | `string` | {text} |\n| &nbsp;&nbsp;└ `open`")
    };
    let page = SHELF_GET.replace(
        "| &nbsp;&nbsp;└ `open`",
        &row("state", "**可选值有：** * good：好 * worn：旧。或者 lost"),
    );
    let page = page.replace("\"open\": true", "\"state\": \"new\"");
    let pages = pages(&[
        ("get.md", &page),
        (
            "lent.md",
            &EVENT.replace("Good（好）", "sold（卖），Good（好）"),
        ),
    ]);
    let mut spec = pages.clone();
    let state = Slot::new(Part::Answer, "state");
    for subject in spec
        .subjects
        .values_mut()
        .filter(|subject| subject.field(&state).is_some())
    {
        let field = subject
            .fields
            .iter_mut()
            .find(|field| field.slot == state)
            .expect("it is there");
        // `lost` stands in the words, `new` in the sample, `sold` in the event's list; `burnt` nowhere.
        field
            .values
            .extend(["lost", "new", "sold", "burnt"].map(str::to_owned));
    }
    assert_eq!(
        differences(&spec, &pages),
        ["- answer `state`: value burnt"]
    );
}

#[test]
fn members_of_a_map_are_not_missing() {
    let pages = pages(&[("get.md", SHELF_GET)]);
    let mut spec = spec_side();
    change(&mut spec, |subject| {
        subject
            .fields
            .retain(|field| !field.slot.path.starts_with("books[]."));
        for field in subject
            .fields
            .iter_mut()
            .filter(|field| field.slot.path == "books")
        {
            field.open = true;
        }
    });
    assert_eq!(differences(&spec, &pages), [""; 0]);
}

#[test]
fn a_report_has_three_forms() {
    let (old, new) = (
        pages(&[("get.md", SHELF_GET)]),
        pages(&[("get.md", &SHELF_GET.replace("20 次/秒", "1200 次/分钟"))]),
    );
    let report = report(("old", &old), ("new", &new));
    assert_eq!(
        report.markdown().lines().take(4).collect::<Vec<_>>(),
        [
            "### get.md (GET /api/v1/shelves/{})",
            "",
            "- added: rate limit 1200 a minute",
            "- gone: rate limit 20 a second"
        ]
    );
    let json: serde_json::Value =
        serde_json::from_str(&report.json()).expect("the JSON form is JSON");
    assert_eq!(json["differences"][0]["topic"], "rate limit");
    assert_eq!(json["differences"][0]["second"], "1200 a minute");
}
