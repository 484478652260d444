//! What error codes mean: the table that the generator writes, and the way to look things up.
//!
//! A code is looked up together with its operation, as one number may mean two things, and
//! together with its message where the table tells meanings apart by their text.

use crate::operation::OperationInfo;

/// The error codes of a service.
#[derive(Debug)]
pub struct ErrorTable {
    /// All entries; those for certain operations go before those for all.
    pub entries: &'static [ErrorEntry],
}

/// The meaning of an error code.
#[derive(Debug)]
pub struct ErrorEntry {
    /// The number.
    pub code: i64,
    /// Its name.
    pub name: &'static str,
    /// The documented HTTP statuses.
    pub http: &'static [u16],
    /// The documented texts.
    pub texts: &'static [&'static str],
    /// What it is about.
    pub category: ErrorCategory,
    /// What to do about it.
    pub action: ErrorAction,
    /// Whether a repetition may help.
    pub retry: ErrorRetry,
    /// What it means.
    pub meaning: &'static str,
    /// What to do about it, in English.
    pub remedy_en: &'static str,
    /// What to do about it, in Chinese.
    pub remedy_zh: &'static str,
    /// The operations that the entry is for; empty: all.
    pub operations: &'static [&'static str],
    /// Meanings that are told apart by the message.
    pub messages: &'static [MessageEntry],
    /// The index of the generated `ErrorKind`.
    pub kind: u16,
}

/// The meaning of one message of an error code.
#[derive(Debug)]
pub struct MessageEntry {
    /// The message.
    pub text: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it is about.
    pub category: ErrorCategory,
    /// What to do about it.
    pub action: ErrorAction,
    /// Whether a repetition may help.
    pub retry: ErrorRetry,
    /// What it means.
    pub meaning: &'static str,
    /// What to do about it, in English.
    pub remedy_en: &'static str,
    /// What to do about it, in Chinese.
    pub remedy_zh: &'static str,
    /// The index of the generated `ErrorKind`.
    pub kind: u16,
}

/// What a code means in one operation.
#[derive(Debug)]
pub struct ErrorOverride {
    /// The number.
    pub code: i64,
    /// The documented HTTP statuses; empty: those of the table.
    pub http: &'static [u16],
    /// What it means; empty: what the table says.
    pub meaning: &'static str,
    /// Not sent any more.
    pub retired: bool,
    /// What to do about it, in English; empty: what the table says.
    pub remedy_en: &'static str,
    /// What to do about it, in Chinese; empty: what the table says.
    pub remedy_zh: &'static str,
    /// The index of the generated `ErrorKind`, if it has one of its own.
    pub kind: Option<u16>,
}

impl ErrorEntry {
    /// Nothing known: the base that every entry starts from.
    pub const EMPTY: Self = Self {
        code: 0,
        name: "",
        http: &[],
        texts: &[],
        category: ErrorCategory::Server,
        action: ErrorAction::Support,
        retry: ErrorRetry::Never,
        meaning: "",
        remedy_en: "",
        remedy_zh: "",
        operations: &[],
        messages: &[],
        kind: NO_KIND,
    };
}

impl MessageEntry {
    /// Nothing known: the base that every entry starts from.
    pub const EMPTY: Self = Self {
        text: "",
        name: "",
        category: ErrorCategory::Server,
        action: ErrorAction::Support,
        retry: ErrorRetry::Never,
        meaning: "",
        remedy_en: "",
        remedy_zh: "",
        kind: NO_KIND,
    };
}

impl ErrorOverride {
    /// Nothing known: the base that every override starts from.
    pub const EMPTY: Self = Self {
        code: 0,
        http: &[],
        meaning: "",
        retired: false,
        remedy_en: "",
        remedy_zh: "",
        kind: None,
    };
}

/// The index of no `ErrorKind`.
pub const NO_KIND: u16 = u16::MAX;

/// What an error is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorCategory {
    /// A value of the request was refused.
    InvalidParam,
    /// Something named in the request does not exist.
    NotFound,
    /// A right is missing.
    Permission,
    /// The token was refused.
    Auth,
    /// The credentials of the application are wrong.
    Credential,
    /// The application is off, unpublished or not installed.
    AppState,
    /// A setting must be changed.
    Config,
    /// It exists already, or was changed meanwhile.
    Conflict,
    /// The object is in a state that forbids it.
    State,
    /// Too much in one call.
    Limit,
    /// Too many calls.
    RateLimit,
    /// The quota of the month is used up.
    Quota,
    /// The address of the caller is not allowed.
    IpDenied,
    /// The edition or plan does not include it.
    Edition,
    /// A fault of the server.
    Server,
    /// Not sent any more.
    Legacy,
    /// The message decides.
    ByMessage,
    /// No error at all.
    Success,
}

