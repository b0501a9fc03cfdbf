//! Parses a request from the body of a `POST`, the parameters of a `GET` or the payload of a message.

use axum::http::{HeaderMap, header};
use graphql::{ErrorCode, Request, Variables};
use serde_json::{Map, Value};

use super::{accept::is_utf8, app::App, metrics::record_document_lookup};
use crate::{
    documents::{Documents, Sha256},
    queries::CuratedQuery,
};

/// A request with its document.
pub(crate) struct ParsedRequest {
    pub(crate) request: Request,
    /// The digest under which the client wants the document persisted; it was checked.
    pub(crate) persist_as: Option<Sha256>,
    /// The ready-made question that the client named.
    pub(crate) question: Option<&'static CuratedQuery>,
}

impl ParsedRequest {
    /// Adds the variables of its ready-made question that the request leaves out.
    pub(crate) async fn fill_variables(&mut self, app: &App) {
        if let Some(question) = self.question {
            app.examples.fill_variables(&mut self.request, question, &app.schema, &app.backend).await;
        }
    }
}

/// Why a request could not be parsed.
pub(crate) struct RequestError {
    pub(crate) code: ErrorCode,
    pub(crate) problem: String,
}

impl RequestError {
    pub(crate) fn bad_request(problem: impl Into<String>) -> Self {
        RequestError { code: ErrorCode::BadRequest, problem: problem.into() }
    }

    /// Whether the request is malformed, rather than one whose document is not served.
    pub(crate) fn is_malformed(&self) -> bool {
        self.code == ErrorCode::BadRequest
    }

    /// An error of automatic persisted queries, with the message that clients look for.
    fn persisted_query(code: ErrorCode, problem: &str) -> Self {
        RequestError { code, problem: problem.to_owned() }
    }

    fn persisted_query_not_supported() -> Self {
        RequestError::persisted_query(ErrorCode::PersistedQueryNotSupported, "PersistedQueryNotSupported")
    }

    fn unsupported_media_type(problem: &str) -> Self {
        RequestError { code: ErrorCode::UnsupportedMediaType, problem: problem.to_owned() }
    }
}

/// Reads the body of a `POST`.
pub(crate) fn parse_post(
    headers: &HeaderMap,
    body: &[u8],
    documents: &Documents,
) -> Result<ParsedRequest, RequestError> {
    // A form or plain text can come from any web page without a preflight request; JSON cannot.
    if !is_json(headers) {
        return Err(RequestError::unsupported_media_type("send the request as `Content-Type: application/json`"));
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let charset = kind
        .split(';')
        .map(str::trim)
        .filter_map(|part| part.split_once('='))
        .find(|(name, _)| name.eq_ignore_ascii_case("charset"));
    if charset.is_some_and(|(_, value)| !is_utf8(value.trim_matches('"'))) {
        return Err(RequestError::unsupported_media_type("send the request in UTF-8"));
    }
    let encoding = headers.get(header::CONTENT_ENCODING).map_or("identity", |it| it.to_str().unwrap_or_default());
    if !encoding.trim().eq_ignore_ascii_case("identity") {
        return Err(RequestError::unsupported_media_type("send the request without `Content-Encoding`"));
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => parse_fields(fields, documents),
        Ok(Value::Array(_)) => Err(RequestError::bad_request("the body is a batch: send one request at a time")),
        Ok(_) => Err(RequestError::bad_request("the body is not a JSON object with a `query`")),
        Err(error) => Err(RequestError::bad_request(format!(
            "the body is not JSON: line {}, column {}",
            error.line(),
            error.column()
        ))),
    }
}

/// Whether `Content-Type` is JSON, and given once.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let mut kinds = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(kind), None) = (kinds.next(), kinds.next()) else { return false };
    let kind = kind.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/json")
}

/// Reads the parameters of a `GET`.
pub(crate) fn parse_get(
    headers: &HeaderMap,
    pairs: Vec<(String, String)>,
    documents: &Documents,
) -> Result<ParsedRequest, RequestError> {
    // A `GET` has no body; some browsers let pages of other sites set the header without a preflight request.
    if headers.contains_key(header::CONTENT_TYPE) && !is_json(headers) {
        return Err(RequestError::unsupported_media_type(
            "send a `GET` without `Content-Type`, or with `application/json`",
        ));
    }
    let mut fields = Map::new();
    for (name, text) in pairs {
        let value = match name.as_str() {
            "operationName" | "variables" | "extensions" if text.is_empty() => continue,
            "variables" | "extensions" => {
                serde_json::from_str(&text).map_err(|_| RequestError::bad_request(format!("`{name}` is not JSON")))?
            }
            _ => Value::String(text),
        };
        if fields.insert(name.clone(), value).is_some() && is_request_field(&name) {
            return Err(RequestError::bad_request(format!("`{name}` is given twice")));
        }
    }
    parse_fields(fields, documents)
}

