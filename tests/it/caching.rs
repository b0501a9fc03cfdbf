//! Caching that cannot lie: a client that keeps answers as HTTP allows sees what one sees who keeps none.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    body::Body,
    http::{HeaderMap, Request, StatusCode, header},
};
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use domain::{Clock, NewRevision, TimeZone, Validity, region as noun};
use http_body_util::BodyExt;
use persistence::{Fact, Store};
use server::{AnswerCache, App, router};
use tests::{TODAY, TestApp, empty, record, region};
use tower::ServiceExt;

/// A clock that a test moves.
#[derive(Debug, Clone)]
struct MovableClock(Arc<Mutex<DateTime<Utc>>>);

impl MovableClock {
    fn new() -> Self {
        let now = DateTime::parse_from_rfc3339(TODAY).expect("a timestamp").to_utc();
        MovableClock(Arc::new(Mutex::new(now)))
    }

    fn advance(&self, by: TimeDelta) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }
}

impl Clock for MovableClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A generator of test cases: small, seeded, the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.roll(all.len())]
    }
}

/// What a reader asks for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Ask {
    address: String,
    language: &'static str,
    accept: &'static str,
    encoding: &'static str,
}

/// What a reader gets to see.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    status: StatusCode,
    body: Vec<u8>,
}

/// An answer that was kept.
struct Kept {
    seen: Seen,
    tag: String,
    fresh_until: DateTime<Utc>,
}

/// A server and a reader who keeps answers as HTTP allows.
struct Reader {
    router: axum::Router,
    /// The same map, served without keeping an answer.
    forgetful: axum::Router,
    clock: MovableClock,
    kept: HashMap<Ask, Kept>,
    unasked: usize,
    unchanged: usize,
}

const JSON: &str = "application/json";
const RESPONSE: &str = "application/graphql-response+json";

impl Reader {
    fn new(store: Store) -> Self {
        let clock = MovableClock::new();
        let kept = App::new(store, Arc::new(clock.clone()));
        let forgetful = router(App { answers: Arc::new(AnswerCache::new(0)), ..kept.clone() });
        Reader { router: router(kept), forgetful, clock, kept: HashMap::new(), unasked: 0, unchanged: 0 }
    }

    async fn send(&self, ask: &Ask, tag: Option<&str>) -> (HeaderMap, Seen) {
        Self::send_to(&self.router, ask, tag).await
    }

    async fn send_to(router: &axum::Router, ask: &Ask, tag: Option<&str>) -> (HeaderMap, Seen) {
        let mut request = Request::get(&ask.address).header(header::ACCEPT, ask.accept);
        for (name, value) in [(header::ACCEPT_LANGUAGE, ask.language), (header::ACCEPT_ENCODING, ask.encoding)] {
            if !value.is_empty() {
                request = request.header(name, value);
            }
        }
        if let Some(tag) = tag {
            request = request.header(header::IF_NONE_MATCH, tag);
        }
        let request = request.body(Body::empty()).expect("a request");
        let response = router.clone().oneshot(request).await.expect("the router answers");
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.into_body().collect().await.expect("a body").to_bytes().to_vec();
        (headers, Seen { status, body })
    }

    /// The answer without any cache.
    async fn afresh(&self, ask: &Ask) -> Seen {
        Self::send_to(&self.forgetful, ask, None).await.1
    }

