//! A resource in exactly the shape that the generator writes: proof that the seam holds.

use crate::rt;

pub(crate) fn builder() -> rt::ClientBuilder {
    rt::ClientBuilder::new(&SERVICE)
}

#[derive(Debug, Clone)]
pub struct ShiftApi {
    client: rt::Client,
}

impl ShiftApi {
    pub(crate) fn new(client: rt::Client) -> Self {
        Self { client }
    }

    /// Reads a shift.
    pub fn get(&self, shift_id: impl Into<String>) -> ShiftGet {
        ShiftGet {
            call: rt::Call::new(&self.client),
            shift_id: shift_id.into(),
            employee_type: None,
        }
    }

    pub fn mine(&self) -> ShiftMine {
        ShiftMine {
            call: rt::Call::new(&self.client),
        }
    }

    pub fn delete(&self, shift_id: impl Into<String>) -> ShiftDelete {
        ShiftDelete {
            call: rt::Call::new(&self.client),
            shift_id: shift_id.into(),
        }
    }

    pub fn create(&self, shift_name: impl Into<String>, punch_times: i64) -> ShiftCreate {
        ShiftCreate {
            call: rt::Call::new(&self.client),
            body: ShiftCreateBody {
                shift_name: shift_name.into(),
                punch_times,
                ..Default::default()
            },
        }
    }

    pub fn import(&self, rows: impl IntoIterator<Item = impl Into<Row>>) -> ShiftImport {
        ShiftImport {
            call: rt::Call::new(&self.client),
            body: ShiftImportBody {
                rows: rows.into_iter().map(Into::into).collect(),
            },
        }
    }

    pub fn photo(&self, id: impl Into<String>) -> ShiftPhoto {
        ShiftPhoto {
            call: rt::Call::new(&self.client),
            id: id.into(),
        }
    }

    pub fn upload(&self, file: impl Into<rt::File>) -> ShiftUpload {
        ShiftUpload {
            call: rt::Call::new(&self.client),
            file: file.into(),
        }
    }
}

#[derive(Debug, Clone)]
#[must_use = "a call does nothing until it is sent"]
pub struct ShiftGet {
    call: rt::Call,
    shift_id: String,
    employee_type: Option<EmployeeType>,
}

impl ShiftGet {
    pub fn employee_type(mut self, value: impl Into<EmployeeType>) -> Self {
        self.employee_type = Some(value.into());
        self
    }

    pub async fn send(self) -> rt::Result<Shift> {
        rt::send(self).await
    }

    pub async fn send_full(self) -> rt::Result<rt::Response<Shift>> {
        rt::send_full(self).await
    }
}

rt::call_options!(ShiftGet);

impl rt::Operation for ShiftGet {
    type Output = Shift;
    const INFO: &'static rt::OperationInfo = &SHIFT_GET;

    fn call(&self) -> &rt::Call {
        &self.call
    }

    fn call_mut(&mut self) -> &mut rt::Call {
        &mut self.call
    }

    fn request(&self) -> rt::Result<rt::Request> {
        let mut request = rt::Request::new(Self::INFO);
        request.path("shift_id", &self.shift_id)?;
        request.query("employee_type", &self.employee_type);
        request.default_query("employee_type", &self.call, false)?;
        Ok(request)
    }
}

#[derive(Debug, Clone)]
#[must_use = "a call does nothing until it is sent"]
pub struct ShiftDelete {
    call: rt::Call,
    shift_id: String,
}

impl ShiftDelete {
    pub async fn send(self) -> rt::Result<()> {
        rt::send(self).await
    }
}

rt::call_options!(ShiftDelete);

impl rt::Operation for ShiftDelete {
    type Output = ();
    const INFO: &'static rt::OperationInfo = &SHIFT_DELETE;

    fn call(&self) -> &rt::Call {
        &self.call
    }

    fn call_mut(&mut self) -> &mut rt::Call {
        &mut self.call
    }

    fn request(&self) -> rt::Result<rt::Request> {
        let mut request = rt::Request::new(Self::INFO);
        request.path("shift_id", &self.shift_id)?;
        Ok(request)
    }
}

#[derive(Debug, Clone)]
#[must_use = "a call does nothing until it is sent"]
pub struct ShiftCreate {
    call: rt::Call,
    body: ShiftCreateBody,
}

impl ShiftCreate {
    pub fn no_need_on(mut self, value: bool) -> Self {
        self.body.no_need_on = Some(value);
        self
    }

