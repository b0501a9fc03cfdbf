//! Answers a query with the rows of one of its lists, page after page as they are read by the client.

use std::{collections::VecDeque, fmt, future::ready, mem::take};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderName, HeaderValue, Method, Response, header},
};
use futures::{StreamExt, stream};
use graphql::{
    Answer, Backend, ErrorCode, Figures, LatestView, Pinning, PreparedRequest, RequestOptions, RowPage, RowQuery,
    RowStep,
};
use serde_json::Value;

use super::{
    accept::MediaType,
    answer::{answer_response, error_response, not_modified_response, overloaded_answer, overloaded_response},
    answer_cache::AnswerKey,
    app::SharedApp,
    cache::CachePolicy,
    capacity::UnreadPermit,
    outcome::Outcome,
};
use crate::rows::{RowFormat, RowWriter};

/// How rows are wanted.
#[derive(Debug, Clone)]
pub(super) struct RowOptions {
    pub(super) format: RowFormat,
    /// The list whose items they are; `None` if the query has only one.
    pub(super) list: Option<String>,
    /// Whether all pages are wanted, and not the one that the query asks for.
    pub(super) has_all_pages: bool,
    /// Whether a byte-order mark is to stand before CSV.
    pub(super) has_bom: bool,
    /// What the file is called, without its ending.
    pub(super) file: Option<String>,
}

/// The header that names the list: `Edumap-Rows: groups.schools; pages=all; bom`.
pub(super) const ROWS_HEADER: HeaderName = HeaderName::from_static("edumap-rows");

impl RowOptions {
    /// Reads the header; a list that is not named there is the one that `list` says.
    ///
    /// # Errors
    /// It has a parameter that is not known.
    pub(super) fn from_headers(headers: &HeaderMap, format: RowFormat, list: Option<&str>) -> Result<Self, String> {
        let header = headers.get(ROWS_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let list = list.map(str::to_owned);
        let mut options = RowOptions { format, list, has_all_pages: false, has_bom: false, file: None };
        for part in header.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            match part {
                "pages=all" => options.has_all_pages = true,
                "bom" => options.has_bom = true,
                list if !list.contains('=') => options.list = Some(list.to_owned()),
                _ => {
                    return Err(format!("`Edumap-Rows` takes the name of a list, `pages=all` and `bom`, not `{part}`"));
                }
            }
        }
        Ok(options)
    }
}

/// What rows depend on beside the answer.
#[derive(Debug)]
#[expect(dead_code, reason = "it is printed into the tag")]
struct RowForm<'a> {
    format: RowFormat,
    list: &'a str,
    has_all_pages: bool,
    has_bom: bool,
}

/// Answers a query with rows. As long as the first part is not complete an error has its status; after that it ends the
/// connection, so that nobody takes a part for the whole.
pub(super) async fn answer_rows(
    app: &SharedApp,
    (method, headers): (&Method, &HeaderMap),
    prepared: Box<PreparedRequest>,
    options: RequestOptions,
    wanted: RowOptions,
) -> Response<Body> {
    let media = MediaType::GraphqlResponse;
    let query = match RowQuery::new(&app.schema, &prepared, wanted.list.as_deref()) {
        Ok(query) => query,
        Err(refused) => return answer_response(*refused, media, &CachePolicy::Unset),
    };
    if wanted.format == RowFormat::GeoJson && query.place().is_none() {
        let problem =
            "the query asks for no place: ask for `location { latitude longitude }` of what is to be on the map";
        return error_response(media, ErrorCode::NoPlace, problem);
    }
    let key = match app.answer_key(&prepared, &options.languages).await {
        Ok(key) => key,
        Err(failed) => return answer_response(*failed, media, &CachePolicy::Unset),
    };
    let RowOptions { format, has_all_pages, has_bom, .. } = wanted;
    let form = RowForm { format, list: query.list(), has_all_pages, has_bom };
    let policy = match *method == Method::GET {
        true => CachePolicy::for_answer(&key, prepared.freshness, &form),
        false => CachePolicy::Unset,
    };
    if let Some(tag) = policy.matching_tag(headers).or_else(|| policy.tag_if_any(headers)) {
        return not_modified_response(&policy, tag);
    }
    let Some(permit) = app.capacity.acquire_unread(FIRST_PART_BYTES as u64).await else {
        return overloaded_response(media);
    };
    let list = query.list().to_owned();
    let mut run = RowRun::new(app.clone(), key, query, prepared, options, &wanted, permit);
    let first = match run.write_first_part().await {
        Ok(first) => first,
        Err(refused) => return refused_response(&refused, media),
    };
    let outcome = run.outcome.clone();
    let body = match run.is_finished() {
        true => Body::from(first),
        false => {
            let rest =
                stream::try_unfold(run, |mut run| async move { Ok(run.write_part().await?.map(|part| (part, run))) });
            Body::from_stream(stream::once(ready(Ok::<_, RowsGivenUp>(first))).chain(rest))
        }
    };
    let mut response = Response::new(body);
    let all = response.headers_mut();
    all.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.content_type()));
    all.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let file = format!("{}.{}", wanted.file.as_deref().unwrap_or("rows"), format.extension());
    if let Ok(value) = HeaderValue::try_from(format!("attachment; filename=\"{file}\"")) {
        all.insert(header::CONTENT_DISPOSITION, value);
    }
    if let Ok(value) = HeaderValue::try_from(list) {
        all.insert(ROWS_HEADER, value);
    }
    policy.write_headers(all);
    if let Some(outcome) = outcome {
        response.extensions_mut().insert(outcome);
    }
    response
}

