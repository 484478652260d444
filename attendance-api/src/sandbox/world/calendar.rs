//! Calendar: days as a count since 1970, the texts in which the API writes days and times, and fixed or summer-time zones.

/// Days since 1970-01-01.
pub(crate) type Day = i32;

pub(crate) const DAY_SECONDS: i64 = 86_400;

/// A day from its year, month and day of the month; `None` if there is no such day.
pub(crate) fn day(year: i32, month: i32, day: i32) -> Option<Day> {
    if !(1970..=2105).contains(&year) || !(1..=12).contains(&month) {
        return None;
    }
    if day < 1 || day > month_length(year, month) {
        return None;
    }
    // Years that begin in March put the leap day last.
    let (y, m) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let before = y * 365 + y / 4 - y / 100 + y / 400;
    Some(before + (m * 153 + 2) / 5 + day - 1 - 719_468)
}

pub(crate) fn month_length(year: i32, month: i32) -> i32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Year, month and day of the month.
pub(crate) fn split(day: Day) -> (i32, i32, i32) {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let m = (5 * of_year + 2) / 153;
    let month = if m < 10 { m + 3 } else { m - 9 };
    let year = year_of_era + era * 400 + i32::from(month <= 2);
    (year, month, of_year - (153 * m + 2) / 5 + 1)
}

/// 0 is Monday.
pub(crate) fn weekday(day: Day) -> usize {
    (day + 3).rem_euclid(7) as usize
}

/// `20260302` to a day.
pub(crate) fn from_yyyymmdd(number: i64) -> Option<Day> {
    let number = i32::try_from(number).ok()?;
    day(number / 10_000, number / 100 % 100, number % 100)
}

pub(crate) fn to_yyyymmdd(day: Day) -> i64 {
    let (year, month, of_month) = split(day);
    i64::from(year * 10_000 + month * 100 + of_month)
}

/// `2026-03-02`.
pub(crate) fn to_dashed(day: Day) -> String {
    let (year, month, of_month) = split(day);
    format!("{year:04}-{month:02}-{of_month:02}")
}

pub(crate) fn from_dashed(text: &str) -> Option<Day> {
    let mut parts = text.split('-');
    let (year, month, of_month) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    day(
        year.parse().ok()?,
        month.parse().ok()?,
        of_month.parse().ok()?,
    )
}

/// `9:00`, `26:00`, or with a full-width colon, to minutes after midnight. Past 47:59 is no time.
pub(crate) fn clock_minutes(text: &str) -> Option<i64> {
    let (hours, minutes) = text.trim().split_once([':', '\u{ff1a}'])?;
    let (hours, minutes) = (digits(hours)?, digits(minutes)?);
    (hours < 48 && minutes < 60).then_some(hours * 60 + minutes)
}

fn digits(text: &str) -> Option<i64> {
    let fits = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| text.parse().ok())?
}

/// `2026-03-02 09:00[:00]` to seconds as if it were UTC.
pub(crate) fn local_seconds(text: &str) -> Option<i64> {
    let (date, time) = text.trim().split_once(' ')?;
    let mut parts = time.split(':');
    let hours = digits(parts.next()?)?;
    let minutes = digits(parts.next()?)?;
    let seconds = parts.next().map_or(Some(0), digits)?;
    if parts.next().is_some() || hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    let day = i64::from(from_dashed(date)?);
    Some(day * DAY_SECONDS + hours * 3600 + minutes * 60 + seconds)
}

/// Undoes [`local_seconds`], with seconds if asked for.
pub(crate) fn local_text(local: i64, with_seconds: bool) -> String {
    let day = local.div_euclid(DAY_SECONDS);
    let rest = local.rem_euclid(DAY_SECONDS);
    let date = to_dashed(i32::try_from(day).unwrap_or(0));
    let (hours, minutes, seconds) = (rest / 3600, rest / 60 % 60, rest % 60);
    if with_seconds {
        format!("{date} {hours:02}:{minutes:02}:{seconds:02}")
    } else {
        format!("{date} {hours:02}:{minutes:02}")
    }
}

