//! Days and times from and to the usual crates, each behind a feature.
//!
//! Towards this crate nothing is lost: a year that the wire cannot write is kept as text, and the
//! server judges it. Away from it, the text of the wire may be no time at all, so that can fail.

use std::fmt;

/// The wire brought something that is no such time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConvertError;

impl fmt::Display for ConvertError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the text of the wire is no such time")
    }
}

impl std::error::Error for ConvertError {}

#[cfg(feature = "jiff-02")]
mod jiff_02 {
    use jiff_02::civil;

    use super::ConvertError;
    use crate::wire::{Date, LocalDateTime, UnixMillis, UnixSeconds};

    impl From<civil::Date> for Date {
        fn from(date: civil::Date) -> Self {
            let part = |value: i8| value.unsigned_abs();
            Date::new(date.year().into(), part(date.month()), part(date.day()))
                .unwrap_or_else(|| Date::kept(&date.to_string()))
        }
    }

    impl TryFrom<Date> for civil::Date {
        type Error = ConvertError;

        fn try_from(date: Date) -> Result<Self, ConvertError> {
            let (year, month, day) = date.ymd().ok_or(ConvertError)?;
            let year = i16::try_from(year).map_err(|_| ConvertError)?;
            let small = |value: u8| i8::try_from(value).map_err(|_| ConvertError);
            civil::Date::new(year, small(month)?, small(day)?).map_err(|_| ConvertError)
        }
    }

    impl TryFrom<LocalDateTime> for civil::DateTime {
        type Error = ConvertError;

        fn try_from(time: LocalDateTime) -> Result<Self, ConvertError> {
            let (date, hours, minutes, seconds) = time.parts().ok_or(ConvertError)?;
            let small = |value: u8| i8::try_from(value).map_err(|_| ConvertError);
            Ok(civil::Date::try_from(date)?.at(small(hours)?, small(minutes)?, small(seconds)?, 0))
        }
    }

    impl From<jiff_02::Timestamp> for UnixSeconds {
        fn from(time: jiff_02::Timestamp) -> Self {
            Self::new(time.as_millisecond().div_euclid(1_000))
        }
    }

    impl TryFrom<UnixSeconds> for jiff_02::Timestamp {
        type Error = ConvertError;

        fn try_from(time: UnixSeconds) -> Result<Self, ConvertError> {
            Self::from_second(time.get().ok_or(ConvertError)?).map_err(|_| ConvertError)
        }
    }

    impl From<jiff_02::Timestamp> for UnixMillis {
        fn from(time: jiff_02::Timestamp) -> Self {
            Self::new(time.as_millisecond())
        }
    }

    impl TryFrom<UnixMillis> for jiff_02::Timestamp {
        type Error = ConvertError;

        fn try_from(time: UnixMillis) -> Result<Self, ConvertError> {
            Self::from_millisecond(time.get().ok_or(ConvertError)?).map_err(|_| ConvertError)
        }
    }

    #[test]
    fn jiff_times_round_trip() {
        let date = Date::new(2026, 11, 23).unwrap();
        assert_eq!(Date::from(civil::Date::try_from(date).unwrap()), date);
        assert!(civil::Date::try_from(Date::default()).is_err());
        assert_eq!(Date::from(civil::date(-5, 1, 1)).ymd(), None);
        let time = UnixSeconds::new(-1);
        assert_eq!(
            UnixSeconds::from(jiff_02::Timestamp::try_from(time).unwrap()),
            time
        );
        assert!(jiff_02::Timestamp::try_from(UnixMillis::new(i64::MAX)).is_err());
        let local: LocalDateTime = "2026-11-23 07:08".parse().unwrap();
        assert_eq!(
            civil::DateTime::try_from(local).unwrap().to_string(),
            "2026-11-23T07:08:00"
        );
    }
}

#[cfg(feature = "chrono-04")]
mod chrono_04 {
    use chrono_04::{DateTime, Datelike as _, NaiveDate, NaiveDateTime, Utc};

    use super::ConvertError;
    use crate::wire::{Date, LocalDateTime, UnixMillis, UnixSeconds};

    impl From<NaiveDate> for Date {
        fn from(date: NaiveDate) -> Self {
            let part = |value: u32| u8::try_from(value).unwrap_or(0);
            Date::new(date.year(), part(date.month()), part(date.day()))
                .unwrap_or_else(|| Date::kept(&date.to_string()))
        }
    }

    impl TryFrom<Date> for NaiveDate {
        type Error = ConvertError;

        fn try_from(date: Date) -> Result<Self, ConvertError> {
            let (year, month, day) = date.ymd().ok_or(ConvertError)?;
            Self::from_ymd_opt(year, month.into(), day.into()).ok_or(ConvertError)
        }
    }

    impl TryFrom<LocalDateTime> for NaiveDateTime {
        type Error = ConvertError;

        fn try_from(time: LocalDateTime) -> Result<Self, ConvertError> {
            let (date, hours, minutes, seconds) = time.parts().ok_or(ConvertError)?;
            let date = NaiveDate::try_from(date)?;
            date.and_hms_opt(hours.into(), minutes.into(), seconds.into())
                .ok_or(ConvertError)
        }
    }

