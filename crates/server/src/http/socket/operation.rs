//! One operation of a WebSocket: it is checked, run, and sends its answers to the task that writes them.

use futures::StreamExt;
use graphql::{Answer, Asker, OperationKind, Prepared};
use serde_json::json;
use tokio::sync::mpsc;

use super::protocol::{Dialect, error};
use crate::http::{
    answer::{FAILED, busy},
    app::App,
    capacity::Held,
    observe::Watch,
    request::{Asked, RequestError},
};

/// What an operation has to say.
pub(super) struct Said {
    pub(super) id: String,
    /// Which of the operations that had this id says it.
    pub(super) turn: u64,
    pub(super) text: String,
    pub(super) is_last: bool,
    /// The room that it takes until it is written.
    pub(super) held: Option<Held>,
}

/// How an operation speaks to its connection.
pub(super) struct Voice {
    pub(super) id: String,
    pub(super) turn: u64,
    pub(super) dialect: Dialect,
    pub(super) say: mpsc::Sender<Said>,
}

impl Voice {
    async fn say(&self, text: String, is_last: bool, held: Option<Held>) -> bool {
        self.say.send(Said { id: self.id.clone(), turn: self.turn, text, is_last, held }).await.is_ok()
    }

    pub(super) async fn refuse(&self, answer: &Answer) {
        self.say(error(self.dialect, &self.id, answer), true, None).await;
    }

    async fn next(&self, body: &[u8], held: Held) -> bool {
        let id = json!(self.id);
        let kind = if self.dialect == Dialect::Transport { "next" } else { "data" };
        let body = String::from_utf8_lossy(body);
        self.say(format!(r#"{{"id":{id},"type":"{kind}","payload":{body}}}"#), false, Some(held)).await
    }
}

/// Runs one operation to its end.
pub(super) async fn operate(app: App, asked: Result<Asked, RequestError>, asker: Asker, voice: &Voice) {
    let mut watch = Watch::begin(app.capacity.clone());
    let prepared = match prepare(&app, asked).await {
        Ok(prepared) => prepared,
        Err(refused) => {
            watch.answers(&refused);
            return voice.refuse(&refused).await;
        }
    };
    watch.reads(&prepared);
    // A subscription waits most of its time; it takes no turn.
    let is_short = prepared.kind != OperationKind::Subscription;
    let mut turn = if is_short { app.capacity.turn(prepared.cost()).await } else { None };
    if is_short && turn.is_none() {
        watch.answers(&busy());
        return voice.refuse(&busy()).await;
    }
    let mut answers = prepared.answers(&app.schema, &app.ground, asker);
    while let Some(answer) = answers.next().await {
        if answer.is_refused {
            watch.answers(&answer);
            return voice.refuse(&answer).await;
        }
        let body = match answer.to_json() {
            Ok(body) => body,
            Err(error) => {
                tracing::error!(%error, "an answer could not be written");
                let failed = Answer::refused("INTERNAL", FAILED);
                watch.answers(&failed);
                return voice.refuse(&failed).await;
            }
        };
        let Some(held) = app.capacity.hold(body.len() as u64).await else {
            watch.answers(&busy());
            return voice.refuse(&busy()).await;
        };
        watch.answers(&answer);
        // The answer is there, and has its room; how long the client takes to read it is no matter to others.
        drop(turn.take());
        if !voice.next(&body, held).await {
            return;
        }
    }
    voice.say(json!({ "id": voice.id, "type": "complete" }).to_string(), true, None).await;
}

/// Reads an operation.
async fn prepare(app: &App, asked: Result<Asked, RequestError>) -> Result<Prepared, Box<Answer>> {
    let mut asked = asked.map_err(|RequestError { code, problem, .. }| Answer::refused(code, &problem))?;
    asked.complete(app).await;
    let Asked { request, keep, .. } = asked;
    let prepared = graphql::prepare(&app.schema, &app.limits, request, false)?;
    if let Some(digest) = keep {
        app.documents.keep(digest, &prepared.request().query);
    }
    Ok(prepared)
}
