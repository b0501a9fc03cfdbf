//! Designations, and the schools that were given them.

use crate::table::{BASIS, Facts};

crate::table::step!(
    |manager| {
        Facts::nouns(manager, "designations")
            .text("name_zh")
            .text("name_en")
            .word("level", &["national", "municipal", "district"])
            .text("awarding_body")
            .word("name_en_basis", BASIS)
            .indexed("level")
            .create(manager)
            .await?;
        Facts::ties(manager, "school_designations")
            .required_reference("school_id")
            .required_reference("designation_id")
            .text("awarded_on")
            .create(manager)
            .await
    },
    drops & ["designations", "school_designations"]
);
