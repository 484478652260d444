//! Switches: where sources disagree or say nothing, the sandbox can be either.

/// How the sandbox behaves where the real service is known to vary, or where nobody knows.
///
/// Every member is public and the struct is open, so start from the default:
///
/// ```
/// # use attendance_api::sandbox::Switches;
/// let mut switches = Switches::default();
/// switches.msg_on_success = "ok".to_owned();
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Switches {
    /// The `msg` of a plain success: `success`, `ok` and the empty text are all met.
    pub msg_on_success: String,
    /// Leaves empty lists out of answers.
    pub omit_empty_lists: bool,
    /// Sends `null` in place of an empty list.
    pub null_lists: bool,
    /// Sends integers of answers (days, months, counts) as text.
    pub numbers_as_text: bool,
    /// What a fixed-shift group answers as `group_type`: 0, as the answer tables say, or 1, as it was written.
    pub group_type_fixed: i64,
    /// An import answers an empty `record_id`, as one report says.
    pub flow_record_id_empty: bool,
    /// Seconds for which `group.search` does not see a change.
    pub search_lag_seconds: i64,
    /// Adds a member that no description names to every object of an answer.
    pub extra_fields: bool,
    /// Replaces results (`Normal`, `Late`, ...) by one that no description names.
    pub unknown_enum: bool,
    /// Sends positions without a fraction as integers, as live answers do.
    pub positions_as_int: bool,
    /// Answers refusals with HTTP 200.
    pub http_200_for_errors: bool,
    /// The HTTP status of a rate limit: 429 or, as some older operations do, 400.
    pub rate_limit_status: u16,
    /// The form of the answer that names missing scopes.
    pub scope_error_form: ScopeErrorForm,
    /// The token endpoint goes on handing out a token that was revoked, until it has less than 30 minutes left.
    pub token_endpoint_repeats_revoked: bool,
    /// `operator_id` must be given (a tenant without the "API access" step).
    pub operator_required: bool,
    /// The tenant has Feishu People, enterprise edition (leave grants).
    pub people_enterprise: bool,
    /// The tenant has bought temporary shifts.
    pub temporary_shifts: bool,
    /// `user_task.query` takes a user token, and with an empty `user_ids` answers the caller's own results.
    pub user_token_for_own_results: bool,
    /// `user_flow.created_v1` carries longitude and latitude.
    pub event_positions: bool,
    /// `user_task.updated_v1` sends `index` as text, as its table says, not as a number, as its sample shows.
    pub event_index_as_text: bool,
    /// Rules that no source settles.
    pub guesses: Guesses,
}

/// Rules that are nobody's knowledge, only our guess. Switch one off and the sandbox does the plain thing instead.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Guesses {
    /// A shift that a schedule uses from today on cannot be deleted. Off: only groups hold a shift.
    pub schedule_holds_shift: bool,
    /// A scheduled or free group with a week plan is refused. Off: the plan is dropped.
    pub plan_of_other_types_refused: bool,
    /// A repeated `idempotent_id` refuses the whole batch. Off: the other rows are stored.
    pub repeated_key_refuses_batch: bool,
    /// A `day_no` outside its month is refused. Off: it is taken and never comes into force.
    pub day_outside_month_refused: bool,
    /// An approval of which a part is refused is not stored at all. Off: its good parts are.
    pub refused_part_refuses_approval: bool,
    /// An unknown punch record or approval is refused. Off: the answer is an empty object.
    pub unknown_record_refused: bool,
    /// A state change of an approval that the tables do not list is refused. Off: it is accepted.
    pub odd_transition_refused: bool,
    /// Imported punches raise `user_flow.created_v1`. Off: only punches made by people do.
    pub events_for_imports: bool,
    /// A new group with `effect_now` rules past days as well. Off: it begins today.
    pub new_group_rules_the_past: bool,
    /// A span of 31 days, both ends counted, is accepted for results. Off: 30 is the limit.
    pub thirty_one_days_pass: bool,
}

/// How a missing scope is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScopeErrorForm {
    /// In `error.permission_violations` and in `msg`.
    Object,
    /// In `msg` only.
    TextOnly,
    /// In `msg`, followed by Chinese text.
    ChineseText,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            msg_on_success: "success".to_owned(),
            omit_empty_lists: false,
            null_lists: false,
            numbers_as_text: false,
            group_type_fixed: 0,
            flow_record_id_empty: false,
            search_lag_seconds: 0,
            extra_fields: false,
            unknown_enum: false,
            positions_as_int: false,
            http_200_for_errors: false,
            rate_limit_status: 429,
            scope_error_form: ScopeErrorForm::Object,
            token_endpoint_repeats_revoked: false,
            operator_required: false,
            people_enterprise: true,
            temporary_shifts: true,
            user_token_for_own_results: true,
            event_positions: false,
            event_index_as_text: false,
            guesses: Guesses::default(),
        }
    }
}

impl Default for Guesses {
    fn default() -> Self {
        Self {
            schedule_holds_shift: true,
            plan_of_other_types_refused: true,
            repeated_key_refuses_batch: true,
            day_outside_month_refused: true,
            refused_part_refuses_approval: true,
            unknown_record_refused: true,
            odd_transition_refused: true,
            events_for_imports: true,
            new_group_rules_the_past: true,
            thirty_one_days_pass: false,
        }
    }
}

impl Switches {
    /// Whether an answer must be gone through once more before it is sent.
    pub(crate) fn shape_answers(&self) -> bool {
        self.omit_empty_lists
            || self.null_lists
            || self.numbers_as_text
            || self.extra_fields
            || self.unknown_enum
            || self.positions_as_int
    }
}
