//! Where a fact comes from, and of which day.

use crate::{
    column::{ColumnType, extra, optional, required},
    evidence::EvidenceRelation,
    fact::ImpreciseDate,
    id::Kind,
    noun::{Head, noun},
    record::Shape,
    text::{LanguageTag, vocabulary},
};

/// An article, a list, a charter: what facts cite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// What it shares with all nouns; its title is its name.
    pub head: Head,
    /// The title, in the language of the source.
    pub title: String,
    /// Who published it.
    pub publisher: String,
    /// Who wrote it.
    pub author: Option<String>,
    /// When it was published.
    pub published_on: Option<ImpreciseDate>,
    /// Where it can be read.
    pub url: Option<String>,
    /// The language it is in.
    pub language: LanguageTag,
    /// What it is.
    pub kind: SourceKind,
    /// How much of it was read.
    pub extent_read: Extent,
    /// How far it can be trusted.
    pub reliability: Reliability,
    /// A remark.
    pub note: Option<String>,
    /// The license under which it may be used.
    pub license: Option<String>,
}
noun!(Source);

vocabulary! {
    /// What a source is.
    SourceKind {
        /// A page anyone may write.
        Community = "community",
        /// An encyclopedia.
        Encyclopedia = "encyclopedia",
        /// A newspaper or an agency.
        News = "news",
        /// A public authority, or an institution about itself.
        Official = "official",
        /// A collection of data.
        Repository = "repository",
        /// Made up by a generator: it states nothing about the world.
        Synthetic = "synthetic",
    }
}

vocabulary! {
    /// How much of a source was read.
    Extent {
        /// Its beginning.
        Beginning = "beginning",
        /// All of it.
        Full = "full",
    }
}

vocabulary! {
    /// How far a source, or what it states, can be relied on: one scale for all kinds of sources. What kind a source is says
    /// `Source.kind`; a newspaper may be anywhere on the scale.
    Reliability {
        /// It can be taken as it stands: the source answers for what it says, as an authority does for its own decisions.
        High = "high",
        /// It is likely to be right; confirm it where much depends on it. It is second-hand, or not said in so many words.
        Medium = "medium",
        /// It is a hint, to be confirmed before use: nobody answers for it, as on a page that anyone may write.
        Low = "low",
    }
}

vocabulary! {
    /// By which way a statement came on record. This is no scale: how far to rely on it says `Citation.reliability`.
    Confidence {
        /// It follows from what a source says.
        Implied = "implied",
        /// A news report says so.
        News = "news",
        /// Transcribed from an official list.
        OfficialList = "official_list",
        /// Names were restored from a garbled copy.
        Restored = "restored",
        /// A community page or an unofficial compilation says so.
        Unofficial = "unofficial",
    }
}

impl Confidence {
    /// Whether the words of the source do not say it outright.
    #[must_use]
    pub fn is_inferred(self) -> bool {
        matches!(self, Confidence::Implied | Confidence::Restored)
    }

    /// How far a statement that came on record so can be relied on, at most as far as its source.
    fn limit(self, source: Reliability) -> Reliability {
        let most = match self {
            Confidence::News | Confidence::OfficialList => Reliability::High,
            Confidence::Implied | Confidence::Restored => Reliability::Medium,
            Confidence::Unofficial => Reliability::Low,
        };
        // The words go from the most reliable on.
        source.max(most)
    }
}

/// What a source says about a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// The source.
    pub source: std::sync::Arc<Source>,
    /// The one column of the fact that it states; none where it states the whole.
    pub field: Option<String>,
    /// The words, at most about 25 of them.
    pub quote: Option<String>,
    /// How sure the statement is.
    pub confidence: Option<Confidence>,
    /// How the source stands to what is recorded.
    pub relation: EvidenceRelation,
    /// The value by this source, where the record has it.
    pub value: Option<String>,
}

impl Citation {
    /// How far the statement can be relied on: as far as its source, and no further than the way in which it came on record
    /// allows.
    #[must_use]
    pub fn reliability(&self) -> Reliability {
        let source = self.source.reliability;
        self.confidence.map_or(source, |confidence| confidence.limit(source))
    }
}

/// Rows of `sources.csv`.
pub const SHAPE: Shape = Shape {
    kind: Kind::Source,
    file: "sources",
    table: "sources",
    description: "An article, a list or a charter that facts cite.",
    key: &["source_id"],
    columns: &[
        required("source_id", ColumnType::Slug, "The slug."),
        required("title", ColumnType::Name, "The title, in the language of the source."),
        required("publisher", ColumnType::TEXT, "Who published it."),
        optional("author", ColumnType::TEXT, "Who wrote it."),
        optional("published_on", ColumnType::DATE, "When it was published."),
        optional("url", ColumnType::URL, "Where it can be read."),
        required("language", ColumnType::LANGUAGE, "The language it is in."),
        required("kind", ColumnType::Word(SourceKind::WORDS), "What it is."),
        required("extent_read", ColumnType::Word(Extent::WORDS), "How much of it was read."),
        required("reliability", ColumnType::Word(Reliability::WORDS), "How far it can be trusted."),
        optional("note", ColumnType::TEXT, "A remark."),
        extra(
            "license",
            ColumnType::TEXT,
            "The license under which it may be used: an SPDX identifier such as `ODbL-1.0`, or its name or address.",
        ),
    ],
    dated: ("published_on", ""),
    rules: &[],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_statement_is_more_reliable_than_its_source_or_than_how_it_came_on_record() {
        use Reliability::{High, Low, Medium};
        for (confidence, source, expected) in [
            (Confidence::News, High, High),
            (Confidence::News, Low, Low),
            (Confidence::OfficialList, High, High),
            (Confidence::OfficialList, Medium, Medium),
            (Confidence::Implied, High, Medium),
            (Confidence::Restored, High, Medium),
            (Confidence::Restored, Low, Low),
            (Confidence::Unofficial, High, Low),
        ] {
            assert_eq!(confidence.limit(source), expected, "{confidence:?} of {source:?}");
        }
    }
}
