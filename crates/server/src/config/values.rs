//! Parses the values of flags; the error says what would be right.

use std::{
    fmt::Display,
    num::{NonZeroU64, NonZeroUsize},
    ops::RangeInclusive,
    str::FromStr,
};

use axum::http::HeaderValue;
use domain::{FindingRule, FindingSeverity, TimeZone};
use ipnet::IpNet;
use persistence::Store;
use serde_json::{Map, Value};

use crate::{http::without_default_port, lint::parse_rule};

/// A database's address, in a form that can be opened.
pub(super) fn parse_database_url(text: &str) -> Result<String, String> {
    Store::check_address(text).map(|()| text.to_owned()).map_err(|error| error.to_string())
}

/// A time zone, by its name.
pub(super) fn parse_time_zone(text: &str) -> Result<TimeZone, String> {
    text.parse().map_err(|_| "give the IANA name of a time zone, such as `Europe/London`, or `UTC`".to_owned())
}

/// The variables of an operation.
pub(super) fn parse_variables(text: &str) -> Result<Map<String, Value>, String> {
    match serde_json::from_str(text) {
        Ok(Value::Object(variables)) => Ok(variables),
        Ok(_) => Err("give a JSON object, such as `{\"first\": 5}`".to_owned()),
        Err(error) => Err(format!("this is not JSON: {error}")),
    }
}

/// A text and the language it is in.
pub(super) fn parse_text(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((language, text)) if !language.is_empty() && !text.is_empty() => {
            Ok((language.to_owned(), text.to_owned()))
        }
        _ => Err("give a language and a text, such as `en=The new map`".to_owned()),
    }
}

/// A truth value, for a flag's variable.
pub(super) fn parse_bool(text: &str) -> Result<bool, String> {
    match text {
        "true" | "1" => Ok(true),
        "false" | "0" | "" => Ok(false),
        _ => Err("give `true` or `false`".to_owned()),
    }
}

/// An origin, as browsers write it.
pub(super) fn parse_origin(text: &str) -> Result<HeaderValue, String> {
    let (scheme, host) = text.split_once("://").unwrap_or_default();
    // Browsers write neither capitals nor the scheme's own port.
    match HeaderValue::try_from(format!("{scheme}://{}", without_default_port(scheme, host))) {
        Ok(origin) if matches!(scheme, "http" | "https") && !host.is_empty() && !host.contains(['/', '*', ' ']) => {
            Ok(origin)
        }
        _ => Err("an origin is a scheme and a host, without a path: https://map.example".to_owned()),
    }
}

/// A number within bounds.
pub(super) fn parse_within<N>(range: RangeInclusive<N>) -> impl Fn(&str) -> Result<N, String> + Clone
where
    N: FromStr + PartialOrd + Display + Clone,
{
    move |text| match text.parse() {
        Ok(number) if range.contains(&number) => Ok(number),
        _ => Err(format!("give a number from {} to {}", range.start(), range.end())),
    }
}

/// A number that is not zero.
pub(super) fn parse_positive<N: FromStr>(text: &str) -> Result<N, String> {
    text.parse().map_err(|_| "give a whole number, 1 or more, that is not too large".to_owned())
}

pub(super) fn parse_count(text: &str) -> Result<usize, String> {
    parse_positive(text).map(NonZeroUsize::get)
}

pub(super) fn parse_cost(text: &str) -> Result<u64, String> {
    parse_positive(text).map(NonZeroU64::get)
}

/// A network of addresses.
pub(super) fn parse_network(text: &str) -> Result<IpNet, String> {
    text.parse().map_err(|_| "give a network, such as 10.0.0.0/8, or 10.0.0.1/32 for one address".to_owned())
}

/// A severity of findings.
pub(super) fn parse_severity(text: &str) -> Result<FindingSeverity, String> {
    FindingSeverity::parse(text).ok_or_else(|| format!("it is one of {}", FindingSeverity::WORDS.join(", ")))
}

/// A rule of findings, with `-` between its words.
pub(super) fn parse_finding_rule(text: &str) -> Result<FindingRule, String> {
    let names = || FindingRule::WORDS.iter().map(|word| word.replace('_', "-")).collect::<Vec<_>>().join(", ");
    parse_rule(text).ok_or_else(|| format!("it is one of {}", names()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_taken_as_browsers_write_it() {
        for (text, expected) in [
            ("https://map.example", Some("https://map.example")),
            ("https://MAP.example:443", Some("https://map.example")),
            ("http://map.example:80", Some("http://map.example")),
            ("http://map.example:443", Some("http://map.example:443")),
            ("https://map.example:8443", Some("https://map.example:8443")),
            ("ftp://map.example", None),
            ("https://", None),
            ("https://map.example/", None),
            ("*", None),
        ] {
            assert_eq!(parse_origin(text).ok(), expected.map(HeaderValue::from_static), "{text}");
        }
    }
}
