//! `GET /rows/NAME.csv`: the rows of a document that the server knows, at an address that stays.

use axum::{
    Extension,
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, Method, Response, header},
};
use graphql::{Answer, ErrorCode, Request, variables_of_texts};

use super::{
    accept::{Accepted, MediaType},
    answer::{answer_response, error_response},
    app::{App, SharedApp},
    cache::CachePolicy,
    capacity::ConnectionPermit,
    endpoint::{RequestHead, answer_with_permit},
    request::{ParsedRequest, RequestError},
    row_stream::RowOptions,
};
use crate::rows::RowFormat;

/// The parameters that are no variables.
const OWN_PARAMETERS: [&str; 3] = ["list", "bom", "operationName"];

pub(super) async fn handle_rows(
    State(app): State<SharedApp>,
    Path(file): Path<String>,
    permit: Option<Extension<ConnectionPermit>>,
    Query(pairs): Query<Vec<(String, String)>>,
    headers: HeaderMap,
) -> Response<Body> {
    let media = MediaType::GraphqlResponse;
    let split = file.rsplit_once('.').and_then(|(name, ending)| Some((name, RowFormat::of_extension(ending)?)));
    let Some((name, format)) = split else {
        let endings = RowFormat::ALL.map(RowFormat::extension).join(", ");
        return error_response(media, ErrorCode::NotFound, &format!("rows have one of the endings {endings}"));
    };
    let (own, texts): (Vec<_>, Vec<_>) =
        pairs.into_iter().partition(|(name, _)| OWN_PARAMETERS.contains(&name.as_str()));
    let parameter = |name: &str| own.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone());
    let parsed = match read_request(&app, name, parameter("operationName"), &texts) {
        Ok(parsed) => parsed,
        Err(refused) => return answer_response(&refused, media, &CachePolicy::NoStore),
    };
    let question = parsed.question.map(|question| question.rows.to_owned());
    let options = RowOptions {
        format,
        list: parameter("list").filter(|list| !list.is_empty()).or(question),
        has_all_pages: true,
        has_bom: parameter("bom").is_some_and(|bom| !matches!(bom.as_str(), "0" | "false")),
        file: Some(name.to_owned()),
    };
    let permit = permit.map(|Extension(permit)| permit);
    let head = RequestHead { headers, method: Method::GET, permit, rows: Some(options) };
    let accepted = Some(Accepted::of_rows(format));
    let mut response = answer_with_permit(app, head, accepted, Ok::<_, RequestError>(parsed)).await;
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
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
