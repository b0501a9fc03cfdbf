//! Schools, their links, their successions, their campuses and who uses whose.

use crate::table::{BASIS, Facts};

crate::table::step!(
    |manager| {
        Facts::first_nouns(manager, "schools")
            .text("name_zh")
            .text("name_en")
            .word("name_en_basis", BASIS)
            .word("ownership", &["public", "private"])
            .text("phases")
            .word(
                "school_type",
                &[
                    "kindergarten",
                    "primary",
                    "junior_high",
                    "senior_high",
                    "complete_secondary",
                    "regular_secondary",
                    "nine_year",
                    "twelve_year",
                    "vocational",
                    "special",
                ],
            )
            .word("status", &["open", "planned", "renamed", "merged", "closed"])
            .text("junior_code_2025")
            .text("senior_code")
            .reference("township_id")
            .text("opened_on")
            .text("closed_on")
            .text("note")
            .reference("district_id")
            .indexed("ownership")
            .indexed("status")
            .indexed("school_type")
            .indexed("junior_code_2025")
            .indexed("senior_code")
            .create(manager)
            .await?;
        Facts::ties(manager, "school_links")
            .required_reference("school_id")
            .required_reference("linked_school_id")
            .required_word("kind", &["branch_of", "guided_by"])
            .required_word("basis", &["name", "source"])
            .text("note")
            .distinct("school_id", "linked_school_id")
            .create(manager)
            .await?;
        Facts::ties(manager, "successions")
            .required_reference("predecessor_id")
            .required_reference("successor_id")
            .required_word(
                "kind",
                &["base_of", "became_campus_of", "contributed_campus_to", "merged_into", "renamed", "split_into"],
            )
            .text("effective_on")
            .distinct("predecessor_id", "successor_id")
            .create(manager)
            .await?;
        Facts::first_nouns(manager, "campuses")
            .required_reference("school_id")
            .text("name_zh")
            .text("address_zh")
            .word("address_confidence", &["high", "medium", "low"])
            .reference("township_id")
            .create(manager)
            .await?;
        Facts::ties(manager, "site_uses")
            .required_text("site_use_id")
            .required_reference("school_id")
            .required_word("host_type", &["campus", "school"])
            .required_reference("host_id")
            .text("grade")
            .text("purpose")
            .text("as_of")
            .create(manager)
            .await
    },
    drops & ["schools", "school_links", "successions", "campuses", "site_uses"]
);
