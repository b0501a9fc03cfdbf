//! The pages that the server writes: `/`, `/search`, `/about`, and those of each kind of noun.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, LazyLock, OnceLock},
};

use axum::{
    Router,
    body::Body,
    extract::{Query, RawPathParams, State},
    http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, Uri, header},
    response::IntoResponse,
    routing::get,
};
use graphql::{ErrorCode, Schema};
use sha2::{Digest, Sha256};
use tokio::time::timeout;

use super::{
    answer::{not_modified_response, own_status},
    app::SharedApp,
    cache::CachePolicy,
    language::accepted_languages,
};
use crate::{
    own_query::QueryError,
    pages::{self, Build, Entry, Page, PageError, Visit, VisitInput, assets, layout, network},
    web,
};

/// A route for each page, and for what they load.
pub(super) fn page_routes(schema: &Schema) -> Router<SharedApp> {
    let entries = entries(schema);
    let pages = entries.iter().fold(Router::new(), |router, entry| {
        let build = entry.build;
        let handle = move |State(app): State<SharedApp>,
                           uri: Uri,
                           parts: RawPathParams,
                           Query(params): Query<HashMap<String, String>>,
                           headers: HeaderMap| async move {
            let parts = parts.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            handle_page(&app, &headers, build, uri.path(), parts, params.into_iter().collect()).await
        };
        router.route(&entry.pattern, get(handle))
    });
    [&assets::STYLE, &assets::ICON].into_iter().fold(pages, |router, asset: &'static LazyLock<assets::Asset>| {
        let headers = [
            (header::CONTENT_TYPE, asset.media_type),
            (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ];
        router.route(&asset.path, get(move || async move { (headers, asset.text) }))
    })
}

/// All pages; every schema has the same kinds.
fn entries(schema: &Schema) -> &'static [Entry] {
    static ENTRIES: OnceLock<Vec<Entry>> = OnceLock::new();
    ENTRIES.get_or_init(|| pages::entries(schema))
}

/// Answers with a page, which has the permit and the time of an operation.
async fn handle_page(
    app: &SharedApp,
    headers: &HeaderMap,
    build: Build,
    path: &str,
    parts: BTreeMap<String, String>,
    params: BTreeMap<String, String>,
) -> Response<Body> {
    let (schema, backend) = (app.schema.clone(), app.backend.clone());
    let (accepted, path) = (accepted_languages(headers), path.to_owned());
    let input = VisitInput { schema, backend, accepted, path, parts, params };
    let Some(_permit) = app.capacity.acquire_operation(app.limits.cost).await else {
        let busy = QueryError { code: Some(ErrorCode::Overloaded), problem: "no permit was free".to_owned() };
        return refuse(Visit::new(input), PageError::Refused(busy), entries(&app.schema));
    };
    let given_up = Arc::new(input);
    let work = {
        let input = Arc::clone(&given_up);
        async move {
            let mut visit = Visit::new(VisitInput::clone(&input));
            let page = match visit.settle_view().await {
                Ok(()) => build(&mut visit).await,
                Err(error) => Err(error),
            };
            (visit, page)
        }
    };
    let entries = entries(&app.schema);
    match timeout(app.limits.time, app.run_on_workers(work)).await {
        Ok((visit, Ok(page))) => respond(headers, policy_of(&page), layout::render(&visit, &page, entries)),
        Ok((visit, Err(error))) => refuse(visit, error, entries),
        Err(_) => {
            let late = QueryError { code: Some(ErrorCode::Timeout), problem: "the page took too long".to_owned() };
            refuse(Visit::new(VisitInput::clone(&given_up)), PageError::Refused(late), entries)
        }
    }
}

/// The content security policy of a page.
fn policy_of(page: &Page) -> &'static str {
    if page.script == Some(network::SCRIPT) { web::GRAPH_PAGE_POLICY } else { web::PAGE_POLICY }
}

/// Answers with a page, or with 304 if the reader has it.
fn respond(headers: &HeaderMap, security: &'static str, text: String) -> Response<Body> {
    let tag = Sha256::digest(text.as_bytes())[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    let policy = CachePolicy::Revalidate(tag);
    let mut response = match policy.matching_tag(headers).or_else(|| policy.tag_if_any(headers)) {
        Some(held) => not_modified_response(&policy, held),
        None => {
            let mut response = text.into_response();
            policy.write_headers(response.headers_mut());
            response
        }
    };
    write_page_headers(response.headers_mut(), security);
    response
}

/// An error as a page, with its status.
fn refuse(mut visit: Visit, error: PageError, entries: &[Entry]) -> Response<Body> {
    let status = match &error {
        PageError::Missing { .. } => StatusCode::NOT_FOUND,
        PageError::Unreadable(_) => StatusCode::BAD_REQUEST,
        PageError::Refused(QueryError { code, .. }) => own_status(code.unwrap_or(ErrorCode::Internal)),
    };
    let page: Page = pages::error_page(&visit, &error, status.is_server_error());
    visit.forget_questions();
    let mut response = (status, layout::render(&visit, &page, entries)).into_response();
    CachePolicy::NoStore.write_headers(response.headers_mut());
    write_page_headers(response.headers_mut(), web::PAGE_POLICY);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

fn write_page_headers(headers: &mut HeaderMap, security: &'static str) {
    let all = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, security),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (header::VARY, "accept-language"),
    ];
    // In the place of what a text has by itself.
    for (name, value) in all {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