    /// The answer out of the cache, as far as HTTP allows.
    async fn read(&mut self, ask: &Ask) -> Seen {
        let now = self.clock.now();
        let tag = match self.kept.get(ask) {
            Some(kept) if now < kept.fresh_until => {
                self.unasked += 1;
                return kept.seen.clone();
            }
            kept => kept.map(|kept| kept.tag.clone()),
        };
        let (headers, seen) = self.send(ask, tag.as_deref()).await;
        let text = |name| headers.get(name).map_or("", |value| value.to_str().expect("text"));
        let (control, told) = (text(header::CACHE_CONTROL), text(header::ETAG).to_owned());
        assert!(!control.is_empty(), "a cache may think what it likes of {ask:?}");
        assert!(text(header::VARY).contains("accept-language"), "{ask:?}");
        let kept = if seen.status == StatusCode::NOT_MODIFIED {
            // A cache updates the answer that has the tag it is told, and no other.
            assert_eq!(Some(&told), tag.as_ref(), "{ask:?}");
            self.unchanged += 1;
            self.kept.remove(ask).expect("what is unchanged was kept").seen
        } else {
            seen
        };
        let age = control.split("max-age=").nth(1).and_then(|rest| rest.split(',').next()?.parse().ok()).unwrap_or(0);
        self.kept.remove(ask);
        if control != "no-store" {
            let fresh_until = now + TimeDelta::seconds(age);
            self.kept.insert(ask.clone(), Kept { seen: kept.clone(), tag: told, fresh_until });
        }
        kept
    }
}

fn address(parameters: &[(&str, &str)]) -> String {
    let mut address = "/graphql?".to_owned();
    for (name, value) in parameters {
        let value: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
        address += &format!("{name}={value}&");
    }
    address
}

const LIST: &str = "regions(first: 100, orderBy: { field: SLUG }) { totalCount nodes { slug name knownDay isOnMap } }";

/// A request for a map that is about this old.
fn ask(dice: &mut Dice, today: NaiveDate, latest: i64) -> Ask {
    let day = |dice: &mut Dice| (today + Days::new(10) - Days::new(dice.roll(20) as u64)).to_string();
    // The next revision may be asked for before it is there.
    let revision = |dice: &mut Dice| 1 + dice.roll(latest as usize + 1);
    let address = match dice.roll(12) {
        0 | 1 => address(&[("query", &format!("{{ {LIST} }}"))]),
        2 => address(&[("query", &format!("{{ map(asOf: \"{}\") {{ {LIST} }} }}", day(dice)))]),
        3 => address(&[("query", &format!("{{ map(knownAt: {}) {{ {LIST} }} }}", revision(dice)))]),
        4 | 5 => address(&[(
            "query",
            &format!(
                "{{ map(asOf: \"{}\", knownAt: {}) {{ {LIST} view {{ asOf revision {{ number message }} }} }} }}",
                day(dice),
                revision(dice)
            ),
        )]),
        6 => {
            let query = format!(
                "query ($day: Date, $known: Int) {{ map(asOf: $day, knownAt: $known) {{ ...F }} }} fragment F on Map {{ {LIST} }}"
            );
            let day = if dice.roll(3) == 0 { "null".to_owned() } else { format!("\"{}\"", day(dice)) };
            let known = if dice.roll(3) == 0 { "null".to_owned() } else { revision(dice).to_string() };
            address(&[("query", &query), ("variables", &format!("{{\"day\":{day},\"known\":{known}}}"))])
        }
        7 => {
            let query = format!(
                "query A {{ {LIST} }} query B {{ view {{ asOf revision {{ number }} }} }} query C {{ map(asOf: \"2026-11-24\", knownAt: 1) {{ {LIST} }} }}"
            );
            address(&[("query", &query), ("operationName", dice.one_of(&["A", "B", "C"]))])
        }
        8 => address(&[(
            "query",
            &format!(
                "{{ revisions(first: 3) {{ number message }} pinned: map(asOf: \"2026-11-24\", knownAt: {}) {{ {} }} }}",
                revision(dice),
                dice.one_of(&[LIST, "revisions(first: 2) { number }"])
            ),
        )]),
        9 => {
            // The log goes on, also under a view of the past.
            let (day, known) = (day(dice), revision(dice));
            let asked = format!("asOf: \"{day}\", knownAt: {known}");
            let query = format!(
                "query ($log: Boolean! = false) {{ map({asked}) {{ view {{ asOf }} revisions @include(if: $log) {{ number }} }} }}"
            );
            address(&[("query", &query), ("variables", dice.one_of(&["", "{\"log\":true}"]))])
        }
        10 => address(&[(
            "query",
            &format!(
                "{{ region(slug: \"r{}\") {{ slug name(lang: \"{}\") knownDay isOnMap }} }}",
                dice.roll(30),
                dice.one_of(&["zh", "en", "x!"])
            ),
        )]),
        _ => address(&[(
            "query",
            dice.one_of(&[
                "{",
                "{ nothing }",
                "{ map(knownAt: 0) { view { asOf } } }",
                "{ schools(first: 101) { totalCount } }",
                "{ region { slug } }",
            ]),
        )]),
    };
    Ask {
        address,
        language: dice.one_of(&["", "en", "zh, en;q=0.5"]),
        accept: dice.one_of(&[JSON, JSON, RESPONSE]),
        encoding: dice.one_of(&["", "", "gzip", "br, gzip;q=0.5"]),
    }
}

