//! The cell of one day in the monthly report: from `正常(07:50),缺卡(-);年假(09:00-12:00)` to its punches and absences.
//!
//! The status texts are in the language of the answer and are kept as they are. A cell that does not have this form, to the
//! last character, is not read at all: half of a day would be worse than none.

use super::time::{read_clock, read_range};
use crate::ClockTime;

/// What happened on a day.
#[derive(Debug, Clone, PartialEq)]
pub struct DayResult<'a> {
    /// The punches in their order: on and off of the first segment, then of the next.
    pub punches: Vec<DayPunch<'a>>,
    /// Leave, trips and time out of the office.
    pub absences: Vec<DayAbsence<'a>>,
}

/// One punch of a day.
#[derive(Debug, Clone, PartialEq)]
pub struct DayPunch<'a> {
    /// The result, in the language of the answer: `正常`, `缺卡`, `外勤` and others.
    pub status: &'a str,
    /// When; `None` if there was no punch.
    pub time: Option<ClockTime>,
}

/// A span of a day for which the person was excused.
#[derive(Debug, Clone, PartialEq)]
pub struct DayAbsence<'a> {
    /// Kind of absence, in the language of the answer, such as `年假`.
    pub kind: &'a str,
    /// Its begin.
    pub from: ClockTime,
    /// Its end.
    pub to: ClockTime,
}

enum Item<'a> {
    Punch(DayPunch<'a>),
    Absence(DayAbsence<'a>),
}

impl<'a> DayResult<'a> {
    /// Reads the text of a cell; `None` if it has another form.
    #[inline]
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut day = Self {
            punches: Vec::new(),
            absences: Vec::new(),
        };
        for item in text.split([',', '，', ';', '；']) {
            match read_item(item.trim())? {
                Item::Punch(punch) => day.punches.push(punch),
                Item::Absence(absence) => day.absences.push(absence),
            }
        }
        Some(day)
    }

    /// The punches of a segment, from 1: on, then off.
    #[inline]
    pub fn segment(&self, segment: usize) -> Option<&[DayPunch<'a>]> {
        self.punches.chunks(2).nth(segment.checked_sub(1)?)
    }
}

/// `status(09:00)`, `status(-)` or `kind(09:00-12:00)`, with brackets of either width.
#[inline]
fn read_item(text: &str) -> Option<Item<'_>> {
    let text = text.strip_suffix([')', '）'])?;
    let (label, inside) = text.split_once(['(', '（'])?;
    let label = label.trim();
    if label.is_empty() || label.contains([')', '）']) || inside.contains(['(', '（', ')', '）'])
    {
        return None;
    }
    match inside.trim() {
        "-" => Some(Item::Punch(DayPunch {
            status: label,
            time: None,
        })),
        inside => match read_clock(inside) {
            Some(time) => Some(Item::Punch(DayPunch {
                status: label,
                time: Some(time),
            })),
            None => {
                let (from, to) = read_range(inside)?;
                Some(Item::Absence(DayAbsence {
                    kind: label,
                    from,
                    to,
                }))
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn punches(text: &str) -> Vec<(&str, Option<String>)> {
        let day = DayResult::parse(text).unwrap();
        day.punches
            .iter()
            .map(|punch| (punch.status, punch.time.as_ref().map(ToString::to_string)))
            .collect()
    }

    #[test]
    fn punches_of_a_day() {
        assert_eq!(
            punches("正常(07:50),正常(17:35)"),
            [
                ("正常", Some("07:50".to_owned())),
                ("正常", Some("17:35".to_owned()))
            ]
        );
        assert_eq!(
            punches("无需打卡(-), 无需打卡(-)"),
            [("无需打卡", None), ("无需打卡", None)]
        );
        assert_eq!(punches("外勤(08:30),缺卡(-)")[1], ("缺卡", None));
    }

    #[test]
    fn leave_follows_the_punches() {
        let day = DayResult::parse("正常(08:45),正常(17:30);年假(09:00-12:00)").unwrap();
        assert_eq!(day.punches.len(), 2);
        assert_eq!(day.absences.len(), 1);
        assert_eq!(day.absences[0].kind, "年假");
        assert_eq!(day.absences[0].from.to_string(), "09:00");
        assert_eq!(day.absences[0].to.to_string(), "12:00");
    }

    #[test]
    fn segments_are_pairs() {
        let day = DayResult::parse("a(08:00),b(12:00),c(13:00),d(-)").unwrap();
        assert_eq!(day.segment(2).map(|pair| pair[0].status), Some("c"));
        assert_eq!(day.segment(3), None);
        assert_eq!(day.segment(0), None);
    }

    #[test]
    fn a_cell_of_another_form_is_not_read_by_halves() {
        for text in [
            "",
            "-",
            "正常",
            "正常(07:50),",
            "正常(07:50),休息",
            "正常(25:61)",
            "(07:50)",
            "a(07:50))",
            "a(b(07:50)",
            "a(07:50-)",
        ] {
            assert_eq!(DayResult::parse(text), None, "{text:?}");
        }
    }
}