/// What to do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorAction {
    /// Change the request.
    FixRequest,
    /// Change a setting of the application or the organisation.
    FixConfig,
    /// Get a new token.
    RefreshToken,
    /// Let the person sign in again.
    Reauthorize,
    /// Ask for a new ticket of the application.
    ResendAppTicket,
    /// Wait, longer each time.
    Backoff,
    /// Wait as long as the answer says.
    WaitReset,
    /// Ask the support, with the log id.
    Support,
    /// Nothing.
    None,
}

/// Whether a repetition may help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorRetry {
    /// No.
    Never,
    /// After a pause.
    Backoff,
    /// Once, with a new token.
    RefreshToken,
    /// After the time that the answer names.
    WaitReset,
    /// The message decides.
    ByMessage,
}

/// A language for texts to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Lang {
    /// English
    #[default]
    En,
    /// 中文
    Zh,
}

/// What the table says about one error.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Meaning {
    pub(crate) entry: Option<&'static ErrorEntry>,
    pub(crate) message: Option<&'static MessageEntry>,
    pub(crate) overridden: Option<&'static ErrorOverride>,
}

impl ErrorTable {
    /// What `code` with `message` means for an operation.
    pub(crate) fn look_up(
        &self,
        operation: Option<&'static OperationInfo>,
        code: i64,
        message: &str,
    ) -> Meaning {
        let same_code = || self.entries.iter().filter(|entry| entry.code == code);
        let id = operation.map_or("", |info| info.id);
        let entry = same_code()
            .find(|entry| entry.operations.contains(&id))
            .or_else(|| same_code().find(|entry| entry.operations.is_empty()))
            // A number that is listed for other operations only means the same here, for all we know.
            .or_else(|| same_code().next());
        Meaning {
            entry,
            message: entry.and_then(|entry| entry.message(message)),
            overridden: operation
                .and_then(|info| info.overrides.iter().find(|entry| entry.code == code)),
        }
    }

    /// The general entry of a code: not those that are for certain operations only.
    #[must_use]
    pub fn entry(&self, code: i64) -> Option<&'static ErrorEntry> {
        self.look_up(None, code, "").entry
    }
}

impl ErrorEntry {
    /// Exactly, or but for case and the full stop: texts differ only in more than that.
    fn message(&self, text: &str) -> Option<&'static MessageEntry> {
        let bare = |text: &str| text.trim().trim_end_matches(['.', '!']).to_lowercase();
        let text = text.trim();
        self.messages
            .iter()
            .find(|entry| entry.text == text)
            .or_else(|| {
                self.messages
                    .iter()
                    .find(|entry| bare(entry.text) == bare(text))
            })
    }
}

impl Meaning {
    pub(crate) fn category(&self) -> Option<ErrorCategory> {
        self.message
            .map(|entry| entry.category)
            .or(self.entry.map(|entry| entry.category))
    }

    pub(crate) fn action(&self) -> Option<ErrorAction> {
        self.message
            .map(|entry| entry.action)
            .or(self.entry.map(|entry| entry.action))
    }

    /// [`ErrorRetry::ByMessage`] with an unknown message is never.
    pub(crate) fn retry(&self) -> Option<ErrorRetry> {
        let retry = self
            .message
            .map(|entry| entry.retry)
            .or(self.entry.map(|entry| entry.retry))?;
        Some(if retry == ErrorRetry::ByMessage {
            ErrorRetry::Never
        } else {
            retry
        })
    }

    pub(crate) fn name(&self) -> Option<&'static str> {
        self.message
            .map(|entry| entry.name)
            .or(self.entry.map(|entry| entry.name))
    }

    pub(crate) fn kind(&self) -> u16 {
        self.message
            .map(|entry| entry.kind)
            .or(self.overridden.and_then(|entry| entry.kind))
            .or(self.entry.map(|entry| entry.kind))
            .unwrap_or(NO_KIND)
    }

    pub(crate) fn remedy(&self, lang: Lang) -> &'static str {
        let texts = [
            self.message.map(|entry| (entry.remedy_en, entry.remedy_zh)),
            self.overridden
                .map(|entry| (entry.remedy_en, entry.remedy_zh)),
            self.entry.map(|entry| (entry.remedy_en, entry.remedy_zh)),
        ];
        let pick = |(en, zh): (&'static str, &'static str)| match lang {
            Lang::En => en,
            Lang::Zh => zh,
        };
        texts
            .into_iter()
            .flatten()
            .map(pick)
            .find(|text| !text.is_empty())
            .unwrap_or("")
    }
}
