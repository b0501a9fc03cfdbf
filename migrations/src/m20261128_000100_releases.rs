//! Releases: views of the map that have a name.

use crate::table::Facts;

crate::table::step!(
    |manager| {
        Facts::ties(manager, "releases")
            .required_text("release_id")
            .indexed("release_id")
            .required_text("as_of")
            .number("known_at")
            .text("title")
            .text("notes")
            .create(manager)
            .await
    },
    drops & ["releases"]
);
