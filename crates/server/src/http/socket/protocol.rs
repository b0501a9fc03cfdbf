//! The two protocols: why they close a connection, and how an error is written in each.

use std::borrow::Cow::{self, Borrowed};

use graphql::Answer;
use serde_json::{Map, Value, json};
use tokio_tungstenite::tungstenite;

/// Which protocol a connection speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// `graphql-transport-ws`.
    Transport,
    /// `graphql-ws`, of the older library subscriptions-transport-ws.
    Legacy,
}

/// Why a connection ends: a code and a reason.
pub(super) type Close = (u16, Cow<'static, str>);

pub(super) const DONE: Close = (1000, Borrowed(""));
pub(super) const GOING_AWAY: Close = (1001, Borrowed("the server stops"));
/// The same code, after which clients connect again: who was given up may only have been asleep.
pub(super) const SILENT: Close = (1001, Borrowed("no answer to a ping"));
pub(super) const BROKEN: Close = (1002, Borrowed("Protocol error"));
pub(super) const TOO_FAST: Close = (1008, Borrowed("too many messages"));
pub(super) const TOO_LARGE: Close = (1009, Borrowed("the message is too large"));
pub(super) const INVALID: Close = (4400, Borrowed("Invalid message"));
pub(super) const UNAUTHORIZED: Close = (4401, Borrowed("Unauthorized"));
pub(super) const FORBIDDEN: Close = (4403, Borrowed("Forbidden"));
pub(super) const NO_PROTOCOL: Close = (4406, Borrowed("Subprotocol not acceptable"));
pub(super) const NO_INIT: Close = (4408, Borrowed("Connection initialisation timeout"));
/// The protocol's text names the id here; a close frame's reason is short, and an id need not be.
pub(super) const TWO_OF_AN_ID: Close = (4409, Borrowed("Subscriber for this id already exists"));
pub(super) const TWO_INITS: Close = (4429, Borrowed("Too many initialisation requests"));

pub(super) fn error(dialect: Dialect, id: &str, answer: &Answer) -> String {
    let errors = answer.errors().unwrap_or_default();
    let payload = match dialect {
        Dialect::Transport => errors,
        // The older library reads one error only.
        Dialect::Legacy => errors.get(0).cloned().unwrap_or_default(),
    };
    json!({ "id": id, "type": "error", "payload": payload }).to_string()
}

/// The id of a message: a text that is not empty.
pub(super) fn id(message: &Map<String, Value>) -> Option<String> {
    message.get("id").and_then(Value::as_str).filter(|id| !id.is_empty()).map(str::to_owned)
}

pub(super) fn is_too_large(error: &axum::Error) -> bool {
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref());
    matches!(cause, Some(tungstenite::Error::Capacity(_)))
}
