//! Checks of the shapes themselves: every column and word that a shape names exists, and files stand in a readable order.

use crate::{column::ColumnType, id::Kind, record::Shape, rule::Rule, values};

/// What is wrong with the declaration of a shape.
fn shape_errors(shape: &Shape) -> Vec<String> {
    let mut errors = Vec::new();
    let mut expect = |is_right: bool, problem: String| {
        if !is_right {
            errors.push(problem);
        }
    };
    let type_of = |name: &str| shape.index(name).map(|at| shape.columns[at].column_type);
    let is_date = |name: &str| type_of(name).is_some_and(|of| of.is_value(&values::date::KIND));
    let words_of = |name: &str| match type_of(name) {
        Some(ColumnType::Word(words)) => words,
        _ => &[],
    };

    for (at, column) in shape.columns.iter().enumerate() {
        expect(shape.index(column.name) == Some(at), format!("two columns are called {}", column.name));
        if matches!(column.column_type, ColumnType::TextBases) {
            let is_of_texts = column.bases_of().and_then(type_of).is_some_and(ColumnType::is_texts);
            expect(is_of_texts, format!("{}: it is called like no texts", column.name));
        }
    }
    expect(!shape.key.is_empty(), "it has no key".to_owned());
    for name in shape.key {
        expect(type_of(name).is_some(), format!("key: no column {name}"));
    }
    if shape.is_noun() {
        let slug = shape.columns.iter().find(|column| matches!(column.column_type, ColumnType::Slug));
        expect(slug.is_some_and(|slug| shape.key == [slug.name]), "the key of a noun is its slug".to_owned());
    }
    for name in [shape.dated.0, shape.dated.1].into_iter().filter(|name| !name.is_empty()) {
        expect(is_date(name), format!("dated: no date {name}"));
    }
    for column in shape.columns {
        if let ColumnType::RefOf { column: kinds, .. } = column.column_type {
            let words = words_of(kinds);
            let are_kinds = !words.is_empty() && words.iter().all(|word| Kind::named(word).is_some());
            expect(are_kinds, format!("{}: {kinds} names no kinds", column.name));
        }
        if let Some(field) = column.cites() {
            let is_stated_together = |rule: &Rule| matches!(rule, Rule::Together { what, .. } if *what == field);
            let is_known = field.is_empty()
                || type_of(field).or_else(|| type_of(&format!("{field}_id"))).is_some()
                || shape.rules.iter().any(is_stated_together);
            expect(is_known, format!("{}: no column {field} to cite", column.name));
            let is_source = |of: ColumnType| matches!(of, ColumnType::CitedSource(cited) if cited == field);
            let n_sources = shape.columns.iter().filter(|other| is_source(other.column_type)).count();
            expect(n_sources == 1, format!("{}: {n_sources} columns for its source", column.name));
        }
    }
    for rule in shape.rules {
        rule_errors(shape, rule, &mut expect);
    }
    errors
}

