//! What a fuzzer calls: whole stages, on any bytes. Each must end without a panic; what it answers is of no interest,
//! but for what is asserted here.

use codegen::Profile;
use codegen::diagnostic::{Format, Renderer};
use codegen::source::SourceMap;

/// A description: read strictly and leniently, with its findings shown in every form.
pub fn description(path: &str, data: &[u8]) {
    for profile in [Profile::Strict, Profile::Foreign] {
        let mut sources = SourceMap::default();
        sources.add_bytes(path, data.to_vec());
        let (api, diagnostics) = codegen::read(&sources, path, profile);
        assert!(
            api.is_some() || !diagnostics.is_empty(),
            "nothing came of it, and nobody said why:\n{}",
            String::from_utf8_lossy(data)
        );
        for format in [Format::Full, Format::Short, Format::Json] {
            let text = Renderer::new(format).render(&diagnostics, &sources);
            assert_eq!(text.is_empty(), diagnostics.is_empty());
        }
    }
}

/// A documentation page.
pub fn page(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Some((key, subject)) = xtask::drift::page::read("page.md", &text) {
        let facts = xtask::drift::facts::Facts {
            subjects: [(key, subject)].into(),
        };
        assert!(
            xtask::drift::compare::compare(&facts, &facts).is_empty(),
            "a page differs from itself"
        );
    }
}
