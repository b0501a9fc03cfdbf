//! Answers: their form, their status, how long they may be kept.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
};
use domain::{Known, id::fingerprint};
use graphql::{Answer, Figures, Request};

use super::{
    accept::Media,
    app::App,
    encoding::takes,
    observe::Outcome,
    request::{RequestError, languages},
};

/// How long an answer may be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Nothing is said: the answer to a `POST`.
    Unsaid,
    /// Not at all.
    Never,
    /// As long as the server, asked again, says that it still holds.
    WhileTrue(String),
    /// For ever: its day and its revision are named.
    ForEver(String),
}

impl Keep {
    /// What may be said of an answer, before it is there.
    ///
    /// The tag is made of everything the answer depends on: the map, the request, the reader's languages, the form and,
    /// unless the request names its view, today, its time zone and the latest revision: all of it, since a database that
    /// was made anew counts from 1 again. The revision is read first, so that an answer may be newer than its tag and never older.
    pub(crate) async fn of(app: &App, request: &Request, headers: &HeaderMap, media: Media, is_pinned: bool) -> Keep {
        // The answer itself will say that the store fails.
        let Ok(map) = app.ground.store.origin().await else { return Keep::Never };
        let view = match is_pinned {
            true => None,
            false => match tokio::try_join!(app.ground.store.revision(Known::Latest), app.ground.time_zone()) {
                Ok((latest, zone)) => Some((app.ground.clock.today(zone), zone, latest)),
                Err(_) => return Keep::Never,
            },
        };
        let Request { query, operation_name, variables, .. } = request;
        let languages = languages(headers);
        let all = format!(
            "{} {map:?} {query:?} {operation_name:?} {} {languages:?} {media:?} {view:?}",
            env!("CARGO_PKG_VERSION"),
            serde_json::to_string(variables).unwrap_or_default(),
        );
        let tag = format!("{:016x}", fingerprint(all.as_bytes()));
        if is_pinned { Keep::ForEver(tag) } else { Keep::WhileTrue(tag) }
    }

    /// The tag under which the reader has this very answer already, in an encoding that the reader takes.
    pub(crate) fn held<'a>(&'a self, headers: &'a HeaderMap) -> Option<&'a str> {
        let (Keep::WhileTrue(tag) | Keep::ForEver(tag)) = self else { return None };
        tags(headers).find_map(|held| {
            let held = held.strip_prefix("W/").unwrap_or(held).trim_matches('"');
            match held.split_once('-') {
                Some((known, encoding)) => (known == tag && takes(headers, encoding)).then_some(held),
                None => (held == tag).then_some(tag),
            }
        })
    }

    /// The tag of an answer whose reader wants it only if there is none: `If-None-Match: *`.
    pub(crate) fn exists(&self, headers: &HeaderMap, answer: &Answer) -> Option<&str> {
        let (Keep::WhileTrue(tag) | Keep::ForEver(tag)) = self else { return None };
        // An error is no answer that one could have already.
        (answer.code().is_none() && tags(headers).any(|held| held == "*")).then_some(tag)
    }

    fn write(&self, headers: &mut HeaderMap) {
        let (control, tag) = match self {
            Keep::Unsaid => return,
            Keep::Never => ("no-store", None),
            Keep::WhileTrue(tag) => ("no-cache", Some(tag)),
            Keep::ForEver(tag) => ("public, max-age=31536000, immutable", Some(tag)),
        };
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(control));
        if let Some(tag) = tag.and_then(|tag| HeaderValue::try_from(format!("\"{tag}\"")).ok()) {
            headers.insert(header::ETAG, tag);
        }
    }
}

/// What a reader says to have.
fn tags(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim)
}

/// The answer to a request, in the form that was asked for.
pub(crate) fn answered(answer: &Answer, media: Media, keep: Keep) -> Response<Body> {
    let keep = match (&keep, answer.code()) {
        (Keep::Unsaid, _) | (_, None) => keep,
        (_, Some(_)) => Keep::Never,
    };
    match answer.to_json() {
        Ok(body) => {
            let mut response = respond(status(answer, media), media, body, &keep);
            response.extensions_mut().insert(Outcome::of(answer));
            response
        }
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            let failed = Answer::refused("INTERNAL", FAILED);
            respond(StatusCode::INTERNAL_SERVER_ERROR, media, failed.to_json().unwrap_or_default(), &Keep::Never)
        }
    }
}

/// An answer that the reader has already, under the tag that the reader knows: caches update no other.
pub(crate) fn unchanged(keep: &Keep, held: &str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    keep.write(response.headers_mut());
    if let Ok(held) = HeaderValue::try_from(format!("\"{held}\"")) {
        response.headers_mut().insert(header::ETAG, held);
    }
    response
}

/// What is said of a request that was not even read.
pub(crate) fn refuse(status: StatusCode, media: Media, code: &'static str, problem: &str) -> Response<Body> {
    let body = Answer::refused(code, problem).to_json().unwrap_or_default();
    let mut response = respond(status, media, body, &Keep::Unsaid);
    response.extensions_mut().insert(Outcome { code: code.to_owned(), figures: Figures::default() });
    response
}

/// What is said of a request that is none.
pub(crate) fn refused(wrong: &RequestError, media: Media) -> Response<Body> {
    let RequestError { status, code, problem } = wrong;
    match status {
        Some(status) => refuse(*status, media, code, problem),
        None => answered(&Answer::refused(code, problem), media, Keep::Never),
    }
}

/// The status of an answer. Older clients take any but 200 for a broken network, and are spared it for their own mistakes.
fn status(answer: &Answer, media: Media) -> StatusCode {
    match (answer.is_refused, answer.code(), media) {
        (_, Some("TIMEOUT"), _) => StatusCode::GATEWAY_TIMEOUT,
        (true, Some("INTERNAL"), _) => StatusCode::INTERNAL_SERVER_ERROR,
        (true, Some(_), Media::GraphqlResponse) => StatusCode::BAD_REQUEST,
        _ => StatusCode::OK,
    }
}

fn respond(status: StatusCode, media: Media, body: Vec<u8>, keep: &Keep) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, media.content_type());
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    keep.write(headers);
    response
}

/// Tells apart the tags of one answer in several encodings: a strong tag stands for bytes.
pub(crate) async fn tag_encoding(mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    let encoding = headers.get(header::CONTENT_ENCODING).and_then(|it| it.to_str().ok());
    let tag = headers.get(header::ETAG).and_then(|it| it.to_str().ok());
    if let (Some(encoding), Some(tag)) = (encoding, tag) {
        let tagged = format!("\"{}-{encoding}\"", tag.trim_matches('"'));
        if let Ok(tagged) = HeaderValue::try_from(tagged) {
            headers.insert(header::ETAG, tagged);
        }
    }
    response
}

/// What is said of failures of ours.
pub(super) const FAILED: &str = "the server failed; the log has the cause";
/// What is said when there is no room.
const BUSY: (&str, &str) = ("OVERLOADED", "the server is busy: try again in a second");

/// Asks to come again.
pub(super) fn busy() -> Answer {
    Answer::refused(BUSY.0, BUSY.1)
}

/// The same, in HTTP's words.
pub(super) fn overloaded(media: Media) -> Response<Body> {
    let mut response = refuse(StatusCode::SERVICE_UNAVAILABLE, media, BUSY.0, BUSY.1);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    response
}
