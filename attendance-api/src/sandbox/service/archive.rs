//! Archive rules and the reports that are written for them.

use serde_json::{Value, json};

use super::{Call, rows, strings, text};
use crate::sandbox::answer::{Failure, Outcome, Reply, general, invalid};
use crate::sandbox::contract::{Violation, Weight};
use crate::sandbox::page::page;
use crate::sandbox::world::calendar::day;
use crate::sandbox::world::records::ArchiveRule;

pub(super) fn list(call: &mut Call<'_>) -> Outcome {
    // Described as optional, yet the call fails without it.
    if !call.parameters.contains_key("page_size") {
        return Err(Failure::field_violations(&[&Violation {
            weight: Weight::Shape,
            field: "page_size".to_owned(),
            value: None,
            description: "page_size is required".to_owned(),
            missing: true,
        }]));
    }
    let rules = call
        .world
        .archive
        .rules
        .iter()
        .enumerate()
        .map(|(number, rule)| (number as u64, rule));
    let write = |rule: &ArchiveRule| {
        json!({
            "archive_rule_id": rule.id,
            "archive_rule_name": rule.name,
            "report_id": rule.id,
            "report_name": rule.name,
        })
    };
    page(
        "archive_rule.list",
        "items",
        call.parameters,
        50,
        rules,
        write,
    )
    .map(Reply::Data)
}

fn checked_rule<'a>(call: &'a Call<'_>) -> Result<&'a ArchiveRule, Failure> {
    let month: i32 = text(call.body, "month").parse().unwrap_or(0);
    if day(month / 100, month % 100, 1).is_none() {
        return invalid("month invalid");
    }
    match call.world.archive.rule(text(call.body, "archive_rule_id")) {
        Some(rule) => Ok(rule),
        None => general("archive_rule_id not exist"),
    }
}

pub(super) fn fields(call: &mut Call<'_>) -> Outcome {
    let kind = call.id_kind()?;
    if !["", "zh", "en", "ja"].contains(&text(call.body, "locale")) {
        return invalid("locale invalid");
    }
    call.user(kind, text(call.body, "operator_id"))?;
    let rule = checked_rule(call)?;
    let fields: Vec<Value> = rule
        .columns
        .iter()
        .map(|(code, title, above)| json!({"code": code, "title": title, "upper_titles": above}))
        .collect();
    Ok(Reply::Data(json!({ "archive_report_fields": fields })))
}

pub(super) fn upload(call: &mut Call<'_>) -> Outcome {
    let kind = call.id_kind()?;
    call.user(kind, text(call.body, "operator_id"))?;
    let rule = checked_rule(call)?;
    let known: Vec<String> = rule.columns.iter().map(|(code, ..)| code.clone()).collect();
    let (rule, month) = (rule.id.clone(), text(call.body, "month").to_owned());
    let (mut wrong_codes, mut wrong_members) = (Vec::new(), Vec::new());
    for row in rows(&call.body["archive_report_datas"]) {
        let member = text(row, "member_id");
        let Some(user) = call.world.people.find_visible(kind, member) else {
            push_once(&mut wrong_members, member);
            continue;
        };
        let report = call
            .world
            .archive
            .reports
            .entry((rule.clone(), month.clone(), user))
            .or_default();
        report.clear();
        for cell in rows(&row["field_datas"]) {
            let code = text(cell, "code");
            if known.iter().any(|one| one == code) {
                report.insert(code.to_owned(), text(cell, "value").to_owned());
            } else {
                push_once(&mut wrong_codes, code);
            }
        }
    }
    Ok(Reply::Data(
        json!({ "invalid_code": wrong_codes, "invalid_member_id": wrong_members }),
    ))
}

fn push_once(list: &mut Vec<String>, text: &str) {
    if !list.iter().any(|one| one == text) {
        list.push(text.to_owned());
    }
}

pub(super) fn delete(call: &mut Call<'_>) -> Outcome {
    let kind = call.id_kind()?;
    call.user(kind, text(call.body, "operator_id"))?;
    let (rule, month) = (
        checked_rule(call)?.id.clone(),
        text(call.body, "month").to_owned(),
    );
    for id in strings(&call.body["user_ids"]) {
        let user = call.user(kind, id)?;
        call.world
            .archive
            .reports
            .remove(&(rule.clone(), month.clone(), user));
    }
    Ok(Reply::Data(json!({})))
}
