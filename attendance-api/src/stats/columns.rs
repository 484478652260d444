//! Column codes of the statistics reports, as names, and the two kinds of code that are made rather than listed.
//!
//! No list is complete: a tenant's columns depend on edition, settings and language, and tenants make columns of their
//! own. Ask `user_stats_field().query(..)` for what can be chosen, and treat every code as text. The names here are for the
//! columns whose meaning is certain. The letter after a column tells where it was seen: **D** in the samples of the
//! official pages, **L** in the answer of a live tenant, **P** in what public programs read.

use super::time::{day_text, read_day};
use crate::Date;

/// Columns that both reports have.
pub mod basic {
    /// Name of the person. D L
    pub const NAME: &str = "50101";
    /// Department. D L
    pub const DEPARTMENT: &str = "50102";
    /// Employee number; keep it as text, leading zeros count. D L
    pub const EMPLOYEE_NO: &str = "50103";
    /// E-mail address. D L
    pub const EMAIL: &str = "50104";
    /// Kind of employment, in the language of the answer. D L
    pub const EMPLOYMENT_TYPE: &str = "50105";
    /// Job sequence. D
    pub const JOB_SEQUENCE: &str = "50106";
    /// Date of joining. D L
    pub const JOINED_ON: &str = "50107";
    /// Date of leaving, as the sample of a view has it; a live list had [`LEFT_ON_LIVE`] instead. D
    pub const LEFT_ON: &str = "50108";
    /// Date of leaving, as a live list has it. L
    pub const LEFT_ON_LIVE: &str = "9";
    /// Employment status. D L
    pub const EMPLOYMENT_STATUS: &str = "50109";
    /// Direct manager. D L
    pub const MANAGER: &str = "50110";
    /// Path of the department in the organisation. D L
    pub const DEPARTMENT_PATH: &str = "50111";
}

/// Columns of the daily report: one row for each person **and day**.
pub mod daily {
    pub use super::basic::*;

    /// Department id. L
    pub const DEPARTMENT_ID: &str = "101";
    /// Gender. L
    pub const GENDER: &str = "93";
    /// Place of work. L
    pub const WORKPLACE: &str = "94";
    /// Job title. L
    pub const JOB_TITLE: &str = "95";
    /// Company of the contract. L
    pub const CONTRACT_COMPANY: &str = "96";
    /// Approvals that touch the day. L
    pub const APPROVALS: &str = "84";

    /// The day: `20230105` or `2023-01-05`, both were met. L P
    pub const DATE: &str = "51201";
    /// Shift, as `Name 09:00-18:00`; `-` if there is none. L P
    pub const SHIFT: &str = "51202";
    /// Attendance group. L
    pub const GROUP: &str = "51203";
    /// Time zone. L
    pub const TIME_ZONE: &str = "51204";
    /// Day of the week, in the language of the answer. L
    pub const WEEKDAY: &str = "51205";
    /// Kind of attendance: fixed, scheduled or free, in the language of the answer. L
    pub const ATTENDANCE_TYPE: &str = "85";

    /// Template of the punch columns. L
    pub const PUNCH: &str = "51501";
    /// Punch time; the rows carry one column for each segment and side, see [`PunchColumn`](super::PunchColumn). L P
    pub const PUNCH_TIME: &str = "51502";
    /// Punch result; one column for each segment and side, with the features of the cell. L P
    pub const PUNCH_RESULT: &str = "51503";
    /// Address of the punch. Personal data. L
    pub const PUNCH_ADDRESS: &str = "51505";
    /// Remark on the punch. L
    pub const PUNCH_REMARK: &str = "51506";
    /// Reason of a change by hand. L
    pub const CHANGE_REASON: &str = "81";

    /// Working time asked for. L P
    pub const REQUIRED_TIME: &str = "51302";
    /// Working time done. L P
    pub const ACTUAL_TIME: &str = "51303";
    /// Paid time, old form. L
    pub const PAID_TIME: &str = "51304";
    /// Late by. L P
    pub const LATE_BY: &str = "51305";
    /// Left early by. L P
    pub const EARLY_BY: &str = "51306";
    /// Overtime. L P
    pub const OVERTIME: &str = "51307";
    /// Days asked for. L P
    pub const REQUIRED_DAYS: &str = "51308";
    /// Days attended. L P
    pub const ACTUAL_DAYS: &str = "51309";
    /// Rest days. L P
    pub const REST_DAYS: &str = "51310";
    /// Times late. L P
    pub const LATE_COUNT: &str = "51311";
    /// Times seriously late. L P
    pub const SERIOUSLY_LATE_COUNT: &str = "51312";
    /// Seriously late by. L
    pub const SERIOUSLY_LATE_BY: &str = "51313";
    /// Times left early. L P
    pub const EARLY_COUNT: &str = "51314";
    /// Working time inside the shift. L
    pub const TIME_IN_SHIFT: &str = "51315";
    /// Absent for. L
    pub const ABSENT_FOR: &str = "51316";
    /// Days absent without leave. L P
    pub const ABSENT_DAYS: &str = "61";

