//! What is around every handler, as few layers: for each request a layer of axum copies all layers below it, so that ten of
//! them took longer than many an answer. What only some requests need is put around those.

use std::{any::Any, convert::Infallible, panic::AssertUnwindSafe, sync::Arc};

use axum::{
    body::Body,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderValue, Method, Response, header},
    middleware::Next,
};
use futures::FutureExt;
use graphql::ErrorCode;
use tower::{Layer, Service, ServiceExt, service_fn};
use tower_http::{compression::CompressionLayer, cors::CorsLayer};
use uuid::Uuid;

use super::{
    accept::MediaType,
    answer::error_response,
    app::SharedApp,
    cache::tag_encoding,
    cors::cors_layer,
    encoding::{Encoding, negotiate_encoding},
    observe::{REQUEST_ID_HEADER, observe_request},
    origin::apply_forwarded_target,
    rate_limit::limit_rate,
    vary::{add_api_vary, join_vary},
    written::FAILED_MESSAGE,
};

/// Names a request, observes it, negotiates the encoding of its response, catches panics, and joins what the response
/// depends on.
pub(super) async fn around_all(State(app): State<SharedApp>, mut request: Request, next: Next) -> Response<Body> {
    let id = match request.headers().get(REQUEST_ID_HEADER) {
        Some(id) => Some(id.clone()),
        None => HeaderValue::try_from(Uuid::new_v4().to_string()).ok(),
    };
    if let Some(id) = &id {
        request.headers_mut().insert(REQUEST_ID_HEADER, id.clone());
    }
    let answer = async |request| {
        let response = negotiate_encoding(request, async |request| {
            let answer = AssertUnwindSafe(compress(request, next)).catch_unwind();
            tag_encoding(answer.await.unwrap_or_else(|cause| panic_response(&*cause)))
        });
        let mut response = join_vary(response.await);
        if let Some(id) = id {
            response.headers_mut().entry(REQUEST_ID_HEADER).or_insert(id);
        }
        response
    };
    observe_request(&app, request, answer).await
}

/// Compresses the response if its encoding is one that does.
async fn compress(request: Request, next: Next) -> Response<Body> {
    match Encoding::negotiated(request.headers()) {
        Encoding::Identity => next.run(request).await,
        _ => oneshot(CompressionLayer::new().layer(next), request).await.map(Body::new),
    }
}

/// The state of the layer around the API.
#[derive(Clone)]
pub(super) struct ApiState {
    app: SharedApp,
    /// Shared, for a copy of it is one of all its lists.
    cors: Arc<CorsLayer>,
}

impl ApiState {
    pub(super) fn new(app: SharedApp) -> ApiState {
        let cors = Arc::new(cors_layer(&app.capacity));
        ApiState { app, cors }
    }
}

/// Tells pages of other origins what they may do, refuses clients that ask too often, notes where they sent the request,
/// and says what responses of the API depend on.
pub(super) async fn around_api(State(api): State<ApiState>, mut request: Request, next: Next) -> Response<Body> {
    let ApiState { app, cors } = api;
    DefaultBodyLimit::max(app.capacity.body).apply(&mut request);
    let is_of_page = request.method() == Method::OPTIONS || request.headers().contains_key(header::ORIGIN);
    let response = match is_of_page {
        false => answer_api(app, request, next).await,
        true => {
            let api = service_fn(|request| answer_api(app.clone(), request, next.clone()).map(Ok));
            oneshot(cors.layer(api), request).await
        }
    };
    add_api_vary(response)
}

async fn answer_api(app: SharedApp, request: Request, next: Next) -> Response<Body> {
    limit_rate(&app, request, async |request| next.run(apply_forwarded_target(&app, request)).await).await
}

/// Refuses clients that ask too often.
pub(super) async fn around_pages(State(app): State<SharedApp>, request: Request, next: Next) -> Response<Body> {
    limit_rate(&app, request, async |request| next.run(request).await).await
}

/// Calls a service that cannot fail.
async fn oneshot<S, B>(service: S, request: Request) -> Response<B>
where
    S: Service<Request, Response = Response<B>, Error = Infallible>,
{
    let Ok(response) = service.oneshot(request).await;
    response
}

/// The answer to a request whose handler panicked: 500, with the cause in the log only.
fn panic_response(cause: &(dyn Any + Send)) -> Response<Body> {
    let text = cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref().copied());
    tracing::error!(panic = text.unwrap_or("unknown"), "a request panicked");
    error_response(MediaType::Json, ErrorCode::Internal, FAILED_MESSAGE)
}
