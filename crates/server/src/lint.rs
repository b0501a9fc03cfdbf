//! What rules find doubtful on the map, as text, as JSON, and as SARIF for the tools that read the findings of linters.

use std::{
    fmt::{self, Write},
    sync::Arc,
};

use domain::{FindingRule, FindingSeverity, Kind, SystemClock, Vocabulary, shape_of};
use persistence::Store;
use serde_json::{Value, json};

use crate::{App, own_query::ask};

/// Asks which view that is.
const VIEW: &str = "query View($asOf: Date, $knownAt: Int) { map(asOf: $asOf, knownAt: $knownAt) { view { asOf revision { number } } } }";

/// What is asked of a finding.
const FINDING: &str = "rule severity message field value waiver other { id slug } node { __typename id slug name }";

/// Asks for a page of findings.
fn page_query() -> String {
    format!(
        "query Lint($asOf: Date, $knownAt: Int, $severity: [FindingSeverity!], $rules: [FindingRule!], \
         $includeWaived: Boolean, $after: String) {{ map(asOf: $asOf, knownAt: $knownAt) {{ \
         findings(first: 100, after: $after, severity: $severity, rules: $rules, includeWaived: $includeWaived) {{ \
         pageInfo {{ hasNextPage endCursor }} edges {{ {FINDING} }} }} }} }}"
    )
}

/// Which findings are wanted, of which view.
#[derive(Debug, Clone, Default)]
pub struct LintOptions {
    /// The day, `YYYY-MM-DD`; today unless it is given.
    pub as_of: Option<String>,
    /// The revision; the latest unless it is given.
    pub known_at: Option<i64>,
    /// The severities; all unless some are given.
    pub severities: Vec<FindingSeverity>,
    /// The rules; all unless some are given.
    pub rules: Vec<FindingRule>,
    /// Those, too, that are waived.
    pub with_waived: bool,
}

/// What was found, of a view.
#[derive(Debug, Clone)]
pub struct LintReport {
    /// The day.
    as_of: Value,
    /// The number of the revision; null where nothing is recorded.
    revision: Value,
    /// The edges of `findings`.
    findings: Vec<Value>,
}

/// Reads all findings through the API, page by page.
///
/// # Errors
/// What the API says is wrong, such as an unknown revision.
pub async fn lint(store: Store, options: &LintOptions) -> Result<LintReport, Vec<String>> {
    let app = App::new(store, Arc::new(SystemClock));
    let words = |words: Vec<&'static str>| match words.is_empty() {
        true => Value::Null,
        false => words.into_iter().map(str::to_uppercase).collect(),
    };
    let view = ask_map(&app, VIEW, json!({ "asOf": options.as_of, "knownAt": options.known_at })).await?;
    let (as_of, revision) = (view["view"]["asOf"].clone(), view["view"]["revision"]["number"].clone());
    let mut report = LintReport { as_of, revision, findings: Vec::new() };
    // All pages are of this view, whatever is recorded meanwhile.
    let mut variables = json!({ "asOf": report.as_of, "knownAt": report.revision, "includeWaived": options.with_waived,
        "severity": words(options.severities.iter().map(|severity| severity.word()).collect()),
        "rules": words(options.rules.iter().map(|rule| rule.word()).collect()) });
    let query = page_query();
    loop {
        let found = ask_map(&app, &query, variables.clone()).await?;
        report.findings.extend(found["findings"]["edges"].as_array().into_iter().flatten().cloned());
        let page = &found["findings"]["pageInfo"];
        if page["hasNextPage"] != true {
            return Ok(report);
        }
        variables["after"] = page["endCursor"].clone();
    }
}

/// What `map` answers to a query.
async fn ask_map(app: &App, query: &str, variables: Value) -> Result<Value, Vec<String>> {
    let data = ask(&app.schema, &app.backend, query, variables, Vec::new()).await;
    data.map(|mut data| data["map"].take()).map_err(|error| vec![error.problem])
}