    pub async fn send(self) -> rt::Result<Shift> {
        rt::send(self).await
    }
}

rt::call_options!(ShiftCreate);

impl rt::Operation for ShiftCreate {
    type Output = Shift;
    const INFO: &'static rt::OperationInfo = &SHIFT_CREATE;

    fn call(&self) -> &rt::Call {
        &self.call
    }

    fn call_mut(&mut self) -> &mut rt::Call {
        &mut self.call
    }

    fn request(&self) -> rt::Result<rt::Request> {
        let mut request = rt::Request::new(Self::INFO);
        request.json(&self.body)?;
        Ok(request)
    }
}

#[derive(Debug, Clone)]
#[must_use = "a call does nothing until it is sent"]
pub struct ShiftImport {
    call: rt::Call,
    body: ShiftImportBody,
}

impl ShiftImport {
    pub async fn send(self) -> rt::Result<rt::Partial<Imported>> {
        rt::send(self).await
    }
}

rt::call_options!(ShiftImport);

impl rt::Operation for ShiftImport {
    type Output = rt::Partial<Imported>;
    const INFO: &'static rt::OperationInfo = &SHIFT_IMPORT;

    fn call(&self) -> &rt::Call {
        &self.call
    }

    fn call_mut(&mut self) -> &mut rt::Call {
        &mut self.call
    }

    fn request(&self) -> rt::Result<rt::Request> {
        let mut request = rt::Request::new(Self::INFO);
        request.json(&self.body)?;
        Ok(request)
    }
}

#[derive(Debug, Clone)]
#[must_use = "a call does nothing until it is sent"]
pub struct ShiftPhoto {
    call: rt::Call,
    id: String,
}

impl ShiftPhoto {
    pub async fn send(self) -> rt::Result<rt::Download> {
        rt::send(self).await
    }
}

rt::call_options!(ShiftPhoto);

impl rt::Operation for ShiftPhoto {
    type Output = rt::Download;
    const INFO: &'static rt::OperationInfo = &SHIFT_PHOTO;

    fn call(&self) -> &rt::Call {
        &self.call
    }

    fn call_mut(&mut self) -> &mut rt::Call {
        &mut self.call
    }

    fn request(&self) -> rt::Result<rt::Request> {
        let mut request = rt::Request::new(Self::INFO);
        request.path("id", &self.id)?;
        Ok(request)
    }
}

#[derive(Debug, Clone)]
#[must_use = "a call does nothing until it is sent"]
pub struct ShiftUpload {
    call: rt::Call,
    file: rt::File,
}

impl ShiftUpload {
    pub async fn send(self) -> rt::Result<rt::Json> {
        rt::send(self).await
    }
}

rt::call_options!(ShiftUpload);

impl rt::Operation for ShiftUpload {
    type Output = rt::Json;
    const INFO: &'static rt::OperationInfo = &SHIFT_UPLOAD;

    fn call(&self) -> &rt::Call {
        &self.call
    }

    fn call_mut(&mut self) -> &mut rt::Call {
        &mut self.call
    }

    fn request(&self) -> rt::Result<rt::Request> {
        let mut request = rt::Request::new(Self::INFO);
        request.multipart(vec![rt::Part::file("file", self.file.clone())]);
        Ok(request)
    }
}

#[derive(Debug, Clone)]
#[must_use = "a call does nothing until it is sent"]
pub struct ShiftMine {
    call: rt::Call,
}

impl ShiftMine {
    pub async fn send(self) -> rt::Result<Shift> {
        rt::send(self).await
    }
}

rt::call_options!(ShiftMine);

impl rt::Operation for ShiftMine {
    type Output = Shift;
    const INFO: &'static rt::OperationInfo = &SHIFT_MINE;

    fn call(&self) -> &rt::Call {
        &self.call
    }

    fn call_mut(&mut self) -> &mut rt::Call {
        &mut self.call
    }

    fn request(&self) -> rt::Result<rt::Request> {
        Ok(rt::Request::new(Self::INFO))
    }
}

#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Shift {
    pub shift_id: String,
    pub is_flexible: Option<bool>,
    pub kind: Option<GroupType>,
    pub day: Option<rt::Date>,
    pub quantity: Option<i64>,
    pub punch_time_rule: Vec<PunchTimeRule>,
    pub next: Option<Box<Shift>>,
    pub names: std::collections::BTreeMap<String, String>,
    pub punch_type: Option<PunchType>,
    pub extra: Option<rt::Json>,
    pub pet: Option<Pet>,
    pub amount: Option<rt::Decimal>,
    pub check_time: Option<rt::UnixSeconds>,
    pub ratio: Option<f64>,
}

