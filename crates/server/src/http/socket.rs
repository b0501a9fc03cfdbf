//! GraphQL over WebSocket: the protocol `graphql-transport-ws` and, for older clients, `graphql-ws`.
//!
//! One task serves a connection: it reads messages, starts operations on tasks of their own and writes their answers.
//! `protocol` has the close codes and messages, of <https://github.com/enisdenjo/graphql-ws>; `operation` runs one
//! operation.

mod operation;
mod protocol;

use std::{
    borrow::Cow::Owned,
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade},
    http::{HeaderMap, Response},
};
use domain::LanguageTag;
use futures::FutureExt;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use graphql::{Answer, ErrorCode, RequestOptions};
use serde_json::{Map, Value, json};
use tokio::{
    sync::mpsc,
    task::{AbortHandle, JoinSet},
    time::{interval_at, sleep_until, timeout},
};
use tracing::{Instrument, Span};

use self::{
    operation::{OperationOutput, OutputSender, run_operation},
    protocol::{
        CloseReason, DUPLICATE_ID, DUPLICATE_INIT, FORBIDDEN, GOING_AWAY, INIT_TIMEOUT, INVALID_MESSAGE,
        MESSAGE_TOO_LARGE, NORMAL_CLOSURE, PING_TIMEOUT, PROTOCOL_ERROR, Subprotocol, TOO_MANY_MESSAGES,
        UNACCEPTABLE_SUBPROTOCOL, UNAUTHORIZED, error_message, is_too_large, message_id,
    },
};
use super::{
    answer::RATE_LIMITED_MESSAGE,
    app::SharedApp,
    capacity::ConnectionPermit,
    language::accepted_languages,
    observe::OperationObserver,
    origin::is_cross_origin,
    request::{ParsedRequest, RequestError, parse_fields},
    written::failed_answer,
};

/// How often a ping is sent; a connection from which nothing came for three times as long is closed.
const HEARTBEAT: Duration = Duration::from_secs(12);
/// How long a client may take to accept a message.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a client may take to close its side.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
/// How many answers of a connection may wait to be written.
const OUTPUT_QUEUE_LENGTH: usize = 16;

/// Upgrades a request to a WebSocket, which keeps the permit of its connection.
pub(crate) fn upgrade_socket(
    app: SharedApp,
    headers: &HeaderMap,
    upgrade: WebSocketUpgrade,
    permit: Option<ConnectionPermit>,
    peer: Option<SocketAddr>,
) -> Response<Body> {
    let most = app.capacity.message;
    let upgrade = upgrade.protocols(["graphql-transport-ws", "graphql-ws"]).max_message_size(most).max_frame_size(most);
    let subprotocol = match upgrade.selected_protocol().and_then(|protocol| protocol.to_str().ok()) {
        Some("graphql-transport-ws") => Some(Subprotocol::Transport),
        Some("graphql-ws") => Some(Subprotocol::Legacy),
        _ => None,
    };
    let is_cross_origin = is_cross_origin(headers, &app.capacity.origins);
    let languages = accepted_languages(headers);
    let client = peer.map(|peer| app.capacity.proxies.client_address(peer.ip(), headers));
    let sockets = app.capacity.sockets.clone();
    let span = Span::current();
    upgrade.on_upgrade(move |mut socket| {
        let serving = async move {
            let _permit = permit;
            let (code, reason) = match subprotocol {
                _ if is_cross_origin => FORBIDDEN,
                None => UNACCEPTABLE_SUBPROTOCOL,
                Some(subprotocol) => {
                    SocketSession::new(app, subprotocol, languages, client).run_session(&mut socket).await
                }
            };
            // If the client has gone, sending fails, and nothing else is to be done.
            let reason = Utf8Bytes::from(reason.into_owned());
            let _ = timeout(WRITE_TIMEOUT, socket.send(Message::Close(Some(CloseFrame { code, reason })))).await;
            // Closing a connection with unread input resets it, and the close frame may be lost.
            let drain = async { while socket.recv().await.is_some_and(|message| message.is_ok()) {} };
            let _ = timeout(CLOSE_TIMEOUT, drain).await;
        };
        sockets.track_future(serving.instrument(span))
    })
}

/// An operation that runs on a task of its own.
struct RunningOperation {
    /// Tells it from others that had the same id.
    generation: u64,
    task: AbortHandle,
}

/// The state of one connection.
struct SocketSession {
    app: SharedApp,
    subprotocol: Subprotocol,
    languages: Vec<LanguageTag>,
    /// Whose requests are counted; `None` without a socket.
    client: Option<IpAddr>,
    is_acknowledged: bool,
    operations: HashMap<String, RunningOperation>,
    tasks: JoinSet<()>,
    generations: u64,
    output_sender: mpsc::Sender<OperationOutput>,
    outputs: mpsc::Receiver<OperationOutput>,
    /// The rate of messages that start nothing.
    messages: DefaultDirectRateLimiter,
    /// The rate of operations that are started. In bursts it is twice as many as the connection may have, beside the rate.
    starts: DefaultDirectRateLimiter,
}

