//! What a fuzzer calls: whole stages, on any bytes. Each must end without a panic; what it answers is of no interest,
//! but for what is asserted here.

use codegen::diagnostic::{Diagnostics, Format, Renderer};
use codegen::source::SourceMap;
use codegen::{Options, Profile, Tree};

/// A description: compiled strictly and leniently, with its findings shown in every form.
pub fn description(path: &str, data: &[u8]) {
    for profile in [Profile::Strict, Profile::Foreign] {
        let mut sources = SourceMap::default();
        sources.add_bytes(path, data.to_vec());
        let (api, mut diagnostics) = codegen::read(&sources, path, profile);
        assert!(
            api.is_some() || !diagnostics.is_empty(),
            "nothing came of it, and nobody said why:\n{}",
            String::from_utf8_lossy(data)
        );
        let options = Options {
            crate_name: Some("library".to_owned()),
        };
        // Half an API must be lowered without a panic too, but only a whole one becomes code.
        let made = api.map(|api| codegen::generate(&api, &options, &mut diagnostics));
        show(&diagnostics, &sources);
        if let Some((_, tree)) = made.filter(|_| !diagnostics.has_errors()) {
            check_code(&tree);
        }
    }
}

/// A description: read strictly, and no further.
pub fn reader(path: &str, data: &[u8]) {
    let mut sources = SourceMap::default();
    sources.add_bytes(path, data.to_vec());
    let (api, diagnostics) = codegen::read(&sources, path, Profile::Strict);
    assert!(
        api.is_some() || !diagnostics.is_empty(),
        "nothing came of it, and nobody said why"
    );
}

fn show(diagnostics: &Diagnostics, sources: &SourceMap) {
    for format in [Format::Full, Format::Short, Format::Json] {
        let text = Renderer::new(format).render(diagnostics, sources);
        assert_eq!(text.is_empty(), diagnostics.is_empty());
    }
}

/// Code that is Rust, in files that stay in their folder.
fn check_code(tree: &Tree) {
    for (path, text) in &tree.files {
        assert!(
            path.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_.".contains(&byte)),
            "{path}"
        );
        assert!(!path.starts_with('.') && path.ends_with(".rs"), "{path}");
        if let Err(error) = syn::parse_file(text) {
            panic!("{path} is not Rust: {error}\n{text}");
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
