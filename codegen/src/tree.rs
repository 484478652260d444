//! Generated files by path, and how they differ from what is there.

use std::collections::BTreeMap;

/// Texts by path, relative to the folder that holds the generated files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    pub files: BTreeMap<String, String>,
}

/// What must be done to one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Missing { path: String },
    Different { path: String },
    Extra { path: String },
}

impl Tree {
    pub fn insert(&mut self, path: impl Into<String>, text: impl Into<String>) {
        self.files.insert(path.into(), text.into());
    }

    /// What turns `found` into `self`, by path.
    pub fn changes_from(&self, found: &Tree) -> Vec<Change> {
        let mut changes: Vec<Change> = self
            .files
            .iter()
            .filter_map(|(path, text)| change_of(path, text, found))
            .collect();
        let extra = found
            .files
            .keys()
            .filter(|path| !self.files.contains_key(*path));
        changes.extend(extra.map(|path| Change::Extra { path: path.clone() }));
        changes.sort_by(|left, right| left.path().cmp(right.path()));
        changes
    }
}

impl Change {
    pub fn path(&self) -> &str {
        match self {
            Self::Missing { path } | Self::Different { path } | Self::Extra { path } => path,
        }
    }
}

fn change_of(path: &str, text: &str, found: &Tree) -> Option<Change> {
    match found.files.get(path) {
        None => Some(Change::Missing {
            path: path.to_owned(),
        }),
        Some(other) if other != text => Some(Change::Different {
            path: path.to_owned(),
        }),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_change_is_named_in_path_order() {
        let wanted = tree(&[("a.rs", "1"), ("b.rs", "2"), ("d.rs", "4")]);
        let found = tree(&[("a.rs", "1"), ("b.rs", "x"), ("c.rs", "3")]);
        let expected = [
            Change::Different {
                path: "b.rs".into(),
            },
            Change::Extra {
                path: "c.rs".into(),
            },
            Change::Missing {
                path: "d.rs".into(),
            },
        ];
        assert_eq!(wanted.changes_from(&found), expected);
        assert!(wanted.changes_from(&wanted).is_empty());
    }

    fn tree(files: &[(&str, &str)]) -> Tree {
        let mut tree = Tree::default();
        for (path, text) in files {
            tree.insert(*path, *text);
        }
        tree
    }
}
