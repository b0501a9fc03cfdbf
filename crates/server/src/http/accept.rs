//! Which form of answer a client accepts: the negotiation of the GraphQL-over-HTTP draft.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::rows::RowFormat;

/// What a client accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Accepted {
    /// The form for one answer; `None` if only a stream is taken.
    pub(crate) media: Option<MediaType>,
    /// Whether a stream of answers is taken, `text/event-stream`; it has to be named.
    pub(crate) stream: bool,
    /// The form in which rows of a list are wanted instead of the answer; it has to be named.
    pub(crate) rows: Option<RowFormat>,
}

/// A form in which a request is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MediaType {
    /// `application/graphql-response+json`: the status says whether the request was valid.
    GraphqlResponse,
    /// `application/json`, for older clients: a document that could be parsed is answered with 200.
    Json,
}

impl Accepted {
    /// Reads the `Accept` header; `None` if it excludes every form.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Option<Accepted> {
        let lines: Vec<&str> = headers.get_all(header::ACCEPT).iter().filter_map(|line| line.to_str().ok()).collect();
        let accept = lines.join(",");
        if let Some(rows) = named_rows(&accept) {
            return Some(Accepted::of_rows(rows));
        }
        let (media, stream) = (
            MediaType::negotiate(&accept),
            accept.split(',').filter_map(MediaRange::parse).any(|range| range.is_stream()),
        );
        (media.is_some() || stream).then_some(Accepted { media, stream, rows: None })
    }

    /// That rows are wanted; an error has the form that says so by its status.
    pub(crate) fn of_rows(format: RowFormat) -> Accepted {
        Accepted { media: Some(MediaType::GraphqlResponse), stream: false, rows: Some(format) }
    }
}

/// The form of rows that is named with the highest weight, unless a form of the whole answer has as much.
fn named_rows(accept: &str) -> Option<RowFormat> {
    let ranges: Vec<MediaRange<'_>> = accept.split(',').filter_map(MediaRange::parse).collect();
    let weight = |kind: &str, subtype: &str| {
        let named = ranges.iter().filter(|range| range.specificity() == EXACT && range.includes(kind, subtype));
        named.map(|range| range.weight).fold(0.0, f32::max)
    };
    let json = weight("application", "json").max(weight("application", "graphql-response+json"));
    let mut best: Option<(RowFormat, f32)> = None;
    for format in RowFormat::ALL {
        let (kind, subtype) = format.media_type().split_once('/').unwrap_or_default();
        let weight = weight(kind, subtype);
        if weight > json && best.is_none_or(|(_, most)| weight > most) {
            best = Some((format, weight));
        }
    }
    best.map(|(format, _)| format)
}

impl MediaType {
    /// The form with the higher weight; `None` if neither is accepted.
    ///
    /// Without the header, or with `*/*`, it is `application/json`, as the draft requires.
    fn negotiate(accept: &str) -> Option<MediaType> {
        if accept.trim().is_empty() {
            return Some(MediaType::Json);
        }
        let ranges: Vec<MediaRange<'_>> = accept.split(',').filter_map(MediaRange::parse).collect();
        let weight = |subtype: &str| {
            let fitting = ranges.iter().filter(|range| range.includes("application", subtype));
            fitting
                .max_by_key(|range| range.specificity())
                .map_or((0.0, 0), |range| (range.weight, range.specificity()))
        };
        let (response, json) = (weight("graphql-response+json"), weight("json"));
        match (response.0 > 0.0, json.0 > 0.0) {
            (false, false) => None,
            (false, true) => Some(MediaType::Json),
            (true, false) => Some(MediaType::GraphqlResponse),
            // The new form is named, with a weight that is at least that of `application/json`.
            (true, true) if response.1 == EXACT && response.0 >= json.0 => Some(MediaType::GraphqlResponse),
            (true, true) => Some(MediaType::Json),
        }
    }

    /// The form that `Accept` names in full; `None` if it names none, as with a browser that follows a link.
    pub(crate) fn named_in(headers: &HeaderMap) -> Option<MediaType> {
        let lines: Vec<&str> = headers.get_all(header::ACCEPT).iter().filter_map(|line| line.to_str().ok()).collect();
        let accept = lines.join(",");
        let ranges = accept.split(',').filter_map(MediaRange::parse);
        let names_one = |range: MediaRange<'_>| {
            range.specificity() == EXACT
                && ["graphql-response+json", "json"].iter().any(|subtype| range.includes("application", subtype))
        };
        if ranges.into_iter().any(names_one) { MediaType::negotiate(&accept) } else { None }
    }

    /// The value of `Content-Type`.
    pub(crate) fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            MediaType::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            MediaType::Json => "application/json; charset=utf-8",
        })
    }
}

