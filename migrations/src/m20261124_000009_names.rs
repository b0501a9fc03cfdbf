//! Other names of nouns, and what the words of the map mean.

use crate::table::{BASIS, Facts};

crate::table::step!(
    |manager| {
        Facts::ties(manager, "aliases")
            .required_text("entity_type")
            .required_reference("entity_id")
            .required_text("alias")
            .required_text("lang")
            .required_word(
                "kind",
                &["former", "machine_translation", "official", "official_english", "second_name", "short", "variant"],
            )
            .word("basis", BASIS)
            .text("since")
            .text("until")
            .create(manager)
            .await?;
        Facts::ties(manager, "definitions")
            .required_text("term")
            .indexed("term")
            .text("definition_zh")
            .text("definition_en")
            .create(manager)
            .await
    },
    drops & ["aliases", "definitions"]
);
