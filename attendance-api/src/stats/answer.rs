//! From the answer of `user_stats_data.query` to cells and rows.

use super::amount::Durations;
use super::cell::Cell;
use super::sheet::{Row, Sheet};
use crate::Decimal;
use crate::user_stats_data::{StatsCell, StatsDuration, UserStatsData};

impl<'a> From<&'a StatsCell> for Cell<'a> {
    #[inline]
    fn from(answered: &'a StatsCell) -> Self {
        let text = answered.value.as_deref().unwrap_or_default();
        let title = answered.title.as_deref().unwrap_or_default();
        let durations = answered.duration_num.as_ref().map(Durations::from);
        let cell = Cell::new(&answered.code, text)
            .with_title(title)
            .with_durations(durations.unwrap_or_default());
        answered.features.iter().fold(cell, |cell, feature| {
            let key = feature.key.as_deref().unwrap_or_default();
            cell.with_feature(key, feature.value.as_deref().unwrap_or_default())
        })
    }
}

impl From<&StatsDuration> for Durations {
    #[inline]
    fn from(answered: &StatsDuration) -> Self {
        let units = [
            ("day", &answered.day),
            ("half_day", &answered.half_day),
            ("hour", &answered.hour),
            ("half_hour", &answered.half_hour),
            ("minute", &answered.minute),
        ];
        let mut durations = Self::default();
        for (unit, number) in units {
            durations.set(unit, number.as_ref().map_or("", Decimal::as_str));
        }
        durations
    }
}

impl<'a> From<&'a UserStatsData> for Row<'a> {
    #[inline]
    fn from(answered: &'a UserStatsData) -> Self {
        Row {
            user_id: &answered.user_id,
            name: answered.name.as_deref().unwrap_or_default(),
            cells: answered.datas.iter().map(Cell::from).collect(),
        }
    }
}

/// The rows of one answer or of many, in their order.
impl<'a> FromIterator<&'a UserStatsData> for Sheet<'a> {
    #[inline]
    fn from_iter<I: IntoIterator<Item = &'a UserStatsData>>(rows: I) -> Self {
        rows.into_iter().map(Row::from).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::stats::{Unit, month};

    const ANSWER: &str = r#"{"user_id": "a9f31c7e", "name": "Lin Qiao", "datas": [
        {"code": "52105", "value": "8 hours", "title": "Hours worked\n", "features": null,
         "duration_num": {"hour": "7.9", "minute": "474"}},
        {"code": "2026-03-02", "value": "正常(07:50),缺卡(-)", "features": [{"key": "Abnormal", "value": "true"}]},
        {"code": "52104", "value": "2700"}]}"#;

    #[test]
    fn an_answered_row_becomes_a_row_of_cells() {
        let answered: UserStatsData =
            crate::wire::from_value(&serde_json::from_str(ANSWER).unwrap()).unwrap();
        let sheet: Sheet<'_> = [&answered].into_iter().collect();
        let hours = sheet.get("a9f31c7e", month::ACTUAL_TIME).unwrap();
        assert_eq!(hours.duration(), Some(Duration::from_secs(474 * 60)));
        assert_eq!(hours.title(), "Hours worked");
        let day = sheet.get("a9f31c7e", "2026-03-02").unwrap();
        assert_eq!(day.is_abnormal(), Some(true));
        assert_eq!(day.day().unwrap().punches.len(), 2);
        let required = sheet.get("a9f31c7e", month::REQUIRED_TIME).unwrap();
        assert_eq!(
            required.duration_in(Unit::Minute),
            Some(Duration::from_secs(162_000))
        );
        assert_eq!(sheet.rows()[0].name, "Lin Qiao");
        assert_eq!(sheet.missing([month::LATE_COUNT]), [month::LATE_COUNT]);
    }
}
