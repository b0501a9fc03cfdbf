//! HTTP: `POST` and `GET /graphql`, a playground, the schema, and whether the server is alive.

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Query, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use domain::{Clock, LanguageTag};
use graphql::{Asker, Request, Schema, Variables};
use persistence::Store;
use serde_json::{Map, Value};
use tower_http::{catch_panic::CatchPanicLayer, trace::TraceLayer};

/// What the routes share.
#[derive(Clone)]
pub struct App {
    /// The facts.
    pub store: Store,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// The API.
    pub schema: Schema,
}

/// How large a request's body may be, in bytes.
const LARGEST_BODY: usize = 1 << 20;

/// The whole server.
pub fn router(app: App) -> Router {
    Router::new()
        .merge(crate::web::routes())
        .route("/graphql", get(by_get).post(by_post))
        .route("/schema.graphql", get(sdl))
        .route("/healthz", get(|| async { "ok\n" }))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(TraceLayer::new_for_http())
        .with_state(app)
}

/// A panic is answered like any failure of ours; the log has its cause.
fn panicked(cause: Box<dyn std::any::Any + Send>) -> Response {
    let text = cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref().copied());
    tracing::error!(panic = text.unwrap_or("unknown"), "a request panicked");
    refuse(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", "the server failed; the log has the cause")
}

async fn sdl(State(app): State<App>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], app.schema.sdl())
}

async fn by_get(State(app): State<App>, headers: HeaderMap, Query(pairs): Query<Vec<(String, String)>>) -> Response {
    let mut fields = Map::new();
    for (name, text) in pairs {
        let value = match name.as_str() {
            "variables" | "extensions" if !text.is_empty() => match serde_json::from_str(&text) {
                Ok(value) => value,
                Err(_) => return bad_request(&format!("`{name}` is not JSON")),
            },
            _ => Value::String(text),
        };
        fields.insert(name, value);
    }
    answer(&app, &headers, fields).await
}

async fn by_post(State(app): State<App>, method: Method, headers: HeaderMap, body: Bytes) -> Response {
    debug_assert_eq!(method, Method::POST);
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    // A form or plain text can come from any web page without asking first; JSON cannot.
    if !essence.eq_ignore_ascii_case("application/json") {
        return refuse(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UNSUPPORTED_MEDIA_TYPE",
            "send the request as `Content-Type: application/json`",
        );
    }
    match serde_json::from_slice(&body) {
        Ok(Value::Object(fields)) => answer(&app, &headers, fields).await,
        Ok(_) => bad_request("the body is not a JSON object with a `query`"),
        Err(error) => bad_request(&format!("the body is not JSON: line {}, column {}", error.line(), error.column())),
    }
}

async fn answer(app: &App, headers: &HeaderMap, fields: Map<String, Value>) -> Response {
    let request = match request(fields) {
        Ok(request) => request,
        Err(problem) => return bad_request(problem),
    };
    let asker = Asker {
        languages: languages(headers),
        wants_stats: headers.get("edumap-stats").is_some_and(|value| value == "1"),
    };
    let answer = graphql::execute(&app.schema, &app.store, app.clock.clone(), asker, request).await;
    match serde_json::to_vec(&answer) {
        Ok(body) => respond(StatusCode::OK, body),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            refuse(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", "the server failed; the log has the cause")
        }
    }
}

/// Reads the fields of a request; those that GraphQL does not know are ignored.
fn request(mut fields: Map<String, Value>) -> Result<Request, &'static str> {
    let Some(Value::String(query)) = fields.remove("query") else {
        return Err("`query` is missing, or not a string");
    };
    let mut request = Request::new(query);
    match fields.remove("operationName") {
        None | Some(Value::Null) => {}
        Some(Value::String(name)) => request = request.operation_name(name),
        Some(_) => return Err("`operationName` is not a string"),
    }
    match fields.remove("variables") {
        None | Some(Value::Null) => {}
        Some(variables @ Value::Object(_)) => request = request.variables(Variables::from_json(variables)),
        Some(_) => return Err("`variables` is not an object"),
    }
    match fields.remove("extensions") {
        None | Some(Value::Null | Value::Object(_)) => Ok(request),
        Some(_) => Err("`extensions` is not an object"),
    }
}

/// The languages of `Accept-Language`, the best first; what is not well formed is left out, as HTTP asks.
fn languages(headers: &HeaderMap) -> Vec<LanguageTag> {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut weighed: Vec<(f32, LanguageTag)> = wanted
        .split(',')
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

fn bad_request(problem: &str) -> Response {
    refuse(StatusCode::BAD_REQUEST, "BAD_REQUEST", problem)
}

fn refuse(status: StatusCode, code: &str, problem: &str) -> Response {
    let body = serde_json::json!({ "errors": [{ "message": problem, "extensions": { "code": code } }] });
    respond(status, body.to_string().into_bytes())
}

fn respond(status: StatusCode, body: Vec<u8>) -> Response {
    let kind = HeaderValue::from_static("application/json; charset=utf-8");
    let vary = HeaderValue::from_static("accept-language, edumap-stats");
    (status, [(header::CONTENT_TYPE, kind), (header::VARY, vary)], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_come_best_first_and_nonsense_is_left_out() {
        let mut headers = HeaderMap::new();
        headers
            .insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static("fr;q=0.2, *, zh-CN, en;q=0.8, x!;q=1, ko;q=0"));
        let tags: Vec<_> = languages(&headers).iter().map(|tag| tag.as_str().to_owned()).collect();
        assert_eq!(tags, ["zh-CN", "en", "fr"]);
    }
}
