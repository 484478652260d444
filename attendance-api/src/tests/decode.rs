//! What the wire may bring, and what becomes of it.

use serde_json::json;

use super::sample::{EmployeeType, GroupType, Pet, PunchTimeRule, PunchType, Shift};
use crate::rt::{self, DriftKind};

fn read(document: &rt::Json) -> Result<(Shift, rt::Drift), String> {
    let mut shift = Shift::default();
    let mut drift = rt::Drift::default();
    let text = document.to_string();
    rt::decode(text.as_bytes(), &mut shift, "data", Some(&mut drift))
        .map(|()| (shift, drift))
        .map_err(|error| error.to_string())
}

fn value(document: &rt::Json) -> Shift {
    read(document).unwrap().0
}

fn notes(document: &rt::Json) -> Vec<(String, DriftKind, u64)> {
    let (_, drift) = read(document).unwrap();
    drift
        .notes()
        .map(|note| (note.path.to_owned(), note.kind, note.count))
        .collect()
}

fn full() -> rt::Json {
    json!({
        "shift_id": "6919358778597097404",
        "is_flexible": true,
        "kind": 3,
        "day": 20190817,
        "quantity": "8",
        "punch_time_rule": [
            {"on_time": "9:00", "late_minutes": 5, "employee_type": "employee_no"},
            {"on_time": "26:00"}
        ],
        "next": {"shift_id": "2"},
        "names": {"zh": "早班"},
        "punch_type": 3,
        "extra": {"a": [1, null]},
        "pet": {"user_id": "u", "pet_type": "row"},
        "amount": "2.50",
        "check_time": "1611476284",
        "ratio": 0.5
    })
}

#[test]
fn a_document_comes_back_as_it_went() {
    let shift = value(&full());
    assert_eq!(shift.kind, Some(GroupType::Free));
    assert_eq!(shift.day.unwrap().ymd(), Some((2019, 8, 17)));
    assert_eq!(shift.quantity, Some(8));
    assert_eq!(
        shift.punch_time_rule[0].employee_type,
        Some(EmployeeType::EmployeeNo)
    );
    assert_eq!(shift.punch_type, Some(PunchType::GPS | PunchType::WIFI));
    // The variant of the union has no member for the tag: the union itself reads and writes it.
    let expected = full();
    assert_eq!(rt::to_value(&shift).unwrap(), expected);
    #[cfg(feature = "serde")]
    {
        assert_eq!(serde_json::to_value(&shift).unwrap(), expected);
        assert_eq!(serde_json::from_value::<Shift>(full()).unwrap(), shift);
    }
    let plain: Vec<_> = notes(&full());
    assert_eq!(plain, []);
}

#[test]
fn absent_null_and_empty_are_the_same_nothing() {
    let nothing = json!({
        "shift_id": null, "is_flexible": null, "kind": null, "day": null, "quantity": null,
        "punch_time_rule": null, "next": null, "names": null, "punch_type": null, "extra": null,
        "pet": null, "amount": null, "check_time": null, "ratio": null
    });
    assert_eq!(value(&nothing), Shift::default());
    assert_eq!(value(&json!({})), Shift::default());
    let hollow = json!({"next": [], "names": [], "punch_time_rule": {}, "quantity": ""});
    assert_eq!(value(&hollow), Shift::default());
    assert_eq!(
        value(&json!({"next": "", "punch_time_rule": ""})),
        Shift::default()
    );
    assert_eq!(
        value(&json!({"punch_time_rule": [null, {"late_minutes": 1}, null]}))
            .punch_time_rule
            .len(),
        1
    );
}

#[test]
fn text_and_numbers_stand_for_each_other() {
    let swapped = json!({
        "shift_id": 6_919_358_778_597_097_404_i64, "is_flexible": "1", "kind": "3", "day": "20190817",
        "quantity": 8, "punch_type": "3", "amount": 2.5, "check_time": 1_611_476_284, "ratio": "0.5",
        "punch_time_rule": [{"late_minutes": 5.0}, {"late_minutes": "5.0"}]
    });
    let shift = value(&swapped);
    assert_eq!(shift.shift_id, "6919358778597097404");
    assert_eq!(shift.is_flexible, Some(true));
    assert_eq!(shift.kind, Some(GroupType::Free));
    assert_eq!(shift.quantity, Some(8));
    assert_eq!(shift.amount.as_ref().unwrap().as_str(), "2.5");
    assert_eq!(shift.punch_time_rule[0].late_minutes, Some(5));
    assert_eq!(shift.punch_time_rule[1].late_minutes, Some(5));
    let kinds: Vec<_> = notes(&swapped).into_iter().map(|note| note.1).collect();
    assert!(kinds.iter().all(|kind| *kind == DriftKind::SwappedType));
    assert_eq!(kinds.len(), 10);
    let large = json!({"quantity": 9_007_199_254_740_993_i64});
    assert_eq!(value(&large).quantity, Some(9_007_199_254_740_993));
}

