//! Whether the server can answer, and the schema's text.

use axum::{
    body::Body,
    extract::State,
    http::{Response, StatusCode, header},
    response::IntoResponse,
};

use super::{accept::Media, answer::refuse, app::App};

/// Whether the server can answer: its database is there, and up to date.
pub(super) async fn ready(State(app): State<App>) -> Response<Body> {
    let problem = match app.ground.store.is_current().await {
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

/// The text of the schema, unless it is closed.
pub(super) async fn sdl(State(app): State<App>) -> Response<Body> {
    if !app.schema.is_open() {
        let problem = "this server does not tell its schema";
        return refuse(StatusCode::FORBIDDEN, Media::Json, "INTROSPECTION_DISABLED", problem);
    }
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], app.schema.sdl()).into_response()
}
