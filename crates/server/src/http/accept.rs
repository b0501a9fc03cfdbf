//! Which form of answer a client accepts: the negotiation of the GraphQL-over-HTTP draft.

use axum::http::{HeaderMap, HeaderValue, header};

/// What a client accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Accepted {
    /// The form for one answer; `None` if only a stream is taken.
    pub(crate) media: Option<Media>,
    /// Whether a stream of answers is taken, `text/event-stream`; it has to be named.
    pub(crate) stream: bool,
}

/// A form in which a request is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Media {
    /// `application/graphql-response+json`: the status tells whether the request was well.
    GraphqlResponse,
    /// `application/json`, as older clients expect it: a document that was read is answered with 200.
    Json,
}

impl Accepted {
    /// What the `Accept` header takes; `None` if it is nothing of ours.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Accepted> {
        let lines: Vec<&str> = headers.get_all(header::ACCEPT).iter().filter_map(|line| line.to_str().ok()).collect();
        let accept = lines.join(",");
        let (media, stream) =
            (Media::accepted(&accept), accept.split(',').filter_map(Range::parse).any(|range| range.is_stream()));
        (media.is_some() || stream).then_some(Accepted { media, stream })
    }
}

impl Media {
    /// The form that is preferred; `None` if neither is taken.
    ///
    /// Without the header, or for whoever takes anything, it is `application/json`, as the draft asks for.
    fn accepted(accept: &str) -> Option<Media> {
        if accept.trim().is_empty() {
            return Some(Media::Json);
        }
        let ranges: Vec<Range<'_>> = accept.split(',').filter_map(Range::parse).collect();
        let weight = |subtype: &str| {
            let fitting = ranges.iter().filter(|range| range.takes("application", subtype));
            fitting.max_by_key(|range| range.precision()).map_or((0.0, 0), |range| (range.weight, range.precision()))
        };
        let (response, json) = (weight("graphql-response+json"), weight("json"));
        match (response.0 > 0.0, json.0 > 0.0) {
            (false, false) => None,
            (false, true) => Some(Media::Json),
            (true, false) => Some(Media::GraphqlResponse),
            // Whoever names the new form as gladly as the old one knows it.
            (true, true) if response.1 == EXACT && response.0 >= json.0 => Some(Media::GraphqlResponse),
            (true, true) => Some(Media::Json),
        }
    }

    /// The value of `Content-Type`.
    pub(crate) fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Media::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Media::Json => "application/json; charset=utf-8",
        })
    }
}

/// How precise a range is that names its type.
const EXACT: u8 = 2;

/// One range of an `Accept` header.
struct Range<'a> {
    kind: &'a str,
    subtype: &'a str,
    weight: f32,
}

impl<'a> Range<'a> {
    /// Reads a range; one that is malformed, or wants another character set than ours, is none.
    fn parse(text: &'a str) -> Option<Range<'a>> {
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
        Some(Range { kind, subtype, weight })
    }

    fn takes(&self, kind: &str, subtype: &str) -> bool {
        let fits = |range: &str, name: &str| range == "*" || range.eq_ignore_ascii_case(name);
        fits(self.kind, kind) && fits(self.subtype, subtype)
    }

    fn is_stream(&self) -> bool {
        self.precision() == EXACT && self.weight > 0.0 && self.takes("text", "event-stream")
    }

    fn precision(&self) -> u8 {
        u8::from(self.kind != "*") + u8::from(self.subtype != "*")
    }
}

/// Whether this names the only character set we speak.
pub(crate) fn is_utf8(charset: &str) -> bool {
    charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_takes_the_form_that_is_asked_for() {
        for (accept, media) in [
            ("", Some(Media::Json)),
            ("*/*", Some(Media::Json)),
            ("application/*", Some(Media::Json)),
            ("application/json", Some(Media::Json)),
            ("application/json; charset=utf-8", Some(Media::Json)),
            ("application/graphql-response+json", Some(Media::GraphqlResponse)),
            ("application/graphql-response+json, application/json;q=0.9", Some(Media::GraphqlResponse)),
            ("application/json, application/graphql-response+json", Some(Media::GraphqlResponse)),
            ("application/json, application/graphql-response+json;q=0.5", Some(Media::Json)),
            ("application/graphql-response+json;q=0, */*", Some(Media::Json)),
            ("text/html, */*;q=0.1", Some(Media::Json)),
            ("text/html", None),
            ("application/json;q=0", None),
            ("application/json; charset=iso-8859-1", None),
            ("nonsense", None),
        ] {
            assert_eq!(Media::accepted(accept), media, "{accept}");
        }
    }

    #[test]
    fn a_stream_has_to_be_named() {
        for (accept, expected) in [
            ("text/event-stream", Some((None, true))),
            ("application/json, text/event-stream", Some((Some(Media::Json), true))),
            ("application/json, text/event-stream;q=0", Some((Some(Media::Json), false))),
            ("*/*", Some((Some(Media::Json), false))),
            ("text/*", None),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]);
            let accepted = Accepted::of(&headers).map(|accepted| (accepted.media, accepted.stream));
            assert_eq!(accepted, expected, "{accept}");
        }
        let nothing_said = Accepted { media: Some(Media::Json), stream: false };
        assert_eq!(Accepted::of(&HeaderMap::new()), Some(nothing_said));
    }
}