impl rt::Members for Shift {
    const FIELDS: &'static [rt::Field] = &[
        rt::Field("shift_id", rt::REQUIRED),
        rt::Field("is_flexible", rt::PLAIN),
        rt::Field("kind", rt::PLAIN),
        rt::Field("day", rt::NUMBER),
        rt::Field("quantity", rt::TEXT),
        rt::Field("punch_time_rule", rt::PLAIN),
        rt::Field("next", rt::PLAIN),
        rt::Field("names", rt::PLAIN),
        rt::Field("punch_type", rt::PLAIN),
        rt::Field("extra", rt::PLAIN),
        rt::Field("pet", rt::PLAIN),
        rt::Field("amount", rt::PLAIN),
        rt::Field("check_time", rt::PLAIN),
        rt::Field("ratio", rt::PLAIN),
    ];

    fn slot(&mut self, index: usize) -> Option<&mut dyn rt::Slot> {
        Some(match index {
            0 => &mut self.shift_id,
            1 => &mut self.is_flexible,
            2 => &mut self.kind,
            3 => &mut self.day,
            4 => &mut self.quantity,
            5 => &mut self.punch_time_rule,
            6 => &mut self.next,
            7 => &mut self.names,
            8 => &mut self.punch_type,
            9 => &mut self.extra,
            10 => &mut self.pet,
            11 => &mut self.amount,
            12 => &mut self.check_time,
            13 => &mut self.ratio,
            _ => return None,
        })
    }

    fn view(&self, index: usize) -> Option<&dyn rt::View> {
        Some(match index {
            0 => &self.shift_id,
            1 => &self.is_flexible,
            2 => &self.kind,
            3 => &self.day,
            4 => &self.quantity,
            5 => &self.punch_time_rule,
            6 => &self.next,
            7 => &self.names,
            8 => &self.punch_type,
            9 => &self.extra,
            10 => &self.pet,
            11 => &self.amount,
            12 => &self.check_time,
            13 => &self.ratio,
            _ => return None,
        })
    }
}

rt::record!(Shift);

#[derive(Clone, Default)]
#[non_exhaustive]
pub struct PunchTimeRule {
    pub on_time: Option<rt::ClockTime>,
    pub late_minutes: Option<i64>,
    pub employee_type: Option<EmployeeType>,
}

impl rt::Members for PunchTimeRule {
    const FIELDS: &'static [rt::Field] = &[
        rt::Field("on_time", rt::PLAIN),
        rt::Field("late_minutes", rt::PLAIN),
        rt::Field("employee_type", rt::PLAIN),
    ];

    fn slot(&mut self, index: usize) -> Option<&mut dyn rt::Slot> {
        Some(match index {
            0 => &mut self.on_time,
            1 => &mut self.late_minutes,
            2 => &mut self.employee_type,
            _ => return None,
        })
    }

    fn view(&self, index: usize) -> Option<&dyn rt::View> {
        Some(match index {
            0 => &self.on_time,
            1 => &self.late_minutes,
            2 => &self.employee_type,
            _ => return None,
        })
    }
}

rt::record!(PunchTimeRule);

#[derive(Clone, Default)]
#[non_exhaustive]
pub struct ShiftCreateBody {
    pub shift_name: String,
    pub punch_times: i64,
    pub no_need_on: Option<bool>,
    pub members: Option<Vec<String>>,
}

impl rt::Members for ShiftCreateBody {
    const FIELDS: &'static [rt::Field] = &[
        rt::Field("shift_name", rt::REQUIRED),
        rt::Field("punch_times", rt::REQUIRED),
        rt::Field("no_need_on", rt::PLAIN),
        rt::Field("members", rt::PLAIN),
    ];

    fn slot(&mut self, index: usize) -> Option<&mut dyn rt::Slot> {
        Some(match index {
            0 => &mut self.shift_name,
            1 => &mut self.punch_times,
            2 => &mut self.no_need_on,
            3 => &mut self.members,
            _ => return None,
        })
    }

    fn view(&self, index: usize) -> Option<&dyn rt::View> {
        Some(match index {
            0 => &self.shift_name,
            1 => &self.punch_times,
            2 => &self.no_need_on,
            3 => &self.members,
            _ => return None,
        })
    }
}

rt::record!(ShiftCreateBody);