#[test]
fn unknown_values_are_kept() {
    let odd = json!({"kind": 77, "punch_time_rule": [{"employee_type": "open_id"}], "pet": {"pet_type": "dog"}});
    let shift = value(&odd);
    let EmployeeType::Unknown(text) = shift.punch_time_rule[0].employee_type.clone().unwrap()
    else {
        panic!("the value has no name")
    };
    assert_eq!(text.as_str(), "open_id");
    assert_eq!(shift.kind.as_ref().unwrap().as_i64(), 77);
    assert_eq!(shift.pet, Some(Pet::Other(json!({"pet_type": "dog"}))));
    let mut expected = odd.clone();
    expected["shift_id"] = json!("");
    assert_eq!(rt::to_value(&shift).unwrap(), expected);
}

#[test]
fn what_cannot_be_converted_is_named_by_its_path_and_never_shown() {
    let cases = [
        (
            json!({"punch_time_rule": [{}, {"late_minutes": "secret"}]}),
            "data.punch_time_rule[1].late_minutes: expected a whole number, found text",
        ),
        (
            json!({"quantity": 1.5}),
            "data.quantity: expected a whole number of 64 bits, found a number",
        ),
        (
            json!({"quantity": [1]}),
            "data.quantity: expected text, found a list",
        ),
        (
            json!({"next": "secret"}),
            "data.next: expected an object, found text",
        ),
        (
            json!({"names": {"k y": {}}}),
            "data.names{?}: expected text, found an object",
        ),
        (
            json!({"punch_time_rule": {"a": 1}}),
            "data.punch_time_rule: expected a list, found an object",
        ),
        (
            json!({"is_flexible": 2}),
            "data.is_flexible: expected true or false, found a number",
        ),
        (
            json!({"shift_id": 1e22}),
            "data.shift_id: expected text or an exact number, found a number",
        ),
        (json!([1, 2]), "data: expected an object, found a list"),
    ];
    for (document, expected) in cases {
        let error = read(&document).unwrap_err();
        assert!(error.starts_with(expected), "{document}: {error}");
        assert!(!error.contains("secret"));
    }
}

#[test]
fn odd_documents_end_in_an_error() {
    let deep_unknown = format!("{{\"x\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let deep_known = format!(
        "{{\"extra\":{}{}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let deep_next = format!("{}{}", "{\"next\":".repeat(50_000), "}".repeat(50_000));
    let cases: [&[u8]; 12] = [
        b"",
        b"{",
        b"{\"shift_id\":\"a",
        b"{}x",
        b"{}{}",
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\0}\0",
        b"{\"shift_id\":\"\xff\"}",
        b"{\"quantity\":1e999}",
        b"{\"shift_id\":\"a\",\"shift_id\":\"b\"}",
        deep_known.as_bytes(),
        deep_next.as_bytes(),
    ];
    for case in cases {
        let mut shift = Shift::default();
        assert!(
            rt::decode(case, &mut shift, "", None).is_err(),
            "{:?}",
            &case[..case.len().min(40)]
        );
    }
    // What nobody looks at may be as deep as it likes.
    let mut shift = Shift::default();
    assert!(rt::decode(deep_unknown.as_bytes(), &mut shift, "", None).is_ok());
}

#[test]
fn drift_is_told_without_values() {
    let document = json!({
        "brand_new": "secret", "a secret key": 1,
        "punch_time_rule": [{"x": 1}, {"x": 2, "employee_type": "secret"}], "next": null
    });
    let mut found = notes(&document);
    found.sort();
    let expected = [
        ("data.?", DriftKind::UnknownMember, 1),
        ("data.brand_new", DriftKind::UnknownMember, 1),
        ("data.next", DriftKind::NullObject, 1),
        (
            "data.punch_time_rule[].employee_type",
            DriftKind::UnknownValue,
            1,
        ),
        ("data.punch_time_rule[].x", DriftKind::UnknownMember, 2),
        ("data.shift_id", DriftKind::MissingMember, 1),
    ];
    assert_eq!(
        found,
        expected.map(|(path, kind, count)| (path.to_owned(), kind, count))
    );
}

#[test]
fn a_flood_of_unknown_members_takes_bounded_room() {
    let mut document = serde_json::Map::new();
    for index in 0..5_000 {
        document.insert(format!("m{index}"), json!(1));
    }
    let (_, drift) = read(&document.into()).unwrap();
    assert_eq!(drift.notes().count(), 1_000);
    assert_eq!(drift.dropped(), 4_001);
}

#[test]
fn values_are_compared_and_shown_member_by_member() {
    let one: Shift = rt::from_value(&full()).unwrap();
    let mut other = one.clone();
    assert_eq!(one, other);
    other.punch_time_rule[0].late_minutes = Some(77);
    assert_ne!(one, other);
    let mut other = one.clone();
    other.next = None;
    assert_ne!(one, other);

    let rule = PunchTimeRule {
        late_minutes: Some(77),
        ..PunchTimeRule::default()
    };
    assert_eq!(
        format!("{rule:?}"),
        r#"PunchTimeRule { on_time: None, late_minutes: Some(77), employee_type: None }"#
    );
}
