//! Members of a group, with their departments, page by page.

use serde_json::{Value, json};

use super::Call;
use crate::sandbox::answer::{Outcome, Reply, general, invalid};
use crate::sandbox::page::page;
use crate::sandbox::world::people::User;

pub(super) fn list_user(call: &mut Call<'_>) -> Outcome {
    let kind = call.id_kind()?;
    let dept_type = call.parameter("dept_type");
    if !dept_type.is_empty() && !call.allows("dept_type", dept_type) {
        return invalid("dept_type invalid");
    }
    let wanted = call
        .parameters
        .get("member_clock_type")
        .cloned()
        .unwrap_or(Value::Null);
    call.one_of("member_clock_type", &wanted, &[0, 1, 2])?;
    let world = &*call.world;
    let Some(group) = world.groups.find(call.parameter("group_id")) else {
        return general("rule not exist");
    };
    let tomorrow = crate::sandbox::world::calendar::Zone::SHANGHAI.day_of(call.now) + 1;
    let exempt = |user: &User| {
        world
            .groups
            .plan(group, tomorrow)
            .is_some_and(|plan| plan.exempt.contains(&user.id))
    };
    let members = world
        .people
        .all()
        .filter(|(number, user)| {
            user.left.is_none() && world.groups.of_user(*number, tomorrow) == Some(group)
        })
        .filter(|(_, user)| match wanted.as_i64() {
            Some(1) => !exempt(user),
            Some(2) => exempt(user),
            _ => true,
        })
        .map(|(number, user)| (number as u64, (number, user)));
    let write = |(number, user): (usize, &User)| json!({ "user_id": world.people.write(kind, number), "department_ids": user.departments });
    page(
        &format!("list_user {group}"),
        "users",
        call.parameters,
        10,
        members,
        write,
    )
    .map(Reply::Data)
}
