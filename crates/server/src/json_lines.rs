//! The log as JSON: one object a line, with the members that the JSON of `tracing-subscriber` has.
//!
//! That one writes all values through adaptors, and parses and writes again what a span recorded, for each line: 30 % of the
//! instructions of a small request. Here what a span recorded is kept as it is written.

use std::{
    fmt::{self, Debug},
    mem,
};

use serde::Serialize;
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
    span::Record,
};
use tracing_log::NormalizeEvent;
use tracing_subscriber::{
    field::RecordFields,
    fmt::{
        FmtContext, FormatEvent, FormatFields, FormattedFields,
        format::Writer,
        time::{FormatTime, SystemTime},
    },
    registry::LookupSpan,
};

/// The format of events and of what spans record.
pub(crate) struct JsonLines;

impl<S: Subscriber + for<'a> LookupSpan<'a>> FormatEvent<S, JsonLines> for JsonLines {
    fn format_event(
        &self,
        context: &FmtContext<'_, S, JsonLines>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let normalized = event.normalized_metadata();
        let metadata = normalized.as_ref().unwrap_or_else(|| event.metadata());
        let mut time = String::with_capacity(32);
        SystemTime.format_time(&mut Writer::new(&mut time))?;
        let mut line = Members(Vec::with_capacity(512));
        line.push_member("timestamp", &time);
        line.push_member("level", metadata.level().as_str());
        event.record(&mut line);
        line.push_member("target", metadata.target());
        if let Some(span) = event.parent().and_then(|id| context.span(id)).or_else(|| context.lookup_current()) {
            let extensions = span.extensions();
            let recorded = extensions.get::<FormattedFields<JsonLines>>().map_or("", |it| it.fields.as_str());
            line.push_object("span", recorded, ("name", span.name()));
        }
        writeln!(writer, "{{{}}}", line.as_str()?)
    }
}

impl<'writer> FormatFields<'writer> for JsonLines {
    /// Writes members of an object, without its braces.
    fn format_fields<R: RecordFields>(&self, mut writer: Writer<'writer>, fields: R) -> fmt::Result {
        let mut members = Members::default();
        fields.record(&mut members);
        writer.write_str(members.as_str()?)
    }

    fn add_fields(&self, current: &'writer mut FormattedFields<Self>, fields: &Record<'_>) -> fmt::Result {
        let mut members = Members(mem::take(&mut current.fields).into_bytes());
        fields.record(&mut members);
        current.fields = members.as_str()?.to_owned();
        Ok(())
    }
}

/// Members of a JSON object, with commas between them.
#[derive(Default)]
struct Members(Vec<u8>);

impl Members {
    fn push_value(&mut self, name: &str, value: impl Serialize) {
        self.push_name(name);
        // What is no text can be written, and memory takes it.
        let _ = serde_json::to_writer(&mut self.0, &value);
    }

    fn push_member(&mut self, name: &str, text: &str) {
        self.push_name(name);
        self.push_text(text);
    }

    /// Adds an object of members that are written already, and of one more.
    fn push_object(&mut self, name: &str, written: &str, last: (&str, &str)) {
        self.push_name(name);
        let mut members = Members(written.as_bytes().to_vec());
        members.push_member(last.0, last.1);
        self.0.push(b'{');
        self.0.append(&mut members.0);
        self.0.push(b'}');
    }

    fn push_name(&mut self, name: &str) {
        if !self.0.is_empty() {
            self.0.push(b',');
        }
        self.push_text(name);
        self.0.push(b':');
    }

    fn push_text(&mut self, text: &str) {
        if text.bytes().any(|byte| matches!(byte, b'"' | b'\\' | 0..0x20)) {
            let _ = serde_json::to_writer(&mut self.0, text);
            return;
        }
        self.0.push(b'"');
        self.0.extend_from_slice(text.as_bytes());
        self.0.push(b'"');
    }

    fn as_str(&self) -> Result<&str, fmt::Error> {
        std::str::from_utf8(&self.0).map_err(|_| fmt::Error)
    }
}

impl Visit for Members {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.push_value(field.name(), value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.push_value(field.name(), value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.push_value(field.name(), value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.push_value(field.name(), value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.push_member(field.name(), value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.push_member(field.name(), &format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use serde_json::{Value, json};
    use tracing_subscriber::{fmt::MakeWriter, layer::SubscriberExt};

    use super::*;

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("no panic").extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl<'a> MakeWriter<'a> for Log {
        type Writer = Log;

        fn make_writer(&'a self) -> Log {
            self.clone()
        }
    }

    /// What `log` writes, without the time.
    fn lines(log: &dyn Fn(Log) -> tracing::Dispatch) -> Vec<Value> {
        let written = Log::default();
        tracing::dispatcher::with_default(&log(written.clone()), || {
            tracing::info!(
                status = 200,
                share = 0.5,
                is_kept = true,
                path = "/a\"b\n",
                none = Option::<u8>::None,
                "said"
            );
            let span = tracing::info_span!(
                "request", id = "a\"b", http.method = %"GET", late = tracing::field::Empty, never = tracing::field::Empty
            );
            span.in_scope(|| tracing::warn!(error = ?vec!["x"], debt = -3, "in a span"));
            span.record("never", Option::<u8>::None);
            span.record("late", 7);
            span.in_scope(|| tracing::info_span!("empty").in_scope(|| tracing::info!("in one without fields")));
            tracing::error!(parent: &span, "of a span");
        });
        let bytes = written.0.lock().expect("no panic").clone();
        let mut lines: Vec<Value> = bytes
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).expect("JSON"))
            .collect();
        for line in &mut lines {
            assert!(line.as_object_mut().and_then(|line| line.remove("timestamp")).is_some(), "{line}");
        }
        lines
    }

    #[test]
    fn a_line_has_what_the_library_would_write() {
        let ours = lines(&|log| {
            let layer = tracing_subscriber::fmt::layer().with_writer(log);
            tracing_subscriber::registry().with(layer.fmt_fields(JsonLines).event_format(JsonLines)).into()
        });
        let theirs = lines(&|log| {
            let layer = tracing_subscriber::fmt::layer().with_writer(log);
            tracing_subscriber::registry().with(layer.json().flatten_event(true).with_span_list(false)).into()
        });
        assert_eq!(ours.len(), 4);
        assert_eq!(ours, theirs);
        assert_eq!(ours[3]["span"], json!({ "id": "a\"b", "http.method": "GET", "late": 7, "name": "request" }));
    }
}