/// What a rule finds on the map of today, in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSummary {
    /// The rule, as the command line has it.
    pub rule: String,
    /// How many findings it has that are not waived.
    pub count: u64,
    /// The first of them, in words.
    pub first: String,
}

/// What the rules find that are no mere notes: their counts, and the first finding of each, however many there are.
///
/// # Errors
/// What the API says is wrong.
pub async fn summarize(store: Store) -> Result<Vec<RuleSummary>, Vec<String>> {
    let app = App::new(store, Arc::new(SystemClock));
    let data = ask_map(&app, "{ map { findingRules { rule severity count } } }", Value::Null).await?;
    let counted = data["findingRules"].as_array().into_iter().flatten();
    let counted: Vec<(&str, u64)> = counted
        .filter(|rule| text(&rule["severity"]) != "NOTE")
        .map(|rule| (text(&rule["rule"]), rule["count"].as_u64().unwrap_or_default()))
        .filter(|(_, count)| *count > 0)
        .collect();
    if counted.is_empty() {
        return Ok(Vec::new());
    }
    let first =
        |(rule, _): &(&str, u64)| format!("{rule}: findings(first: 1, rules: [{rule}]) {{ edges {{ {FINDING} }} }}");
    let firsts: Vec<String> = counted.iter().map(first).collect();
    let found = ask_map(&app, &format!("{{ map {{ {} }} }}", firsts.join(" ")), Value::Null).await?;
    let summary = |(rule, count): (&str, u64)| RuleSummary {
        rule: flag_name(rule),
        count,
        first: describe(&found[rule]["edges"][0]),
    };
    Ok(counted.into_iter().map(summary).collect())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The name of a rule or a severity on the command line: `no-source` for `NO_SOURCE`.
fn flag_name(word: &str) -> String {
    word.to_lowercase().replace('_', "-")
}

/// The rule of a name as the command line has it.
#[must_use]
pub fn parse_rule(name: &str) -> Option<FindingRule> {
    FindingRule::parse(&name.replace('-', "_"))
}

/// A page on a rule: what it finds, why that matters and how it is mended.
#[must_use]
pub fn describe_rule(rule: FindingRule) -> String {
    let name = flag_name(rule.word());
    let found = FindingRule::VALUES.iter().find(|value| value.value == rule);
    let description = found.map(|value| value.description).unwrap_or_default();
    format!(
        "## {name}\n\nSeverity: {}. {description}\n\n{}\n\n{}\n",
        rule.severity().word(),
        rule.reason(),
        rule.remedy()
    )
}

/// All of these pages, as `docs/findings.md` has them.
#[must_use]
pub fn describe_rules() -> String {
    let pages: Vec<String> = FindingRule::VALUES.iter().map(|value| describe_rule(value.value)).collect();
    pages.join("\n")
}

impl LintReport {
    /// Whether there is a finding of this severity or a worse one that is not waived.
    #[must_use]
    pub fn fails(&self, severity: FindingSeverity) -> bool {
        let is_bad = |finding: &&Value| {
            let of = FindingSeverity::parse(&text(&finding["severity"]).to_lowercase());
            finding["waiver"].is_null() && of.is_some_and(|of| of <= severity)
        };
        self.findings.iter().any(|finding| is_bad(&finding))
    }

    /// For people: a line for each.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut lines = String::new();
        // A string takes all that is written to it.
        let _infallible = self.write_text(&mut lines);
        lines
    }

    fn write_text(&self, f: &mut String) -> fmt::Result {
        for finding in &self.findings {
            write!(
                f,
                "{} {}: {}",
                flag_name(text(&finding["severity"])),
                flag_name(text(&finding["rule"])),
                describe(finding)
            )?;
            match finding["waiver"].as_str() {
                Some(reason) => writeln!(f, " (waived: {reason})")?,
                None => writeln!(f)?,
            }
        }
        let count = |severity: FindingSeverity| {
            let is_it = |finding: &&Value| text(&finding["severity"]).eq_ignore_ascii_case(severity.word());
            self.findings.iter().filter(is_it).filter(|finding| finding["waiver"].is_null()).count()
        };
        let [errors, warnings, notes] =
            [FindingSeverity::Error, FindingSeverity::Warning, FindingSeverity::Note].map(count);
        writeln!(
            f,
            "{errors} errors, {warnings} warnings, {notes} notes on {}, as known at revision {}",
            text(&self.as_of),
            self.revision
        )
    }

    /// For programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({ "asOf": self.as_of, "revision": self.revision, "findings": self.findings })
    }

    /// The Static Analysis Results Interchange Format, version 2.1.0.
    #[must_use]
    pub fn to_sarif(&self) -> Value {
        let rule = |value: &domain::VocabularyValue<FindingRule>| {
            let rule = value.value;
            json!({ "id": flag_name(rule.word()), "shortDescription": { "text": value.description },
                "fullDescription": { "text": rule.reason() }, "help": { "text": rule.remedy() },
                "defaultConfiguration": { "level": rule.severity().word() } })
        };
        let rules: Vec<Value> = FindingRule::VALUES.iter().map(rule).collect();
        let result = |finding: &Value| {
            let rule = FindingRule::VALUES.iter().position(|it| text(&finding["rule"]).eq_ignore_ascii_case(it.word));
            let suppressions: Vec<Value> = finding["waiver"]
                .as_str()
                .map(|reason| json!({ "kind": "external", "justification": reason }))
                .into_iter()
                .collect();
            let node = &finding["node"];
            let name = format!("{} {}", text(&node["__typename"]), text(&node["slug"]));
            let told = ["rule", "field", "value"].map(|of| text(&finding[of])).join(" ");
            let fingerprint = format!("{told} {name} {}", text(&finding["other"]["id"]));
            json!({ "ruleId": flag_name(text(&finding["rule"])), "ruleIndex": rule,
                "level": text(&finding["severity"]).to_lowercase(), "message": { "text": describe(finding) },
                "locations": [{ "physicalLocation": { "artifactLocation": { "uri": file_of(finding) } },
                    "logicalLocations": [{ "fullyQualifiedName": name, "kind": "object" }] }],
                "partialFingerprints": { "edumap/v1": fingerprint },
                "suppressions": suppressions })
        };
        let results: Vec<Value> = self.findings.iter().map(result).collect();
        json!({ "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
            "runs": [{ "tool": { "driver": { "name": "edumap", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
                "properties": { "asOf": self.as_of, "revision": self.revision }, "results": results }] })
    }
}

/// The file of the data set with the row that is doubtful.
fn file_of(finding: &Value) -> String {
    let prefix = text(&finding["node"]["id"]).split('_').next().unwrap_or_default();
    let of_noun = || Kind::prefixed(prefix).map_or("", |kind| shape_of(kind).file);
    let file = match FindingRule::parse(&text(&finding["rule"]).to_lowercase()) {
        Some(FindingRule::NoSource) => text(&finding["value"]),
        Some(FindingRule::CircleOfSuccessions) => shape_of(Kind::Succession).file,
        Some(FindingRule::FigureContradictsParts) => shape_of(Kind::AdmissionTotal).file,
        Some(FindingRule::OverlappingMemberships) => shape_of(Kind::Membership).file,
        Some(FindingRule::SourcesDisagree) => shape_of(Kind::FieldEvidence).file,
        _ => of_noun(),
    };
    format!("{file}.csv")
}

/// A finding in words, but for its rule.
fn describe(finding: &Value) -> String {
    let node = &finding["node"];
    let other = finding["other"]["slug"].as_str().map(|slug| format!(" ({slug})")).unwrap_or_default();
    let field = finding["field"].as_str().map(|field| format!(".{field}")).unwrap_or_default();
    format!(
        "{} {}{field}, {}: {}{other}",
        text(&node["__typename"]),
        text(&node["slug"]),
        text(&node["name"]),
        text(&finding["message"])
    )
}
