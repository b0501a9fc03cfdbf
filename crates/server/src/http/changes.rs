//! `/changes.md` and `/changes.atom`: what changed, for readers and their feeds.

use std::collections::HashMap;

use axum::{
    body::Body,
    extract::{Query, State},
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
    response::IntoResponse,
};
use domain::LanguageTag;
use graphql::ErrorCode;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::time::timeout;

use super::{
    accept::MediaType,
    answer::{error_response, not_modified_response, overloaded_response},
    app::SharedApp,
    cache::CachePolicy,
    language::accepted_languages,
};
use crate::{
    changes::{escape_xml, is_earlier, load_changes, read_view},
    own_query::{QueryError, ask},
};

/// What changed between two views, as Markdown.
pub(super) async fn handle_markdown(
    State(app): State<SharedApp>,
    headers: HeaderMap,
    Query(views): Query<HashMap<String, String>>,
) -> Response<Body> {
    let languages = accepted_languages(&headers);
    let Some(from) = views.get("from") else {
        let problem = "give `from`, and `to` if it is not today: the slug of a release, or `asOf:2024-09-21`, perhaps with `@` and a revision";
        return error_response(MediaType::Json, ErrorCode::BadRequest, problem);
    };
    let (from, to) = (read_view(from), views.get("to").map_or_else(|| json!({}), |to| read_view(to)));
    let asking = app.clone();
    let report = async move {
        let changes = load_changes(&asking.schema, &asking.backend, (&from, &to), &languages).await?;
        Ok(changes.to_markdown())
    };
    write_report(&app, &headers, "text/markdown; charset=utf-8", report).await
}

/// Answers with a report, which has the permit and the time of a large operation.
async fn write_report(
    app: &SharedApp,
    headers: &HeaderMap,
    media_type: &'static str,
    report: impl Future<Output = Result<String, QueryError>> + Send + 'static,
) -> Response<Body> {
    let Some(_permit) = app.capacity.acquire_operation(app.limits.cost).await else {
        return overloaded_response(MediaType::Json);
    };
    match timeout(app.limits.time, app.run_on_workers(report)).await {
        Ok(Ok(text)) => respond(headers, media_type, text),
        Ok(Err(error)) => refuse(error),
        Err(_) => {
            let problem = format!("the report took longer than {} s, and was given up", app.limits.time.as_secs_f64());
            error_response(MediaType::Json, ErrorCode::Timeout, &problem)
        }
    }
}

/// The releases, the latest first, each with what changed since the one before.
pub(super) async fn handle_atom(State(app): State<SharedApp>, headers: HeaderMap) -> Response<Body> {
    let languages = accepted_languages(&headers);
    let asking = app.clone();
    let feed = async move { write_feed(&asking, &languages).await };
    write_report(&app, &headers, "application/atom+xml; charset=utf-8", feed).await
}

const RELEASES: &str = "{ releases { slug title notes view { asOf revision { number } } recordedSince { recordedAt } } revisions(first: 1) { recordedAt } }";

/// How many releases a feed has.
const MAX_ENTRIES: usize = 20;

async fn write_feed(app: &SharedApp, languages: &[LanguageTag]) -> Result<String, QueryError> {
    let data = ask(&app.schema, &app.backend, RELEASES, json!({}), languages.to_vec()).await?;
    let releases = data["releases"].as_array().cloned().unwrap_or_default();
    let origin = app.backend.store.origin().await.ok().flatten().map(|origin| origin.recorded_at.clone());
    let origin = origin.unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let updated = |release: &Value| text(&release["recordedSince"]["recordedAt"]);
    let last = releases.iter().map(updated).max().unwrap_or_else(|| NEVER.to_owned());
    let mut feed = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<id>{}</id>\n<link rel=\"self\" href=\"changes.atom\"/>\n<title>Releases of the map</title>\n<updated>{}</updated>\n<author><name>edumap</name></author>\n",
        unique_name(&[&origin]),
        escape_xml(&last),
    );
    for (at, release) in releases.iter().enumerate().take(MAX_ENTRIES) {
        let slug = text(&release["slug"]);
        // Of two releases of which neither is the later by both clocks there is nothing to tell.
        let before = releases[at + 1..].iter().find(|before| is_earlier(before, release));
        let changes = match before {
            Some(before) => {
                let views = (json!({ "release": before["slug"] }), json!({ "release": release["slug"] }));
                load_changes(&app.schema, &app.backend, (&views.0, &views.1), languages).await?.to_html()
            }
            None => String::new(),
        };
        let notes = release["notes"].as_str().map(|notes| format!("<p>{}</p>", escape_xml(notes)));
        feed.push_str(&format!(
            "<entry>\n<id>{}</id>\n<title>{}</title>\n<updated>{}</updated>\n<content type=\"html\">{}</content>\n</entry>\n",
            unique_name(&[&origin, &slug]),
            escape_xml(release["title"].as_str().unwrap_or(&slug)),
            escape_xml(&updated(release)),
            escape_xml(&format!("{}{changes}", notes.unwrap_or_default())),
        ));
    }
    feed.push_str("</feed>\n");
    Ok(feed)
}

/// When a feed was updated that has no entry yet.
const NEVER: &str = "1970-01-01T00:00:00Z";

/// A name that stays and that no other has: a UUID of its own making (version 8) of these parts.
fn unique_name(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("urn:uuid:{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// Answers with a text, or with 304 if the reader has it.
fn respond(headers: &HeaderMap, media_type: &'static str, text: String) -> Response<Body> {
    let tag = Sha256::digest(text.as_bytes())[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    let policy = CachePolicy::Revalidate(tag);
    let mut response = match policy.matching_tag(headers).or_else(|| policy.tag_if_any(headers)) {
        Some(held) => not_modified_response(&policy, held),
        None => {
            let mut response = ([(header::CONTENT_TYPE, media_type)], text).into_response();
            policy.write_headers(response.headers_mut());
            response
        }
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-language"));
    response
}

fn refuse(error: QueryError) -> Response<Body> {
    let code = error.code.unwrap_or(ErrorCode::Internal);
    let mut response = error_response(MediaType::Json, code, &error.problem);
    if code.status().is_none() {
        *response.status_mut() = StatusCode::BAD_REQUEST;
    }
    response
}
