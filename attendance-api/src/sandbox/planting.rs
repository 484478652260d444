//! What is planted by hand: an employee as Rust says it, a seed as YAML says it, and what is wrong with one.

/// An employee of the sandbox.
#[derive(Debug, Clone)]
#[must_use = "an employee is nobody until `Sandbox::add_users`"]
pub struct User(pub(super) serde_json::Value);

impl User {
    /// An employee with this employee id, who is also called so.
    pub fn new(id: impl Into<String>) -> Self {
        let id: String = id.into();
        Self(serde_json::json!({ "id": id }))
    }

    /// The name.
    pub fn name(self, name: impl Into<String>) -> Self {
        self.with("name", name.into())
    }

    /// The employee number.
    pub fn employee_no(self, number: impl Into<String>) -> Self {
        self.with("employee_no", number.into())
    }

    /// The departments, from the own one to the root.
    pub fn departments<D: Into<String>>(self, departments: impl IntoIterator<Item = D>) -> Self {
        let list: Vec<String> = departments.into_iter().map(Into::into).collect();
        self.with("departments", list)
    }

    /// Outside the data range of the app.
    pub fn hidden(self) -> Self {
        self.with("hidden", true)
    }

    /// An attendance administrator.
    pub fn admin(self) -> Self {
        self.with("admin", true)
    }

    /// Has left; this was the last working day (`yyyyMMdd`).
    pub fn left(self, day: u32) -> Self {
        self.with("left", day)
    }

    fn with(mut self, name: &str, value: impl Into<serde_json::Value>) -> Self {
        self.0[name] = value.into();
        self
    }
}

/// What is wrong with a seed.
#[derive(Debug, Clone)]
pub struct SeedError(pub(super) String);

impl std::fmt::Display for SeedError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for SeedError {}

pub(super) fn read_yaml(text: &str) -> Result<serde_json::Value, SeedError> {
    serde_yaml::from_str(text).map_err(|error| SeedError(error.to_string()))
}