#[derive(Clone, Default)]
#[non_exhaustive]
pub struct ShiftImportBody {
    pub rows: Vec<Row>,
}

impl rt::Members for ShiftImportBody {
    const FIELDS: &'static [rt::Field] = &[rt::Field("rows", rt::REQUIRED)];

    fn slot(&mut self, index: usize) -> Option<&mut dyn rt::Slot> {
        Some(match index {
            0 => &mut self.rows,
            _ => return None,
        })
    }

    fn view(&self, index: usize) -> Option<&dyn rt::View> {
        Some(match index {
            0 => &self.rows,
            _ => return None,
        })
    }
}

rt::record!(ShiftImportBody);

#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Row {
    pub user_id: String,
    pub idempotent_id: Option<String>,
}

impl Row {
    pub fn new(user_id: impl Into<String>) -> Self {
        Self {
            user_id: user_id.into(),
            ..Default::default()
        }
    }

    pub fn idempotent_id(mut self, value: impl Into<String>) -> Self {
        self.idempotent_id = Some(value.into());
        self
    }
}

impl rt::Members for Row {
    const FIELDS: &'static [rt::Field] = &[
        rt::Field("user_id", rt::REQUIRED),
        rt::Field("idempotent_id", rt::PLAIN),
    ];

    fn slot(&mut self, index: usize) -> Option<&mut dyn rt::Slot> {
        Some(match index {
            0 => &mut self.user_id,
            1 => &mut self.idempotent_id,
            _ => return None,
        })
    }

    fn view(&self, index: usize) -> Option<&dyn rt::View> {
        Some(match index {
            0 => &self.user_id,
            1 => &self.idempotent_id,
            _ => return None,
        })
    }
}

rt::record!(Row);

#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Imported {
    pub rows: Vec<Row>,
    pub invalid_user_ids: Vec<String>,
}

impl rt::Members for Imported {
    const FIELDS: &'static [rt::Field] = &[
        rt::Field("rows", rt::PLAIN),
        rt::Field("invalid_user_ids", rt::PLAIN),
    ];

    fn slot(&mut self, index: usize) -> Option<&mut dyn rt::Slot> {
        Some(match index {
            0 => &mut self.rows,
            1 => &mut self.invalid_user_ids,
            _ => return None,
        })
    }

    fn view(&self, index: usize) -> Option<&dyn rt::View> {
        Some(match index {
            0 => &self.rows,
            1 => &self.invalid_user_ids,
            _ => return None,
        })
    }
}

rt::record!(Imported);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EmployeeType {
    EmployeeId,
    EmployeeNo,
    Unknown(rt::UnknownText),
}

impl rt::TextEnum for EmployeeType {
    const VALUES: &'static [&'static str] = &["employee_id", "employee_no"];

    fn from_index(index: usize) -> Option<Self> {
        Some(match index {
            0 => Self::EmployeeId,
            1 => Self::EmployeeNo,
            _ => return None,
        })
    }

    fn unknown(value: rt::UnknownText) -> Self {
        Self::Unknown(value)
    }

    fn as_str(&self) -> &str {
        match self {
            Self::EmployeeId => "employee_id",
            Self::EmployeeNo => "employee_no",
            Self::Unknown(value) => value.as_str(),
        }
    }
}

rt::text_enum!(EmployeeType);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GroupType {
    Fixed,
    Free,
    Unknown(rt::UnknownInt),
}

impl rt::IntEnum for GroupType {
    const VALUES: &'static [i64] = &[0, 3];

    fn from_index(index: usize) -> Option<Self> {
        Some(match index {
            0 => Self::Fixed,
            1 => Self::Free,
            _ => return None,
        })
    }

    fn unknown(value: rt::UnknownInt) -> Self {
        Self::Unknown(value)
    }

    fn as_i64(&self) -> i64 {
        match self {
            Self::Fixed => 0,
            Self::Free => 3,
            Self::Unknown(value) => value.as_i64(),
        }
    }
}

rt::int_enum!(GroupType);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct PunchType(pub i64);

impl PunchType {
    pub const GPS: Self = Self(1);
    pub const WIFI: Self = Self(2);
}

rt::bits!(PunchType);

#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Pet {
    Row(Box<Row>),
    Other(rt::Json),
}

