//! The words by which pages name their parts. Another language is another column here, and nothing else.

/// What a heading opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Request,
    Headers,
    Path,
    Query,
    Body,
    BodySample,
    Answer,
    AnswerSample,
    Errors,
    EventType,
    EventBody,
    EventSample,
    Other,
}

pub(super) fn section(heading: &str) -> Section {
    match heading {
        "请求" => Section::Request,
        "请求头" => Section::Headers,
        "路径参数" => Section::Path,
        "查询参数" => Section::Query,
        "请求体" => Section::Body,
        "请求体示例" => Section::BodySample,
        "响应体" => Section::Answer,
        "响应体示例" => Section::AnswerSample,
        "错误码" => Section::Errors,
        "事件类型" => Section::EventType,
        "事件体" => Section::EventBody,
        "事件示例" | "回调示例" => Section::EventSample,
        _ => Section::Other,
    }
}

/// Heads of columns.
pub(super) const NAME: &[&str] = &["名称", "参数"];
pub(super) const TYPE: &[&str] = &["类型"];
pub(super) const REQUIRED: &[&str] = &["必填", "是否必填"];
pub(super) const DESCRIPTION: &[&str] = &["描述", "说明"];
pub(super) const HTTP_STATUS: &[&str] = &["HTTP状态码", "HTTP 状态码"];
pub(super) const CODE: &[&str] = &["错误码"];

/// Rows of the table that opens a page.
pub(super) const URL: &str = "HTTP URL";
pub(super) const METHOD: &str = "HTTP Method";
pub(super) const RATE_LIMIT: &str = "接口频率限制";
pub(super) const APP_TYPES: &str = "支持的应用类型";
pub(super) const SCOPES: &str = "权限要求";
pub(super) const FIELD_SCOPES: &str = "字段权限要求";
pub(super) const AUTHORIZATION: &str = "Authorization";

pub(super) const YES: &str = "是";
pub(super) const NO: &str = "否";

/// Units of a rate limit, with their seconds.
pub(super) const PER: &[(&str, u32)] = &[
    ("次/秒", 1),
    ("次/分钟", 60),
    ("次/分", 60),
    ("次/小时", 3600),
];

/// Lead-ins inside a description.
pub(super) const VALUES: &[&str] = &["可选值有", "可选值", "可用值", "值为"];
pub(super) const DEFAULT: &str = "默认值";
pub(super) const EXAMPLE: &str = "示例值";
pub(super) const RULES: &str = "数据校验规则";
pub(super) const RANGE: &[&str] = &["取值范围", "长度范围"];
pub(super) const LONGEST: &[&str] = &["最大长度", "最大值"];
pub(super) const SHORTEST: &[&str] = &["最小长度", "最小值"];
/// Any word about what holds when a member is left out.
pub(super) const DEFAULTS_TO: &[&str] = &["默认", "by default"];

/// Phrases that retire a member.
pub(super) const RETIRED_MEMBER: &[&str] = &[
    "已下线",
    "已废弃",
    "废弃字段",
    "无效字段",
    "不再使用",
    "停止使用",
    "已失效",
    "即将废弃",
];
/// Phrases that retire an error code.
pub(super) const RETIRED_CODE: &[&str] = &[
    "历史错误码",
    "不再使用",
    "no longer in use",
    "no longer used",
];
