//! Changes of the error table.

use super::pairs::pair;
use super::{Change, Verdict};
use crate::ir::{ErrorCase, ErrorEntry, ErrorTable};

pub(super) fn compare_errors(old: &ErrorTable, new: &ErrorTable, changes: &mut Vec<Change>) {
    compare_kinds(old, new, changes);
    let mut pairs = pair(&old.entries, &new.entries, |entry| {
        (entry.code, entry.operations.clone())
    });
    for (old, new) in pairs.rest_by(|entry| (entry.constant.clone(), entry.operations.clone())) {
        let text = format!(
            "error `{}` is {}, no longer {}",
            new.constant, new.code, old.code
        );
        push(changes, Verdict::Minor, "error-number", text);
        pairs.both.push((old, new));
    }
    for entry in pairs.removed {
        push(
            changes,
            Verdict::Major,
            "error-removed",
            format!("error {} `{}` removed", entry.code, entry.constant),
        );
    }
    for entry in pairs.added {
        push(
            changes,
            Verdict::Minor,
            "error-added",
            format!("error {} `{}` added", entry.code, entry.constant),
        );
    }
    for (old, new) in pairs.both {
        compare_entry(old, new, changes);
    }
}

fn push(changes: &mut Vec<Change>, verdict: Verdict, kind: &'static str, text: String) {
    changes.push(Change::new(&[], verdict, kind, text));
}

fn compare_kinds(old: &ErrorTable, new: &ErrorTable, changes: &mut Vec<Change>) {
    let pairs = pair(&old.kinds, &new.kinds, |kind| kind.name.clone());
    for kind in pairs.removed {
        push(
            changes,
            Verdict::Major,
            "error-kind-removed",
            format!("error kind `{}` removed", kind.name),
        );
    }
    for kind in pairs.added {
        push(
            changes,
            Verdict::Minor,
            "error-kind-added",
            format!("error kind `{}` added", kind.name),
        );
    }
}

fn compare_entry(old: &ErrorEntry, new: &ErrorEntry, changes: &mut Vec<Change>) {
    let place = format!("error {}", new.code);
    if old.constant != new.constant {
        push(
            changes,
            Verdict::Major,
            "error-renamed",
            format!(
                "{place} is called `{}`, no longer `{}`",
                new.constant, old.constant
            ),
        );
    }
    if old.http != new.http {
        push(
            changes,
            Verdict::Patch,
            "error-status",
            format!(
                "{place} comes with {:?}, no longer with {:?}",
                new.http, old.http
            ),
        );
    }
    compare_case(&old.case, &new.case, &place, changes);
    let messages = pair(&old.messages, &new.messages, |message| message.text.clone());
    for message in messages.added {
        push(
            changes,
            Verdict::Minor,
            "message-added",
            format!("{place} is told apart by the text {:?}", message.text),
        );
    }
    for message in messages.removed {
        push(
            changes,
            Verdict::Minor,
            "message-removed",
            format!(
                "{place} is no longer told apart by the text {:?}",
                message.text
            ),
        );
    }
    for (old, new) in messages.both {
        compare_case(
            &old.case,
            &new.case,
            &format!("{place} with the text {:?}", new.text),
            changes,
        );
    }
}

fn compare_case(old: &ErrorCase, new: &ErrorCase, place: &str, changes: &mut Vec<Change>) {
    if (&old.category, &old.action, old.retry) != (&new.category, &new.action, new.retry) {
        let spell =
            |case: &ErrorCase| format!("{}, {}, {:?}", case.category, case.action, case.retry);
        push(
            changes,
            Verdict::Minor,
            "error-handling",
            format!(
                "{place} is handled as {}, no longer as {}",
                spell(new),
                spell(old)
            ),
        );
    }
    if (&old.meaning, &old.remedy_en, &old.remedy_zh)
        != (&new.meaning, &new.remedy_en, &new.remedy_zh)
    {
        push(
            changes,
            Verdict::Patch,
            "docs",
            format!("the words on {place} read differently"),
        );
    }
}
