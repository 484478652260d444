//! Schedules: which shift an employee of a scheduled group works on a day, twelve bytes a row.

use super::calendar::Day;

/// One planned day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) day: Day,
    group: u32,
    shift: u32,
}

/// A day of rest.
const REST: u32 = u32::MAX;

#[derive(Debug, Default)]
pub(crate) struct Schedules {
    /// By employee, in order of days.
    rows: Vec<Vec<Row>>,
}

impl Row {
    pub(crate) fn new(day: Day, group: usize, shift: Option<usize>) -> Self {
        let number = |place| u32::try_from(place).unwrap_or(REST - 1);
        Self {
            day,
            group: number(group),
            shift: shift.map_or(REST, number),
        }
    }

    pub(crate) fn group(self) -> usize {
        self.group as usize
    }

    /// `None` is rest.
    pub(crate) fn shift(self) -> Option<usize> {
        (self.shift != REST).then_some(self.shift as usize)
    }
}

impl Schedules {
    pub(crate) fn set(&mut self, user: usize, row: Row) {
        if self.rows.len() <= user {
            self.rows.resize(user + 1, Vec::new());
        }
        let rows = &mut self.rows[user];
        match rows.binary_search_by_key(&row.day, |row| row.day) {
            Ok(place) => rows[place] = row,
            Err(place) => rows.insert(place, row),
        }
    }

    pub(crate) fn clear(&mut self, user: usize, day: Day) {
        if let Some(rows) = self.rows.get_mut(user)
            && let Ok(place) = rows.binary_search_by_key(&day, |row| row.day)
        {
            rows.remove(place);
        }
    }

    pub(crate) fn get(&self, user: usize, day: Day) -> Option<Row> {
        let rows = self.rows.get(user)?;
        let place = rows.binary_search_by_key(&day, |row| row.day).ok()?;
        Some(rows[place])
    }

    /// The rows of an employee from one day to another, both included.
    pub(crate) fn between(&self, user: usize, from: Day, to: Day) -> &[Row] {
        let rows = self.rows.get(user).map_or(&[][..], Vec::as_slice);
        let begin = rows.partition_point(|row| row.day < from);
        let end = rows.partition_point(|row| row.day <= to);
        rows.get(begin..end).unwrap_or(&[])
    }

    pub(crate) fn uses_shift(&self, shift: usize, from: Day) -> bool {
        self.rows
            .iter()
            .flatten()
            .any(|row| row.day >= from && row.shift() == Some(shift))
    }

    pub(crate) fn count(&self) -> usize {
        self.rows.iter().map(Vec::len).sum()
    }
}
