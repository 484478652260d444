//! What holds for every text: nothing panics, the text stays, and what was written can be read back.

use super::{Amount, Cell, DayResult, PunchColumn, Side, Unit, column_day};

const ROUNDS: u32 = 20_000;

/// A small generator of its own, so that a failure comes again with the same seed.
struct Source(u64);

impl Source {
    #[inline]
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    #[inline]
    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    #[inline]
    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).unwrap()]
    }

    /// Text from the pieces that real cells are made of, in an order that real cells do not have.
    #[inline]
    fn text(&mut self) -> String {
        const PIECES: [&str; 26] = [
            "0",
            "1",
            "9",
            "07:50",
            "24:00",
            "-",
            ",",
            ";",
            "(",
            ")",
            " ",
            ".",
            "正常",
            "小时",
            "天",
            "min",
            "hours",
            "（",
            "）",
            "，",
            "2023-01-05",
            "20230105",
            "+",
            "\n",
            "\u{202e}",
            "e5",
        ];
        (0..self.below(9)).map(|_| self.pick(&PIECES)).collect()
    }
}

#[test]
#[inline]
fn no_text_is_lost_and_none_makes_a_reader_fail() {
    let mut source = Source(0x5eed_0001);
    for _ in 0..ROUNDS {
        let (code, text) = (source.text(), source.text());
        let cell = Cell::new(&code, &text)
            .with_feature("ShiftTime", &text)
            .with_feature("PunchTime", &text);
        assert_eq!((cell.code(), cell.raw()), (code.as_str(), text.as_str()));
        let _ = (
            cell.duration(),
            cell.duration_in(Unit::Minute),
            cell.days(),
            cell.count(),
            cell.date(),
            cell.clock(),
        );
        let _ = (
            cell.shift(),
            cell.day(),
            cell.shift_time(Side::Off),
            cell.punch_time(),
            column_day(&code),
        );
        if let Some(column) = PunchColumn::parse(&code) {
            assert_eq!(column.code(), code);
        }
        if cell.amount().is_some() {
            assert!(
                text.contains(|c: char| c.is_ascii_digit()),
                "{text:?} holds no number"
            );
        }
    }
}

#[test]
#[inline]
fn an_amount_is_read_as_it_was_written() {
    let units = [
        ("", None),
        ("小时", Some(Unit::Hour)),
        (" hours", Some(Unit::Hour)),
        (" min", Some(Unit::Minute)),
        ("分钟", Some(Unit::Minute)),
        (" 天", Some(Unit::Day)),
        (" days", Some(Unit::Day)),
        ("次", Some(Unit::Times)),
    ];
    let mut source = Source(0x5eed_0002);
    for _ in 0..ROUNDS {
        let (hundredths, (word, unit)) = (source.below(10_000_000), source.pick(&units));
        let text = format!("{}.{:02}{word}", hundredths / 100, hundredths % 100);
        let amount = Amount::parse(&text).unwrap_or_else(|| panic!("{text:?} is an amount"));
        assert_eq!(amount.unit, unit, "{text:?}");
        assert!(
            (amount.number * 100.0 - hundredths as f64).abs() < 1e-6,
            "{text:?}"
        );
    }
}

#[test]
#[inline]
fn a_day_is_read_as_it_was_written() {
    let mut source = Source(0x5eed_0003);
    for _ in 0..ROUNDS {
        let punches: Vec<(&str, Option<String>)> = (0..1 + source.below(6))
            .map(|_| {
                (
                    source.pick(&["正常", "缺卡", "Late", "无需打卡"]),
                    time(&mut source),
                )
            })
            .collect();
        let leave = source.below(2) == 1;
        let separator = source.pick(&[",", ", "]);
        let mut text = punches
            .iter()
            .map(written)
            .collect::<Vec<_>>()
            .join(separator);
        if leave {
            text += ";年假(09:00-12:00)";
        }
        let day = DayResult::parse(&text).unwrap_or_else(|| panic!("{text:?} is a day"));
        let read: Vec<_> = day
            .punches
            .iter()
            .map(|p| (p.status, p.time.as_ref().map(ToString::to_string)))
            .collect();
        assert_eq!(read, punches, "{text:?}");
        assert_eq!(day.absences.len(), usize::from(leave), "{text:?}");
    }
}

#[inline]
fn time(source: &mut Source) -> Option<String> {
    (source.below(4) > 0).then(|| format!("{:02}:{:02}", source.below(24), source.below(60)))
}

#[inline]
fn written((status, time): &(&str, Option<String>)) -> String {
    format!("{status}({})", time.as_deref().unwrap_or("-"))
}
