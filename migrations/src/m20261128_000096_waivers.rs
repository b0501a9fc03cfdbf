//! Which findings are left as they are.

use crate::table::Facts;

crate::table::step!(
    |manager| {
        Facts::ties(manager, "waivers")
            .required_text("rule")
            .required_text("subject_type")
            .required_reference("subject_id")
            .required_text("reason")
            .text("since")
            .text("until")
            .create(manager)
            .await
    },
    drops & ["waivers"]
);
