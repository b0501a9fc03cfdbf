//! The questions about nouns, made from what the schema says of their kinds.

use std::fmt::Write;

use super::kinds::{Field, Kind, Shape};

/// How many items of a list a noun's page shows.
pub(crate) const SHOWN: usize = 12;

/// How many items of a list are on a page of their own.
pub(crate) const PER_PAGE: usize = 50;

/// What is asked of a noun that is named in passing.
pub(crate) const LINK: &str = "
fragment Link on Noun {
  __typename
  slug
  isOnMap
  localizedName { text language }
}
";

/// The variables of a question that is asked page by page.
const PAGING: &str = "$first: Int, $after: String, $last: Int, $before: String, $asOf: Date, $knownAt: Int";

pub(crate) const CITE: &str = "
fragment Cite on Citation {
  title
  publisher
  publishedOn { text }
  url
  quote
  isInferred
  reliability
  field
  relation
  value
  source { slug }
}
";

/// The question of everything about a noun, but for lists that are longer than a page shows.
pub(crate) fn about_one(kind: &Kind) -> String {
    let mut text = format!(
        "query {}($slug: String!, $asOf: Date, $knownAt: Int) {{
  map(asOf: $asOf, knownAt: $knownAt) {{
    {}(slug: $slug) {{\n",
        kind.type_name, kind.one
    );
    text.push_str(
        "      id
      ...Link
      names { text language kind basis since { text earliest } until { text earliest } sources { ...Cite } }
      since { text earliest }
      until { text earliest }
      existence
      sources { ...Cite }
",
    );
    if !matches!(kind.type_name.as_str(), "Statement" | "ReportedFigure") {
        text.push_str(
            "      contradictions { field recorded stated recordedBy { ...Cite } sources { ...Cite } }
      listCompleteness { list isComplete localizedNote { text language } sources { ...Cite } }
",
        );
    }
    for field in kind.fields.iter().filter(|field| !matches!(field.name.as_str(), "since" | "until")) {
        write_field(&mut text, field, 6, SHOWN, "");
    }
    text.push_str("    }\n  }\n}\n");
    text + LINK + CITE
}

/// The question of one list of a noun, page by page.
pub(crate) fn about_tie(kind: &Kind, tie: &Field) -> String {
    let mut text = format!(
        "query {}($slug: String!, {PAGING}) {{
  map(asOf: $asOf, knownAt: $knownAt) {{
    {}(slug: $slug) {{
      ...Link\n",
        kind.type_name, kind.one
    );
    write_field(&mut text, tie, 6, PER_PAGE, "first: $first, last: $last, after: $after, before: $before");
    text.push_str("    }\n  }\n}\n");
    text + LINK + CITE
}

/// The question of a list of all nouns of a kind.
pub(crate) fn list_of(kind: &Kind) -> String {
    let Kind { type_name, many, .. } = kind;
    let mut facts = String::new();
    for field in kind.fields.iter().filter(|field| IN_LISTS.contains(&field.name.as_str())) {
        write_field(&mut facts, field, 8, 0, "");
    }
    format!(
        "query {type_name}List($filter: {type_name}Filter, {PAGING}) {{
  map(asOf: $asOf, knownAt: $knownAt) {{
    {many}(filter: $filter, first: $first, after: $after, last: $last, before: $before) {{
      totalCount
      pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
      nodes {{
        ...Link
        names {{ text language kind }}
        existence
{facts}      }}
    }}
  }}
}}
{LINK}"
    )
}

/// The fields that a list of nouns shows beside their names.
pub(crate) const IN_LISTS: [&str; 16] = [
    "status",
    "ownership",
    "stages",
    "schoolType",
    "kind",
    "kinds",
    "township",
    "region",
    "leadSchool",
    "heldOn",
    "publisher",
    "publishedOn",
    "level",
    "person",
    "value",
    "unit",
];

fn write_field(text: &mut String, field: &Field, depth: usize, shown: usize, paging: &str) {
    let indent = " ".repeat(depth);
    let name = &field.name;
    let _ = match &field.shape {
        Shape::Plain | Shape::Words(_) => writeln!(text, "{indent}{name}"),
        Shape::Date => writeln!(text, "{indent}{name} {{ text earliest }}"),
        Shape::Text => writeln!(text, "{indent}{name} {{ text language }}"),
        Shape::Nouns => writeln!(text, "{indent}{name} {{ ...Link }}"),
        Shape::Either => writeln!(text, "{indent}{name} {{ ... on Noun {{ ...Link }} }}"),
        Shape::Citations => writeln!(text, "{indent}{name} {{ ...Cite }}"),
        Shape::Things(fields) => {
            let _ = writeln!(text, "{indent}{name} {{");
            fields.iter().for_each(|below| write_field(text, below, depth + 2, shown, ""));
            writeln!(text, "{indent}}}")
        }
        Shape::Tie(fields) => {
            let (arguments, info) = match paging {
                "" => (format!("first: {shown}"), ""),
                paging => (paging.to_owned(), "pageInfo { hasNextPage hasPreviousPage startCursor endCursor } "),
            };
            let _ = writeln!(text, "{indent}{name}({arguments}) {{\n{indent}  totalCount");
            if !info.is_empty() {
                let _ = writeln!(text, "{indent}  {info}");
            }
            let _ = writeln!(text, "{indent}  edges {{\n{indent}    node {{ ...Link }}");
            fields.iter().for_each(|below| write_field(text, below, depth + 4, shown, ""));
            writeln!(text, "{indent}  }}\n{indent}}}")
        }
    };
}
