//! Authorities.

use crate::table::{BASIS, Facts};

crate::table::step!(
    |manager| {
        Facts::first_nouns(manager, "authorities")
            .text("name_zh")
            .text("name_en")
            .required_word("level", &["nation", "municipality", "district", "town"])
            .required_word(
                "kind",
                &[
                    "consultative_conference",
                    "education_authority",
                    "examination_authority",
                    "government",
                    "party_committee",
                ],
            )
            .word("name_en_basis", BASIS)
            .create(manager)
            .await
    },
    drops & ["authorities"]
);
