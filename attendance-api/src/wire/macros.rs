//! What generated code invokes instead of spelling trait implementations.
//!
//! Exported, as the seam may be used from another crate; all paths lead through `rt`.

/// `Slot`, `View`, `Serialize` and `Deserialize` for scalars.
#[doc(hidden)]
#[macro_export]
macro_rules! __rt_scalar_serde {
    ($($ty:ty),+ $(,)?) => {$(
        $crate::__rt_scalar!($ty);
        $crate::__rt_serde_by_wire!($ty);
    )+};
}

/// `Slot` and `View` for scalars.
#[doc(hidden)]
#[macro_export]
macro_rules! __rt_scalar {
    ($($ty:ty),+ $(,)?) => {$(
        impl $crate::rt::Slot for $ty {
            #[inline]
            fn shape(&mut self) -> $crate::rt::Shape<'_> {
                $crate::rt::Shape::Scalar(self)
            }
        }

        impl $crate::rt::View for $ty {
            #[inline]
            fn sight(&self) -> $crate::rt::Sight<'_> {
                $crate::rt::Sight::Scalar(self)
            }
        }
    )+};
}

/// `Serialize` and `Deserialize` through the wire, for callers who keep values elsewhere.
#[doc(hidden)]
#[cfg(feature = "serde")]
#[macro_export]
macro_rules! __rt_serde_by_wire {
    ($ty:ty) => {
        impl $crate::rt::expanded::serde::Serialize for $ty {
            #[inline]
            fn serialize<S: $crate::rt::expanded::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                $crate::rt::expanded::serialize(self, serializer)
            }
        }

        impl<'de> $crate::rt::expanded::serde::Deserialize<'de> for $ty {
            #[inline]
            fn deserialize<D: $crate::rt::expanded::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::rt::expanded::deserialize(deserializer)
            }
        }
    };
}

/// Nothing, without the feature.
#[doc(hidden)]
#[cfg(not(feature = "serde"))]
#[macro_export]
macro_rules! __rt_serde_by_wire {
    ($ty:ty) => {};
}

/// Everything that follows from `Members`.
#[doc(hidden)]
#[macro_export]
macro_rules! __rt_record {
    ($ty:ident) => {
        impl $crate::rt::expanded::Model for $ty {
            type Class = $crate::rt::expanded::Records;
        }

        impl ::std::fmt::Debug for $ty {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                $crate::rt::expanded::debug(self, stringify!($ty), f)
            }
        }

        impl ::std::cmp::PartialEq for $ty {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                $crate::rt::expanded::same(self, other)
            }
        }

        $crate::__rt_serde_by_wire!($ty);
    };
}

/// Everything that follows from `Tagged`.
#[doc(hidden)]
#[macro_export]
macro_rules! __rt_tagged {
    ($ty:ident) => {
        impl $crate::rt::expanded::Model for $ty {
            type Class = $crate::rt::expanded::Unions;
        }

        impl ::std::default::Default for $ty {
            #[inline]
            fn default() -> Self {
                <Self as $crate::rt::Tagged>::other($crate::rt::Json::Null)
            }
        }

        $crate::__rt_serde_by_wire!($ty);
    };
}

/// Everything that follows from `TextEnum`.
#[doc(hidden)]
#[macro_export]
macro_rules! __rt_text_enum {
    ($ty:ident) => {
        impl $crate::rt::expanded::Model for $ty {
            type Class = $crate::rt::expanded::Scalars;
        }

        impl $crate::rt::expanded::OpenEnum for $ty {
            type Values = $crate::rt::expanded::Texts;
        }

        $crate::__rt_serde_by_wire!($ty);

        impl $ty {
            /// The text on the wire.
            #[must_use]
            #[inline]
            pub fn as_str(&self) -> &str {
                $crate::rt::TextEnum::as_str(self)
            }

            /// Whether this crate has a name for the value.
            #[must_use]
            #[inline]
            pub fn is_known(&self) -> bool {
                !matches!(self, Self::Unknown(_))
            }
        }

        impl ::std::default::Default for $ty {
            /// The unknown value `""`: what a missing answer member becomes.
            #[inline]
            fn default() -> Self {
                <Self as $crate::rt::TextEnum>::unknown($crate::rt::UnknownText::default())
            }
        }

        impl ::std::convert::From<&str> for $ty {
            #[inline]
            fn from(text: &str) -> Self {
                $crate::rt::expanded::text_enum(text)
            }
        }

        impl ::std::convert::From<::std::string::String> for $ty {
            #[inline]
            fn from(text: ::std::string::String) -> Self {
                $crate::rt::expanded::text_enum(&text)
            }
        }

        impl ::std::fmt::Display for $ty {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

/// Everything that follows from `IntEnum`.
#[doc(hidden)]
#[macro_export]
macro_rules! __rt_int_enum {
    ($ty:ident) => {
        impl $crate::rt::expanded::Model for $ty {
            type Class = $crate::rt::expanded::Scalars;
        }

        impl $crate::rt::expanded::OpenEnum for $ty {
            type Values = $crate::rt::expanded::Ints;
        }

        $crate::__rt_serde_by_wire!($ty);

        impl $ty {
            /// The number on the wire.
            #[must_use]
            #[inline]
            pub fn as_i64(&self) -> i64 {
                $crate::rt::IntEnum::as_i64(self)
            }

            /// Whether this crate has a name for the value.
            #[must_use]
            #[inline]
            pub fn is_known(&self) -> bool {
                !matches!(self, Self::Unknown(_))
            }
        }

        impl ::std::default::Default for $ty {
            /// The value 0, named or not: what a missing answer member becomes.
            #[inline]
            fn default() -> Self {
                $crate::rt::expanded::int_enum(0)
            }
        }

        impl ::std::convert::From<i64> for $ty {
            #[inline]
            fn from(value: i64) -> Self {
                $crate::rt::expanded::int_enum(value)
            }
        }

        impl ::std::fmt::Display for $ty {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&self.as_i64(), f)
            }
        }
    };
}

/// Everything that a bit mask `pub struct X(pub i64)` needs.
#[doc(hidden)]
#[macro_export]
macro_rules! __rt_bits {
    ($ty:ident) => {
        impl $crate::rt::Scalar for $ty {
            #[inline]
            fn put(&mut self, atom: $crate::rt::Atom<'_>) -> $crate::rt::Fit {
                $crate::rt::Scalar::put(&mut self.0, atom)
            }

            #[inline]

            fn get(&self, form: $crate::rt::Form) -> $crate::rt::Atom<'_> {
                $crate::rt::expanded::get_int(self.0, form)
            }

            #[inline]

            fn kind(&self, form: $crate::rt::Form) -> $crate::rt::Kind {
                $crate::rt::Scalar::kind(&self.0, form)
            }
        }

        $crate::__rt_scalar_serde!($ty);

        impl ::std::ops::BitOr for $ty {
            type Output = Self;

            #[inline]

            fn bitor(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }
        }

        impl ::std::ops::BitOrAssign for $ty {
            #[inline]
            fn bitor_assign(&mut self, other: Self) {
                self.0 |= other.0;
            }
        }

        impl ::std::convert::From<i64> for $ty {
            #[inline]
            fn from(bits: i64) -> Self {
                Self(bits)
            }
        }
    };
}

pub(crate) use {__rt_scalar as scalar, __rt_scalar_serde as scalar_serde};