fn rule_errors(shape: &Shape, rule: &Rule, expect: &mut impl FnMut(bool, String)) {
    let type_of = |name: &str| shape.index(name).map(|at| shape.columns[at].column_type);
    let mut refers = |name: &str| {
        let is_reference = matches!(type_of(name), Some(ColumnType::Ref { .. } | ColumnType::RefOf { .. }));
        expect(is_reference, format!("rules: no reference {name}"));
    };
    match *rule {
        Rule::Different { first, second } => [first, second].into_iter().for_each(&mut refers),
        Rule::OneAtATime { per, .. } => refers(per),
        Rule::AgreesWith { reference, .. } => refers(reference),
        Rule::Succession { predecessor, successor, .. } => {
            [predecessor, successor].into_iter().for_each(&mut refers);
        }
        Rule::Opens { built, served, .. } => [built, served].into_iter().for_each(&mut refers),
        _ => {}
    }
    let (column, words): (&str, Vec<&str>) = match *rule {
        Rule::OneAtATime { column, word, .. } => (column, vec![word]),
        Rule::Planned { status, word } => (status, vec![word]),
        Rule::StatusFitsDates { status, planned, current, past } => (status, [planned, current, past].concat()),
        Rule::Opens { status, pending, .. } => (status, pending.to_vec()),
        Rule::Succession { kind, begins, ends, .. } => (kind, [begins, ends].concat()),
        Rule::DatedBySuccessions { status, past, .. } => (status, past.to_vec()),
        Rule::Different { .. }
        | Rule::StatedAsOf(_)
        | Rule::OpenedBy { .. }
        | Rule::Together { .. }
        | Rule::Day { .. }
        | Rule::Permanent
        | Rule::Unique { .. }
        | Rule::FilledOneOf { .. }
        | Rule::NamesField { .. }
        | Rule::AgreesWith { .. } => ("", Vec::new()),
    };
    for word in words {
        let is_word = matches!(type_of(column), Some(ColumnType::Word(known)) if known.contains(&word));
        expect(is_word, format!("rules: no word {word} in {column}"));
    }
    if let Rule::StatedAsOf(date)
    | Rule::Succession { date, .. }
    | Rule::Opens { on: date, .. }
    | Rule::Day { column: date } = *rule
    {
        expect(type_of(date).is_some_and(|of| of.is_value(&values::date::KIND)), format!("rules: no date {date}"));
    }
    if let Rule::Together { columns, beside, .. } = *rule {
        for name in columns.iter().chain(beside) {
            expect(type_of(name).is_some(), format!("rules: no column {name}"));
        }
        expect(columns.len() > 1, "rules: one column alone is filled together".to_owned());
    }
    let compared: &[&str] = match *rule {
        Rule::Unique { columns } | Rule::FilledOneOf { columns } => columns,
        Rule::NamesField { ref field, .. } => std::slice::from_ref(field),
        Rule::AgreesWith { ref column, .. } => std::slice::from_ref(column),
        _ => &[],
    };
    for name in compared {
        expect(type_of(name).is_some(), format!("rules: no column {name}"));
    }
    if let Rule::DatedBySuccessions { by, .. } = *rule {
        let is_succession = |rule: &Rule| matches!(rule, Rule::Succession { .. });
        expect(by.rules.iter().any(is_succession), format!("rules: no successions in {}", by.file));
    }
    if let Rule::OpenedBy { by, blank_status } = *rule {
        let opens = |rule: &Rule| matches!(rule, Rule::Opens { .. });
        expect(by.rules.iter().any(opens), format!("rules: {} says of nothing when it opens", by.file));
        let is_column = blank_status.is_none_or(|status| type_of(status).is_some());
        expect(is_column, format!("rules: no column {}", blank_status.unwrap_or_default()));
    }
    if matches!(
        rule,
        Rule::Planned { .. } | Rule::OpenedBy { .. } | Rule::StatusFitsDates { .. } | Rule::DatedBySuccessions { .. }
    ) {
        expect(shape.is_noun(), "rules: only a noun has a status".to_owned());
    }
}

/// What is wrong with the order of files: a file is read after all that its rows refer to.
fn order_errors(shapes: &[&Shape]) -> Vec<String> {
    let mut errors = Vec::new();
    for (at, shape) in shapes.iter().enumerate() {
        let before = &shapes[..at];
        for other in before {
            if shape.kind == other.kind || shape.file == other.file || shape.table == other.table {
                errors.push(format!("{} and {} have the same kind, file or table", other.file, shape.file));
            }
        }
        for column in shape.columns {
            let kinds: Vec<Kind> = match column.column_type {
                ColumnType::Ref { kind, .. } | ColumnType::Refs(kind) => vec![kind],
                ColumnType::CitedSource(_) => vec![Kind::Source],
                ColumnType::RefOf { column, .. } => match shape.index(column).map(|at| shape.columns[at].column_type) {
                    Some(ColumnType::Word(words)) => words.iter().filter_map(|word| Kind::named(word)).collect(),
                    _ => Vec::new(),
                },
                _ => Vec::new(),
            };
            // Within a file a row stands below that which it refers to.
            let is_read = |kind: &Kind| *kind == shape.kind || before.iter().any(|shape| shape.kind == *kind);
            for kind in kinds.into_iter().filter(|kind| !is_read(kind)) {
                errors.push(format!("{}.{} refers to a {} before it is read", shape.file, column.name, kind.name()));
            }
        }
    }
    errors
}

#[test]
fn every_column_and_word_that_a_shape_names_exists() {
    for shape in crate::SHAPES {
        assert_eq!(shape_errors(shape), [""; 0], "{}", shape.file);
    }
}

#[test]
fn every_shape_is_read_after_those_it_refers_to() {
    assert_eq!(order_errors(crate::SHAPES), [""; 0]);
}

