//! The folder format of a data set in Markdown, made from the shapes. A test compares it with the README of the data set.

use std::fmt::Write as _;

use domain::{Column, ColumnType, Confidence, Kind, Presence, Rule, SHAPES, Shape, TextBasis, shape_of};

/// The format of every file in Markdown: what a row says, what tells rows apart, and each column.
#[must_use]
pub fn format_tables() -> String {
    SHAPES.iter().map(|shape| shape_table(shape)).collect::<Vec<_>>().join("\n")
}

fn shape_table(shape: &Shape) -> String {
    let key = shape.key.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let mut text = format!("### {}\n\n{}\nKey: {key}.\n", shape.file_name(), shape.description);
    text += &match shape.dated {
        ("", _) => String::new(),
        (from, "") => format!("A row holds from `{from}` on.\n"),
        (from, to) => format!("A row holds from `{from}` to `{to}`.\n"),
    };
    shape.rules.iter().for_each(|rule| text += &rule_sentence(rule, shape));
    text += "\n| Column | Holds | May be blank | Means |\n|---|---|---|---|\n";
    for column in shape.columns {
        let blank = match column.presence {
            Presence::Required if column.column_type.is_texts() => "not in all languages",
            Presence::Required => "no",
            Presence::Optional | Presence::Extra => "yes, or left out",
        };
        writeln!(
            text,
            "| `{}` | {} | {blank} | {} |",
            describe_name(column),
            describe_values(column),
            column.description
        )
        .expect("a String takes any text");
    }
    text
}

/// The name of a column in the file.
fn describe_name(column: &Column) -> String {
    match column.bases_of() {
        Some(of) => format!("{of}_<language>_basis"),
        None if column.column_type.is_texts() => format!("{}_<language>", column.name),
        None => column.name.to_owned(),
    }
}

fn describe_values(column: &Column) -> String {
    let limits = |bounds: bool| if bounds { "; the row holds no longer than it does" } else { "" };
    match column.column_type {
        ColumnType::Slug => "slug".to_owned(),
        ColumnType::Ref { kind, bounds } => format!("slug in {}{}", file_of(kind), limits(bounds)),
        ColumnType::RefOf { column, bounds } => format!("slug of the noun that `{column}` names{}", limits(bounds)),
        ColumnType::Refs(kind) => format!("list of slugs in {}; each holds on some day of the row", file_of(kind)),
        ColumnType::Word(words) => format!("one of {}", join_with_commas(words)),
        ColumnType::Words(words) => format!("list of {}", join_with_commas(words)),
        ColumnType::Value(kind) => kind.name.to_owned(),
        ColumnType::CitedQuote(_) => "text".to_owned(),
        ColumnType::Name | ColumnType::Names => "name".to_owned(),
        ColumnType::Texts => "text".to_owned(),
        ColumnType::TextBases => format!("one of {}", join_with_commas(TextBasis::WORDS)),
        ColumnType::CitedSource(_) => format!("slug in {}", file_of(Kind::Source)),
        ColumnType::CitedConfidence(_) => format!("one of {}", join_with_commas(Confidence::WORDS)),
    }
}

