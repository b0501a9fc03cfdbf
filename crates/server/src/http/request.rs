//! What a request asks for, read from its body or its address.

use axum::http::{HeaderMap, StatusCode, header};
use graphql::{Request, Variables};
use serde_json::{Map, Value};

use super::{accept::is_utf8, app::App, metrics::looked_up};
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
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
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
