//! Rules for our own description: what a reader of OpenAPI would accept and a reader of ours should not have to.
//!
//! Changes nothing. A rule can be removed without another noticing.

use crate::diagnostic::Diagnostics;
use crate::resolve::Context;
use crate::resolve::api::Api;

mod errors;
mod members;
mod operations;
mod samples;
mod schemas;
mod unused;

pub(crate) fn lint(api: &Api, context: &Context, sink: &mut Diagnostics) {
    operations::operation_id_form(api, sink);
    operations::unknown_tag(api, sink);
    operations::missing_facts(api, context, sink);
    operations::missing_description(api, sink);
    schemas::missing_unit(api, sink);
    schemas::unknown_format(api, sink);
    let is_whole = !sink.iter().any(|finding| finding.id.hides_parts());
    // A table that nobody could find or read has no codes.
    if is_whole || !api.errors.is_empty() {
        errors::unknown_error_code(api, sink);
    }
    if is_whole {
        members::unknown_member(api, sink);
        schemas::missing_description(api, sink);
    }
    schemas::unknown_required(api, context, sink);
    samples::example_mismatch(api, context, sink);
    samples::default_mismatch(api, context, sink);
    // What a wrong reference should have reached is not unused, nor what stands in a file that nobody could read.
    if is_whole {
        unused::unused_component(context, sink);
        unused::unused_file(context, sink);
    }
}
