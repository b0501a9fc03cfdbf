//! What a request asks for, read from its body or its address.

use std::net::SocketAddr;

use axum::{
    extract::{ConnectInfo, Request as HttpRequest, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
};
use domain::LanguageTag;
use graphql::{Request, Variables};
use serde_json::{Map, Value};

use super::{accept::is_utf8, app::App, observe::looked_up};
use crate::{
    documents::{Documents, Sha256},
    queries::Curated,
};

/// A request with its document.
pub(crate) struct Asked {
    pub(crate) request: Request,
    /// The digest under which the client wants the document kept; it is right.
    pub(crate) keep: Option<Sha256>,
    /// The ready-made question that the client named.
    pub(crate) question: Option<&'static Curated>,
}

impl Asked {
    /// Gives the request the variables of its question that it leaves out.
    pub(crate) async fn complete(&mut self, app: &App) {
        if let Some(question) = self.question {
            app.examples.complete(&mut self.request, question, &app.schema, &app.ground).await;
        }
    }
}

/// Why a request is none.
pub(crate) struct RequestError {
    /// `None` if it is that of an answer with an error, as the form has it.
    pub(crate) status: Option<StatusCode>,
    pub(crate) code: &'static str,
    pub(crate) problem: String,
}

/// The code of what has not even the shape of a request.
const MALFORMED: &str = "BAD_REQUEST";

impl RequestError {
    pub(crate) fn bad(problem: impl Into<String>) -> Self {
        RequestError { status: Some(StatusCode::BAD_REQUEST), code: MALFORMED, problem: problem.into() }
    }

    /// Whether what was sent has not even the shape of a request.
    pub(crate) fn is_malformed(&self) -> bool {
        self.code == MALFORMED
    }

    /// What a client that sends digests first must learn in its own words.
    fn persisted(code: &'static str, problem: &str) -> Self {
        RequestError { status: None, code, problem: problem.to_owned() }
    }

    fn unsupported(problem: &str) -> Self {
        let (status, code) = (StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE");
        RequestError { status: Some(status), code, problem: problem.to_owned() }
    }
}

/// Reads the body of a `POST`.
pub(crate) fn posted(headers: &HeaderMap, body: &[u8], documents: &Documents) -> Result<Asked, RequestError> {
    // A form or plain text can come from any web page without asking first; JSON cannot.
    if !is_json(headers) {
        return Err(RequestError::unsupported("send the request as `Content-Type: application/json`"));
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let charset = kind
        .split(';')
        .map(str::trim)
        .filter_map(|part| part.split_once('='))
        .find(|(name, _)| name.eq_ignore_ascii_case("charset"));
    if charset.is_some_and(|(_, value)| !is_utf8(value.trim_matches('"'))) {
        return Err(RequestError::unsupported("send the request in UTF-8"));
    }
    let encoding = headers.get(header::CONTENT_ENCODING).map_or("identity", |it| it.to_str().unwrap_or_default());
    if !encoding.trim().eq_ignore_ascii_case("identity") {
        return Err(RequestError::unsupported("send the request without `Content-Encoding`"));
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => request(fields, documents),
        Ok(Value::Array(_)) => Err(RequestError::bad("the body is a batch: send one request at a time")),
        Ok(_) => Err(RequestError::bad("the body is not a JSON object with a `query`")),
        Err(error) => {
            Err(RequestError::bad(format!("the body is not JSON: line {}, column {}", error.line(), error.column())))
        }
    }
}

/// Whether a request says to be JSON, and nothing else.
fn is_json(headers: &HeaderMap) -> bool {
    let mut kinds = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(kind), None) = (kinds.next(), kinds.next()) else { return false };
    let kind = kind.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/json")
}

/// Reads the parameters of a `GET`.
pub(crate) fn addressed(
    headers: &HeaderMap,
    pairs: Vec<(String, String)>,
    documents: &Documents,
) -> Result<Asked, RequestError> {
    // There is no body for it to speak of; some browsers let pages of other sites send one without asking first.
    if headers.contains_key(header::CONTENT_TYPE) && !is_json(headers) {
        return Err(RequestError::unsupported("send a `GET` without `Content-Type`, or with `application/json`"));
    }
    let mut fields = Map::new();
    for (name, text) in pairs {
        let value = match name.as_str() {
            "operationName" | "variables" | "extensions" if text.is_empty() => continue,
            "variables" | "extensions" => {
                serde_json::from_str(&text).map_err(|_| RequestError::bad(format!("`{name}` is not JSON")))?
            }
            _ => Value::String(text),
        };
        if fields.insert(name.clone(), value).is_some() && is_ours(&name) {
            return Err(RequestError::bad(format!("`{name}` is given twice")));
        }
    }
    request(fields, documents)
}

fn is_ours(name: &str) -> bool {
    matches!(name, "documentId" | "query" | "operationName" | "variables" | "extensions")
}

/// Reads the fields of a request; those that GraphQL does not know are ignored.
pub(crate) fn request(mut fields: Map<String, Value>, documents: &Documents) -> Result<Asked, RequestError> {
    let digest = match fields.remove("extensions") {
        None | Some(Value::Null) => None,
        Some(Value::Object(extensions)) => persisted(extensions.get("persistedQuery"))?,
        Some(_) => return Err(RequestError::bad("`extensions` is not an object")),
    };
    let id = fields.remove("documentId");
    let question = id.as_ref().and_then(Value::as_str).and_then(|id| documents.question(id));
    let (query, keep) = document(fields.remove("query"), id, digest, documents)?;
    let mut request = Request::new(query);
    match fields.remove("operationName") {
        None | Some(Value::Null) => {}
        Some(Value::String(name)) => request = request.operation_name(name),
        Some(_) => return Err(RequestError::bad("`operationName` is not a string")),
    }
    match fields.remove("variables") {
        None | Some(Value::Null) => {}
        Some(variables @ Value::Object(_)) => request = request.variables(Variables::from_json(variables)),
        Some(_) => return Err(RequestError::bad("`variables` is not an object")),
    }
    Ok(Asked { request, keep, question })
}

/// The document that a request brings or names, and the digest under which it wants it kept.
fn document(
    query: Option<Value>,
    id: Option<Value>,
    digest: Option<Sha256>,
    documents: &Documents,
) -> Result<(String, Option<Sha256>), RequestError> {
    let not_supported = || RequestError::persisted("PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported");
    let (query, id) = (query.filter(|it| !it.is_null()), id.filter(|it| !it.is_null()));
    match (query, id, digest) {
        (Some(Value::String(_)), None, _) if documents.is_only() => {
            let problem = "this server answers documents that it knows: give the name or the digest of one as `documentId`, and no `query`";
            Err(RequestError { code: "DOCUMENTS_ONLY", ..RequestError::bad(problem) })
        }
        (Some(Value::String(query)), None, None) => Ok((query, None)),
        (Some(Value::String(_)), None, Some(_)) if !documents.are_kept() => Err(not_supported()),
        (Some(Value::String(query)), None, Some(digest)) if digest == Sha256::of(&query) => Ok((query, Some(digest))),
        (Some(Value::String(_)), None, Some(_)) => {
            Err(RequestError::persisted("PERSISTED_QUERY_HASH_MISMATCH", "`sha256Hash` is not the digest of `query`"))
        }
        (None, Some(Value::String(id)), None) => match documents.named(&id) {
            Some(text) => Ok((text.to_string(), None)),
            None => {
                Err(RequestError { code: "UNKNOWN_DOCUMENT", ..RequestError::bad("no document has this `documentId`") })
            }
        },
        (None, None, Some(digest)) => match documents.digested(&digest) {
            Some(text) => {
                looked_up(true);
                Ok((text.to_string(), None))
            }
            None if documents.is_only() || documents.are_kept() => {
                looked_up(false);
                Err(RequestError::persisted("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound"))
            }
            None => Err(not_supported()),
        },
        (_, Some(Value::String(_)), _) => {
            Err(RequestError::bad("give one of `query`, `documentId` and `extensions.persistedQuery`"))
        }
        (_, Some(_), _) => Err(RequestError::bad("`documentId` is not a string")),
        _ => Err(RequestError::bad("`query` is missing, or not a string")),
    }
}

/// The digest of `extensions.persistedQuery`, in the protocol of Apollo's clients.
fn persisted(extension: Option<&Value>) -> Result<Option<Sha256>, RequestError> {
    let members = match extension {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Object(members)) => members,
        Some(_) => return Err(RequestError::bad("`persistedQuery` is not an object")),
    };
    match members.get("version").map(Value::as_u64) {
        Some(Some(1)) => {}
        Some(Some(_)) => {
            return Err(RequestError::persisted("PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported"));
        }
        _ => return Err(RequestError::bad("the `version` of `persistedQuery` is missing, or not a number")),
    }
    match members.get("sha256Hash").and_then(Value::as_str).and_then(Sha256::parse) {
        Some(digest) => Ok(Some(digest)),
        None => Err(RequestError::bad("the `sha256Hash` of `persistedQuery` is not 64 hexadecimal digits")),
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
/// A browser asks first if a request carries a header of our own or a body of JSON; of no other type is that certain.
/// Otherwise it says where the request comes from, by `Sec-Fetch-Site` or by `Origin`; whoever says neither is no
/// browser of today.
pub(crate) fn is_forged(headers: &HeaderMap) -> bool {
    let asked_first = ["graphql-require-preflight", "apollo-require-preflight", "x-apollo-operation-name"];
    if is_json(headers) || asked_first.iter().any(|name| headers.contains_key(*name)) {
        return false;
    }
    match (site(headers), headers.get(header::ORIGIN)) {
        (Some(site), _) => !matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => !is_own(origin, headers),
        (None, None) => false,
    }
}

/// Whether a page of another site asks for a WebSocket: a browser says by `Origin` where it comes from, and asks nobody.
pub(crate) fn is_foreign(headers: &HeaderMap, allowed: &[HeaderValue]) -> bool {
    // No page can say this of itself; browsers do, whichever host a proxy asks us for.
    let is_same = site(headers) == Some("same-origin");
    let is_known = |origin| allowed.contains(origin) || is_own(origin, headers);
    headers.get(header::ORIGIN).is_some_and(|origin| !is_same && !is_known(origin))
}

/// How the page that asks is related to what it asks, in the browser's words.
fn site(headers: &HeaderMap) -> Option<&str> {
    headers.get("sec-fetch-site").and_then(|site| site.to_str().ok())
}

/// The scheme that a trusted proxy was asked by; from others the header does not get here.
const SCHEME: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Puts the address that was asked where all look for it: HTTP/2, and whoever asks a proxy, has the host in the address,
/// and a trusted proxy says it in headers of its own.
pub(crate) async fn targeted(State(app): State<App>, mut request: HttpRequest) -> HttpRequest {
    let peer = request.extensions().get().map(|ConnectInfo(peer): &ConnectInfo<SocketAddr>| peer.ip());
    let target = peer.map(|peer| app.capacity.proxies.target(peer, request.headers())).unwrap_or_default();
    let host = target.host.or_else(|| request.uri().authority().map(|host| host.as_str().to_owned()));
    let headers = request.headers_mut();
    if let Some(host) = host.and_then(|host| HeaderValue::try_from(host).ok()) {
        headers.insert(header::HOST, host);
    }
    headers.remove(SCHEME);
    if let Some(scheme) = target.scheme {
        headers.insert(SCHEME, HeaderValue::from_static(scheme));
    }
    request
}

/// Whether an origin is the address that was asked; the scheme counts where a trusted proxy tells it.
fn is_own(origin: &HeaderValue, headers: &HeaderMap) -> bool {
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    let (Some((scheme, authority)), Some(host)) = (origin, text(&header::HOST)) else { return false };
    let is_same_scheme = text(&SCHEME).is_none_or(|asked| asked == scheme);
    is_same_scheme && without_default_port(scheme, authority) == without_default_port(scheme, host)
}

/// A host in lower case, and its port unless it is the scheme's own.
pub(crate) fn without_default_port(scheme: &str, authority: &str) -> String {
    let authority = authority.to_ascii_lowercase();
    let port = if scheme == "https" { ":443" } else { ":80" };
    authority.strip_suffix(port).map(str::to_owned).unwrap_or(authority)
}

#[cfg(test)]
mod tests {
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
            (&[("sec-fetch-site", "cross-site"), ("content-type", "message/rfc822")], true),
            (&[("sec-fetch-site", "cross-site"), ("content-type", "application/graphql")], true),
            (&[("sec-fetch-site", "cross-site"), ("content-type", "*/*")], true),
            (&[("origin", "https://elsewhere.example"), ("host", "map.example")], true),
            (&[("origin", "https://map.example"), ("host", "map.example")], false),
            (&[("origin", "null"), ("host", "map.example")], true),
        ] {
            assert_eq!(is_forged(&headers(pairs)), forged, "{pairs:?}");
        }
        let mut twice = headers(&[("sec-fetch-site", "cross-site"), ("content-type", "application/json")]);
        twice.append(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        assert!(is_forged(&twice));
    }

    #[test]
    fn an_origin_is_the_own_one_whatever_the_port_that_is_not_written() {
        for (origin, host, scheme, is_same) in [
            ("https://map.example", "map.example", "", true),
            ("https://map.example", "MAP.example:443", "", true),
            ("https://map.example:443", "map.example", "", true),
            ("http://map.example", "map.example:80", "", true),
            ("http://map.example:4000", "map.example:4000", "", true),
            ("https://[2001:db8::1]", "[2001:db8::1]:443", "", true),
            ("https://map.example", "map.example:80", "", false),
            ("http://map.example", "map.example:443", "", false),
            ("https://map.example:8443", "map.example", "", false),
            ("https://map.example", "map.example", "https", true),
            ("http://map.example", "map.example", "https", false),
            ("https://map.example.evil.example", "map.example", "", false),
        ] {
            let mut headers = headers(&[("host", host)]);
            if !scheme.is_empty() {
                headers.insert(SCHEME, HeaderValue::from_static(scheme));
            }
            assert_eq!(is_own(&HeaderValue::from_static(origin), &headers), is_same, "{origin} {host} {scheme}");
        }
    }

    #[test]
    fn a_page_of_its_own_site_may_have_a_socket_whichever_host_the_proxy_asks_for() {
        let foreign = |pairs: &[(&'static str, &'static str)]| {
            is_foreign(&headers(pairs), &[HeaderValue::from_static("https://friend.example")])
        };
        let own = ("origin", "https://map.example");
        assert!(!foreign(&[("host", "inner:4000")]));
        assert!(foreign(&[own, ("host", "inner:4000")]));
        assert!(foreign(&[own, ("host", "inner:4000"), ("sec-fetch-site", "same-site")]));
        assert!(!foreign(&[own, ("host", "inner:4000"), ("sec-fetch-site", "same-origin")]));
        assert!(!foreign(&[("origin", "https://friend.example"), ("host", "inner:4000")]));
    }
}
