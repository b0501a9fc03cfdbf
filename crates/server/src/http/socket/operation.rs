//! One operation of a WebSocket: it is checked, run, and sends its answers to the task that writes them.

use futures::StreamExt;
use graphql::{Answer, OperationKind, PreparedRequest, RequestOptions};
use serde_json::json;
use tokio::sync::mpsc;

use super::protocol::{Subprotocol, error_message};
use crate::http::{
    answer::overloaded_answer,
    app::SharedApp,
    capacity::UnreadPermit,
    observe::OperationObserver,
    request::{ParsedRequest, RequestError},
    written::failed_answer,
};

/// A message that an operation sends to its client.
pub(super) struct OperationOutput {
    pub(super) id: String,
    /// Which of the operations that had this id sends it.
    pub(super) generation: u64,
    pub(super) text: String,
    pub(super) is_last: bool,
    /// Its permit to be kept until it is written.
    pub(super) permit: Option<UnreadPermit>,
}

/// Sends the output of an operation to the task of its connection.
pub(super) struct OutputSender {
    pub(super) id: String,
    pub(super) generation: u64,
    pub(super) subprotocol: Subprotocol,
    pub(super) outputs: mpsc::Sender<OperationOutput>,
}

impl OutputSender {
    async fn send_output(&self, text: String, is_last: bool, permit: Option<UnreadPermit>) -> bool {
        self.outputs
            .send(OperationOutput { id: self.id.clone(), generation: self.generation, text, is_last, permit })
            .await
            .is_ok()
    }

    pub(super) async fn send_error(&self, answer: &Answer) {
        self.send_output(error_message(self.subprotocol, &self.id, answer), true, None).await;
    }

    async fn send_answer(&self, body: &[u8], permit: UnreadPermit) -> bool {
        let id = json!(self.id);
        let kind = if self.subprotocol == Subprotocol::Transport { "next" } else { "data" };
        let body = String::from_utf8_lossy(body);
        self.send_output(format!(r#"{{"id":{id},"type":"{kind}","payload":{body}}}"#), false, Some(permit)).await
    }
}

/// Runs one operation to its end.
pub(super) async fn run_operation(
    app: SharedApp,
    parsed: Result<ParsedRequest, RequestError>,
    options: RequestOptions,
    sender: &OutputSender,
) {
    let mut observer = OperationObserver::start(app.capacity.clone());
    let prepared = match prepare_request(&app, parsed).await {
        Ok(prepared) => prepared,
        Err(refused) => {
            observer.record_answer(&refused);
            return sender.send_error(&refused).await;
        }
    };
    observer.set_operation(&prepared);
    // A subscription is idle most of the time; it takes no permit.
    let is_short = prepared.kind != OperationKind::Subscription;
    let mut operation_permit = if is_short { app.capacity.acquire_operation(prepared.cost()).await } else { None };
    if is_short && operation_permit.is_none() {
        observer.record_answer(&overloaded_answer());
        return sender.send_error(&overloaded_answer()).await;
    }
    let mut answers = prepared.stream_answers(&app.schema, &app.backend, options);
    while let Some(answer) = answers.next().await {
        if answer.is_refused {
            observer.record_answer(&answer);
            return sender.send_error(&answer).await;
        }
        let body = match answer.to_json() {
            Ok(body) => body,
            Err(error) => {
                tracing::error!(%error, "an answer could not be written");
                let failed = failed_answer();
                observer.record_answer(&failed);
                return sender.send_error(&failed).await;
            }
        };
        let Some(permit) = app.capacity.acquire_unread(body.len() as u64).await else {
            observer.record_answer(&overloaded_answer());
            return sender.send_error(&overloaded_answer()).await;
        };
        observer.record_answer(&answer);
        // From here on the answer has its own permit; a slow client does not keep that of the operation.
        drop(operation_permit.take());
        if !sender.send_answer(&body, permit).await {
            return;
        }
    }
    sender.send_output(json!({ "id": sender.id, "type": "complete" }).to_string(), true, None).await;
}

/// Checks the request, and persists its document if the client wants it.
async fn prepare_request(
    app: &SharedApp,
    parsed: Result<ParsedRequest, RequestError>,
) -> Result<PreparedRequest, Box<Answer>> {
    let mut parsed = parsed.map_err(|RequestError { code, problem, .. }| Answer::refused(code, &problem))?;
    parsed.fill_variables(app).await;
    let ParsedRequest { request, persist_as, .. } = parsed;
    let prepared = graphql::prepare_request(&app.schema, &app.limits, request, false)?;
    if let Some(digest) = persist_as {
        app.documents.persist(digest, &prepared.request().query);
    }
    Ok(prepared)
}