    impl From<DateTime<Utc>> for UnixSeconds {
        fn from(time: DateTime<Utc>) -> Self {
            Self::new(time.timestamp())
        }
    }

    impl TryFrom<UnixSeconds> for DateTime<Utc> {
        type Error = ConvertError;

        fn try_from(time: UnixSeconds) -> Result<Self, ConvertError> {
            time.get()
                .and_then(|count| Self::from_timestamp(count, 0))
                .ok_or(ConvertError)
        }
    }

    impl From<DateTime<Utc>> for UnixMillis {
        fn from(time: DateTime<Utc>) -> Self {
            Self::new(time.timestamp_millis())
        }
    }

    impl TryFrom<UnixMillis> for DateTime<Utc> {
        type Error = ConvertError;

        fn try_from(time: UnixMillis) -> Result<Self, ConvertError> {
            time.get()
                .and_then(Self::from_timestamp_millis)
                .ok_or(ConvertError)
        }
    }

    #[test]
    fn chrono_times_round_trip() {
        let date = Date::new(2026, 11, 23).unwrap();
        assert_eq!(Date::from(NaiveDate::try_from(date).unwrap()), date);
        assert!(NaiveDate::try_from(Date::default()).is_err());
        let time = UnixSeconds::new(-1);
        assert_eq!(
            UnixSeconds::from(DateTime::<Utc>::try_from(time).unwrap()),
            time
        );
        assert!(DateTime::<Utc>::try_from(UnixMillis::new(i64::MAX)).is_err());
        let local: LocalDateTime = "2026-11-23 07:08:09".parse().unwrap();
        assert_eq!(
            NaiveDateTime::try_from(local).unwrap().to_string(),
            "2026-11-23 07:08:09"
        );
    }
}

#[cfg(feature = "time-03")]
mod time_03 {
    use time_03::{Month, OffsetDateTime, PrimitiveDateTime, Time};

    use super::ConvertError;
    use crate::wire::{Date, LocalDateTime, UnixMillis, UnixSeconds};

    impl From<time_03::Date> for Date {
        fn from(date: time_03::Date) -> Self {
            Date::new(date.year(), date.month().into(), date.day())
                .unwrap_or_else(|| Date::kept(&date.to_string()))
        }
    }

    impl TryFrom<Date> for time_03::Date {
        type Error = ConvertError;

        fn try_from(date: Date) -> Result<Self, ConvertError> {
            let (year, month, day) = date.ymd().ok_or(ConvertError)?;
            let month = Month::try_from(month).map_err(|_| ConvertError)?;
            Self::from_calendar_date(year, month, day).map_err(|_| ConvertError)
        }
    }

    impl TryFrom<LocalDateTime> for PrimitiveDateTime {
        type Error = ConvertError;

        fn try_from(time: LocalDateTime) -> Result<Self, ConvertError> {
            let (date, hours, minutes, seconds) = time.parts().ok_or(ConvertError)?;
            let time = Time::from_hms(hours, minutes, seconds).map_err(|_| ConvertError)?;
            Ok(Self::new(date.try_into()?, time))
        }
    }

    impl From<OffsetDateTime> for UnixSeconds {
        fn from(time: OffsetDateTime) -> Self {
            Self::new(time.unix_timestamp())
        }
    }

    impl TryFrom<UnixSeconds> for OffsetDateTime {
        type Error = ConvertError;

        fn try_from(time: UnixSeconds) -> Result<Self, ConvertError> {
            Self::from_unix_timestamp(time.get().ok_or(ConvertError)?).map_err(|_| ConvertError)
        }
    }

    impl From<OffsetDateTime> for UnixMillis {
        fn from(time: OffsetDateTime) -> Self {
            let millis = time.unix_timestamp_nanos().div_euclid(1_000_000);
            Self::new(i64::try_from(millis).unwrap_or(i64::MAX))
        }
    }

    impl TryFrom<UnixMillis> for OffsetDateTime {
        type Error = ConvertError;

        fn try_from(time: UnixMillis) -> Result<Self, ConvertError> {
            let nanos = i128::from(time.get().ok_or(ConvertError)?) * 1_000_000;
            Self::from_unix_timestamp_nanos(nanos).map_err(|_| ConvertError)
        }
    }

    #[test]
    fn time_times_round_trip() {
        let date = Date::new(2026, 11, 23).unwrap();
        assert_eq!(Date::from(time_03::Date::try_from(date).unwrap()), date);
        assert!(time_03::Date::try_from(Date::default()).is_err());
        let time = UnixMillis::new(-1);
        assert_eq!(
            UnixMillis::from(OffsetDateTime::try_from(time).unwrap()),
            time
        );
        assert!(OffsetDateTime::try_from(UnixSeconds::new(i64::MAX)).is_err());
        let local: LocalDateTime = "2026-11-23 07:08:09".parse().unwrap();
        assert!(PrimitiveDateTime::try_from(local).is_ok());
    }
}
