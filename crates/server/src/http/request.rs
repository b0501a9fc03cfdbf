//! What a request asks for, read from its body or its address.

use axum::{
    extract::Request as HttpRequest,
    http::{HeaderMap, HeaderValue, StatusCode, header},
};
use domain::LanguageTag;
use graphql::{Request, Variables};
use serde_json::{Map, Value};

use super::{accept::is_utf8, observe::looked_up};
use crate::documents::{Documents, Sha256};

/// A request with its document.
pub(crate) struct Asked {
    pub(crate) request: Request,
    /// The digest under which the client wants the document kept; it is right.
    pub(crate) keep: Option<Sha256>,
}

/// Why a request is none.
pub(crate) struct Wrong {
    /// `None` if it is that of an answer with an error, as the form has it.
    pub(crate) status: Option<StatusCode>,
    pub(crate) code: &'static str,
    pub(crate) problem: String,
}

/// The code of what has not even the shape of a request.
const MALFORMED: &str = "BAD_REQUEST";

impl Wrong {
    pub(crate) fn bad(problem: impl Into<String>) -> Self {
        Wrong { status: Some(StatusCode::BAD_REQUEST), code: MALFORMED, problem: problem.into() }
    }

    /// Whether what was sent has not even the shape of a request.
    pub(crate) fn is_malformed(&self) -> bool {
        self.code == MALFORMED
    }

    /// What a client that sends digests first must learn in its own words.
    fn persisted(code: &'static str, problem: &str) -> Self {
        Wrong { status: None, code, problem: problem.to_owned() }
    }

    fn unsupported(problem: &str) -> Self {
        let (status, code) = (StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE");
        Wrong { status: Some(status), code, problem: problem.to_owned() }
    }
}

/// Reads the body of a `POST`.
pub(crate) fn posted(headers: &HeaderMap, body: &[u8], documents: &Documents) -> Result<Asked, Wrong> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let mut parts = kind.split(';').map(str::trim);
    // A form or plain text can come from any web page without asking first; JSON cannot.
    if !parts.next().unwrap_or_default().eq_ignore_ascii_case("application/json") {
        return Err(Wrong::unsupported("send the request as `Content-Type: application/json`"));
    }
    let charset = parts.filter_map(|part| part.split_once('=')).find(|(name, _)| name.eq_ignore_ascii_case("charset"));
    if charset.is_some_and(|(_, value)| !is_utf8(value.trim_matches('"'))) {
        return Err(Wrong::unsupported("send the request in UTF-8"));
    }
    let encoding = headers.get(header::CONTENT_ENCODING).map_or("identity", |it| it.to_str().unwrap_or_default());
    if !encoding.trim().eq_ignore_ascii_case("identity") {
        return Err(Wrong::unsupported("send the request without `Content-Encoding`"));
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => request(fields, documents),
        Ok(Value::Array(_)) => Err(Wrong::bad("the body is a batch: send one request at a time")),
        Ok(_) => Err(Wrong::bad("the body is not a JSON object with a `query`")),
        Err(error) => {
            Err(Wrong::bad(format!("the body is not JSON: line {}, column {}", error.line(), error.column())))
        }
    }
}

/// Reads the parameters of a `GET`.
pub(crate) fn addressed(pairs: Vec<(String, String)>, documents: &Documents) -> Result<Asked, Wrong> {
    let mut fields = Map::new();
    for (name, text) in pairs {
        let value = match name.as_str() {
            "operationName" | "variables" | "extensions" if text.is_empty() => continue,
            "variables" | "extensions" => {
                serde_json::from_str(&text).map_err(|_| Wrong::bad(format!("`{name}` is not JSON")))?
            }
            _ => Value::String(text),
        };
        if fields.insert(name.clone(), value).is_some() && is_ours(&name) {
            return Err(Wrong::bad(format!("`{name}` is given twice")));
        }
    }
    request(fields, documents)
}

fn is_ours(name: &str) -> bool {
    matches!(name, "documentId" | "query" | "operationName" | "variables" | "extensions")
}

