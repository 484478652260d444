//! The closed list of findings. An id is a name that can be searched for and explained.

use super::Severity;

macro_rules! ids {
    ($($severity:ident $fatal:literal { $($variant:ident = $name:literal,)* })*) => {
        /// What a finding is about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Id { $($($variant,)*)* }

        impl Id {
            pub const ALL: &'static [Self] = &[$($(Self::$variant,)*)*];

            pub fn name(self) -> &'static str {
                match self { $($(Self::$variant => $name,)*)* }
            }

            /// In our own description.
            pub fn severity(self) -> Severity {
                match self { $($(Self::$variant => Severity::$severity,)*)* }
            }

            /// Whether it stays an error in a foreign document: nothing sound can be made of the text.
            pub fn is_fatal(self) -> bool {
                match self { $($(Self::$variant => $fatal,)*)* }
            }
        }
    };
}

ids! {
    Error true {
        NotUtf8 = "not-utf8",
        TooLarge = "too-large",
        TooDeep = "too-deep",
        EmptyDocument = "empty-document",
        YamlSyntax = "yaml-syntax",
        JsonSyntax = "json-syntax",
        TabIndentation = "tab-indentation",
        SeveralDocuments = "several-documents",
        YamlAnchor = "yaml-anchor",
        YamlMergeKey = "yaml-merge-key",
        YamlTag = "yaml-tag",
        DuplicateKey = "duplicate-key",
        KeyNotText = "key-not-text",
        UnsupportedVersion = "unsupported-version",
        NotADocument = "not-a-document",
        MissingRoot = "missing-root",
    }
    Error false {
        MissingFile = "missing-file",
        ByteOrderMark = "byte-order-mark",
        ControlCharacter = "control-character",
        AmbiguousScalar = "ambiguous-scalar",
        UnknownKey = "unknown-key",
        MisplacedKey = "misplaced-key",
        MissingKey = "missing-key",
        WrongType = "wrong-type",
        InvalidValue = "invalid-value",
        InvalidRef = "invalid-ref",
        DanglingRef = "dangling-ref",
        CyclicRef = "cyclic-ref",
        WrongKindRef = "wrong-kind-ref",
        RefSiblings = "ref-siblings",
        UnsupportedKeyword = "unsupported-keyword",
        UnsupportedSchema = "unsupported-schema",
        ConflictingSchemas = "conflicting-schemas",
        UnknownFormat = "unknown-format",
        EnumType = "enum-type",
        EnumNames = "enum-names",
        DuplicateEnumValue = "duplicate-enum-value",
        UnknownRequired = "unknown-required",
        DuplicateOperationId = "duplicate-operation-id",
        OperationIdForm = "operation-id-form",
        DuplicatePath = "duplicate-path",
        InvalidPath = "invalid-path",
        PathParameters = "path-parameters",
        DuplicateParameter = "duplicate-parameter",
        MissingAnswer = "missing-answer",
        UnknownScheme = "unknown-scheme",
        UnknownTag = "unknown-tag",
        DuplicateErrorCode = "duplicate-error-code",
        UnknownErrorCode = "unknown-error-code",
        UnknownMember = "unknown-member",
        MissingSource = "missing-source",
        MissingRetry = "missing-retry",
        MissingErrors = "missing-errors",
        MissingUnit = "missing-unit",
        ExampleMismatch = "example-mismatch",
        DefaultMismatch = "default-mismatch",
        NameClash = "name-clash",
        SkippedOperation = "skipped-operation",
        NotWrapped = "not-wrapped",
    }
    Warning false {
        UnknownOperation = "unknown-operation",
        MissingDescription = "missing-description",
        UnusedComponent = "unused-component",
        UnusedFile = "unused-file",
    }
    Note false {
        KeptAsJson = "kept-as-json",
        LostMembers = "lost-members",
        IgnoredHeader = "ignored-header",
        UnusedMediaType = "unused-media-type",
    }
}

impl Id {
    /// Whether something else of the document was not looked at because of it, so that what seems to be missing may be there.
    pub(crate) fn hides_parts(self) -> bool {
        let is_lost = matches!(
            self,
            Self::DanglingRef
                | Self::MissingFile
                | Self::WrongKindRef
                | Self::InvalidRef
                | Self::DuplicateOperationId
        );
        is_lost || self.is_fatal()
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|id| id.name() == name)
    }
}

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