/// A region that holds from a day on, perhaps in the future.
fn dated(slug: &str, from: NaiveDate) -> Fact {
    let mut fact = region(slug, None);
    fact.record.validity = Validity { from, ..Validity::ALWAYS };
    fact
}

/// Records a revision that says something else of a fact.
async fn revise(store: &Store, fact: Fact) {
    let mut draft = store.draft().await.expect("a draft");
    draft.close(&noun::SHAPE, &[fact.record.id]).await.expect("closed");
    let message = fact.record.key.clone();
    draft.add(&noun::SHAPE, fact).await.expect("changed");
    let about = NewRevision { recorded_at: TODAY.to_owned(), actor: "a test".to_owned(), message };
    draft.commit(about).await.expect("a revision");
}

async fn interleave(app: TestApp, steps: usize, seed: u64) {
    let mut dice = Dice(seed);
    let mut reader = Reader::new(app.store.clone());
    let (mut latest, mut regions) = (record(&app.store, region("r0", None)).await.expect("a revision"), 1_usize);
    let mut asked: Vec<Ask> = Vec::new();
    for step in 0..steps {
        let today = reader.clock.today(TimeZone::UTC);
        let mut again = None;
        match dice.roll(20) {
            0 => {
                let from = today + Days::new(5) - Days::new(dice.roll(10) as u64);
                let fact = dated(&format!("r{regions}"), from);
                let recorded = match asked.last() {
                    // The revision lands while an answer is made: what is kept of that one is looked at next.
                    Some(ask) if dice.roll(2) == 0 => {
                        again = Some(ask.clone());
                        tokio::join!(record(&app.store, fact), reader.read(ask)).0
                    }
                    _ => record(&app.store, fact).await,
                };
                latest = recorded.expect("a revision");
                regions += 1;
            }
            1 if regions > 1 => {
                let fact = dated(&format!("r{}", dice.roll(regions)), today - Days::new(dice.roll(9) as u64));
                revise(&app.store, fact).await;
                latest += 1;
            }
            2 => reader.clock.advance(TimeDelta::hours(1 + dice.roll(40) as i64)),
            3 if dice.roll(20) == 0 => reader.clock.advance(TimeDelta::days(400)),
            _ => {}
        }
        let today = reader.clock.today(TimeZone::UTC);
        let ask = match (again, dice.roll(3)) {
            (Some(ask), _) => ask,
            (None, 0) if !asked.is_empty() => asked[asked.len() - 1 - dice.roll(asked.len().min(60))].clone(),
            _ => ask(&mut dice, today, latest),
        };
        let (kept, afresh) = (reader.read(&ask).await, reader.afresh(&ask).await);
        assert_eq!(
            kept,
            afresh,
            "{}: step {step} of seed {seed}: {ask:?}\n{}\n{}",
            app.name,
            String::from_utf8_lossy(&kept.body),
            String::from_utf8_lossy(&afresh.body)
        );
        asked.push(ask);
    }
    let enough = steps / 50;
    let (unasked, unchanged) = (reader.unasked, reader.unchanged);
    assert!(unasked > enough && unchanged > enough, "{}: {unasked} not asked for, {unchanged} unchanged", app.name);
}

