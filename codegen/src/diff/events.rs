//! Changes of events.

use super::pairs::pair;
use super::spell::spell_ty;
use super::{Change, Verdict};
use crate::ir::{Event, Events};

pub(super) fn compare_events(
    old: Option<&Events>,
    new: Option<&Events>,
    changes: &mut Vec<Change>,
) {
    let list = |events: Option<&Events>| {
        events
            .map(|events| events.events.clone())
            .unwrap_or_default()
    };
    let (old, new) = (list(old), list(new));
    let pairs = pair(&old, &new, |event| event.event_type.clone());
    for event in pairs.removed {
        changes.push(Change::new(
            std::slice::from_ref(&event.event_type),
            Verdict::Major,
            "event-removed",
            "event removed",
        ));
    }
    for event in pairs.added {
        changes.push(Change::new(
            std::slice::from_ref(&event.event_type),
            Verdict::Minor,
            "event-added",
            "event added",
        ));
    }
    for (old, new) in pairs.both {
        compare_event(old, new, changes);
    }
}

fn compare_event(old: &Event, new: &Event, changes: &mut Vec<Change>) {
    let subject = [new.event_type.clone()];
    if old.variant != new.variant || old.document != new.document {
        let text = format!(
            "was `{}({})` and is `{}({})`",
            old.variant,
            spell_ty(&old.document),
            new.variant,
            spell_ty(&new.document)
        );
        changes.push(Change::new(&subject, Verdict::Major, "event-type", text));
    }
    if old.docs != new.docs {
        changes.push(Change::new(
            &subject,
            Verdict::Patch,
            "docs",
            "its documentation reads differently",
        ));
    }
}