/// Reads the fields of a request; those that GraphQL does not know are ignored.
pub(crate) fn request(mut fields: Map<String, Value>, documents: &Documents) -> Result<Asked, Wrong> {
    let digest = match fields.remove("extensions") {
        None | Some(Value::Null) => None,
        Some(Value::Object(extensions)) => persisted(extensions.get("persistedQuery"))?,
        Some(_) => return Err(Wrong::bad("`extensions` is not an object")),
    };
    let (query, keep) = document(fields.remove("query"), fields.remove("documentId"), digest, documents)?;
    let mut request = Request::new(query);
    match fields.remove("operationName") {
        None | Some(Value::Null) => {}
        Some(Value::String(name)) => request = request.operation_name(name),
        Some(_) => return Err(Wrong::bad("`operationName` is not a string")),
    }
    match fields.remove("variables") {
        None | Some(Value::Null) => {}
        Some(variables @ Value::Object(_)) => request = request.variables(Variables::from_json(variables)),
        Some(_) => return Err(Wrong::bad("`variables` is not an object")),
    }
    Ok(Asked { request, keep })
}

/// The document that a request brings or names, and the digest under which it wants it kept.
fn document(
    query: Option<Value>,
    id: Option<Value>,
    digest: Option<Sha256>,
    documents: &Documents,
) -> Result<(String, Option<Sha256>), Wrong> {
    let not_supported = || Wrong::persisted("PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported");
    let (query, id) = (query.filter(|it| !it.is_null()), id.filter(|it| !it.is_null()));
    match (query, id, digest) {
        (Some(Value::String(_)), None, _) if documents.is_only() => {
            let problem = "this server answers documents that it knows: give the name or the digest of one as `documentId`, and no `query`";
            Err(Wrong { code: "DOCUMENTS_ONLY", ..Wrong::bad(problem) })
        }
        (Some(Value::String(query)), None, None) => Ok((query, None)),
        (Some(Value::String(_)), None, Some(_)) if !documents.are_kept() => Err(not_supported()),
        (Some(Value::String(query)), None, Some(digest)) if digest == Sha256::of(&query) => Ok((query, Some(digest))),
        (Some(Value::String(_)), None, Some(_)) => {
            Err(Wrong::persisted("PERSISTED_QUERY_HASH_MISMATCH", "`sha256Hash` is not the digest of `query`"))
        }
        (None, Some(Value::String(id)), None) => match documents.named(&id) {
            Some(text) => Ok((text.to_string(), None)),
            None => Err(Wrong { code: "UNKNOWN_DOCUMENT", ..Wrong::bad("no document has this `documentId`") }),
        },
        (None, None, Some(digest)) => match documents.digested(&digest) {
            Some(text) => {
                looked_up(true);
                Ok((text.to_string(), None))
            }
            None if documents.is_only() || documents.are_kept() => {
                looked_up(false);
                Err(Wrong::persisted("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound"))
            }
            None => Err(not_supported()),
        },
        (_, Some(Value::String(_)), _) => {
            Err(Wrong::bad("give one of `query`, `documentId` and `extensions.persistedQuery`"))
        }
        (_, Some(_), _) => Err(Wrong::bad("`documentId` is not a string")),
        _ => Err(Wrong::bad("`query` is missing, or not a string")),
    }
}

/// The digest of `extensions.persistedQuery`, in the protocol of Apollo's clients.
fn persisted(extension: Option<&Value>) -> Result<Option<Sha256>, Wrong> {
    let members = match extension {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Object(members)) => members,
        Some(_) => return Err(Wrong::bad("`persistedQuery` is not an object")),
    };
    match members.get("version").map(Value::as_u64) {
        Some(Some(1)) => {}
        Some(Some(_)) => return Err(Wrong::persisted("PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported")),
        _ => return Err(Wrong::bad("the `version` of `persistedQuery` is missing, or not a number")),
    }
    match members.get("sha256Hash").and_then(Value::as_str).and_then(Sha256::parse) {
        Some(digest) => Ok(Some(digest)),
        None => Err(Wrong::bad("the `sha256Hash` of `persistedQuery` is not 64 hexadecimal digits")),
    }
}

