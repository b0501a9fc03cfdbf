//! `/readyz` and `/schema.graphql`.

use axum::{
    body::Body,
    extract::State,
    http::{Response, StatusCode, header},
    response::IntoResponse,
};
use graphql::ErrorCode;

use super::{accept::MediaType, answer::error_response, app::SharedApp};

/// Ready when the database answers and is up to date; 503 otherwise.
pub(super) async fn handle_ready(State(app): State<SharedApp>) -> Response<Body> {
    let problem = match app.backend.store.is_current().await {
        Ok(true) => return "ready\n".into_response(),
        Ok(false) => {
            return (StatusCode::SERVICE_UNAVAILABLE, "not ready: the database is not up to date\n").into_response();
        }
        Err(error) => error,
    };
    tracing::warn!(error = %problem, "not ready");
    (StatusCode::SERVICE_UNAVAILABLE, "not ready: the database does not answer; the log has the cause\n")
        .into_response()
}

/// The text of the schema; 403 if introspection is off.
pub(super) async fn handle_schema(State(app): State<SharedApp>) -> Response<Body> {
    if !app.schema.is_open() {
        let problem = "this server does not tell its schema";
        let mut response = error_response(MediaType::Json, ErrorCode::IntrospectionDisabled, problem);
        *response.status_mut() = StatusCode::FORBIDDEN;
        return response;
    }
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], app.schema.sdl()).into_response()
}
