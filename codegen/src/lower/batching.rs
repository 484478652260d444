//! How a call that is larger than the service takes is cut.

use super::Cx;
use super::paging::{answer_field, answer_struct, find_target, report};
use crate::ir::{BatchItem, BatchList, Batching, Operation, Output, Ty, Window};
use crate::resolve::api::{self, Batch};

pub(crate) fn lower_batching(
    cx: &mut Cx<'_>,
    operation: &api::Operation,
    lowered: &Operation,
) -> Option<Batching> {
    let ext = &operation.ext;
    let list = ext.batch.as_ref().and_then(|batch| {
        let list = lower_list(cx, lowered, batch);
        list.map_err(|reason| report(cx, &batch.place, "x-batch", &reason))
            .ok()
    });
    let window = ext.window.as_ref().and_then(|window| {
        let lowered = lower_window(cx, lowered, window);
        lowered
            .map_err(|reason| report(cx, &window.place, "x-window", &reason))
            .ok()
    });
    if list.is_none() && window.is_none() {
        return None;
    }
    let item = lower_item(cx, lowered, ext.batch.as_ref());
    Some(Batching { list, window, item })
}

fn lower_list(cx: &Cx<'_>, lowered: &Operation, batch: &Batch) -> Result<BatchList, String> {
    let found = find_target(cx, lowered, &batch.list)?;
    match found.ty {
        Ty::List(entry) if found.target.steps.last().is_some_and(|step| !step.optional) => {
            Ok(BatchList {
                target: found.target,
                entry: *entry,
                max: batch.max,
            })
        }
        _ => Err(format!("`{}` is no list", batch.list)),
    }
}

fn lower_window(cx: &Cx<'_>, lowered: &Operation, window: &api::Window) -> Result<Window, String> {
    let from = find_target(cx, lowered, &window.from)?;
    let to = find_target(cx, lowered, &window.to)?;
    if from.ty != Ty::Date || to.ty != Ty::Date {
        return Err(format!(
            "`{}` and `{}` are no dates",
            window.from, window.to
        ));
    }
    Ok(Window {
        from: from.target,
        to: to.target,
        days: window.days,
    })
}

fn lower_item(cx: &mut Cx<'_>, lowered: &Operation, batch: Option<&Batch>) -> BatchItem {
    if let Some((batch, items)) = batch.and_then(|batch| Some((batch, batch.items.as_deref()?))) {
        match lower_element(cx, lowered, items) {
            Ok(element) => return element,
            Err(reason) => report(cx, &batch.place, "x-batch", &reason),
        }
    }
    BatchItem::Whole(match &lowered.output {
        Output::Data(ty) => Some(ty.clone()),
        Output::Text => Some(Ty::Text),
        Output::Nothing | Output::Download => None,
    })
}

fn lower_element(cx: &Cx<'_>, lowered: &Operation, items: &str) -> Result<BatchItem, String> {
    let field = answer_field(answer_struct(cx, &lowered.output)?, items)?;
    match &field.ty {
        Ty::List(ty) => Ok(BatchItem::Element {
            list: field.name.clone(),
            ty: (**ty).clone(),
        }),
        _ => Err(format!("`{items}` is no list")),
    }
}