impl rt::Tagged for Pet {
    const TAG: &'static str = "pet_type";
    const TAGS: &'static [&'static str] = &["row"];

    fn from_tag(index: usize) -> Option<Self> {
        Some(match index {
            0 => Self::Row(Box::default()),
            _ => return None,
        })
    }

    fn other(value: rt::Json) -> Self {
        Self::Other(value)
    }

    fn slot(&mut self) -> &mut dyn rt::Slot {
        match self {
            Self::Row(value) => &mut **value,
            Self::Other(value) => value,
        }
    }

    fn view(&self) -> &dyn rt::View {
        match self {
            Self::Row(value) => &**value,
            Self::Other(value) => value,
        }
    }

    fn tag(&self) -> Option<&'static str> {
        match self {
            Self::Row(_) => Some("row"),
            Self::Other(_) => None,
        }
    }
}

rt::tagged!(Pet);

const ENVELOPE: rt::Envelope = rt::Envelope::Members {
    code: "code",
    message: "msg",
    data: "data",
};

pub(crate) static SHIFT_GET: rt::OperationInfo = rt::OperationInfo {
    id: "shift.get",
    method: rt::Method::Get,
    path: "/open-apis/attendance/v1/shifts/{shift_id}",
    retry: rt::RetryClass::Read,
    rate_limit: Some(rt::RateLimit {
        calls: 50,
        seconds: 1,
    }),
    tokens: &[rt::TokenKind::of("tenant_access_token")],
    scopes: &["attendance:rule", "attendance:rule:readonly"],
    errors: &[1_220_001, 1_220_600],
    answer: rt::AnswerKind::Json,
    envelope: ENVELOPE,
    ..rt::OperationInfo::EMPTY
};

pub(crate) static SHIFT_MINE: rt::OperationInfo = rt::OperationInfo {
    id: "shift.mine",
    path: "/open-apis/attendance/v1/shifts/mine",
    retry: rt::RetryClass::Read,
    tokens: &[
        rt::TokenKind::of("tenant_access_token"),
        rt::TokenKind::of("user_access_token"),
    ],
    envelope: ENVELOPE,
    ..rt::OperationInfo::EMPTY
};

pub(crate) static SHIFT_DELETE: rt::OperationInfo = rt::OperationInfo {
    id: "shift.delete",
    method: rt::Method::Delete,
    path: "/open-apis/attendance/v1/shifts/{shift_id}",
    retry: rt::RetryClass::Idempotent,
    tokens: &[rt::TokenKind::of("tenant_access_token")],
    errors: &[1_220_600],
    answer: rt::AnswerKind::Empty,
    envelope: ENVELOPE,
    ..rt::OperationInfo::EMPTY
};

pub(crate) static SHIFT_CREATE: rt::OperationInfo = rt::OperationInfo {
    id: "shift.create",
    method: rt::Method::Post,
    path: "/open-apis/attendance/v1/shifts",
    retry: rt::RetryClass::Append,
    tokens: &[rt::TokenKind::of("tenant_access_token")],
    overrides: &[rt::ErrorOverride {
        code: 1_220_001,
        remedy_en: "Check the name.",
        ..rt::ErrorOverride::EMPTY
    }],
    envelope: ENVELOPE,
    ..rt::OperationInfo::EMPTY
};

pub(crate) static SHIFT_IMPORT: rt::OperationInfo = rt::OperationInfo {
    id: "shift.import",
    method: rt::Method::Post,
    path: "/open-apis/attendance/v1/shifts/import",
    retry: rt::RetryClass::Append,
    tokens: &[rt::TokenKind::of("tenant_access_token")],
    envelope: ENVELOPE,
    idempotency_key: Some("rows[].idempotent_id"),
    partial: &[
        rt::PartialRule::List {
            path: "invalid_user_ids",
            meaning: "These people do not exist.",
        },
        rt::PartialRule::RowList {
            meaning: "These rows were not written.",
        },
        rt::PartialRule::Error {
            code: 1_225_001,
            meaning: "These rows were refused.",
        },
    ],
    ..rt::OperationInfo::EMPTY
};

pub(crate) static SHIFT_PHOTO: rt::OperationInfo = rt::OperationInfo {
    id: "shift.photo",
    method: rt::Method::Get,
    path: "/open-apis/attendance/v1/files/{id}/download",
    retry: rt::RetryClass::Read,
    tokens: &[rt::TokenKind::of("tenant_access_token")],
    answer: rt::AnswerKind::Bytes,
    envelope: ENVELOPE,
    ..rt::OperationInfo::EMPTY
};

