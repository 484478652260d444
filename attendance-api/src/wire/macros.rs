//! What generated code invokes instead of spelling trait implementations.

/// `Slot`, `View`, `Serialize` and `Deserialize` for scalars.
macro_rules! scalar_serde {
    ($($ty:ty),+ $(,)?) => {$(
        $crate::wire::macros::scalar!($ty);
        $crate::wire::macros::serde_by_wire!($ty);
    )+};
}

/// `Slot` and `View` for scalars.
macro_rules! scalar {
    ($($ty:ty),+ $(,)?) => {$(
        impl $crate::wire::Slot for $ty {
            fn shape(&mut self) -> $crate::wire::Shape<'_> {
                $crate::wire::Shape::Scalar(self)
            }

            fn clear(&mut self) {
                *self = ::std::default::Default::default();
            }
        }

        impl $crate::wire::View for $ty {
            fn sight(&self) -> $crate::wire::Sight<'_> {
                $crate::wire::Sight::Scalar(self)
            }
        }
    )+};
}

/// `Serialize` and `Deserialize` through the wire.
macro_rules! serde_by_wire {
    ($ty:ty) => {
        impl ::serde::Serialize for $ty {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                $crate::wire::serialize(self, serializer)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $ty {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::wire::deserialize(deserializer)
            }
        }
    };
}

/// Everything that follows from `Record`.
macro_rules! record {
    ($ty:ty) => {
        impl $crate::wire::Slot for $ty {
            fn shape(&mut self) -> $crate::wire::Shape<'_> {
                $crate::wire::Shape::Record(self)
            }

            fn clear(&mut self) {
                *self = ::std::default::Default::default();
            }
        }

        impl $crate::wire::View for $ty {
            fn sight(&self) -> $crate::wire::Sight<'_> {
                $crate::wire::Sight::Record(self)
            }
        }

        $crate::wire::macros::serde_by_wire!($ty);
    };
}

/// Everything that follows from `Tagged`.
macro_rules! tagged {
    ($ty:ident) => {
        impl $crate::wire::Slot for $ty {
            fn shape(&mut self) -> $crate::wire::Shape<'_> {
                $crate::wire::Shape::Whole(self)
            }

            fn clear(&mut self) {
                *self = ::std::default::Default::default();
            }
        }

        impl $crate::wire::Whole for $ty {
            fn put(
                &mut self,
                value: $crate::wire::Json,
                at: &$crate::wire::At<'_>,
            ) -> ::std::result::Result<(), ::std::string::String> {
                $crate::wire::tagged::put(self, value, at)
            }
        }

        impl $crate::wire::View for $ty {
            fn sight(&self) -> $crate::wire::Sight<'_> {
                $crate::wire::View::sight($crate::wire::Tagged::view(self))
            }
        }

        impl ::std::default::Default for $ty {
            fn default() -> Self {
                <Self as $crate::wire::Tagged>::other($crate::wire::Json::Null)
            }
        }

        $crate::wire::macros::serde_by_wire!($ty);
    };
}

/// Everything that follows from `TextEnum`.
macro_rules! text_enum {
    ($ty:ident) => {
        impl $crate::wire::Scalar for $ty {
            fn put(&mut self, atom: $crate::wire::Atom<'_>) -> $crate::wire::Fit {
                let (value, fit) = $crate::wire::open::put_text_enum::<Self>(atom);
                if let Some(value) = value {
                    *self = value;
                }
                fit
            }

            fn get(&self, _: $crate::wire::Form) -> $crate::wire::Atom<'_> {
                $crate::wire::Atom::Text(::std::borrow::Cow::Borrowed(self.as_str()))
            }

            fn kind(&self, _: $crate::wire::Form) -> $crate::wire::Kind {
                $crate::wire::Kind::Text
            }
        }

        $crate::wire::macros::scalar_serde!($ty);

        impl $ty {
            /// The text on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                $crate::wire::TextEnum::as_str(self)
            }

            /// Whether this crate has a name for the value.
            #[must_use]
            pub fn is_known(&self) -> bool {
                !matches!(self, Self::Unknown(_))
            }
        }

        impl ::std::default::Default for $ty {
            /// The unknown value `""`: what a missing answer member becomes.
            fn default() -> Self {
                <Self as $crate::wire::TextEnum>::unknown($crate::wire::UnknownText::default())
            }
        }

        impl ::std::convert::From<&str> for $ty {
            fn from(text: &str) -> Self {
                $crate::wire::open::text_enum(text)
            }
        }

        impl ::std::convert::From<::std::string::String> for $ty {
            fn from(text: ::std::string::String) -> Self {
                $crate::wire::open::text_enum(&text)
            }
        }

        impl ::std::fmt::Display for $ty {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

/// Everything that follows from `IntEnum`.
macro_rules! int_enum {
    ($ty:ident) => {
        impl $crate::wire::Scalar for $ty {
            fn put(&mut self, atom: $crate::wire::Atom<'_>) -> $crate::wire::Fit {
                let (value, fit) = $crate::wire::open::put_int_enum::<Self>(&atom);
                if let Some(value) = value {
                    *self = value;
                }
                fit
            }

            fn get(&self, form: $crate::wire::Form) -> $crate::wire::Atom<'_> {
                $crate::wire::open::get_int(self.as_i64(), form)
            }

            fn kind(&self, form: $crate::wire::Form) -> $crate::wire::Kind {
                $crate::wire::Scalar::kind(&0_i64, form)
            }
        }

        $crate::wire::macros::scalar_serde!($ty);

        impl $ty {
            /// The number on the wire.
            #[must_use]
            pub fn as_i64(&self) -> i64 {
                $crate::wire::IntEnum::as_i64(self)
            }

            /// Whether this crate has a name for the value.
            #[must_use]
            pub fn is_known(&self) -> bool {
                !matches!(self, Self::Unknown(_))
            }
        }

        impl ::std::default::Default for $ty {
            /// The value 0, named or not: what a missing answer member becomes.
            fn default() -> Self {
                $crate::wire::open::int_enum(0)
            }
        }

        impl ::std::convert::From<i64> for $ty {
            fn from(value: i64) -> Self {
                $crate::wire::open::int_enum(value)
            }
        }

        impl ::std::fmt::Display for $ty {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&self.as_i64(), f)
            }
        }
    };
}

/// Everything that a bit mask `pub struct X(pub i64)` needs.
macro_rules! bits {
    ($ty:ident) => {
        impl $crate::wire::Scalar for $ty {
            fn put(&mut self, atom: $crate::wire::Atom<'_>) -> $crate::wire::Fit {
                $crate::wire::Scalar::put(&mut self.0, atom)
            }

            fn get(&self, form: $crate::wire::Form) -> $crate::wire::Atom<'_> {
                $crate::wire::open::get_int(self.0, form)
            }

            fn kind(&self, form: $crate::wire::Form) -> $crate::wire::Kind {
                $crate::wire::Scalar::kind(&self.0, form)
            }
        }

        $crate::wire::macros::scalar_serde!($ty);

        impl ::std::ops::BitOr for $ty {
            type Output = Self;

            fn bitor(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }
        }

        impl ::std::ops::BitOrAssign for $ty {
            fn bitor_assign(&mut self, other: Self) {
                self.0 |= other.0;
            }
        }

        impl ::std::convert::From<i64> for $ty {
            fn from(bits: i64) -> Self {
                Self(bits)
            }
        }
    };
}

pub(crate) use {bits, int_enum, record, scalar, scalar_serde, serde_by_wire, tagged, text_enum};