/// The specificity of a range that names type and subtype.
const EXACT: u8 = 2;

/// One range of an `Accept` header.
struct MediaRange<'a> {
    kind: &'a str,
    subtype: &'a str,
    weight: f32,
}

impl<'a> MediaRange<'a> {
    /// Reads a range; `None` if it is malformed, or wants another character set than UTF-8.
    fn parse(text: &'a str) -> Option<MediaRange<'a>> {
        let mut parts = text.split(';').map(str::trim);
        let (kind, subtype) = parts.next()?.split_once('/')?;
        let mut weight = 1.0;
        for parameter in parts {
            let (name, value) = parameter.split_once('=')?;
            let value = value.trim().trim_matches('"');
            match name.trim() {
                name if name.eq_ignore_ascii_case("q") => weight = value.parse().ok()?,
                name if name.eq_ignore_ascii_case("charset") && !is_utf8(value) => return None,
                _ => {}
            }
        }
        Some(MediaRange { kind, subtype, weight })
    }

    fn includes(&self, kind: &str, subtype: &str) -> bool {
        let fits = |range: &str, name: &str| range == "*" || range.eq_ignore_ascii_case(name);
        fits(self.kind, kind) && fits(self.subtype, subtype)
    }

    fn is_stream(&self) -> bool {
        self.specificity() == EXACT && self.weight > 0.0 && self.includes("text", "event-stream")
    }

    fn specificity(&self) -> u8 {
        u8::from(self.kind != "*") + u8::from(self.subtype != "*")
    }
}

/// Whether a name is that of UTF-8, the only character set that is supported.
pub(crate) fn is_utf8(charset: &str) -> bool {
    charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_takes_the_form_that_is_asked_for() {
        for (accept, media) in [
            ("", Some(MediaType::Json)),
            ("*/*", Some(MediaType::Json)),
            ("application/*", Some(MediaType::Json)),
            ("application/json", Some(MediaType::Json)),
            ("application/json; charset=utf-8", Some(MediaType::Json)),
            ("application/graphql-response+json", Some(MediaType::GraphqlResponse)),
            ("application/graphql-response+json, application/json;q=0.9", Some(MediaType::GraphqlResponse)),
            ("application/json, application/graphql-response+json", Some(MediaType::GraphqlResponse)),
            ("application/json, application/graphql-response+json;q=0.5", Some(MediaType::Json)),
            ("application/graphql-response+json;q=0, */*", Some(MediaType::Json)),
            ("text/html, */*;q=0.1", Some(MediaType::Json)),
            ("text/html", None),
            ("application/json;q=0", None),
            ("application/json; charset=iso-8859-1", None),
            ("nonsense", None),
        ] {
            assert_eq!(MediaType::negotiate(accept), media, "{accept}");
        }
    }

    #[test]
    fn a_stream_has_to_be_named() {
        for (accept, expected) in [
            ("text/event-stream", Some((None, true))),
            ("application/json, text/event-stream", Some((Some(MediaType::Json), true))),
            ("application/json, text/event-stream;q=0", Some((Some(MediaType::Json), false))),
            ("*/*", Some((Some(MediaType::Json), false))),
            ("text/*", None),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]);
            let accepted = Accepted::from_headers(&headers).map(|accepted| (accepted.media, accepted.stream));
            assert_eq!(accepted, expected, "{accept}");
        }
        let nothing_said = Accepted { media: Some(MediaType::Json), stream: false, rows: None };
        assert_eq!(Accepted::from_headers(&HeaderMap::new()), Some(nothing_said));
    }
    #[test]
    fn rows_are_given_in_the_form_that_is_named_and_has_the_most_weight() {
        for (accept, expected) in [
            ("text/csv", Some(RowFormat::Csv)),
            ("text/csv; charset=utf-8", Some(RowFormat::Csv)),
            ("text/csv, */*;q=0.1", Some(RowFormat::Csv)),
            ("text/csv;q=0.5, application/x-ndjson", Some(RowFormat::Ndjson)),
            ("application/geo+json, application/json;q=0.9", Some(RowFormat::GeoJson)),
            ("application/json, text/csv", None),
            ("text/csv;q=0", None),
            ("text/*", None),
            ("*/*", None),
        ] {
            assert_eq!(named_rows(accept), expected, "{accept}");
        }
    }
}