/// An error instead of rows, whose status is that of its code, whatever data it came with.
fn refused_response(refused: &Answer, media: MediaType) -> Response<Body> {
    let mut messages: Vec<String> = refused.error_messages().collect();
    messages.dedup();
    error_response(media, refused.code().unwrap_or(ErrorCode::Internal), &messages.join("; "))
}

/// How many bytes are written before an answer begins.
const FIRST_PART_BYTES: usize = 1 << 20;

/// The rows of a query while they are read.
struct RowRun {
    app: SharedApp,
    backend: Backend,
    query: RowQuery,
    /// The request itself, until it has run; `None` if its pages are asked for one by one.
    prepared: Option<Box<PreparedRequest>>,
    languages: Vec<domain::LanguageTag>,
    /// The default view when the first page was asked for.
    view: Option<LatestView>,
    steps: VecDeque<RowStep>,
    rows: usize,
    /// `None` once all is written.
    writer: Option<RowWriter>,
    outcome: Option<Outcome>,
    /// That of what waits to be read.
    _permit: UnreadPermit,
}

/// Rows that were given up after the answer had begun.
#[derive(Debug)]
struct RowsGivenUp(String);

impl fmt::Display for RowsGivenUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the rows were given up: {}", self.0)
    }
}

impl std::error::Error for RowsGivenUp {}

type RowResult<T> = Result<T, Box<Answer>>;

fn refuse(code: ErrorCode, problem: &str) -> Box<Answer> {
    Box::new(Answer::refused(code, problem))
}

impl RowRun {
    fn new(
        app: SharedApp,
        key: AnswerKey,
        query: RowQuery,
        prepared: Box<PreparedRequest>,
        options: RequestOptions,
        wanted: &RowOptions,
        permit: UnreadPermit,
    ) -> RowRun {
        let writer = RowWriter::new(wanted.format, query.columns(), query.place(), wanted.has_bom);
        RowRun {
            backend: key.backend(&app.backend),
            view: key.into_view(),
            steps: VecDeque::from([RowStep::Page(query.first_page())]),
            prepared: Some(prepared).filter(|_| !wanted.has_all_pages),
            languages: options.languages,
            app,
            query,
            rows: 0,
            writer: Some(writer),
            outcome: None,
            _permit: permit,
        }
    }

    fn is_finished(&self) -> bool {
        self.writer.is_none()
    }

    /// Writes until there is enough for an answer to begin, or all.
    async fn write_first_part(&mut self) -> RowResult<Bytes> {
        let mut first = self.writer.as_ref().map(RowWriter::begin).unwrap_or_default();
        while first.len() < FIRST_PART_BYTES && !self.is_finished() {
            first.extend(self.write_next().await?);
        }
        Ok(first.into())
    }

