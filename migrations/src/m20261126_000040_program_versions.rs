//! Which versions of the program brought the database up to date, so that an older one can say which made it.

use crate::table::{big, text};

crate::table::step!(
    |manager| {
        let backend = manager.get_database_backend();
        let mut versions = Table::create();
        versions
            .table("program_versions")
            .col(text(backend, "version").primary_key())
            // How many steps there were then: the version with the most is the latest.
            .col(big(backend, "steps").not_null());
        manager.create_table(versions).await
    },
    drops & ["program_versions"]
);