/// A time zone: an offset, and the rule for summer time if it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Zone {
    offset: i64,
    summer: Summer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Summer {
    None,
    /// Last Sunday of March to last Sunday of October, at 01:00 UTC.
    Europe,
    /// Second Sunday of March to first Sunday of November, at 02:00 local time.
    America,
}

impl Zone {
    pub(crate) const SHANGHAI: Self = Self::fixed(8 * 60);

    const fn fixed(minutes: i64) -> Self {
        Self {
            offset: minutes * 60,
            summer: Summer::None,
        }
    }

    /// The zones that attendance groups commonly name, and `UTC+8`, `+05:30`. Others are unknown.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let hours = match name {
            "Asia/Shanghai" | "Asia/Chongqing" | "Asia/Hong_Kong" | "Asia/Taipei"
            | "Asia/Singapore" | "Asia/Macau" | "Asia/Urumqi" | "Asia/Kuala_Lumpur"
            | "Asia/Manila" | "Australia/Perth" => 8,
            "Asia/Tokyo" | "Asia/Seoul" => 9,
            "Asia/Bangkok" | "Asia/Jakarta" | "Asia/Ho_Chi_Minh" | "Asia/Saigon" => 7,
            "Asia/Dubai" => 4,
            "Europe/Moscow" | "Asia/Riyadh" | "Europe/Istanbul" => 3,
            "Australia/Brisbane" => 10,
            "America/Sao_Paulo" => -3,
            "UTC" | "GMT" | "Etc/UTC" | "Etc/GMT" => 0,
            "Asia/Kolkata" | "Asia/Calcutta" => return Some(Self::fixed(330)),
            _ => return Self::with_summer(name).or_else(|| Self::written(name)),
        };
        Some(Self::fixed(hours * 60))
    }

    fn with_summer(name: &str) -> Option<Self> {
        let (hours, summer) = match name {
            "Europe/London" | "Europe/Dublin" | "Europe/Lisbon" => (0, Summer::Europe),
            "Europe/Paris" | "Europe/Berlin" | "Europe/Madrid" | "Europe/Rome"
            | "Europe/Amsterdam" | "Europe/Vienna" | "Europe/Zurich" | "Europe/Stockholm"
            | "Europe/Warsaw" => (1, Summer::Europe),
            "Europe/Athens" | "Europe/Helsinki" | "Europe/Kiev" => (2, Summer::Europe),
            "America/New_York" | "America/Toronto" => (-5, Summer::America),
            "America/Chicago" => (-6, Summer::America),
            "America/Denver" => (-7, Summer::America),
            "America/Los_Angeles" | "America/Vancouver" => (-8, Summer::America),
            _ => return None,
        };
        Some(Self {
            offset: hours * 3600,
            summer,
        })
    }

    fn written(name: &str) -> Option<Self> {
        let text = name
            .strip_prefix("UTC")
            .or_else(|| name.strip_prefix("GMT"))
            .unwrap_or(name);
        let (sign, text) = match text.split_at_checked(1)? {
            ("+", rest) => (1, rest),
            ("-", rest) => (-1, rest),
            _ => return None,
        };
        let (hours, minutes) = text.split_once(':').unwrap_or((text, "0"));
        let (hours, minutes) = (digits(hours)?, digits(minutes)?);
        (hours <= 14 && minutes < 60).then(|| Self::fixed(sign * (hours * 60 + minutes)))
    }

    fn offset_at(self, unix: i64) -> i64 {
        let summer = match self.summer {
            Summer::None => false,
            Summer::Europe => {
                let year = split(day_of(unix)).0;
                let begin = i64::from(last_sunday(year, 3)) * DAY_SECONDS + 3600;
                let end = i64::from(last_sunday(year, 10)) * DAY_SECONDS + 3600;
                (begin..end).contains(&unix)
            }
            Summer::America => {
                let local = unix + self.offset;
                let year = split(day_of(local)).0;
                let begin = i64::from(first_sunday(year, 3) + 7) * DAY_SECONDS + 2 * 3600;
                // It ends at 02:00 of summer time, which is 01:00 of the time that `local` counts in.
                let end = i64::from(first_sunday(year, 11)) * DAY_SECONDS + 3600;
                (begin..end).contains(&local)
            }
        };
        self.offset + if summer { 3600 } else { 0 }
    }

    /// Seconds as if the local time were UTC.
    pub(crate) fn to_local(self, unix: i64) -> i64 {
        unix + self.offset_at(unix)
    }

    /// Of a local time that comes twice, one of the two; of one that is skipped, an hour later.
    pub(crate) fn to_unix(self, local: i64) -> i64 {
        let guess = local - self.offset_at(local - self.offset);
        local - self.offset_at(guess)
    }

    pub(crate) fn day_of(self, unix: i64) -> Day {
        day_of(self.to_local(unix))
    }
}

