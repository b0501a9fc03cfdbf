//! Sources, which facts cite.

use crate::table::Facts;

crate::table::step!(
    |manager| {
        Facts::first_nouns(manager, "sources")
            .required_text("title")
            .required_text("publisher")
            .text("author")
            .text("published_on")
            .text("url")
            .required_text("language")
            .required_word("kind", &["community", "encyclopedia", "news", "official", "repository", "synthetic"])
            .required_word("extent_read", &["beginning", "full"])
            .required_word("reliability", &["high", "medium", "low"])
            .text("note")
            .create(manager)
            .await
    },
    drops & ["sources"]
);
