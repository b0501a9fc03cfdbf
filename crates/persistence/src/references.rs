//! What the rows of a first revision refer to, checked at its end in place of SQLite's foreign keys.
//!
//! SQLite looks a reference up row by row, which is a quarter of the time of a first import. All identities of a first
//! revision pass through here, so whether one is missing is known without the database.

use std::collections::HashSet;

use crate::StoreError;

/// The identities made so far, and those that are referred to and not made yet.
#[derive(Debug, Default)]
pub(crate) struct References {
    made: HashSet<i64>,
    awaited: HashSet<i64>,
}

impl References {
    /// Takes note of an identity.
    pub(crate) fn add_identity(&mut self, id: i64) {
        self.made.insert(id);
    }

    /// Takes note of a reference.
    pub(crate) fn add_reference(&mut self, id: i64) {
        if !self.made.contains(&id) {
            self.awaited.insert(id);
        }
    }

    /// Checks that every identity referred to was made.
    ///
    /// # Errors
    /// One was not.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        match self.awaited.iter().find(|id| !self.made.contains(id)) {
            Some(id) => {
                let problem = "a row refers to it, and it is not there".to_owned();
                Err(StoreError::Inconsistent { id: *id, problem })
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::References;

    #[test]
    fn a_reference_may_come_before_what_it_refers_to_and_not_without() {
        let mut references = References::default();
        references.add_reference(7);
        assert!(references.check().is_err());
        references.add_identity(7);
        references.add_reference(7);
        assert!(references.check().is_ok());
    }
}
