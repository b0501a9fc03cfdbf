//! Education groups and their memberships.

use crate::table::{BASIS, Facts};

crate::table::step!(
    |manager| {
        Facts::first_nouns(manager, "groups")
            .text("name_zh")
            .text("name_en")
            .word("name_en_basis", BASIS)
            .word("name_zh_basis", BASIS)
            .reference("lead_school_id")
            .required_word("status", &["operating", "planned", "dissolved"])
            .number("reported_branches")
            .number("reported_sites")
            .number("reported_member_schools")
            .reference("district_id")
            .create(manager)
            .await?;
        Facts::ties(manager, "memberships")
            .required_reference("group_id")
            .required_reference("school_id")
            .required_word("role", &["lead", "member", "branch", "co_branded", "guided"])
            .text("joined_on")
            .text("left_on")
            .text("as_of")
            .create(manager)
            .await
    },
    drops & ["groups", "memberships"]
);
