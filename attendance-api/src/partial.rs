//! Successes in which parts failed.
//!
//! A server tells such parts in lists of the answer, in the message of a success, or in the
//! message of an error. All become [`Problem`]s; nothing that was told is dropped.

use crate::error::{Error, ErrorClass, Result, clean};
use crate::operation::{OperationInfo, PartialRule};
use crate::wire::{Json, Sight, View, to_value};

/// Data, of which parts may be missing.
#[derive(Debug, Clone)]
#[must_use = "parts may have failed: look at `problems()`, or call `strict()`"]
pub struct Partial<T> {
    data: T,
    operation: &'static OperationInfo,
    problems: Vec<Problem>,
}

/// A part that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// What failed: an id, or a row as the server wrote it.
    pub subject: String,
    /// More on it, such as a reason or a day; may be empty.
    pub detail: String,
    /// What it means that it is told here.
    pub meaning: &'static str,
}

impl<T> Partial<T> {
    /// The parts that failed; empty if all went well.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Whether all parts went well.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.problems.is_empty()
    }

    /// The data, whether complete or not.
    #[must_use]
    pub fn data(&self) -> &T {
        &self.data
    }

    /// The data, if it is complete.
    ///
    /// # Errors
    ///
    /// If any part failed; the error carries the problems.
    pub fn strict(self) -> Result<T> {
        if self.problems.is_empty() {
            return Ok(self.data);
        }
        Err(incomplete(self.operation, self.problems))
    }

    /// The data and the parts that failed.
    #[must_use]
    pub fn into_parts(self) -> (T, Vec<Problem>) {
        (self.data, self.problems)
    }
}

/// The error that missing parts are to those who take no less than all.
pub(crate) fn incomplete(info: &'static OperationInfo, problems: Vec<Problem>) -> Error {
    let first = problems
        .first()
        .map_or("", |problem| problem.subject.as_str());
    let more = problems.len().saturating_sub(1);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    let message = clean(&format!("parts failed: {first}{more}"));
    let mut error = Error::new(ErrorClass::Api, message).with_operation(info.id);
    error.inner_mut().problems = problems;
    error
}

impl<T: View> Partial<T> {
    pub(crate) fn new(info: &'static OperationInfo, data: T, message: &str) -> Self {
        let problems = problems(info.partial, &data, message);
        Self {
            data,
            operation: info,
            problems,
        }
    }
}

fn problems(rules: &[PartialRule], data: &dyn View, message: &str) -> Vec<Problem> {
    let mut found = Vec::new();
    for rule in rules {
        match rule {
            PartialRule::List { path, meaning } => list(data, path, meaning, &mut found),
            PartialRule::RowList { meaning } => told(message, row_list, meaning, &mut found),
            PartialRule::RowMap { meaning } => told(message, row_map, meaning, &mut found),
            PartialRule::IdMap { meaning } => told(message, id_map, meaning, &mut found),
            PartialRule::Error { .. } => {}
        }
    }
    found
}

/// Problems that the message of an error tells, by the rule for its code.
pub(crate) fn problems_of_error(rules: &[PartialRule], code: i64, message: &str) -> Vec<Problem> {
    let mut found = Vec::new();
    for rule in rules {
        let PartialRule::Error {
            code: expected,
            meaning,
        } = rule
        else {
            continue;
        };
        let Ok(Json::Object(kinds)) = serde_json::from_str::<Json>(message) else {
            continue;
        };
        if *expected != code {
            continue;
        }
        for (kind, rows) in &kinds {
            for row in rows.as_array().into_iter().flatten() {
                add(&mut found, subject(row), clean(kind), meaning);
            }
        }
    }
    found
}

/// One problem for each item of a list. Only that list is looked at: the data beside it may be large.
fn list(data: &dyn View, path: &str, meaning: &'static str, found: &mut Vec<Problem>) {
    let (name, rest) = match path.split_once('.') {
        Some((name, rest)) => (name, Some(rest)),
        None => (path, None),
    };
    let member = match data.sight() {
        Sight::Record(record) | Sight::Tagged { record, .. } => {
            let index = record
                .fields()
                .iter()
                .position(|field| field.name() == name);
            index.and_then(|index| record.view(index))
        }
        Sight::Json(json) => json.get(name).map(|member| member as &dyn View),
        Sight::Nothing | Sight::Scalar(_) | Sight::List { .. } | Sight::Map { .. } => None,
    };
    match (member, rest) {
        (None, _) => {}
        (Some(member), Some(rest)) => list(member, rest, meaning, found),
        (Some(member), None) => {
            if let Ok(Json::Array(items)) = to_value(member) {
                for item in &items {
                    add(found, subject(item), String::new(), meaning);
                }
            }
        }
    }
}

type Rows = Vec<(String, String)>;

/// Problems that the message of a success tells; a message that cannot be read is one problem.
fn told(
    message: &str,
    read: fn(&str) -> Option<Rows>,
    meaning: &'static str,
    found: &mut Vec<Problem>,
) {
    let message = message.trim();
    let lower = message.to_lowercase();
    if lower.is_empty() || lower == "ok" || lower.starts_with("success") {
        return;
    }
    match read(message) {
        Some(rows) => {
            for (subject, detail) in rows {
                add(found, subject, detail, meaning);
            }
        }
        None => add(found, String::new(), clean(message), meaning),
    }
}

