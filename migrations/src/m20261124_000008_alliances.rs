//! Alliances, their members, functions and categories.

use crate::table::{BASIS, Facts};

crate::table::step!(
    |manager| {
        Facts::first_nouns(manager, "alliances")
            .text("name_zh")
            .text("name_en")
            .word("name_en_basis", BASIS)
            .required_word("kind", &["development", "network", "thematic", "through_training"])
            .text("established_on")
            .required_word("scope", &["district", "group", "international", "members"])
            .required_word("status", &["established", "proposed", "dissolved"])
            .reference("district_id")
            .create(manager)
            .await?;
        Facts::ties(manager, "alliance_members")
            .required_reference("alliance_id")
            .required_word("member_type", &["group", "partner", "school"])
            .required_reference("member_id")
            .required_word("role", &["alliance_school", "founder", "lead_group", "member", "proposer"])
            .create(manager)
            .await?;
        Facts::ties(manager, "alliance_functions")
            .required_text("function_id")
            .required_reference("alliance_id")
            .number("seq")
            .required_text("text_en")
            .create(manager)
            .await?;
        Facts::ties(manager, "alliance_categories")
            .required_reference("alliance_id")
            .required_word(
                "category",
                &[
                    "art_troupe",
                    "popular_science_base",
                    "professional_institution",
                    "research_institute",
                    "resource_unit",
                    "social_resource_unit",
                    "technology_company",
                    "university",
                ],
            )
            .create(manager)
            .await
    },
    drops & ["alliances", "alliance_members", "alliance_functions", "alliance_categories"]
);
