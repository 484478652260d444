//! Why there is no long connection.

use std::fmt;

use crate::events::BoxError;

/// Why a connection could not be made or kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConnectErrorKind {
    /// The address of the server is none, or is plain and not on this machine.
    Address,
    /// The server was not reached, or did not answer in time.
    Transport,
    /// The server is busy or has a fault of its own.
    Server,
    /// The server's answer is none that this protocol knows.
    Answer,
    /// The application belongs to the other brand: Feishu and Lark have hosts of their own.
    WrongDomain,
    /// The application has as many connections as it may have.
    TooManyConnections,
    /// The server does not accept the application's id or secret.
    Credentials,
    /// The ticket of the connection was refused; the next try gets a new one.
    Ticket,
    /// The application may not connect.
    Forbidden,
    /// The connection was there and broke.
    Lost,
}

/// Why there is no long connection. Shows neither the secret nor the address of the connection, which holds a ticket.
#[derive(Debug)]
pub struct ConnectError {
    kind: ConnectErrorKind,
    code: Option<i64>,
    message: String,
    source: Option<BoxError>,
}

impl ConnectError {
    pub(super) fn new(kind: ConnectErrorKind, message: &str) -> Self {
        Self {
            kind,
            code: None,
            message: printable(message),
            source: None,
        }
    }

    pub(super) fn with_code(mut self, code: i64) -> Self {
        self.code = Some(code);
        self
    }

    pub(super) fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What is wrong.
    pub fn kind(&self) -> ConnectErrorKind {
        self.kind
    }

    /// The code that the server gave.
    pub fn code(&self) -> Option<i64> {
        self.code
    }

    /// What the server said, without control characters.
    pub fn message(&self) -> &str {
        &self.message
    }

    pub(super) fn source_text(&self) -> String {
        self.source
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default()
    }

    /// Whether trying again is no use until somebody has changed something.
    pub fn is_permanent(&self) -> bool {
        use ConnectErrorKind as Kind;
        match self.kind {
            Kind::Address
            | Kind::WrongDomain
            | Kind::TooManyConnections
            | Kind::Credentials
            | Kind::Forbidden => true,
            Kind::Transport | Kind::Server | Kind::Answer | Kind::Ticket | Kind::Lost => false,
        }
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use ConnectErrorKind as Kind;
        f.write_str(match self.kind {
            Kind::Address => "the server's address cannot be used",
            Kind::Transport => "the server was not reached",
            Kind::Server => "the server is busy or faulty",
            Kind::Answer => "the server's answer was not understood",
            Kind::WrongDomain => "the application belongs to the other brand's host",
            Kind::TooManyConnections => "the application has too many connections",
            Kind::Credentials => "the server does not accept the application",
            Kind::Ticket => "the ticket of the connection was refused",
            Kind::Forbidden => "the application may not connect",
            Kind::Lost => "the connection broke",
        })?;
        if let Some(code) = self.code {
            write!(f, " (code {code})")?;
        }
        if self.message.is_empty() {
            Ok(())
        } else {
            write!(f, ": {}", self.message)
        }
    }
}

impl std::error::Error for ConnectError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.source.as_deref()?)
    }
}

fn printable(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_control())
        .take(500)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_servers_words_are_shown_without_control_characters_and_not_for_ever() {
        let error = ConnectError::new(
            ConnectErrorKind::Server,
            &format!("a\r\n\u{1b}[31mb{}", "x".repeat(9000)),
        )
        .with_code(1);
        let shown = error.to_string();
        assert!(
            shown.starts_with("the server is busy or faulty (code 1): a[31mbxxx"),
            "{shown}"
        );
        assert!(shown.len() < 600);
    }
}