/// The languages of `Accept-Language`, the best first; what is not well formed is left out, as HTTP asks.
pub(crate) fn languages(headers: &HeaderMap) -> Vec<LanguageTag> {
    let lines = headers.get_all(header::ACCEPT_LANGUAGE).iter().filter_map(|line| line.to_str().ok());
    let mut weighed: Vec<(f32, LanguageTag)> = lines
        .flat_map(|line| line.split(','))
        .take(20)
        .filter_map(|range| {
            let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
            let weight = weight.trim().strip_prefix("q=")?.parse::<f32>().ok().filter(|weight| *weight > 0.0)?;
            LanguageTag::parse(tag.trim()).ok().map(|tag| (weight, tag))
        })
        .collect();
    weighed.sort_by(|a, b| b.0.total_cmp(&a.0));
    weighed.into_iter().map(|(_, tag)| tag).collect()
}

/// Whether a browser may have sent the request for a page of another site, without having asked us first.
///
/// A browser asks first if a request carries a header of its own or a body of JSON. Otherwise it says where the request
/// comes from, by `Sec-Fetch-Site` or by `Origin`; whoever says neither is no browser of today.
pub(crate) fn is_forged(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let asked_first = ["graphql-require-preflight", "apollo-require-preflight", "x-apollo-operation-name"];
    let kind =
        text("content-type").unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_simple =
        matches!(kind.as_str(), "" | "text/plain" | "application/x-www-form-urlencoded" | "multipart/form-data");
    if !is_simple || asked_first.iter().any(|name| headers.contains_key(*name)) {
        return false;
    }
    match (text("sec-fetch-site"), headers.get(header::ORIGIN)) {
        (Some(site), _) => !matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => !is_own(origin, headers),
        (None, None) => false,
    }
}

/// Whether a page of another site asks for a WebSocket: a browser says by `Origin` where it comes from, and asks nobody.
pub(crate) fn is_foreign(headers: &HeaderMap, allowed: &[HeaderValue]) -> bool {
    headers.get(header::ORIGIN).is_some_and(|origin| !allowed.contains(origin) && !is_own(origin, headers))
}

/// Puts the host that was asked where all look for it: HTTP/2, and whoever asks a proxy, has it in the address.
pub(crate) async fn hosted(mut request: HttpRequest) -> HttpRequest {
    let host = request.uri().authority().and_then(|host| HeaderValue::try_from(host.as_str()).ok());
    if let Some(host) = host {
        request.headers_mut().insert(header::HOST, host);
    }
    request
}

/// Whether an origin is the address that was asked.
fn is_own(origin: &HeaderValue, headers: &HeaderMap) -> bool {
    let host = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
    host.is_some() && host == headers.get(header::HOST).and_then(|host| host.to_str().ok())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        pairs.collect()
    }

    #[test]
    fn languages_come_best_first_and_nonsense_is_left_out() {
        let headers = headers(&[("accept-language", "fr;q=0.2, *, zh-CN, en;q=0.8, x!;q=1, ko;q=0")]);
        let tags: Vec<_> = languages(&headers).iter().map(|tag| tag.as_str().to_owned()).collect();
        assert_eq!(tags, ["zh-CN", "en", "fr"]);
    }

    #[test]
    fn languages_may_stand_on_several_lines() {
        let mut headers = HeaderMap::new();
        for line in ["fr;q=0.2", "zh-CN, en;q=0.8"] {
            headers.append("accept-language", HeaderValue::from_static(line));
        }
        let tags: Vec<_> = languages(&headers).iter().map(|tag| tag.as_str().to_owned()).collect();
        assert_eq!(tags, ["zh-CN", "en", "fr"]);
    }

    #[test]
    fn what_a_foreign_page_sends_without_asking_is_told_apart() {
        for (pairs, forged) in [
            (&[][..], false),
            (&[("sec-fetch-site", "same-origin")], false),
            (&[("sec-fetch-site", "none")], false),
            (&[("sec-fetch-site", "cross-site")], true),
            (&[("sec-fetch-site", "same-site")], true),
            (&[("sec-fetch-site", "cross-site"), ("apollo-require-preflight", "1")], false),
            (&[("sec-fetch-site", "cross-site"), ("content-type", "application/json")], false),
            (&[("sec-fetch-site", "cross-site"), ("content-type", "text/plain;x=application/json")], true),
            (&[("origin", "https://elsewhere.example"), ("host", "map.example")], true),
            (&[("origin", "https://map.example"), ("host", "map.example")], false),
            (&[("origin", "null"), ("host", "map.example")], true),
        ] {
            assert_eq!(is_forged(&headers(pairs)), forged, "{pairs:?}");
        }
    }
}
