//! Slips that a maintainer makes in our own description: each is one finding, at the very place, and says what was meant.

use std::path::Path;

use codegen::Profile;
use codegen::diagnostic::{Format, Renderer};
use codegen::source::SourceMap;
use xtask::inputs;

/// The file, what is replaced and by what, the text that the finding points at, its id, and a part of what it says.
type Slip = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

const FILE: &str = "spec/resources/approval_info.yaml";
const INDEX: &str = "spec/openapi.yaml";

const SLIPS: &[Slip] = &[
    (
        FILE,
        "\n        summary: Sets",
        "\n       summary: Sets",
        "summary: Sets",
        "yaml-syntax",
        "begin in one column",
    ),
    (
        FILE,
        "        x-retry: over",
        "\tx-retry: over",
        "\tx-retry",
        "tab-indentation",
        "replace the tab by spaces",
    ),
    (
        FILE,
        "description: The state was",
        "description: The state: was",
        ": was set",
        "yaml-syntax",
        "needs quotes",
    ),
    (
        FILE,
        "        description: |-",
        "        descripton: |-",
        "descripton",
        "unknown-key",
        "did you mean `description`?",
    ),
    (
        FILE,
        "x-retry: overwrite",
        "x-rety: overwrite",
        "x-rety",
        "unknown-key",
        "did you mean `x-retry`?",
    ),
    (
        FILE,
        "enum: [1, 2, 4]",
        "enum: [1, \"2\", 4]",
        "\"2\", 4",
        "enum-type",
        "`\"2\"` is not of type `integer`",
    ),
    (
        FILE,
        "type: integer",
        "type: int",
        "int\n",
        "invalid-value",
        "did you mean `integer`?",
    ),
    (
        FILE,
        "        x-source:\n          page: https://open.feishu.cn/document/uAjLw4CM/ukTMukTMukTM/reference/attendance-v1/approval_info/process\n          updated: \"2026-05-07\"\n          read: \"2026-05-24\"\n",
        "",
        "post:",
        "missing-source",
        "lacks `x-source`",
    ),
    (
        FILE,
        "updated: \"2026-05-07\"",
        "updated: 07.05.2026",
        "07.05",
        "invalid-value",
        "write year, month and day",
    ),
    (
        FILE,
        "    ApprovalAction:",
        "    ApprovalActions:",
        "\"#/components/schemas/ApprovalAction\"",
        "dangling-ref",
        "did you mean `ApprovalActions`?",
    ),
    (
        "spec/common.yaml",
        "    ApprovalStatus:",
        "    ApprovalStates:",
        "",
        "dangling-ref",
        "did you mean `ApprovalStates`?",
    ),
    (
        FILE,
        "operationId: approval_info.process",
        "operationId: group.get",
        "group.get",
        "duplicate-operation-id",
        "first here",
    ),
    (
        INDEX,
        "approval_infos/process:",
        "approval_infos/{approval}:",
        "",
        "path-parameters",
        "no parameter fills `{approval}`",
    ),
    (
        FILE,
        "approval_type: remedy\n                status: 2\n        responses",
        "approval_type: remedie\n                status: 2\n        responses",
        "remedie",
        "example-mismatch",
        "`remedy` is",
    ),
    (
        FILE,
        "{code: 1225000, http: 500}",
        "{meaning: \"审批人不存在，请检查\", http: 600, code: 1225000}",
        "600,",
        "invalid-value",
        "",
    ),
    (
        FILE,
        "required: true\n          content",
        "required: yes\n          content",
        "yes",
        "ambiguous-scalar",
        "write `true`",
    ),
    (
        FILE,
        "tags: [approval_info]",
        "tags: [aproval_info]",
        "aproval_info",
        "unknown-tag",
        "did you mean `approval_info`?",
    ),
    (
        FILE,
        "[approval_id, approval_type, status]",
        "[approval_id, aproval_type, status]",
        "aproval_type",
        "unknown-required",
        "did you mean `approval_type`?",
    ),
    (
        INDEX,
        "pathItems/approval_infos_process",
        "pathItems/approval_info_process",
        "\"resources/approval_info.yaml",
        "dangling-ref",
        "did you mean `approval_infos_process`?",
    ),
    (
        "spec/resources/shift.yaml",
        "        x-app-types: [custom]",
        "        x-app-types: [custom",
        ": {limit: 50",
        "yaml-syntax",
        "not closed?",
    ),
    (
        "spec/resources/shift.yaml",
        "        x-app-types: [custom]",
        "\t\tx-app-types: [custom]",
        "\t\tx-app-types",
        "tab-indentation",
        "replace the tab by spaces",
    ),
    (
        "spec/common.yaml",
        "    PageSize:",
        "\tPageSize:",
        "\tPageSize:",
        "tab-indentation",
        "replace the tab by spaces",
    ),
    (
        "spec/errors.yaml",
        "    name: ParamInvalid",
        "\tname: ParamInvalid",
        "\tname: ParamInvalid",
        "tab-indentation",
        "replace the tab by spaces",
    ),
    (
        INDEX,
        "x-error-table: {$ref: \"errors.yaml\"}",
        "x-error-table: {$ref: \"error.yaml\"}",
        "\"error.yaml\"",
        "missing-file",
        "there is no file `spec/error.yaml`",
    ),
    (
        "spec/resources/archive_rule.yaml",
        "parameters/PageToken\"",
        "parameters/PageTokens\"",
        "\"../common.yaml#/components/parameters/PageTokens",
        "dangling-ref",
        "did you mean `PageToken`?",
    ),
    (
        "spec/resources/shift.yaml",
        "enum: [1, ",
        "enum: [\"1\", ",
        "\"1\", ",
        "enum-type",
        "without quotes: `1`",
    ),
    (
        "spec/resources/shift.yaml",
        "operationId: shift.get\n",
        "operationId: shift.create  # 考勤\n",
        "shift.create  # 考勤",
        "duplicate-operation-id",
        "another id",
    ),
];

#[test]
fn a_slip_is_one_finding_at_its_place() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let input = inputs::own(&root).expect("the description is there");
    let mut wrong = Vec::new();
    for slip in SLIPS {
        let (file, from, to, at, id, says) = *slip;
        let text = input.sources.text(file).expect("the file is there");
        assert!(text.contains(from), "{file} has no {from:?}");
        let text = text.replacen(from, to, 1);
        let mut sources = input.sources.clone();
        sources.add(file, text.clone());
        let (short, full) = shown(&sources, &input.root);
        let place = place(file, &text, at);
        let is_right = short.lines().count() == 1
            && short.starts_with(&place)
            && short.contains(&format!("[{id}]"))
            && full.contains(says);
        if !is_right {
            wrong.push(format!(
                "{to:?}: expected {place} [{id}] {says:?}, found\n{full}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn shown(sources: &SourceMap, root: &str) -> (String, String) {
    let (_, diagnostics) = codegen::read(sources, root, Profile::Strict);
    let show = |format| Renderer::new(format).render(&diagnostics, sources);
    (show(Format::Short), show(Format::Full))
}

/// `file:line:column:`, both counted from one and in characters. Without a text to point at: anywhere.
fn place(file: &str, text: &str, at: &str) -> String {
    if at.is_empty() {
        return String::new();
    }
    let before = &text[..text
        .find(at)
        .unwrap_or_else(|| panic!("{file} has no {at:?}"))];
    let line = before.rsplit('\n').next().unwrap_or_default();
    format!(
        "{file}:{}:{}:",
        before.matches('\n').count() + 1,
        line.chars().count() + 1
    )
}