#[tokio::test]
async fn whoever_keeps_answers_sees_what_one_sees_who_keeps_none() {
    for app in empty("whoever_keeps_answers").await {
        let steps = if app.name == "SQLite" { 3_000 } else { 300 };
        interleave(app, steps, 7).await;
    }
}

#[tokio::test]
async fn a_tag_holds_for_one_database_alone() {
    let pinned = r#"{ map(asOf: "2024-01-01", knownAt: 1) { regions { nodes { slug } } } }"#;
    for query in ["{ regions { nodes { slug } } }", pinned] {
        let mut tags = Vec::new();
        for slug in ["east", "west"] {
            let store = Store::in_memory().await.expect("memory");
            record(&store, region(slug, None)).await.expect("a revision");
            let reader = Reader::new(store);
            let ask = Ask { address: address(&[("query", query)]), language: "", accept: JSON, encoding: "" };
            tags.push(reader.send(&ask, None).await.0[header::ETAG].clone());
        }
        assert_ne!(tags[0], tags[1], "a database that was made anew counts its revisions from 1 as well: {query}");
    }
}

#[tokio::test]
async fn an_answer_is_unchanged_only_for_those_who_can_read_it() {
    let store = Store::in_memory().await.expect("memory");
    record(&store, region("east", None)).await.expect("a revision");
    let reader = Reader::new(store);
    let plain = Ask {
        address: address(&[("query", "{ regions { nodes { slug name } } }")]),
        language: "",
        accept: JSON,
        encoding: "",
    };
    let squeezed = Ask { encoding: "gzip", ..plain.clone() };
    let tag = reader.send(&squeezed, None).await.0[header::ETAG].to_str().expect("text").to_owned();
    assert!(tag.ends_with("-gzip\""), "{tag}");
    let (headers, seen) = reader.send(&squeezed, Some(&tag)).await;
    assert_eq!((seen.status, headers[header::ETAG].to_str().expect("text")), (StatusCode::NOT_MODIFIED, tag.as_str()));
    assert_eq!(reader.send(&plain, Some(&tag)).await.1.status, StatusCode::OK, "who takes no gzip has not this answer");
}

#[tokio::test]
async fn an_error_is_never_unchanged() {
    let reader = Reader::new(Store::in_memory().await.expect("memory"));
    let ask = Ask {
        address: address(&[("query", "{ map(knownAt: 9) { view { asOf } } }")]),
        language: "",
        accept: JSON,
        encoding: "",
    };
    for tag in [None, Some("\"x\"")] {
        let (headers, seen) = reader.send(&ask, tag).await;
        assert_eq!((seen.status, headers.get(header::ETAG)), (StatusCode::OK, None));
        assert_eq!(headers[header::CACHE_CONTROL], "no-store");
    }
}

#[tokio::test]
async fn an_answer_is_kept_until_midnight_of_the_time_zone() {
    for app in tests::chaoyang("an_answer_is_kept_until_midnight").await {
        let clock = MovableClock::new();
        let router = router(App::new(app.store.clone(), Arc::new(clock.clone())));
        let tag = async || {
            let request = Request::get("/graphql?query=%7Bschools%7BtotalCount%7D%7D").body(Body::empty());
            let answer = router.clone().oneshot(request.expect("a request")).await.expect("an answer");
            answer.headers()[header::ETAG].clone()
        };
        // It is 16:00 in Shanghai.
        let first = tag().await;
        clock.advance(TimeDelta::minutes(8 * 60 - 1));
        assert_eq!(tag().await, first, "{}: before midnight", app.name);
        clock.advance(TimeDelta::minutes(1));
        let next = tag().await;
        assert_ne!(next, first, "{}: midnight", app.name);
        clock.advance(TimeDelta::hours(8));
        assert_eq!(tag().await, next, "{}: midnight in UTC", app.name);
    }
}
