//! Districts, regions, townships and learning areas.

use crate::table::{BASIS, Facts};

crate::table::step!(
    |manager| {
        Facts::first_nouns(manager, "districts")
            .text("name_zh")
            .text("name_en")
            .word("name_en_basis", BASIS)
            .create(manager)
            .await?;
        Facts::first_nouns(manager, "regions")
            .text("name_zh")
            .text("name_en")
            .text("strategy_zh")
            .text("strategy_en")
            .word("name_en_basis", BASIS)
            .reference("district_id")
            .create(manager)
            .await?;
        Facts::first_nouns(manager, "townships")
            .text("code")
            .text("name_zh")
            .text("name_en")
            .required_word("kind", &["area", "subdistrict", "town", "township"])
            .reference("region_id")
            .word("name_en_basis", BASIS)
            .reference("district_id")
            .create(manager)
            .await?;
        Facts::first_nouns(manager, "learning_areas")
            .text("name_zh")
            .text("name_en")
            .word("name_en_basis", BASIS)
            .text("as_of")
            .reference("district_id")
            .create(manager)
            .await
    },
    drops & ["districts", "regions", "townships", "learning_areas"]
);
