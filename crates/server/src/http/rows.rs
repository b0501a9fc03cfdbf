//! `GET /rows/NAME.csv`: the rows of a document that the server knows, at an address that stays; and `GET /rows.csv`, those
//! of any query.

use axum::{
    Extension, Router,
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, Method, Response, header},
    routing::get,
};
use graphql::{Answer, ErrorCode, Request, variables_of_texts};

use super::{
    accept::{Accepted, MediaType},
    answer::{answer_response, error_response, request_error_response},
    app::{App, SharedApp},
    cache::CachePolicy,
    capacity::ConnectionPermit,
    endpoint::{RequestHead, answer_with_permit},
    request::{ParsedRequest, parse_get},
    row_stream::RowOptions,
};
use crate::rows::RowFormat;

/// The routes: an address for each known document, and one for each form that takes a query.
pub(super) fn row_routes() -> Router<SharedApp> {
    let routes = Router::new().route("/rows/{file}", get(handle_rows));
    RowFormat::ALL.into_iter().fold(routes, |routes, format| {
        let handle = move |app, permit, pairs, headers| handle_query(format, app, permit, pairs, headers);
        routes.route(&format!("/rows.{}", format.extension()), get(handle))
    })
}

/// The parameters of an address, in their order.
type Pairs = Vec<(String, String)>;

/// The permit of the connection.
type Permit = Option<Extension<ConnectionPermit>>;

/// The rows of a document that the server knows.
async fn handle_rows(
    State(app): State<SharedApp>,
    Path(file): Path<String>,
    permit: Permit,
    Query(pairs): Query<Pairs>,
    headers: HeaderMap,
) -> Response<Body> {
    let media = MediaType::GraphqlResponse;
    let split = file.rsplit_once('.').and_then(|(name, ending)| Some((name, RowFormat::of_extension(ending)?)));
    let Some((name, format)) = split else {
        let endings = RowFormat::ALL.map(RowFormat::extension).join(", ");
        return error_response(media, ErrorCode::NotFound, &format!("rows have one of the endings {endings}"));
    };
    let (own, rest) = OwnParameters::split(pairs);
    let (operation, texts): (Pairs, Pairs) = rest.into_iter().partition(|(name, _)| name == "operationName");
    let operation = operation.into_iter().next().map(|(_, operation)| operation);
    match read_request(&app, name, operation, &texts) {
        Ok(parsed) => {
            let head = own.head(format, Some(name), &parsed, headers, permit);
            answer(app, head, format, parsed).await
        }
        Err(refused) => answer_response(*refused, media, &CachePolicy::NoStore),
    }
}

/// The rows of a query that the address brings, as a page links to them.
async fn handle_query(
    format: RowFormat,
    State(app): State<SharedApp>,
    permit: Permit,
    Query(pairs): Query<Pairs>,
    headers: HeaderMap,
) -> Response<Body> {
    let (own, rest) = OwnParameters::split(pairs);
    match parse_get(&headers, rest, &app.documents) {
        Ok(parsed) => {
            let head = own.head(format, None, &parsed, headers, permit);
            answer(app, head, format, parsed).await
        }
        Err(refused) => request_error_response(&refused, MediaType::GraphqlResponse),
    }
}

async fn answer(app: SharedApp, head: RequestHead, format: RowFormat, parsed: ParsedRequest) -> Response<Body> {
    let mut response = answer_with_permit(app, head, Some(Accepted::of_rows(format)), Ok(parsed)).await;
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// The parameters that are not those of a request.
#[derive(Default)]
struct OwnParameters {
    list: Option<String>,
    has_bom: bool,
}

impl OwnParameters {
    /// These parameters, and the others.
    fn split(pairs: Pairs) -> (OwnParameters, Pairs) {
        let mut own = OwnParameters::default();
        let mut rest = Pairs::new();
        for (name, value) in pairs {
            match name.as_str() {
                "list" => own.list = Some(value).filter(|list| !list.is_empty()),
                "bom" => own.has_bom = !matches!(value.as_str(), "0" | "false"),
                _ => rest.push((name, value)),
            }
        }
        (own, rest)
    }

    fn head(
        self,
        format: RowFormat,
        file: Option<&str>,
        parsed: &ParsedRequest,
        headers: HeaderMap,
        permit: Permit,
    ) -> RequestHead {
        let rows = RowOptions {
            format,
            list: self.list.or_else(|| parsed.question.map(|question| question.rows.to_owned())),
            has_all_pages: true,
            has_bom: self.has_bom,
            file: file.map(str::to_owned),
        };
        let permit = permit.map(|Extension(permit)| permit);
        RequestHead { headers, method: Method::GET, permit, rows: Some(rows) }
    }
}

/// The request for a document by its name, with variables as texts.
fn read_request(
    app: &App,
    name: &str,
    operation: Option<String>,
    texts: &[(String, String)],
) -> Result<ParsedRequest, Box<Answer>> {
    let Some(text) = app.documents.find_trusted(name) else {
        let problem = format!("no document is called `{name}`: /documents lists those that there are");
        return Err(Box::new(Answer::refused(ErrorCode::NotFound, &problem)));
    };
    let mut request = Request::new(text.to_string());
    if let Some(operation) = operation {
        request = request.operation_name(operation);
    }
    let variables = variables_of_texts(&app.schema, &app.limits, &request, texts)?;
    let question = app.documents.find_question(name);
    Ok(ParsedRequest { request: request.variables(variables), persist_as: None, question })
}