#[test]
fn every_offence_of_a_shape_is_found() {
    use crate::{
        category,
        column::{Column, optional, reference, required},
        membership, region, school,
    };

    let memberships = [
        (Shape { dated: ("joined", "left_on"), ..membership::SHAPE }, "dated: no date joined"),
        (Shape { dated: ("joined_on", "role"), ..membership::SHAPE }, "dated: no date role"),
        (Shape { key: &["group_id", "school"], ..membership::SHAPE }, "key: no column school"),
        (Shape { key: &[], ..membership::SHAPE }, "it has no key"),
        (Shape { key: &["name"], ..region::SHAPE }, "the key of a noun is its slug"),
    ];
    const COLUMNS: [(&[Column], &str); 5] = [
        (&[optional("quote", ColumnType::CitedQuote(""), "")], "quote: 0 columns for its source"),
        (&[optional("roll_source_id", ColumnType::CitedSource("roll"), "")], "roll_source_id: no column roll to cite"),
        (&[required("a_id", ColumnType::RefOf { column: "a_type", bounds: true }, "")], "a_id: a_type names no kinds"),
        (
            &[
                required("a_type", ColumnType::Word(&["school", "scholl"]), ""),
                required("a_id", ColumnType::RefOf { column: "a_type", bounds: true }, ""),
            ],
            "a_id: a_type names no kinds",
        ),
        (
            &[required("a_id", reference(Kind::Group), ""), required("a_id", reference(Kind::Group), "")],
            "two columns are called a_id",
        ),
    ];
    let columns =
        COLUMNS.map(|(columns, error)| (Shape { columns, dated: ("", ""), rules: &[], ..membership::SHAPE }, error));
    let lead = |column, word, per| Rule::OneAtATime { column, word, per, kind: "", problem: "" };
    let succession = |predecessor, kind, date, ends| {
        let successor = "successor_id";
        Rule::Succession { predecessor, successor, kind, date, begins: &["renamed"], ends }
    };
    let fits = |status, past| Rule::StatusFitsDates { status, planned: &["planned"], current: &["open"], past };
    let rules = [
        (membership::SHAPE, lead("roll", "lead", "group_id"), "rules: no word lead in roll"),
        (membership::SHAPE, lead("role", "leads", "group_id"), "rules: no word leads in role"),
        (membership::SHAPE, lead("role", "lead", "group"), "rules: no reference group"),
        (membership::SHAPE, Rule::StatedAsOf("as-of"), "rules: no date as-of"),
        (category::SHAPE, Rule::Unique { columns: &["scheme", "word"] }, "rules: no column word"),
        (category::SHAPE, Rule::AgreesWith { reference: "parent", column: "scheme" }, "rules: no reference parent"),
        (category::SHAPE, Rule::AgreesWith { reference: "parent_id", column: "plan" }, "rules: no column plan"),
        (membership::SHAPE, Rule::Planned { status: "role", word: "lead" }, "rules: only a noun has a status"),
        (school::LINKS, Rule::Different { first: "school_id", second: "kind" }, "rules: no reference kind"),
        (school::SHAPE, Rule::Planned { status: "status", word: "plan" }, "rules: no word plan in status"),
        (school::SHAPE, fits("state", &["closed"]), "rules: no word planned in state"),
        (school::SHAPE, fits("status", &["gone"]), "rules: no word gone in status"),
        (
            school::SHAPE,
            Rule::DatedBySuccessions { by: &school::LINKS, status: "status", past: &["closed"] },
            "rules: no successions in school_links",
        ),
        (school::SUCCESSIONS, succession("before", "kind", "effective_on", &[]), "rules: no reference before"),
        (school::SUCCESSIONS, succession("predecessor_id", "kind", "on", &[]), "rules: no date on"),
        (
            school::SUCCESSIONS,
            succession("predecessor_id", "kind", "effective_on", &["ended"]),
            "rules: no word ended in kind",
        ),
    ];
    for (shape, error) in memberships.into_iter().chain(columns) {
        assert!(shape_errors(&shape).iter().any(|found| found == error), "{error}: {:?}", shape_errors(&shape));
    }
    for (shape, rule, error) in rules {
        let mut found = Vec::new();
        rule_errors(&shape, &rule, &mut |is_right, problem| found.extend((!is_right).then_some(problem)));
        assert!(found.iter().any(|found| found == error), "{error}: {found:?}");
    }
    // A rule is checked where its shape is.
    let planted = Shape { rules: &[Rule::StatedAsOf("as-of")], ..membership::SHAPE };
    assert_eq!(shape_errors(&planted), ["rules: no date as-of"]);
}

#[test]
fn every_offence_of_the_order_is_found() {
    use crate::{district, region, source};

    let found = order_errors(&[&source::SHAPE, &region::SHAPE, &district::SHAPE, &region::SHAPE]);
    assert_eq!(
        found,
        [
            "regions.district_id refers to a district before it is read",
            "regions and regions have the same kind, file or table",
        ]
    );
    assert_eq!(
        order_errors(&[&district::SHAPE]),
        [
            "districts.source_id refers to a source before it is read",
            "districts.outline_source_id refers to a source before it is read",
        ]
    );
}
