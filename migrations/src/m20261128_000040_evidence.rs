//! What further sources say of single fields, and which lists are known to be open.

use crate::table::Facts;

crate::table::step!(
    |manager| {
        Facts::ties(manager, "evidence")
            .required_text("subject_type")
            .required_reference("subject_id")
            .text("field")
            .text("value")
            .required_text("relation")
            .indexed("relation")
            .create(manager)
            .await?;
        Facts::ties(manager, "list_completeness")
            .required_text("subject_type")
            .required_reference("subject_id")
            .required_text("list")
            .number("is_complete")
            .text("note")
            .create(manager)
            .await
    },
    drops & ["evidence", "list_completeness"]
);
