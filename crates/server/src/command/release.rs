//! `edumap release`: publishes and lists views of the map that have a name.

use std::sync::Arc;

use anyhow::{Context, bail};
use domain::{
    Clock, Known, LanguageTag, NewRevision, Release, SystemClock, Texts, fact::day_text, release, texts::encode_written,
};
use persistence::{Access, Store};
use serde_json::json;

use super::{EXIT_OK, EXIT_REFUSED, open_database, print_text};
use crate::{
    App,
    changes::load_changes,
    config::{PublishFlags, ReleaseCommand, ReleaseFlags, ReportFormat},
    flags::FlagError,
    import::{RecordedRow, record_row},
};

/// Runs `edumap release`.
pub(super) async fn run(flags: ReleaseFlags) -> anyhow::Result<u8> {
    let ReleaseFlags { command, database, log: _ } = flags;
    let (store, _) = open_database(&database, None, Access::Existing).await?;
    match command {
        ReleaseCommand::Publish(flags) => publish(&store, flags).await,
        ReleaseCommand::List { format } => list(&store, format).await,
        ReleaseCommand::Notes { slug, since } => print_notes(store, &slug, since).await,
    }
}

async fn publish(store: &Store, flags: PublishFlags) -> anyhow::Result<u8> {
    let PublishFlags { slug, as_of, known_at, title, notes, actor } = flags;
    let latest = store.revision(Known::Latest).await?.map_or(0, |latest| latest.number);
    if latest == 0 {
        bail!("nothing is recorded yet; `edumap import` loads a data set");
    }
    if let Some(number) = known_at
        && !(1..=latest).contains(&number)
    {
        let advice = format!("there is no such revision; the latest is {latest}");
        return Err(FlagError::new("--known-at", number, advice).into());
    }
    let notes = notes.into_iter().map(|(language, file)| {
        let text = match file.as_str() {
            "-" => std::io::read_to_string(std::io::stdin()),
            file => std::fs::read_to_string(file),
        };
        // A row of a data set is one line.
        let text = text.with_context(|| file)?.split_whitespace().collect::<Vec<_>>().join(" ");
        anyhow::Ok((language, text))
    });
    let (title, notes) = (encode("--title", &title)?, encode("--notes", &notes.collect::<Result<Vec<_>, _>>()?)?);
    let known_at = known_at.map(|number| number.to_string()).unwrap_or_default();
    let fields = [slug.as_str(), &as_of, &known_at, &title, &notes];
    let (recorded_at, message) = (SystemClock.timestamp(), format!("release {slug}"));
    let revision = NewRevision { recorded_at, actor, message };
    match record_row(store, &release::SHAPE, &fields, revision).await? {
        RecordedRow::Added(revision) => print_text(&format!("published {slug} by revision {}\n", revision.number)),
        RecordedRow::Same => print_text(&format!("{slug} is published as it is\n")),
        RecordedRow::Different => {
            let problem = format!("{slug} is published already and never changes: choose another name\n");
            print_text(&problem).map(|_| EXIT_REFUSED)
        }
    }
}

/// Texts in languages, as a row of a data set has them.
fn encode(flag: &'static str, texts: &[(String, String)]) -> anyhow::Result<String> {
    if texts.is_empty() {
        return Ok(String::new());
    }
    for (at, (language, _)) in texts.iter().enumerate() {
        if let Err(error) = LanguageTag::parse(language) {
            return Err(FlagError::new(flag, language, error).into());
        }
        if texts[..at].iter().any(|(other, _)| other == language) {
            return Err(FlagError::new(flag, language, "each language stands once").into());
        }
    }
    let written: Vec<_> = texts.iter().map(|(language, text)| (language.as_str(), text.as_str(), "")).collect();
    Ok(encode_written(&written))
}

async fn print_notes(store: Store, slug: &str, since: Option<String>) -> anyhow::Result<u8> {
    let releases = store.releases(Known::Latest).await?;
    let Some(at) = releases.iter().position(|release| release.slug == slug) else {
        return Err(FlagError::new(
            "SLUG",
            slug,
            "there is no such release; `edumap release list` lists those there are",
        )
        .into());
    };
    let release = &releases[at];
    let is_earlier = |before: &&Release| before.known_at <= release.known_at;
    let since = since.or_else(|| releases[..at].iter().rev().find(is_earlier).map(|before| before.slug.clone()));
    let Some(since) = since else {
        return print_text(&format!("{slug} is the first release\n"));
    };
    let App { schema, backend, .. } = App::new(store, Arc::new(SystemClock));
    let views = (json!({ "release": since }), json!({ "release": slug }));
    match load_changes(&schema, &backend, (&views.0, &views.1), &[]).await {
        Ok(report) => print_text(&report.to_markdown()),
        Err(error) => bail!("{}", error.problem),
    }
}

async fn list(store: &Store, format: ReportFormat) -> anyhow::Result<u8> {
    let mut releases = store.releases(Known::Latest).await?;
    releases.reverse();
    if format == ReportFormat::Json {
        let all: Vec<_> = releases.iter().map(to_json).collect();
        return print_text(&format!("{:#}\n", serde_json::Value::from(all)));
    }
    for Release { slug, as_of, known_at, title, .. } in &releases {
        let title = title.first().map_or("", |title| title.text.as_str());
        print_text(&format!("{slug}  {}  revision {known_at}  {title}\n", day_text(*as_of)))?;
    }
    Ok(EXIT_OK)
}

fn to_json(release: &Release) -> serde_json::Value {
    let Release { slug, as_of, known_at, title, notes, .. } = release;
    let texts = |texts: &Texts| -> serde_json::Map<String, serde_json::Value> {
        texts.iter().map(|text| (text.language.clone(), text.text.as_str().into())).collect()
    };
    json!({ "slug": slug, "asOf": day_text(*as_of), "knownAt": known_at, "title": texts(title), "notes": texts(notes) })
}
