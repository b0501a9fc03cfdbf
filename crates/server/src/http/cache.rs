//! What caches may do with an answer: `Cache-Control`, `ETag`, and what `If-None-Match` says of them.

use std::fmt::Debug;

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Response, header},
};
use graphql::Freshness;

use super::{answer_cache::AnswerKey, encoding::accepts_encoding};

/// What `Cache-Control` and `ETag` say of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CachePolicy {
    /// Neither header is set: the answer to a `POST`.
    Unset,
    /// `no-store`.
    NoStore,
    /// `no-cache` with this tag: a cache asks the server each time.
    Revalidate(String),
    /// `immutable` with this tag: the request names the day and the revision of its view.
    Immutable(String),
}

impl CachePolicy {
    /// The policy of the answer with this key, in a form.
    ///
    /// The revision was read before the operation runs, so that an answer may be newer than its tag and never older.
    pub(super) fn for_answer(key: &AnswerKey, freshness: Freshness, form: &impl Debug) -> CachePolicy {
        match freshness {
            Freshness::Scenario => CachePolicy::NoStore,
            Freshness::Pinned => CachePolicy::Immutable(key.tag(form)),
            Freshness::Schema | Freshness::Latest => CachePolicy::Revalidate(key.tag(form)),
        }
    }

    /// The tag of `If-None-Match` that is this answer, in an encoding that the client accepts.
    pub(crate) fn matching_tag<'a>(&'a self, headers: &'a HeaderMap) -> Option<&'a str> {
        let (CachePolicy::Revalidate(tag) | CachePolicy::Immutable(tag)) = self else { return None };
        if_none_match_tags(headers).find_map(|held| {
            let held = held.strip_prefix("W/").unwrap_or(held).trim_matches('"');
            match held.split_once('-') {
                Some((known, encoding)) => (known == tag && accepts_encoding(headers, encoding)).then_some(held),
                None => (held == tag).then_some(tag),
            }
        })
    }

    /// The tag of an answer that exists, if the client sent `If-None-Match: *`.
    pub(crate) fn tag_if_any(&self, headers: &HeaderMap) -> Option<&str> {
        let (CachePolicy::Revalidate(tag) | CachePolicy::Immutable(tag)) = self else { return None };
        if_none_match_tags(headers).any(|held| held == "*").then_some(tag)
    }

    pub(crate) fn write_headers(&self, headers: &mut HeaderMap) {
        let (control, tag) = match self {
            CachePolicy::Unset => return,
            CachePolicy::NoStore => ("no-store", None),
            CachePolicy::Revalidate(tag) => ("no-cache", Some(tag)),
            CachePolicy::Immutable(tag) => ("public, max-age=31536000, immutable", Some(tag)),
        };
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(control));
        if let Some(tag) = tag.and_then(|tag| HeaderValue::try_from(format!("\"{tag}\"")).ok()) {
            headers.insert(header::ETAG, tag);
        }
    }
}

/// The tags of `If-None-Match`.
fn if_none_match_tags(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim)
}

/// Adds the encoding to the tag: a strong tag stands for the bytes of one encoding.
pub(crate) fn tag_encoding(mut response: Response<Body>) -> Response<Body> {
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