/// A sentence on what a rule asks of the rows, or what it reads from them.
fn rule_sentence(rule: &Rule, shape: &Shape) -> String {
    let (from, to) = shape.dated;
    match *rule {
        Rule::Different { first, second } => format!("`{second}` is not the same as `{first}`.\n"),
        Rule::Together { columns, beside, .. } => format!(
            "{} are filled together or not at all, and {} only beside them.\n",
            join_with_and(columns),
            join_with_and(beside)
        ),
        Rule::FilledOneOf { columns } => format!("One of {} is filled.\n", join_with_and(columns)),
        Rule::Day { column } => format!("`{column}` is a day, not only a month or a year.\n"),
        Rule::Permanent => "What is on record never changes.\n".to_owned(),
        Rule::NamesField { kind, field } => format!(
            "`{field}` is a column of the file of what `{kind}` says, such as `name_en`, or a relation of nouns, such as `groups`.\n"
        ),
        Rule::Unique { columns } => format!("No two nouns have the same {}.\n", join_with_and(columns)),
        Rule::AgreesWith { reference, column } => {
            format!("The row that `{reference}` names stands above, and has the same `{column}`.\n")
        }
        Rule::OneAtATime { column, word, per, .. } => {
            format!(
                "Of the rows with the same `{per}` and `{word}` as `{column}`, one holds at a time. Two whose dates are not \
                 precise to the day may share days if the one can have ended when the other began: the other holds from the \
                 first day on which both can be so, and on the shared days neither is certain.\n"
            )
        }
        Rule::StatedAsOf(date) => format!("What a row names existed on `{date}`.\n"),
        Rule::Planned { status, word } if from.is_empty() => {
            format!("With `{word}` as `{status}` a row is on the map of no day.\n")
        }
        Rule::Planned { status, word } => {
            format!("With `{word}` as `{status}` and without a dated `{from}` a row is on the map of no day.\n")
        }
        Rule::OpenedBy { by, blank_status } => {
            let file = by.file_name();
            let blank = blank_status.map_or(String::new(), |status| {
                format!(" Where `{status}` is blank it is planned while rows of `{file}` build it and none has opened.")
            });
            format!(
                "A row that is planned and dates no `{from}` holds from when the first row for it in `{file}` opened.{blank}\n"
            )
        }
        Rule::Opens { built, served, on, status, pending } => format!(
            "What `{built}` and `{served}` name opens on `{on}` if it is planned. With {} as `{status}`, what `{built}` \
             names has not opened.\n",
            join_with_or(pending)
        ),
        Rule::StatusFitsDates { status, planned, current, past } => {
            let [planned, current, past] = [planned, current, past].map(join_with_or);
            format!(
                "On the day of an import, `{status}` agrees with `{from}` and `{to}`: {planned} has not begun, {current} \
                 has begun and not ended, {past} does not end later. A row that is on record already is only warned of \
                 when its day has come.\n"
            )
        }
        Rule::Succession { predecessor, successor, kind, date, begins, ends } => format!(
            "With {} as `{kind}`, `{successor}` begins on `{date}`. With {}, `{predecessor}` ends then, if its status says \
             that it has ended.\n",
            join_with_or(begins),
            join_with_or(ends)
        ),
        Rule::DatedBySuccessions { by, status, past } => format!(
            "Where `{}` says that it took the place of another, it holds from then on; where it gave way, and \
             `{status}` is {}, until then.\n",
            by.file_name(),
            join_with_or(past)
        ),
    }
}

fn join_with_commas(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

fn join_with_or(words: &[&str]) -> String {
    join_with(words, "or")
}

fn join_with_and(words: &[&str]) -> String {
    join_with(words, "and")
}

fn join_with(words: &[&str], conjunction: &str) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match &words[..] {
        [before @ .., last] if !before.is_empty() => format!("{} {conjunction} {last}", before.join(", ")),
        _ => words.concat(),
    }
}

fn file_of(kind: Kind) -> String {
    format!("`{}`", shape_of(kind).file_name())
}

#[cfg(test)]
mod tests {
    use indicatif::HumanCount;

    use super::*;

    const README: &str = include_str!("../data/chaoyang/README.md");
    const BEGIN: &str = "<!-- format -->\n";
    const END: &str = "<!-- /format -->\n";

    /// With `UPDATE_EXPECT=1`, writes the tables into the README instead of comparing them.
    #[test]
    fn the_readme_of_the_data_set_lists_every_column() {
        let (before, rest) = README.split_once(BEGIN).expect("a begin marker");
        let (listed, after) = rest.split_once(END).expect("an end marker");
        let expected = format_tables();
        if std::env::var_os("UPDATE_EXPECT").is_some_and(|value| value == "1") {
            let path = concat!(env!("CARGO_MANIFEST_DIR"), "/data/chaoyang/README.md");
            std::fs::write(path, format!("{before}{BEGIN}{expected}{END}{after}")).expect("the README can be written");
        } else {
            assert_eq!(listed, expected, "run the test again with UPDATE_EXPECT=1 to rewrite the README");
        }
    }

    #[test]
    fn the_readme_of_the_data_set_states_the_limits() {
        let [text, url, name, code] = [ColumnType::TEXT, ColumnType::URL, ColumnType::Name, ColumnType::CODE]
            .map(|column_type| HumanCount(column_type.max_chars() as u64));
        let limits = format!(
            "A text has at most {text} characters, an address on the web {url}, a name {name}, a code and a slug {code}."
        );
        assert!(README.contains(&limits), "the README does not say: {limits}");
    }

    #[test]
    fn no_cell_breaks_its_table() {
        for column in SHAPES.iter().flat_map(|shape| shape.columns) {
            assert!(!describe_values(column).contains('|') && !column.description.contains('|'), "{}", column.name);
        }
    }
}
