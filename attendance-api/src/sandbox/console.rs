//! The page at `/`: one static file, and the state that it fetches.

use serde_json::{Value, json};

use super::core::Inner;
use super::world::calendar::{Zone, local_text};

const PAGE: &str = include_str!("console.html");
/// Requests that the page lists.
const SHOWN: usize = 50;

pub(crate) fn page_html() -> &'static str {
    PAGE
}

pub(crate) fn state_json(inner: &Inner) -> Vec<u8> {
    let world = &inner.world;
    let now = inner.clock.seconds();
    let counts = json!({
        "users": world.people.len(),
        "shifts": world.shifts.listed().count(),
        "groups": world.groups.listed().count(),
        "planned days": world.schedules.count(),
        "punches": world.flows.count(),
        "approvals": world.approvals.count(),
        "corrections": world.remedies.count(),
        "archive rules": world.archive.rules.len(),
        "leave grants": world.leave.grants.len(),
        "files": world.faces.files.len(),
        "events": inner.events.all().count(),
    });
    let groups: Vec<Value> = world
        .groups
        .listed()
        .take(SHOWN)
        .map(|(_, group)| json!({"id": group.id, "name": group.name, "type": group.members.get("group_type")}))
        .collect();
    let shifts: Vec<Value> = world
        .shifts
        .listed()
        .take(SHOWN)
        .map(|(_, shift)| json!({"id": shift.id, "name": shift.name, "times": times(&shift.members["punch_time_rule"])}))
        .collect();
    let requests: Vec<Value> = inner
        .journal
        .all()
        .rev()
        .take(SHOWN)
        .map(|request| {
            json!({
                "number": request.number,
                "at": local_text(Zone::SHANGHAI.to_local(request.at_millis.div_euclid(1000)), true),
                "method": request.method,
                "path": request.path,
                "operation": request.operation,
                "status": request.status,
                "code": request.code,
                "cut": request.cut,
            })
        })
        .collect();
    let state = json!({
        "now": local_text(Zone::SHANGHAI.to_local(now), true),
        "counts": counts,
        "groups": groups,
        "shifts": shifts,
        "requests": requests,
    });
    serde_json::to_vec(&state).expect("a JSON value can always be written")
}

fn times(rules: &Value) -> String {
    let pair = |rule: &Value| {
        let text = |name| rule[name].as_str().unwrap_or("?");
        format!("{}-{}", text("on_time"), text("off_time"))
    };
    rules
        .as_array()
        .into_iter()
        .flatten()
        .map(pair)
        .collect::<Vec<_>>()
        .join(", ")
}