/// A subject that is known already gets its detail, and no second entry.
fn add(found: &mut Vec<Problem>, subject: String, detail: String, meaning: &'static str) {
    let known = found
        .iter_mut()
        .find(|known| known.subject == subject && known.detail.is_empty() && !subject.is_empty());
    match known {
        Some(known) if !detail.is_empty() => known.detail = detail,
        _ => found.push(Problem {
            subject,
            detail,
            meaning,
        }),
    }
}

fn subject(item: &Json) -> String {
    clean(
        &item
            .as_str()
            .map_or_else(|| item.to_string(), str::to_owned),
    )
}

/// `[a-b, c-d]`
fn row_list(message: &str) -> Option<Rows> {
    let rows = message.strip_prefix('[')?.strip_suffix(']')?;
    Some(names(rows).map(|row| (row, String::new())).collect())
}

/// `{a: [x, y], b: [z]}`, with or without quotation marks.
fn row_map(message: &str) -> Option<Rows> {
    let mut rest = message.strip_prefix('{')?.strip_suffix('}')?.trim();
    let mut rows = Vec::new();
    while !rest.is_empty() {
        let (key, after) = rest.split_once(':')?;
        let (values, after) = after.trim_start().strip_prefix('[')?.split_once(']')?;
        let key = name(key);
        let mut values = names(values).peekable();
        if values.peek().is_none() {
            rows.push((key.clone(), String::new()));
        }
        rows.extend(values.map(|value| (key.clone(), value)));
        rest = after.trim_start().trim_start_matches(',').trim_start();
    }
    (!rows.is_empty()).then_some(rows)
}

/// `{"a": "reason", "b": "reason"}`
fn id_map(message: &str) -> Option<Rows> {
    let Ok(Json::Object(ids)) = serde_json::from_str::<Json>(message) else {
        return None;
    };
    Some(
        ids.iter()
            .map(|(id, reason)| (clean(id), subject(reason)))
            .collect(),
    )
}

fn names(text: &str) -> impl Iterator<Item = String> {
    text.split([',', ' '])
        .map(name)
        .filter(|name| !name.is_empty())
}

fn name(text: &str) -> String {
    clean(text.trim().trim_matches(['"', '\'']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(rule: PartialRule, data: &Json, message: &str) -> Vec<(String, String)> {
        let found = problems(&[rule], data, message);
        found
            .into_iter()
            .map(|problem| (problem.subject, problem.detail))
            .collect()
    }

    fn row(subject: &str, detail: &str) -> (String, String) {
        (subject.to_owned(), detail.to_owned())
    }

    #[test]
    fn each_form_of_the_message_is_read() {
        let nothing = Json::Null;
        let rows = PartialRule::RowList { meaning: "" };
        assert_eq!(
            read(rows, &nothing, "[u1-c1, u2-c2]"),
            [row("u1-c1", ""), row("u2-c2", "")]
        );
        let map = PartialRule::RowMap { meaning: "" };
        assert_eq!(
            read(
                map,
                &nothing,
                "{abd: [20210103, 20210104], e5f: [20210105]}"
            ),
            [
                row("abd", "20210103"),
                row("abd", "20210104"),
                row("e5f", "20210105")
            ]
        );
        assert_eq!(
            read(map, &nothing, r#"{"abd":["20210103"]}"#),
            [row("abd", "20210103")]
        );
        let ids = PartialRule::IdMap { meaning: "" };
        assert_eq!(
            read(ids, &nothing, r#"{"12":"no such row"}"#),
            [row("12", "no such row")]
        );
    }

    #[test]
    fn a_plain_success_tells_nothing() {
        for message in ["", "success", "Success", "ok", " success "] {
            let rule = PartialRule::RowMap { meaning: "" };
            assert_eq!(read(rule, &Json::Null, message), [], "{message:?}");
        }
    }

    #[test]
    fn a_message_that_cannot_be_read_is_kept() {
        let rule = PartialRule::RowMap { meaning: "" };
        for message in ["partly failed", "{abd: [1", "{abd}", "{}"] {
            assert_eq!(read(rule, &Json::Null, message), [row("", message)]);
        }
    }

    #[test]
    fn a_list_and_a_message_are_joined_by_id() {
        let rules = [
            PartialRule::List {
                path: "fail_record_ids",
                meaning: "not deleted",
            },
            PartialRule::IdMap { meaning: "why" },
        ];
        let data = serde_json::json!({"fail_record_ids": ["12", "13"]});
        let found = problems(&rules, &data, r#"{"12": "no such row"}"#);
        assert_eq!(found.len(), 2);
        assert_eq!(
            (found[0].detail.as_str(), found[0].meaning),
            ("no such row", "not deleted")
        );
        assert_eq!(found[1].detail, "");
    }

    #[test]
    fn an_error_tells_its_rows_by_kind() {
        let rules = [PartialRule::Error {
            code: 1_225_001,
            meaning: "refused",
        }];
        let message =
            r#"{"TripErrorRecords":[{"id":"a"}],"LeaveErrorRecords":["b"],"OutErrorRecords":null}"#;
        let found = problems_of_error(&rules, 1_225_001, message);
        let rows: Vec<_> = found
            .iter()
            .map(|p| (p.subject.as_str(), p.detail.as_str()))
            .collect();
        assert_eq!(
            rows,
            [
                ("b", "LeaveErrorRecords"),
                (r#"{"id":"a"}"#, "TripErrorRecords")
            ]
        );
        assert!(problems_of_error(&rules, 1_220_001, message).is_empty());
        assert!(problems_of_error(&rules, 1_225_001, "param is invalid").is_empty());
    }
}
