//! Statistics: which columns there are, which an operator's view shows, and their cells.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::stats_cells::{Period, cells};
use super::stats_columns::{Heading, PER_DAY, columns_of};
use super::{Call, read_day, rows, strings, text};
use crate::sandbox::answer::{Failure, Outcome, Reply, invalid};
use crate::sandbox::page::{base64, base64_decode};
use crate::sandbox::world::calendar::{Day, to_dashed, weekday};
use crate::sandbox::world::results::judge;

/// Rows that an answer holds; more are cut without a sign.
const MOST_ROWS: usize = 1000;
const MOST_DAYS: i32 = 31;

fn headings(call: &Call<'_>, body: &Value) -> Result<&'static [Heading], Failure> {
    check_locale(call.body)?;
    match columns_of(text(body, "stats_type")) {
        Some(headings) => Ok(headings),
        None => invalid("stats_type invalid"),
    }
}

fn check_locale(body: &Value) -> Result<(), Failure> {
    match text(body, "locale") {
        "" | "zh" | "en" | "ja" => Ok(()),
        _ => invalid("locale invalid"),
    }
}

pub(super) fn fields(call: &mut Call<'_>) -> Outcome {
    call.id_kind()?;
    let headings = headings(call, call.body)?;
    let locale = text(call.body, "locale");
    let (from, to) = (call.day("start_date")?, call.day("end_date")?);
    let fields: Vec<Value> = headings
        .iter()
        .map(|heading| {
            let mut children = Vec::new();
            for column in heading.columns {
                if column.code == PER_DAY {
                    children.extend(days(from, to).map(
                        |day| json!({"code": to_dashed(day), "title": day_title(day, locale)}),
                    ));
                } else {
                    children.push(json!({"code": column.code, "title": column.title(locale)}));
                }
            }
            json!({"code": heading.code, "title": heading.title(locale), "child_fields": children})
        })
        .collect();
    Ok(Reply::Data(json!({
        "user_stats_field": {"stats_type": text(call.body, "stats_type"), "user_id": "", "fields": fields},
    })))
}

/// The days of a span, as far as a report goes.
pub(super) fn days(from: Day, to: Day) -> impl Iterator<Item = Day> {
    (from..=to).take(40)
}

pub(super) fn day_title(day: Day, locale: &str) -> String {
    let zh = ["一", "二", "三", "四", "五", "六", "日"];
    let en = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let date = to_dashed(day);
    if locale == "zh" {
        format!("{date} 星期{}", zh[weekday(day)])
    } else {
        format!("{date} {}", en[weekday(day)])
    }
}

pub(super) fn view(call: &mut Call<'_>) -> Outcome {
    let kind = call.id_kind()?;
    let headings = headings(call, call.body)?;
    let operator = text(call.body, "user_id");
    let user = if operator.is_empty() {
        None
    } else {
        Some(call.user(kind, operator)?)
    };
    let key = user.map_or("", |user| &call.world.people.get(user).id);
    let stats_type = text(call.body, "stats_type");
    let locale = text(call.body, "locale");
    let saved = call.world.views.get(key, stats_type);
    let items: Vec<Value> = headings
        .iter()
        .map(|heading| {
            let children: Vec<Value> = heading
                .columns
                .iter()
                .map(|column| {
                    let fixed = column.code == NAME;
                    let shown =
                        fixed || saved.map_or(column.shown, |saved| saved.contains(column.code));
                    json!({
                        "code": column.code,
                        "value": if shown { "1" } else { "0" },
                        "title": column.title(locale),
                        "column_type": 0,
                        "read_only": fixed,
                        "min_value": "",
                        "max_value": "",
                    })
                })
                .collect();
            json!({"code": heading.code, "title": heading.title(locale), "child_items": children})
        })
        .collect();
    Ok(Reply::Data(json!({
        "view": {"view_id": view_id(key, stats_type), "stats_type": stats_type, "user_id": operator, "items": items},
    })))
}

/// The column that no view can hide.
const NAME: &str = "50101";

fn view_id(operator: &str, stats_type: &str) -> String {
    base64(format!("{stats_type}+{operator}").as_bytes())
}

fn read_view_id(id: &str) -> Option<(String, String)> {
    let text = String::from_utf8(base64_decode(id)?).ok()?;
    let (stats_type, operator) = text.split_once('+')?;
    columns_of(stats_type)?;
    Some((stats_type.to_owned(), operator.to_owned()))
}

pub(super) fn update_view(call: &mut Call<'_>) -> Outcome {
    let kind = call.id_kind()?;
    let view = &call.body["view"];
    let headings = headings(call, view)?;
    let user = call.user(kind, text(view, "user_id"))?;
    if read_view_id(call.parameter("user_stats_view_id")).is_none() {
        return invalid("user_stats_view_id invalid");
    }
    let known: HashSet<&str> = headings
        .iter()
        .flat_map(|heading| heading.columns)
        .map(|column| column.code)
        .collect();
    let mut shown = HashSet::new();
    for child in rows(&view["items"]).flat_map(|item| rows(&item["child_items"])) {
        match text(child, "value") {
            "1" if known.contains(text(child, "code")) => {
                shown.insert(text(child, "code").to_owned());
            }
            "0" | "1" => {}
            _ => return invalid("value invalid"),
        }
    }
    let operator = call.world.people.get(user).id.clone();
    call.world
        .views
        .set(&operator, text(view, "stats_type"), shown);
    Ok(Reply::Data(json!({ "view": view })))
}

pub(super) fn data(call: &mut Call<'_>) -> Outcome {
    let kind = call.id_kind()?;
    let headings = headings(call, call.body)?;
    let operator = text(call.body, "user_id");
    if operator.is_empty() {
        return invalid("Need user_id");
    }
    let operator = call.user(kind, operator)?;
    if strings(&call.body["user_ids"]).next().is_none() {
        return invalid("user_ids is required");
    }
    let (from, to) = (
        read_day(&call.body["start_date"])?,
        read_day(&call.body["end_date"])?,
    );
    super::schedules::check_span(from, to, MOST_DAYS)?;
    let stats_type = text(call.body, "stats_type");
    let saved = call
        .world
        .views
        .get(&call.world.people.get(operator).id, stats_type);
    let shown =
        |code: &str, shown: bool| code == NAME || saved.map_or(shown, |saved| saved.contains(code));
    let columns: Vec<_> = headings
        .iter()
        .flat_map(|heading| heading.columns)
        .filter(|column| shown(column.code, column.shown))
        .collect();
    let locale = text(call.body, "locale");
    let history = call.body["need_history"] == true;
    let (mut list, mut unseen) = (Vec::new(), Vec::new());
    for id in strings(&call.body["user_ids"]) {
        let Some(user) = call.world.people.find_visible(kind, id) else {
            unseen.push(id);
            continue;
        };
        if !history && call.world.people.get(user).left.is_some() {
            continue;
        }
        // Days without a group are in no report.
        let results = days(from, to)
            .filter_map(|day| judge(call.world, call.now, user, day))
            .filter(|result| result.group.is_some());
        let periods: Vec<Period> = if stats_type == "daily" {
            results
                .map(|result| Period::new(call.world, call.now, user, vec![result]))
                .collect()
        } else {
            let results: Vec<_> = results.collect();
            if results.is_empty() {
                Vec::new()
            } else {
                vec![Period::new(call.world, call.now, user, results)]
            }
        };
        for period in periods {
            if list.len() < MOST_ROWS {
                list.push(json!({
                    "name": call.world.people.get(user).name,
                    "user_id": id,
                    "datas": columns.iter().flat_map(|column| cells(call.world, &period, column, locale)).collect::<Vec<_>>(),
                }));
            }
        }
    }
    Ok(Reply::Data(
        json!({ "user_datas": list, "invalid_user_list": unseen }),
    ))
}