    /// Overtime, all of it. L
    pub const OVERTIME_TOTAL: &str = "3001";
    /// Overtime that is paid. L
    pub const OVERTIME_PAID: &str = "3002";
    /// Overtime given back as time off. L
    pub const OVERTIME_OFF: &str = "3003";
    /// Overtime on working days, all of it. L
    pub const WORKDAY_OVERTIME_TOTAL: &str = "3008";
    /// Overtime on working days that is paid. L
    pub const WORKDAY_OVERTIME_PAID: &str = "3009";
    /// Overtime on working days given back as time off. L
    pub const WORKDAY_OVERTIME_OFF: &str = "3010";
    /// Overtime on rest days, all of it. L
    pub const REST_DAY_OVERTIME_TOTAL: &str = "3011";
    /// Overtime on rest days that is paid. L
    pub const REST_DAY_OVERTIME_PAID: &str = "3012";
    /// Overtime on rest days given back as time off. L
    pub const REST_DAY_OVERTIME_OFF: &str = "3013";
    /// Overtime on holidays, all of it. L
    pub const HOLIDAY_OVERTIME_TOTAL: &str = "3014";
    /// Overtime on holidays that is paid. L
    pub const HOLIDAY_OVERTIME_PAID: &str = "3015";
    /// Overtime on holidays given back as time off. L
    pub const HOLIDAY_OVERTIME_OFF: &str = "3016";

    /// Leave. L P
    pub const LEAVE: &str = "51401";
    /// Kind of leave. L P
    pub const LEAVE_TYPE: &str = "51402";
    /// Days on a business trip. L
    pub const TRIP_DAYS: &str = "51403";
    /// Days with a changed shift. L
    pub const SHIFT_CHANGE_DAYS: &str = "51404";
    /// Times the shift was changed. L
    pub const SHIFT_CHANGE_COUNT: &str = "87";
    /// Changed shift. L
    pub const CHANGED_SHIFT: &str = "51405";
    /// Changed shift, newer form. L
    pub const CHANGED_SHIFT_NEW: &str = "89";
    /// Out of the office for. L
    pub const OUT_FOR: &str = "51406";
    /// Punches corrected. L
    pub const CORRECTED_COUNT: &str = "51407";
    /// On-punches missing. L P
    pub const MISSING_ON_COUNT: &str = "51408";
    /// Off-punches missing. L P
    pub const MISSING_OFF_COUNT: &str = "51409";
}

/// Columns of the monthly report: one row for each person (and group, unless only the current group is asked for).
///
/// The days of the month are columns as well; their code is the date, see [`day_column`](super::day_column).
pub mod month {
    pub use super::basic::*;

    /// Days asked for. D
    pub const REQUIRED_DAYS: &str = "52101";
    /// Working days attended; a live title marks the column as old. D P
    pub const WORKDAYS_ATTENDED: &str = "52102";
    /// Rest days attended. D
    pub const REST_DAYS_ATTENDED: &str = "52103";
    /// Working time asked for. D P
    pub const REQUIRED_TIME: &str = "52104";
    /// Working time done. D P
    pub const ACTUAL_TIME: &str = "52105";
    /// Paid time. D
    pub const PAID_TIME: &str = "52106";
    /// Overtime. D
    pub const OVERTIME: &str = "52107";
    /// Attendance group. D
    pub const GROUP: &str = "52108";
    /// Overtime that is paid. D
    pub const OVERTIME_PAID: &str = "52109";
    /// Overtime given back as time off. D
    pub const OVERTIME_OFF: &str = "52110";