impl SocketSession {
    fn new(app: SharedApp, subprotocol: Subprotocol, languages: Vec<LanguageTag>, client: Option<IpAddr>) -> Self {
        let (output_sender, outputs) = mpsc::channel(OUTPUT_QUEUE_LENGTH);
        let pace = Quota::per_second(app.capacity.messages);
        // A page that changes ends all its subscriptions at once, and starts as many, beside what else it asks.
        let subscriptions = u32::try_from(app.capacity.subscriptions).unwrap_or(u32::MAX).saturating_mul(2);
        let burst = app.capacity.messages.saturating_add(subscriptions);
        let [messages, starts] = [(); 2].map(|()| RateLimiter::direct(pace.allow_burst(burst)));
        SocketSession {
            app,
            subprotocol,
            languages,
            client,
            is_acknowledged: false,
            operations: HashMap::new(),
            tasks: JoinSet::new(),
            generations: 0,
            output_sender,
            outputs,
            messages,
            starts,
        }
    }

    /// Serves the connection until it ends; returns the reason for the close frame.
    async fn run_session(mut self, socket: &mut WebSocket) -> CloseReason {
        let stopping = self.app.capacity.stopping.clone();
        let began = tokio::time::Instant::now();
        let initialized_by = began + self.app.capacity.init_time;
        let mut heartbeat = interval_at(began + HEARTBEAT, HEARTBEAT);
        let mut last_received = Instant::now();
        loop {
            let ended = tokio::select! {
                biased;
                () = stopping.cancelled() => Err(GOING_AWAY),
                message = socket.recv() => {
                    last_received = Instant::now();
                    self.receive_message(message, socket).await
                }
                Some(output) = self.outputs.recv() => self.write_output(output, socket).await,
                Some(_) = self.tasks.join_next() => Ok(()),
                () = sleep_until(initialized_by), if !self.is_acknowledged => Err(INIT_TIMEOUT),
                _ = heartbeat.tick() => match last_received.elapsed() < 3 * HEARTBEAT {
                    true => self.send_heartbeat(socket).await,
                    false => Err(PING_TIMEOUT),
                },
            };
            if let Err(close) = ended {
                return close;
            }
        }
    }

    async fn receive_message(
        &mut self,
        message: Option<Result<Message, axum::Error>>,
        socket: &mut WebSocket,
    ) -> Result<(), CloseReason> {
        let text = match message {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {
                return self.messages.check().map_err(|_| TOO_MANY_MESSAGES);
            }
            Some(Ok(Message::Binary(_))) => return Err(INVALID_MESSAGE),
            Some(Ok(Message::Close(_))) | None => return Err(NORMAL_CLOSURE),
            Some(Err(error)) => return Err(if is_too_large(&error) { MESSAGE_TOO_LARGE } else { PROTOCOL_ERROR }),
        };
        let Ok(Value::Object(message)) = serde_json::from_str(&text) else { return Err(INVALID_MESSAGE) };
        let starts = matches!(message.get("type").and_then(Value::as_str), Some("subscribe" | "start"));
        let pace = if starts { &self.starts } else { &self.messages };
        pace.check().map_err(|_| TOO_MANY_MESSAGES)?;
        match self.subprotocol {
            Subprotocol::Transport => self.handle_message(message, socket).await,
            Subprotocol::Legacy => self.handle_legacy_message(message, socket).await,
        }
    }

    /// Handles a message of `graphql-transport-ws`.
    async fn handle_message(
        &mut self,
        mut message: Map<String, Value>,
        socket: &mut WebSocket,
    ) -> Result<(), CloseReason> {
        let payload = message.remove("payload");
        let is_object_or_absent = matches!(payload, None | Some(Value::Null | Value::Object(_)));
        match (message.get("type").and_then(Value::as_str), message_id(&message)) {
            (Some("connection_init"), _) if is_object_or_absent => self.acknowledge_init(socket).await,
            (Some("ping"), _) if is_object_or_absent => {
                let pong = match payload {
                    Some(payload @ Value::Object(_)) => json!({ "type": "pong", "payload": payload }),
                    _ => json!({ "type": "pong" }),
                };
                send_text(socket, pong.to_string()).await
            }
            (Some("pong"), _) if is_object_or_absent => Ok(()),
            (Some("subscribe"), Some(id)) => {
                let Some(Value::Object(fields)) = payload else { return Err(INVALID_MESSAGE) };
                let parsed = match parse_fields(fields, &self.app.documents) {
                    Err(wrong) if wrong.is_malformed() => return Err((INVALID_MESSAGE.0, Owned(wrong.problem))),
                    parsed => parsed,
                };
                if !self.is_acknowledged {
                    return Err(UNAUTHORIZED);
                }
                if self.operations.contains_key(&id) {
                    return Err(DUPLICATE_ID);
                }
                self.start_operation(id, parsed, socket).await
            }
            (Some("complete"), Some(id)) => {
                self.stop_operation(&id);
                Ok(())
            }
            _ => Err(INVALID_MESSAGE),
        }
    }

