//! The languages of `Accept-Language`.

use axum::http::{HeaderMap, header};
use domain::LanguageTag;

/// The languages of `Accept-Language`, the best first; what is not well formed is left out, as HTTP asks.
pub(crate) fn accepted_languages(headers: &HeaderMap) -> Vec<LanguageTag> {
    let lines = headers.get_all(header::ACCEPT_LANGUAGE).iter().filter_map(|line| line.to_str().ok());
    let mut weighed: Vec<(f32, LanguageTag)> = lines
        .flat_map(|line| line.split(','))
        .take(20)
        .filter_map(|range| {
            let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
            let weight = weight.trim().strip_prefix("q=")?.parse::<f32>().ok().filter(|weight| *weight > 0.0)?;
            LanguageTag::parse(tag.trim()).ok().map(|tag| (weight, tag))
        })
        .collect();
    weighed.sort_by(|a, b| b.0.total_cmp(&a.0));
    weighed.into_iter().map(|(_, tag)| tag).collect()
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        pairs.collect()
    }

    #[test]
    fn languages_come_best_first_and_nonsense_is_left_out() {
        let headers = headers(&[("accept-language", "fr;q=0.2, *, zh-CN, en;q=0.8, x!;q=1, ko;q=0")]);
        let tags: Vec<_> = accepted_languages(&headers).iter().map(|tag| tag.as_str().to_owned()).collect();
        assert_eq!(tags, ["zh-CN", "en", "fr"]);
    }

    #[test]
    fn languages_may_stand_on_several_lines() {
        let mut headers = HeaderMap::new();
        for line in ["fr;q=0.2", "zh-CN, en;q=0.8"] {
            headers.append("accept-language", HeaderValue::from_static(line));
        }
        let tags: Vec<_> = accepted_languages(&headers).iter().map(|tag| tag.as_str().to_owned()).collect();
        assert_eq!(tags, ["zh-CN", "en", "fr"]);
    }
}