pub(crate) static SHIFT_UPLOAD: rt::OperationInfo = rt::OperationInfo {
    id: "shift.upload",
    method: rt::Method::Post,
    path: "/open-apis/attendance/v1/files/upload",
    retry: rt::RetryClass::Idempotent,
    tokens: &[rt::TokenKind::of("tenant_access_token")],
    envelope: ENVELOPE,
    ..rt::OperationInfo::EMPTY
};

pub(crate) static ERROR_TABLE: rt::ErrorTable = rt::ErrorTable {
    entries: &[
        rt::ErrorEntry {
            code: 1_220_001,
            name: "ParamInvalid",
            http: &[400],
            texts: &["param is invalid"],
            category: rt::ErrorCategory::InvalidParam,
            action: rt::ErrorAction::FixRequest,
            retry: rt::ErrorRetry::Never,
            remedy_en: "Fix the request.",
            remedy_zh: "修正请求。",
            kind: 0,
            ..rt::ErrorEntry::EMPTY
        },
        rt::ErrorEntry {
            code: 1_220_600,
            name: "General",
            category: rt::ErrorCategory::ByMessage,
            action: rt::ErrorAction::FixRequest,
            retry: rt::ErrorRetry::ByMessage,
            messages: &[
                rt::MessageEntry {
                    text: "shift can not be del",
                    name: "ShiftInUse",
                    category: rt::ErrorCategory::State,
                    remedy_en: "Take it out of every group first.",
                    kind: 1,
                    ..rt::MessageEntry::EMPTY
                },
                rt::MessageEntry {
                    text: "no row affected",
                    name: "NoRowAffected",
                    category: rt::ErrorCategory::Conflict,
                    action: rt::ErrorAction::Backoff,
                    retry: rt::ErrorRetry::Backoff,
                    kind: 2,
                    ..rt::MessageEntry::EMPTY
                },
            ],
            kind: 3,
            ..rt::ErrorEntry::EMPTY
        },
        rt::ErrorEntry {
            code: 1_225_000,
            name: "SystemError",
            category: rt::ErrorCategory::Server,
            action: rt::ErrorAction::Backoff,
            retry: rt::ErrorRetry::Backoff,
            kind: 4,
            ..rt::ErrorEntry::EMPTY
        },
        rt::ErrorEntry {
            code: 10_012,
            name: "AppTicketInvalid",
            category: rt::ErrorCategory::Auth,
            action: rt::ErrorAction::ResendAppTicket,
            retry: rt::ErrorRetry::Never,
            kind: 8,
            ..rt::ErrorEntry::EMPTY
        },
        rt::ErrorEntry {
            code: 10_015,
            name: "AppSecretWrong",
            category: rt::ErrorCategory::Credential,
            action: rt::ErrorAction::FixConfig,
            retry: rt::ErrorRetry::Never,
            kind: 9,
            ..rt::ErrorEntry::EMPTY
        },
        rt::ErrorEntry {
            code: 99_991_401,
            name: "IpDenied",
            category: rt::ErrorCategory::IpDenied,
            action: rt::ErrorAction::FixConfig,
            retry: rt::ErrorRetry::Never,
            kind: 10,
            ..rt::ErrorEntry::EMPTY
        },
        rt::ErrorEntry {
            code: 99_991_400,
            name: "RateLimited",
            category: rt::ErrorCategory::RateLimit,
            action: rt::ErrorAction::WaitReset,
            retry: rt::ErrorRetry::WaitReset,
            kind: 5,
            ..rt::ErrorEntry::EMPTY
        },
        rt::ErrorEntry {
            code: 99_991_663,
            name: "TenantTokenInvalid",
            category: rt::ErrorCategory::Auth,
            action: rt::ErrorAction::RefreshToken,
            retry: rt::ErrorRetry::RefreshToken,
            kind: 6,
            ..rt::ErrorEntry::EMPTY
        },
        rt::ErrorEntry {
            code: 99_991_672,
            name: "ScopeMissing",
            category: rt::ErrorCategory::Permission,
            action: rt::ErrorAction::FixConfig,
            retry: rt::ErrorRetry::Never,
            kind: 7,
            ..rt::ErrorEntry::EMPTY
        },
    ],
};

pub static SERVICE: rt::Service = rt::Service {
    name: "sample",
    base_urls: &["https://open.feishu.cn"],
    errors: &ERROR_TABLE,
    operations: &[
        &SHIFT_GET,
        &SHIFT_DELETE,
        &SHIFT_CREATE,
        &SHIFT_IMPORT,
        &SHIFT_PHOTO,
        &SHIFT_UPLOAD,
    ],
    ..rt::Service::EMPTY
};