    /// Handles a message of `graphql-ws`.
    async fn handle_legacy_message(
        &mut self,
        mut message: Map<String, Value>,
        socket: &mut WebSocket,
    ) -> Result<(), CloseReason> {
        match (message.get("type").and_then(Value::as_str), message_id(&message)) {
            (Some("connection_init"), _) => {
                self.acknowledge_init(socket).await?;
                self.send_heartbeat(socket).await
            }
            (Some("start"), Some(id)) => {
                let Some(Value::Object(fields)) = message.remove("payload") else { return Err(INVALID_MESSAGE) };
                if !self.is_acknowledged {
                    return Err(UNAUTHORIZED);
                }
                // In the older protocol a second start replaces the first.
                self.stop_operation(&id);
                let parsed = parse_fields(fields, &self.app.documents);
                self.start_operation(id, parsed, socket).await
            }
            (Some("stop"), Some(id)) => match self.stop_operation(&id) {
                true => send_text(socket, json!({ "id": id, "type": "complete" }).to_string()).await,
                false => Ok(()),
            },
            (Some("connection_terminate"), _) => Err(NORMAL_CLOSURE),
            _ => Err(INVALID_MESSAGE),
        }
    }

    async fn acknowledge_init(&mut self, socket: &mut WebSocket) -> Result<(), CloseReason> {
        if std::mem::replace(&mut self.is_acknowledged, true) {
            return Err(DUPLICATE_INIT);
        }
        send_text(socket, json!({ "type": "connection_ack" }).to_string()).await
    }

    async fn send_heartbeat(&mut self, socket: &mut WebSocket) -> Result<(), CloseReason> {
        match self.subprotocol {
            Subprotocol::Legacy if self.is_acknowledged => {
                send_text(socket, json!({ "type": "ka" }).to_string()).await?
            }
            _ => {}
        }
        // `ka` has no answer in the older protocol; a ping of WebSocket has.
        send_message(socket, Message::Ping(axum::body::Bytes::new())).await
    }

    async fn start_operation(
        &mut self,
        id: String,
        parsed: Result<ParsedRequest, RequestError>,
        socket: &mut WebSocket,
    ) -> Result<(), CloseReason> {
        if self.operations.len() >= self.app.capacity.subscriptions {
            let most = self.app.capacity.subscriptions;
            let problem = format!("a connection has at most {most} operations at the same time: end one first");
            return self
                .refuse_operation(&id, &Answer::refused(ErrorCode::TooManySubscriptions, &problem), socket)
                .await;
        }
        if let (Some(rates), Some(client)) = (&self.app.capacity.rates, self.client)
            && rates.check_rate(client).is_err()
        {
            let refused = Answer::refused(ErrorCode::RateLimited, RATE_LIMITED_MESSAGE);
            return self.refuse_operation(&id, &refused, socket).await;
        }
        self.generations += 1;
        let options = RequestOptions { languages: self.languages.clone(), ..RequestOptions::default() };
        let sender = OutputSender {
            id: id.clone(),
            generation: self.generations,
            subprotocol: self.subprotocol,
            outputs: self.output_sender.clone(),
        };
        let app = self.app.clone();
        let running = async move {
            // `graphql` answers panics of resolvers; this is for those outside of it.
            if AssertUnwindSafe(run_operation(app, parsed, options, &sender)).catch_unwind().await.is_err() {
                sender.send_error(&failed_answer()).await;
            }
        };
        let running = running.in_current_span();
        let task = match &self.app.workers {
            Some(workers) => self.tasks.spawn_on(running, workers),
            None => self.tasks.spawn(running),
        };
        self.operations.insert(id, RunningOperation { generation: self.generations, task });
        Ok(())
    }

    /// Refuses an operation before it is parsed.
    async fn refuse_operation(&self, id: &str, refused: &Answer, socket: &mut WebSocket) -> Result<(), CloseReason> {
        OperationObserver::start(self.app.capacity.clone()).record_answer(refused);
        send_text(socket, error_message(self.subprotocol, id, refused)).await
    }

    /// Cancels an operation; returns whether there was one.
    fn stop_operation(&mut self, id: &str) -> bool {
        let operation = self.operations.remove(id);
        operation.inspect(|operation| operation.task.abort()).is_some()
    }

    /// Writes the output of an operation, unless it was cancelled in the meantime.
    async fn write_output(&mut self, output: OperationOutput, socket: &mut WebSocket) -> Result<(), CloseReason> {
        if self.operations.get(&output.id).is_none_or(|operation| operation.generation != output.generation) {
            return Ok(());
        }
        if output.is_last {
            self.operations.remove(&output.id);
        }
        let written = send_text(socket, output.text).await;
        drop(output.permit);
        written
    }
}

async fn send_text(socket: &mut WebSocket, text: String) -> Result<(), CloseReason> {
    send_message(socket, Message::Text(text.into())).await
}

async fn send_message(socket: &mut WebSocket, message: Message) -> Result<(), CloseReason> {
    match timeout(WRITE_TIMEOUT, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(NORMAL_CLOSURE),
    }
}
