//! Statistics: from the texts of a report's cells to names, numbers, times and a table.
//!
//! The service tells every value as text, in the language of the answer, under a numbered column. Here are names for the
//! columns ([`daily`], [`month`]), readings of a cell ([`Cell`]), and the pivot to people and columns ([`Sheet`]). The text
//! always stays within reach, and what cannot be read is `None`, never a zero.
//!
//! Does not: call the service, or guess a column from its title.

mod amount;
mod answer;
mod cell;
mod columns;
mod day;
#[cfg(test)]
mod properties;
mod sheet;
mod time;

pub use amount::{Amount, Durations, Unit};
pub use cell::{Cell, ShiftText};
pub use columns::{PunchColumn, Side, basic, column_day, daily, day_column, month};
pub use day::{DayAbsence, DayPunch, DayResult};
pub use sheet::{Column, Row, Sheet};
