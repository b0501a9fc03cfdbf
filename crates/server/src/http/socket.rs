//! GraphQL over WebSocket: the protocol `graphql-transport-ws` and, for older clients, `graphql-ws`.
//!
//! One task serves a connection: it reads messages, starts operations on tasks of their own and writes what they answer.
//! The rules and the close codes are those of the protocol's text, <https://github.com/enisdenjo/graphql-ws>.

mod operation;
mod protocol;

use std::{
    borrow::Cow::Owned,
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
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
use graphql::{Answer, Asker};
use serde_json::{Map, Value, json};
use tokio::{
    sync::mpsc,
    task::{AbortHandle, JoinSet},
    time::{interval_at, sleep_until, timeout},
};
use tracing::{Instrument, Span};

use self::{
    operation::{Said, Voice, operate},
    protocol::{
        BROKEN, Close, DONE, Dialect, FORBIDDEN, GOING_AWAY, INVALID, NO_INIT, NO_PROTOCOL, SILENT, TOO_FAST,
        TOO_LARGE, TWO_INITS, TWO_OF_AN_ID, UNAUTHORIZED, error, id, is_too_large,
    },
};
use super::{
    answer::FAILED,
    app::App,
    capacity::Room,
    language::languages,
    observe::Watch,
    origin::is_foreign,
    request::{Asked, RequestError, request},
};

/// How often a connection is asked whether it is alive; one that says nothing for three times as long is given up.
const HEARTBEAT: Duration = Duration::from_secs(12);
/// How long a client may take to accept a message.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a client may take to say farewell, too.
const FAREWELL: Duration = Duration::from_secs(1);
/// How many answers of a connection may wait to be written.
const WAITING: usize = 16;

/// Turns a request into a connection, which keeps the room of the request's.
pub(crate) fn open(
    app: App,
    headers: &HeaderMap,
    upgrade: WebSocketUpgrade,
    room: Option<Room>,
    peer: Option<SocketAddr>,
) -> Response<Body> {
    let most = app.capacity.message;
    let upgrade = upgrade.protocols(["graphql-transport-ws", "graphql-ws"]).max_message_size(most).max_frame_size(most);
    let dialect = match upgrade.selected_protocol().and_then(|protocol| protocol.to_str().ok()) {
        Some("graphql-transport-ws") => Some(Dialect::Transport),
        Some("graphql-ws") => Some(Dialect::Legacy),
        _ => None,
    };
    let is_foreign = is_foreign(headers, &app.capacity.origins);
    let languages = languages(headers);
    let client = peer.map(|peer| app.capacity.proxies.client(peer.ip(), headers));
    let sockets = app.capacity.sockets.clone();
    let span = Span::current();
    upgrade.on_upgrade(move |mut socket| {
        let serving = async move {
            let _room = room;
            let (code, reason) = match dialect {
                _ if is_foreign => FORBIDDEN,
                None => NO_PROTOCOL,
                Some(dialect) => Session::new(app, dialect, languages, client).run(&mut socket).await,
            };
            // Whoever has gone need not be told.
            let reason = Utf8Bytes::from(reason.into_owned());
            let _ = timeout(PATIENCE, socket.send(Message::Close(Some(CloseFrame { code, reason })))).await;
            // A connection with something left to read is reset, and the reason may be lost with it.
            let farewell = async { while socket.recv().await.is_some_and(|message| message.is_ok()) {} };
            let _ = timeout(FAREWELL, farewell).await;
        };
        sockets.track_future(serving.instrument(span))
    })
}

/// An operation under way.
struct Operation {
    turn: u64,
    task: AbortHandle,
}

struct Session {
    app: App,
    dialect: Dialect,
    languages: Vec<LanguageTag>,
    /// Whose requests are counted; `None` without a socket.
    client: Option<IpAddr>,
    is_acknowledged: bool,
    operations: HashMap<String, Operation>,
    tasks: JoinSet<()>,
    turns: u64,
    say: mpsc::Sender<Said>,
    said: mpsc::Receiver<Said>,
    /// How fast messages may come that start nothing.
    messages: DefaultDirectRateLimiter,
    /// How fast operations may be started: as many at once as the connection may have, twice over.
    starts: DefaultDirectRateLimiter,
}

impl Session {
    fn new(app: App, dialect: Dialect, languages: Vec<LanguageTag>, client: Option<IpAddr>) -> Self {
        let (say, said) = mpsc::channel(WAITING);
        let pace = Quota::per_second(app.capacity.messages);
        // A page that changes ends all its subscriptions at once, and starts as many.
        let subscriptions = u32::try_from(app.capacity.subscriptions).unwrap_or(u32::MAX).saturating_mul(2);
        let burst = app.capacity.messages.max(NonZeroU32::new(subscriptions).unwrap_or(NonZeroU32::MIN));
        let [messages, starts] = [(); 2].map(|()| RateLimiter::direct(pace.allow_burst(burst)));
        Session {
            app,
            dialect,
            languages,
            client,
            is_acknowledged: false,
            operations: HashMap::new(),
            tasks: JoinSet::new(),
            turns: 0,
            say,
            said,
            messages,
            starts,
        }
    }

    /// Serves the connection; tells why it ends.
    async fn run(mut self, socket: &mut WebSocket) -> Close {
        let stopping = self.app.capacity.stopping.clone();
        let began = tokio::time::Instant::now();
        let initialized_by = began + self.app.capacity.init_time;
        let mut heartbeat = interval_at(began + HEARTBEAT, HEARTBEAT);
        let mut heard = Instant::now();
        loop {
            let ended = tokio::select! {
                biased;
                () = stopping.cancelled() => Err(GOING_AWAY),
                message = socket.recv() => {
                    heard = Instant::now();
                    self.hear(message, socket).await
                }
                Some(said) = self.said.recv() => self.tell(said, socket).await,
                Some(_) = self.tasks.join_next() => Ok(()),
                () = sleep_until(initialized_by), if !self.is_acknowledged => Err(NO_INIT),
                _ = heartbeat.tick() => match heard.elapsed() < 3 * HEARTBEAT {
                    true => self.beat(socket).await,
                    false => Err(SILENT),
                },
            };
            if let Err(close) = ended {
                return close;
            }
        }
    }

    async fn hear(
        &mut self,
        message: Option<Result<Message, axum::Error>>,
        socket: &mut WebSocket,
    ) -> Result<(), Close> {
        let text = match message {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => return self.messages.check().map_err(|_| TOO_FAST),
            Some(Ok(Message::Binary(_))) => return Err(INVALID),
            Some(Ok(Message::Close(_))) | None => return Err(DONE),
            Some(Err(error)) => return Err(if is_too_large(&error) { TOO_LARGE } else { BROKEN }),
        };
        let Ok(Value::Object(message)) = serde_json::from_str(&text) else { return Err(INVALID) };
        let starts = matches!(message.get("type").and_then(Value::as_str), Some("subscribe" | "start"));
        let pace = if starts { &self.starts } else { &self.messages };
        pace.check().map_err(|_| TOO_FAST)?;
        match self.dialect {
            Dialect::Transport => self.obey(message, socket).await,
            Dialect::Legacy => self.obey_legacy(message, socket).await,
        }
    }

    /// Does what a message of `graphql-transport-ws` asks for.
    async fn obey(&mut self, mut message: Map<String, Value>, socket: &mut WebSocket) -> Result<(), Close> {
        let payload = message.remove("payload");
        let is_object_or_absent = matches!(payload, None | Some(Value::Null | Value::Object(_)));
        match (message.get("type").and_then(Value::as_str), id(&message)) {
            (Some("connection_init"), _) if is_object_or_absent => self.acknowledge(socket).await,
            (Some("ping"), _) if is_object_or_absent => {
                let pong = match payload {
                    Some(payload @ Value::Object(_)) => json!({ "type": "pong", "payload": payload }),
                    _ => json!({ "type": "pong" }),
                };
                write(socket, pong.to_string()).await
            }
            (Some("pong"), _) if is_object_or_absent => Ok(()),
            (Some("subscribe"), Some(id)) => {
                let Some(Value::Object(fields)) = payload else { return Err(INVALID) };
                let asked = match request(fields, &self.app.documents) {
                    Err(wrong) if wrong.is_malformed() => return Err((INVALID.0, Owned(wrong.problem))),
                    asked => asked,
                };
                if !self.is_acknowledged {
                    return Err(UNAUTHORIZED);
                }
                if self.operations.contains_key(&id) {
                    return Err(TWO_OF_AN_ID);
                }
                self.start(id, asked, socket).await
            }
            (Some("complete"), Some(id)) => {
                self.stop(&id);
                Ok(())
            }
            _ => Err(INVALID),
        }
    }

    /// Does what a message of `graphql-ws` asks for.
    async fn obey_legacy(&mut self, mut message: Map<String, Value>, socket: &mut WebSocket) -> Result<(), Close> {
        match (message.get("type").and_then(Value::as_str), id(&message)) {
            (Some("connection_init"), _) => {
                self.acknowledge(socket).await?;
                self.beat(socket).await
            }
            (Some("start"), Some(id)) => {
                let Some(Value::Object(fields)) = message.remove("payload") else { return Err(INVALID) };
                if !self.is_acknowledged {
                    return Err(UNAUTHORIZED);
                }
                // The older library takes a second start for a change of mind.
                self.stop(&id);
                let asked = request(fields, &self.app.documents);
                self.start(id, asked, socket).await
            }
            (Some("stop"), Some(id)) => match self.stop(&id) {
                true => write(socket, json!({ "id": id, "type": "complete" }).to_string()).await,
                false => Ok(()),
            },
            (Some("connection_terminate"), _) => Err(DONE),
            _ => Err(INVALID),
        }
    }

    async fn acknowledge(&mut self, socket: &mut WebSocket) -> Result<(), Close> {
        if std::mem::replace(&mut self.is_acknowledged, true) {
            return Err(TWO_INITS);
        }
        write(socket, json!({ "type": "connection_ack" }).to_string()).await
    }

    async fn beat(&mut self, socket: &mut WebSocket) -> Result<(), Close> {
        match self.dialect {
            Dialect::Legacy if self.is_acknowledged => write(socket, json!({ "type": "ka" }).to_string()).await?,
            _ => {}
        }
        // The older protocol has no answer to `ka`; WebSocket itself has one to this.
        send(socket, Message::Ping(axum::body::Bytes::new())).await
    }

    async fn start(
        &mut self,
        id: String,
        asked: Result<Asked, RequestError>,
        socket: &mut WebSocket,
    ) -> Result<(), Close> {
        if self.operations.len() >= self.app.capacity.subscriptions {
            let most = self.app.capacity.subscriptions;
            let problem = format!("a connection has at most {most} operations at the same time: end one first");
            return self.refuse(&id, &Answer::refused("TOO_MANY_SUBSCRIPTIONS", &problem), socket).await;
        }
        if let (Some(rates), Some(client)) = (&self.app.capacity.rates, self.client)
            && rates.take(client).is_err()
        {
            let refused = Answer::refused("RATE_LIMITED", "too many requests came from this address");
            return self.refuse(&id, &refused, socket).await;
        }
        self.turns += 1;
        let asker = Asker { languages: self.languages.clone(), ..Asker::default() };
        let voice = Voice { id: id.clone(), turn: self.turns, dialect: self.dialect, say: self.say.clone() };
        let app = self.app.clone();
        let running = async move {
            // What runs an operation answers its own panics; this is for all that surrounds it.
            if AssertUnwindSafe(operate(app, asked, asker, &voice)).catch_unwind().await.is_err() {
                voice.refuse(&Answer::refused("INTERNAL", FAILED)).await;
            }
        };
        let running = running.in_current_span();
        let task = match &self.app.workers {
            Some(workers) => self.tasks.spawn_on(running, workers),
            None => self.tasks.spawn(running),
        };
        self.operations.insert(id, Operation { turn: self.turns, task });
        Ok(())
    }

    /// Turns an operation away before it is read.
    async fn refuse(&self, id: &str, refused: &Answer, socket: &mut WebSocket) -> Result<(), Close> {
        Watch::begin(self.app.capacity.clone()).answers(refused);
        write(socket, error(self.dialect, id, refused)).await
    }

    /// Ends an operation; tells whether there was one.
    fn stop(&mut self, id: &str) -> bool {
        let operation = self.operations.remove(id);
        operation.inspect(|operation| operation.task.abort()).is_some()
    }

    /// Writes what an operation says, unless it was ended in the meantime.
    async fn tell(&mut self, said: Said, socket: &mut WebSocket) -> Result<(), Close> {
        if self.operations.get(&said.id).is_none_or(|operation| operation.turn != said.turn) {
            return Ok(());
        }
        if said.is_last {
            self.operations.remove(&said.id);
        }
        let written = write(socket, said.text).await;
        drop(said.held);
        written
    }
}

async fn write(socket: &mut WebSocket, text: String) -> Result<(), Close> {
    send(socket, Message::Text(text.into())).await
}

async fn send(socket: &mut WebSocket, message: Message) -> Result<(), Close> {
    match timeout(PATIENCE, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(DONE),
    }
}
