//! Partners, and their ties to schools outside any alliance.

use crate::table::{BASIS, Facts};

crate::table::step!(
    |manager| {
        Facts::first_nouns(manager, "partners")
            .text("name_zh")
            .text("name_en")
            .required_text("kinds")
            .word("name_zh_basis", BASIS)
            .word("name_en_basis", BASIS)
            .create(manager)
            .await?;
        Facts::ties(manager, "school_partners")
            .required_reference("school_id")
            .required_reference("partner_id")
            .required_word(
                "kind",
                &[
                    "cooperates_with",
                    "jointly_built_with",
                    "jointly_run_with",
                    "managed_as_affiliate_by",
                    "member_of_group_of",
                    "named_after",
                    "run_by",
                    "talent_base_of",
                ],
            )
            .text("since")
            .create(manager)
            .await
    },
    drops & ["partners", "school_partners"]
);
