//! The two subprotocols: close codes, and the messages that differ.

use std::borrow::Cow::{self, Borrowed};

use graphql::Answer;
use serde_json::{Map, Value, json};
use tokio_tungstenite::tungstenite;

/// The subprotocol of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subprotocol {
    /// `graphql-transport-ws`.
    Transport,
    /// `graphql-ws`, of the older library subscriptions-transport-ws.
    Legacy,
}

/// Why a connection ends: a code and a reason.
pub(super) type CloseReason = (u16, Cow<'static, str>);

pub(super) const NORMAL_CLOSURE: CloseReason = (1000, Borrowed(""));
pub(super) const GOING_AWAY: CloseReason = (1001, Borrowed("the server stops"));
/// The code after which clients connect again: the client may only have been suspended.
pub(super) const PING_TIMEOUT: CloseReason = (1001, Borrowed("no answer to a ping"));
pub(super) const PROTOCOL_ERROR: CloseReason = (1002, Borrowed("Protocol error"));
pub(super) const TOO_MANY_MESSAGES: CloseReason = (1008, Borrowed("too many messages"));
pub(super) const MESSAGE_TOO_LARGE: CloseReason = (1009, Borrowed("the message is too large"));
pub(super) const INVALID_MESSAGE: CloseReason = (4400, Borrowed("Invalid message"));
pub(super) const UNAUTHORIZED: CloseReason = (4401, Borrowed("Unauthorized"));
pub(super) const FORBIDDEN: CloseReason = (4403, Borrowed("Forbidden"));
pub(super) const UNACCEPTABLE_SUBPROTOCOL: CloseReason = (4406, Borrowed("Subprotocol not acceptable"));
pub(super) const INIT_TIMEOUT: CloseReason = (4408, Borrowed("Connection initialisation timeout"));
/// The protocol's text names the id here; a close frame's reason is short, and an id need not be.
pub(super) const DUPLICATE_ID: CloseReason = (4409, Borrowed("Subscriber for this id already exists"));
pub(super) const DUPLICATE_INIT: CloseReason = (4429, Borrowed("Too many initialisation requests"));

pub(super) fn error_message(subprotocol: Subprotocol, id: &str, answer: &Answer) -> String {
    let errors = answer.errors().unwrap_or_default();
    let payload = match subprotocol {
        Subprotocol::Transport => errors,
        // The older library reads one error only.
        Subprotocol::Legacy => errors.get(0).cloned().unwrap_or_default(),
    };
    json!({ "id": id, "type": "error", "payload": payload }).to_string()
}

/// The id of a message: a text that is not empty.
pub(super) fn message_id(message: &Map<String, Value>) -> Option<String> {
    message.get("id").and_then(Value::as_str).filter(|id| !id.is_empty()).map(str::to_owned)
}

pub(super) fn is_too_large(error: &axum::Error) -> bool {
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref());
    matches!(cause, Some(tungstenite::Error::Capacity(_)))
}
