//! The pivot: from rows of cells to people and columns.
//!
//! Rows keep their order, columns the order in which they were first met. Which columns come back depends on the saved view
//! of the operator, not on what was asked, so [`Sheet::missing`] tells which ones an evaluation would have to do without.

use std::collections::BTreeMap;

use super::cell::Cell;
use super::columns::daily;
use crate::Date;

/// Rows of a report, found by person and column.
#[derive(Debug, Clone, Default)]
pub struct Sheet<'a> {
    rows: Vec<Row<'a>>,
    columns: Vec<Column<'a>>,
    people: BTreeMap<&'a str, Vec<usize>>,
    known: BTreeMap<&'a str, usize>,
}

/// One row: a person, in the daily report on one day.
#[derive(Debug, Clone, PartialEq)]
pub struct Row<'a> {
    /// Id of the person, of the kind that the query asked for.
    pub user_id: &'a str,
    /// Name of the person.
    pub name: &'a str,
    /// The cells in their order.
    pub cells: Vec<Cell<'a>>,
}

/// One column of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column<'a> {
    /// The column code.
    pub code: &'a str,
    /// The title, if any row has one.
    pub title: &'a str,
}

impl<'a> Row<'a> {
    /// The cell of a column; the first one, should the code come twice.
    #[inline]
    pub fn get(&self, code: &str) -> Option<&Cell<'a>> {
        self.cells.iter().find(|cell| cell.code() == code)
    }

    /// The day of a row of the daily report.
    #[inline]
    pub fn day(&self) -> Option<Date> {
        self.get(daily::DATE)?.date()
    }
}

impl<'a> Sheet<'a> {
    /// A sheet without rows.
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a row, and the columns that it brings.
    #[inline]
    pub fn push(&mut self, row: Row<'a>) {
        for cell in &row.cells {
            self.add_column(cell);
        }
        self.people
            .entry(row.user_id)
            .or_default()
            .push(self.rows.len());
        self.rows.push(row);
    }

    #[inline]
    fn add_column(&mut self, cell: &Cell<'a>) {
        let next = self.columns.len();
        let at = *self.known.entry(cell.code()).or_insert(next);
        if at == next {
            self.columns.push(Column {
                code: cell.code(),
                title: cell.title(),
            });
        } else if self.columns[at].title.is_empty() {
            self.columns[at].title = cell.title();
        }
    }

    /// All rows in their order.
    #[inline]
    pub fn rows(&self) -> &[Row<'a>] {
        &self.rows
    }

    /// All columns, in the order in which they were first met.
    #[inline]
    pub fn columns(&self) -> &[Column<'a>] {
        &self.columns
    }

    /// The people, in the order of their ids.
    #[inline]
    pub fn people(&self) -> impl Iterator<Item = &'a str> {
        self.people.keys().copied()
    }

    /// The rows of a person.
    #[inline]
    pub fn rows_of(&self, user_id: &str) -> impl Iterator<Item = &Row<'a>> {
        let rows = self
            .people
            .get(user_id)
            .map(Vec::as_slice)
            .unwrap_or_default();
        rows.iter().map(|index| &self.rows[*index])
    }

    /// The cell of a person and column: of the first row that has it.
    #[inline]
    pub fn get(&self, user_id: &str, code: &str) -> Option<&Cell<'a>> {
        self.rows_of(user_id).find_map(|row| row.get(code))
    }

    /// The row of a person and day, in the daily report.
    #[inline]
    pub fn on(&self, user_id: &str, day: &Date) -> Option<&Row<'a>> {
        self.rows_of(user_id)
            .find(|row| row.day().is_some_and(|of_row| of_row.ymd() == day.ymd()))
    }

    /// Those of the columns that no row has.
    ///
    /// A missing column is not a zero: it is not part of the saved view of the operator (`user_id` of the query), and has to be
    /// chosen there first.
    #[inline]
    pub fn missing<'c>(&self, codes: impl IntoIterator<Item = &'c str>) -> Vec<&'c str> {
        codes
            .into_iter()
            .filter(|code| !self.known.contains_key(code))
            .collect()
    }

    /// The rows as a rectangle of texts, one for each of [`columns`](Self::columns); empty where a row lacks the column.
    #[inline]
    pub fn lines(&self) -> impl Iterator<Item = Vec<&'a str>> {
        self.rows.iter().map(|row| {
            self.columns
                .iter()
                .map(|column| row.get(column.code).map_or("", Cell::raw))
                .collect()
        })
    }
}

impl<'a> Extend<Row<'a>> for Sheet<'a> {
    #[inline]
    fn extend<I: IntoIterator<Item = Row<'a>>>(&mut self, rows: I) {
        for row in rows {
            self.push(row);
        }
    }
}

impl<'a> FromIterator<Row<'a>> for Sheet<'a> {
    #[inline]
    fn from_iter<I: IntoIterator<Item = Row<'a>>>(rows: I) -> Self {
        let mut sheet = Self::new();
        sheet.extend(rows);
        sheet
    }
}

#[cfg(test)]
mod tests {
    use super::super::columns::month;
    use super::*;

    fn row<'a>(user_id: &'a str, cells: &[(&'a str, &'a str)]) -> Row<'a> {
        let cells = cells
            .iter()
            .map(|(code, text)| Cell::new(code, text).with_title(code))
            .collect();
        Row {
            user_id,
            name: "",
            cells,
        }
    }

    #[test]
    fn people_and_columns_cross() {
        let sheet: Sheet<'_> = [
            row(
                "u1",
                &[(month::NAME, "An"), (month::ACTUAL_TIME, "8 hours")],
            ),
            row("u2", &[(month::NAME, "Bo"), (month::LATE_COUNT, "2")]),
        ]
        .into_iter()
        .collect();
        assert_eq!(
            sheet.get("u2", month::LATE_COUNT).and_then(Cell::count),
            Some(2)
        );
        assert_eq!(sheet.get("u1", month::LATE_COUNT), None);
        assert_eq!(sheet.get("u3", month::NAME), None);
        let codes: Vec<&str> = sheet.columns().iter().map(|column| column.code).collect();
        assert_eq!(codes, [month::NAME, month::ACTUAL_TIME, month::LATE_COUNT]);
        let lines: Vec<Vec<&str>> = sheet.lines().collect();
        assert_eq!(lines, [["An", "8 hours", ""], ["Bo", "", "2"]]);
    }

    #[test]
    fn columns_outside_the_view_are_told() {
        let sheet: Sheet<'_> = [row("u1", &[(month::ACTUAL_TIME, "-")])]
            .into_iter()
            .collect();
        assert_eq!(
            sheet.missing([month::ACTUAL_TIME, month::LATE_COUNT]),
            [month::LATE_COUNT]
        );
        assert_eq!(Sheet::new().missing([month::NAME]), [month::NAME]);
    }

    #[test]
    fn a_person_has_a_row_for_each_day() {
        let sheet: Sheet<'_> = [
            row("u1", &[(daily::DATE, "20230105"), (daily::LATE_COUNT, "0")]),
            row(
                "u1",
                &[(daily::DATE, "2023-01-06"), (daily::LATE_COUNT, "1")],
            ),
        ]
        .into_iter()
        .collect();
        let day = Date::new(2023, 1, 6).unwrap();
        let row = sheet.on("u1", &day).unwrap();
        assert_eq!(row.get(daily::LATE_COUNT).and_then(Cell::count), Some(1));
        assert_eq!(sheet.rows_of("u1").count(), 2);
        assert!(sheet.on("u1", &Date::new(2023, 1, 7).unwrap()).is_none());
    }
}
