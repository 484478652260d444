//! What nothing refers to.

use crate::diagnostic::{Diagnostic, Diagnostics, Id};
use crate::resolve::Context;
use crate::source::Place;
use crate::syntax::reader::shorten;

pub(super) fn unused_component(context: &Context, sink: &mut Diagnostics) {
    for (section, name, place) in &context.unused {
        let headline = format!("nothing refers to `{}` in `{section}`", shorten(name));
        sink.push(
            Diagnostic::new(Id::UnusedComponent, place, headline).help("refer to it, or remove it"),
        );
    }
}

pub(super) fn unused_file(context: &Context, sink: &mut Diagnostics) {
    for path in &context.unused_files {
        let headline = format!("nothing refers to the file `{}`", shorten(path));
        let place = Place::file(path.as_str());
        sink.push(
            Diagnostic::new(Id::UnusedFile, &place, headline).help("refer to it, or remove it"),
        );
    }
}
