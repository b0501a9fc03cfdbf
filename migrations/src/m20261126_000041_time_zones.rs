//! The time zone in which a district's days begin.

use crate::table::text;

crate::table::step!(
    |manager| {
        let column = text(manager.get_database_backend(), "time_zone");
        manager.alter_table(Table::alter().table("districts").add_column(column).to_owned()).await
    },
    drops & []
);