fn day_of(seconds: i64) -> Day {
    Day::try_from(seconds.div_euclid(DAY_SECONDS)).unwrap_or(Day::MAX)
}

fn first_sunday(year: i32, month: i32) -> Day {
    let first = day(year, month, 1).unwrap_or(0);
    first + (6 - weekday(first) as i32)
}

fn last_sunday(year: i32, month: i32) -> Day {
    let last = day(year, month, month_length(year, month)).unwrap_or(0);
    last - (weekday(last) as i32 + 1) % 7
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_come_back() {
        for (number, weekday_expected) in [
            (19_700_101, 3),
            (20_240_229, 3),
            (20_260_302, 0),
            (20_991_231, 3),
        ] {
            let day = from_yyyymmdd(number).unwrap();
            assert_eq!(to_yyyymmdd(day), number);
            assert_eq!(weekday(day), weekday_expected, "{number}");
        }
        for number in [20_230_229, 20_261_301, 20_260_431, 0, -1, 20_260_400] {
            assert_eq!(from_yyyymmdd(number), None, "{number}");
        }
    }

    #[test]
    fn clock_times_pass_midnight_and_take_both_colons() {
        assert_eq!(clock_minutes("9:00"), Some(540));
        assert_eq!(clock_minutes("26:00"), Some(1560));
        assert_eq!(clock_minutes("9\u{ff1a}30"), Some(570));
        for text in ["48:00", "9:60", "9", "", "a:b", "-1:00", "9:00:00"] {
            assert_eq!(clock_minutes(text), None, "{text}");
        }
    }

    #[test]
    fn summer_time_begins_and_ends() {
        let berlin = Zone::named("Europe/Berlin").unwrap();
        assert_eq!(berlin.to_local(1_774_745_999), 1_774_745_999 + 3600);
        assert_eq!(berlin.to_local(1_774_746_000), 1_774_746_000 + 7200);
        let york = Zone::named("America/New_York").unwrap();
        assert_eq!(york.to_local(1_772_953_199), 1_772_953_199 - 5 * 3600);
        assert_eq!(york.to_local(1_772_953_200), 1_772_953_200 - 4 * 3600);
        for zone in [berlin, york, Zone::SHANGHAI] {
            for unix in [1_770_000_000, 1_780_000_000, 1_790_000_000] {
                assert_eq!(zone.to_unix(zone.to_local(unix)), unix);
            }
        }
    }

    #[test]
    fn written_offsets_are_read_and_unknown_zones_are_not() {
        assert_eq!(Zone::named("UTC+8"), Some(Zone::SHANGHAI));
        assert_eq!(Zone::named("-05:30").unwrap().to_local(0), -19_800);
        assert_eq!(Zone::named("Mars/Olympus"), None);
        assert_eq!(Zone::named(""), None);
    }
}