fn is_request_field(name: &str) -> bool {
    matches!(name, "documentId" | "query" | "operationName" | "variables" | "extensions")
}

/// Reads the fields of a request; those that GraphQL does not know are ignored.
pub(crate) fn parse_fields(
    mut fields: Map<String, Value>,
    documents: &Documents,
) -> Result<ParsedRequest, RequestError> {
    let digest = match fields.remove("extensions") {
        None | Some(Value::Null) => None,
        Some(Value::Object(extensions)) => parse_persisted_query(extensions.get("persistedQuery"))?,
        Some(_) => return Err(RequestError::bad_request("`extensions` is not an object")),
    };
    let id = fields.remove("documentId");
    let question = id.as_ref().and_then(Value::as_str).and_then(|id| documents.find_question(id));
    let (query, persist_as) = resolve_document(fields.remove("query"), id, digest, documents)?;
    let mut request = Request::new(query);
    match fields.remove("operationName") {
        None | Some(Value::Null) => {}
        Some(Value::String(name)) => request = request.operation_name(name),
        Some(_) => return Err(RequestError::bad_request("`operationName` is not a string")),
    }
    match fields.remove("variables") {
        None | Some(Value::Null) => {}
        Some(variables @ Value::Object(_)) => request = request.variables(Variables::from_json(variables)),
        Some(_) => return Err(RequestError::bad_request("`variables` is not an object")),
    }
    Ok(ParsedRequest { request, persist_as, question })
}

/// The document that a request brings or names, and the digest under which it is to be persisted.
fn resolve_document(
    query: Option<Value>,
    id: Option<Value>,
    digest: Option<Sha256>,
    documents: &Documents,
) -> Result<(String, Option<Sha256>), RequestError> {
    let (query, id) = (query.filter(|it| !it.is_null()), id.filter(|it| !it.is_null()));
    match (query, id, digest) {
        (Some(Value::String(_)), None, _) if documents.is_trusted_only() => {
            let problem = "this server answers documents that it knows: give the name or the digest of one as `documentId`, and no `query`";
            Err(RequestError { code: ErrorCode::DocumentsOnly, problem: problem.to_owned() })
        }
        (Some(Value::String(query)), None, None) => Ok((query, None)),
        (Some(Value::String(_)), None, Some(_)) if !documents.accepts_persisted() => {
            Err(RequestError::persisted_query_not_supported())
        }
        (Some(Value::String(query)), None, Some(digest)) if digest == Sha256::of_text(&query) => {
            Ok((query, Some(digest)))
        }
        (Some(Value::String(_)), None, Some(_)) => Err(RequestError::persisted_query(
            ErrorCode::PersistedQueryHashMismatch,
            "`sha256Hash` is not the digest of `query`",
        )),
        (None, Some(Value::String(id)), None) => match documents.find_trusted(&id) {
            Some(text) => Ok((text.to_string(), None)),
            None => Err(RequestError {
                code: ErrorCode::UnknownDocument,
                problem: "no document has this `documentId`".to_owned(),
            }),
        },
        (None, None, Some(digest)) => match documents.find_by_digest(&digest) {
            Some(text) => {
                record_document_lookup(true);
                Ok((text.to_string(), None))
            }
            None if documents.is_trusted_only() || documents.accepts_persisted() => {
                record_document_lookup(false);
                Err(RequestError::persisted_query(ErrorCode::PersistedQueryNotFound, "PersistedQueryNotFound"))
            }
            None => Err(RequestError::persisted_query_not_supported()),
        },
        (_, Some(Value::String(_)), _) => {
            Err(RequestError::bad_request("give one of `query`, `documentId` and `extensions.persistedQuery`"))
        }
        (_, Some(_), _) => Err(RequestError::bad_request("`documentId` is not a string")),
        _ => Err(RequestError::bad_request("`query` is missing, or not a string")),
    }
}

/// The digest of `extensions.persistedQuery`, in the protocol of Apollo's clients.
fn parse_persisted_query(extension: Option<&Value>) -> Result<Option<Sha256>, RequestError> {
    let members = match extension {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Object(members)) => members,
        Some(_) => return Err(RequestError::bad_request("`persistedQuery` is not an object")),
    };
    match members.get("version").map(Value::as_u64) {
        Some(Some(1)) => {}
        Some(Some(_)) => {
            return Err(RequestError::persisted_query_not_supported());
        }
        _ => return Err(RequestError::bad_request("the `version` of `persistedQuery` is missing, or not a number")),
    }
    match members.get("sha256Hash").and_then(Value::as_str).and_then(Sha256::parse) {
        Some(digest) => Ok(Some(digest)),
        None => Err(RequestError::bad_request("the `sha256Hash` of `persistedQuery` is not 64 hexadecimal digits")),
    }
}
