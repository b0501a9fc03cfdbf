//! What caches may do with an answer: `Cache-Control`, `ETag`, and what `If-None-Match` says of them.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Response, header},
};
use domain::{Known, id::fingerprint};
use graphql::{Answer, Request};

use super::{accept::Media, app::App, encoding::takes, language::languages};

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

    pub(crate) fn write(&self, headers: &mut HeaderMap) {
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
