//! People: employees by each of their identifiers.

use std::collections::HashMap;

use super::calendar::Day;

/// An employee.
#[derive(Debug, Clone, Default)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) employee_no: String,
    pub(crate) open_id: String,
    pub(crate) name: String,
    /// From the own department to the root.
    pub(crate) departments: Vec<String>,
    /// Outside the data range of the app.
    pub(crate) hidden: bool,
    pub(crate) joined: Option<Day>,
    /// The last working day of somebody who has left.
    pub(crate) left: Option<Day>,
}

/// Which of the identifiers a call uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IdKind {
    EmployeeId,
    EmployeeNo,
    OpenId,
}

#[derive(Debug, Default)]
pub(crate) struct People {
    users: Vec<User>,
    by_id: HashMap<String, Vec<u32>>,
    by_no: HashMap<String, Vec<u32>>,
    by_open_id: HashMap<String, Vec<u32>>,
    /// Attendance administrators, who may change every group.
    pub(crate) admins: Vec<usize>,
}

impl People {
    pub(crate) fn add(&mut self, user: User) -> usize {
        let number = self.users.len();
        let entry = u32::try_from(number).expect("fewer people than addresses");
        for (index, id) in [
            (&mut self.by_id, &user.id),
            (&mut self.by_no, &user.employee_no),
            (&mut self.by_open_id, &user.open_id),
        ] {
            if !id.is_empty() {
                index.entry(id.clone()).or_default().push(entry);
            }
        }
        self.users.push(user);
        number
    }

    pub(crate) fn len(&self) -> usize {
        self.users.len()
    }

    pub(crate) fn get(&self, user: usize) -> &User {
        &self.users[user]
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (usize, &User)> {
        self.users.iter().enumerate()
    }

    /// Everybody who holds or held this identifier, oldest first.
    pub(crate) fn holders(&self, kind: IdKind, id: &str) -> &[u32] {
        let index = match kind {
            IdKind::EmployeeId => &self.by_id,
            IdKind::EmployeeNo => &self.by_no,
            IdKind::OpenId => &self.by_open_id,
        };
        index.get(id).map_or(&[], Vec::as_slice)
    }

    /// The present holder of an identifier, or the last one.
    pub(crate) fn find(&self, kind: IdKind, id: &str) -> Option<usize> {
        let holders = self.holders(kind, id);
        let present = holders
            .iter()
            .rev()
            .find(|user| self.users[**user as usize].left.is_none());
        present.or(holders.last()).map(|user| *user as usize)
    }

    /// The same, but only for people whom the app may see.
    pub(crate) fn find_visible(&self, kind: IdKind, id: &str) -> Option<usize> {
        self.find(kind, id).filter(|user| !self.users[*user].hidden)
    }

    pub(crate) fn write(&self, kind: IdKind, user: usize) -> &str {
        let user = &self.users[user];
        match kind {
            IdKind::EmployeeId => &user.id,
            IdKind::EmployeeNo => &user.employee_no,
            IdKind::OpenId => &user.open_id,
        }
    }
}