    /// The next part that is not empty; `None` at the end.
    async fn write_part(&mut self) -> Result<Option<Bytes>, RowsGivenUp> {
        while !self.is_finished() {
            match self.write_next().await {
                Ok(part) if part.is_empty() => {}
                Ok(part) => return Ok(Some(part.into())),
                Err(refused) => {
                    let problem = refused.error_messages().collect::<Vec<_>>().join("; ");
                    tracing::warn!(problem, "rows were given up after the answer had begun");
                    return Err(RowsGivenUp(problem));
                }
            }
        }
        Ok(None)
    }

    /// Writes the rows up to the next page, and then asks for that.
    async fn write_next(&mut self) -> RowResult<Vec<u8>> {
        let mut rows = Vec::new();
        let mut page = None;
        while let Some(step) = self.steps.pop_front() {
            match step {
                RowStep::Row(row) => rows.push(row),
                RowStep::Page(next) => {
                    page = Some(next);
                    break;
                }
                RowStep::Cut { list } => {
                    let problem = format!(
                        "`{list}` has more than a page, and its pages cannot be followed at each of several parents: ask for larger pages of it"
                    );
                    return Err(refuse(ErrorCode::TooManyRows, &problem));
                }
            }
        }
        self.rows += rows.len();
        if self.rows > self.app.capacity.rows {
            let problem = format!("there are more than {} rows: narrow the list by a filter", self.app.capacity.rows);
            return Err(refuse(ErrorCode::TooManyRows, &problem));
        }
        let mut bytes = self.writer.as_mut().map(|writer| writer.write_rows(rows)).unwrap_or_default();
        match page {
            Some(page) => self.read_page(&page).await?,
            None => {
                if let Some(writer) = self.writer.take() {
                    bytes.extend(writer.finish().map_err(|problem| refuse(ErrorCode::TooManyRows, &problem))?);
                }
            }
        }
        Ok(bytes)
    }

    /// Asks for a page, and puts its steps before those that are left.
    async fn read_page(&mut self, page: &RowPage) -> RowResult<()> {
        let is_watched = self.query.pinning() == Pinning::Watched && self.prepared.is_none();
        let prepared = match self.prepared.take() {
            Some(prepared) => prepared,
            None => {
                let revision = self.view.as_ref().and_then(|view| view.latest.revision.as_ref());
                let request = self.query.page_request(page, revision.map(|revision| revision.number));
                let prepared = graphql::prepare_request(&self.app.schema, &self.app.limits, request, false)?;
                prepared.check_cost()?;
                Box::new(prepared)
            }
        };
        let app = self.app.clone();
        let (backend, languages) = (self.backend.clone(), self.languages.clone());
        let answer = self.app.run_on_workers(async move {
            let _permit = app.capacity.acquire_operation(prepared.cost()).await?;
            let options = RequestOptions { languages, ..RequestOptions::default() };
            Some(prepared.execute(&app.schema, &backend, options).await)
        });
        let answer = answer.await.unwrap_or_else(overloaded_answer);
        self.add_outcome(&answer);
        if answer.error_messages().next().is_some() {
            return Err(Box::new(answer));
        }
        if is_watched {
            self.check_revision().await?;
        }
        let json = answer.to_json().and_then(|json| serde_json::from_slice::<Value>(&json));
        let json = json.map_err(|error| refuse(ErrorCode::Internal, &error.to_string()))?;
        let mut steps: VecDeque<RowStep> = self.query.read_page(page, &json["data"]).into();
        steps.append(&mut take(&mut self.steps));
        self.steps = steps;
        Ok(())
    }

    /// Refuses to go on if the map is no longer that of the first page.
    async fn check_revision(&self) -> RowResult<()> {
        let Some(view) = &self.view else { return Ok(()) };
        let now = self.app.backend.latest_view().await.map_err(|error| Box::new(Answer::store_failed(error)))?;
        if now.latest.revision == view.latest.revision {
            return Ok(());
        }
        let problem = "a revision was recorded while the rows were read: ask again, or within `map`, which is read at one revision";
        Err(refuse(ErrorCode::RevisionRecorded, problem))
    }

    fn add_outcome(&mut self, answer: &Answer) {
        let mut outcome = Outcome::from_answer(answer);
        if let Some(Outcome { figures: Figures { statements, rows, cost, .. }, .. }) = &self.outcome {
            outcome.figures.statements += statements;
            outcome.figures.rows += rows;
            outcome.figures.cost += cost;
        }
        self.outcome = Some(outcome);
    }
}