    /// Times late. D
    pub const LATE_COUNT: &str = "52201";
    /// Late by. D
    pub const LATE_BY: &str = "52202";
    /// Times left early. D
    pub const EARLY_COUNT: &str = "52203";
    /// Left early by. D
    pub const EARLY_BY: &str = "52204";
    /// On-punches missing. D
    pub const MISSING_ON_COUNT: &str = "52205";
    /// Off-punches missing. D
    pub const MISSING_OFF_COUNT: &str = "52206";
    /// Absence. D
    pub const ABSENCE: &str = "52207";
    /// Leave. D
    pub const LEAVE: &str = "52208";
    /// Business trips. D
    pub const TRIP: &str = "52209";
    /// Days with a changed shift. D
    pub const SHIFT_CHANGE_DAYS: &str = "52211";
    /// Punches corrected. D
    pub const CORRECTED_COUNT: &str = "52212";
    /// Punches in the field. D
    pub const FIELD_COUNT: &str = "52213";
    /// Out of the office for. D
    pub const OUT_FOR: &str = "52214";

    /// In a view: shows the columns of the single days. D
    pub const DAY_RESULTS: &str = "52401";
}

/// Coming or going.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// On duty.
    On,
    /// Off duty.
    Off,
}

/// A column that repeats for each segment of the shift and each side: `51502-1-2` is the off-punch of the first segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PunchColumn<'a> {
    /// Code of the column in the list of fields, such as [`daily::PUNCH_TIME`].
    pub column: &'a str,
    /// Segment of the shift, from 1.
    pub segment: u32,
    /// Coming or going.
    pub side: Side,
}

impl<'a> PunchColumn<'a> {
    /// The column of a segment (from 1) and side.
    #[inline]
    pub fn new(column: &'a str, segment: u32, side: Side) -> Self {
        Self {
            column,
            segment,
            side,
        }
    }

    /// Reads a code; `None` if it is not one of a segment.
    #[inline]
    pub fn parse(code: &'a str) -> Option<Self> {
        let (rest, side) = code.rsplit_once('-')?;
        let (column, segment) = rest.rsplit_once('-')?;
        let side = match side {
            "1" => Side::On,
            "2" => Side::Off,
            _ => return None,
        };
        let segment = read_segment(segment)?;
        (!column.is_empty() && !column.contains('-')).then_some(Self {
            column,
            segment,
            side,
        })
    }

    /// The code as the rows have it.
    #[inline]
    pub fn code(&self) -> String {
        let side = match self.side {
            Side::On => 1,
            Side::Off => 2,
        };
        format!("{}-{}-{side}", self.column, self.segment)
    }
}

/// Code of the column that stands for a day in the monthly report.
#[inline]
pub fn day_column(day: Date) -> Option<String> {
    day_text(&day)
}

/// The day that a column of the monthly report stands for; `None` for any other column.
///
/// Only `yyyy-MM-dd` is such a code: eight digits could be a column of the tenant.
#[inline]
pub fn column_day(code: &str) -> Option<Date> {
    if code.contains('-') {
        read_day(code)
    } else {
        None
    }
}

/// A segment counts from 1 and has no leading zero, so that reading and writing give the same code.
#[inline]
fn read_segment(text: &str) -> Option<u32> {
    let plain = !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn punch_columns_are_read_and_written() {
        let column = PunchColumn::parse("51502-1-2").unwrap();
        assert_eq!(column, PunchColumn::new(daily::PUNCH_TIME, 1, Side::Off));
        assert_eq!(column.code(), "51502-1-2");
        assert_eq!(
            PunchColumn::new(daily::PUNCH_RESULT, 3, Side::On).code(),
            "51503-3-1"
        );
    }

    #[test]
    fn other_codes_are_not_punch_columns() {
        for code in [
            "51502",
            "51502-1",
            "51502-0-1",
            "51502-01-1",
            "51502-1-3",
            "-1-1",
            "2021-03-1",
            "51502-+1-1",
            "",
        ] {
            assert_eq!(PunchColumn::parse(code), None, "{code}");
        }
    }

    #[test]
    fn days_are_columns_of_the_month() {
        let day = Date::new(2021, 3, 6).unwrap();
        assert_eq!(day_column(day).as_deref(), Some("2021-03-06"));
        assert_eq!(
            column_day("2021-03-06").and_then(|day| day.ymd()),
            Some((2021, 3, 6))
        );
        for code in ["52105", "20210306", "2021-02-30", "51502-1-2"] {
            assert!(column_day(code).is_none(), "{code}");
        }
    }
}
