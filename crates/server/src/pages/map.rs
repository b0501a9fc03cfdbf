//! The map: areas and places as far as a source states them, and what stands nowhere beside them.

use std::collections::BTreeMap;

use maud::{Markup, html};
use serde_json::{Value, json};

use super::{
    Page, PageError, Visit,
    marks::mark,
    parts::{Notes, items, noun_link, told},
    pictures::{
        Column, LongList, Read, attributions, choose, drawn, first_of, first_of_kind, nouns, number, school_filter,
        table, words,
    },
    question::{CITE, LINK},
};

/// The lists that are drawn, or that schools are chosen by.
const LISTS: [LongList; 7] = [
    LongList {
        field: "districts",
        variables: "",
        arguments: "",
        fields: "nodes { ...Link outline { ...Drawn } }",
        fragments: &[DRAWN, LINK],
    },
    LongList {
        field: "townships",
        variables: "$townships: TownshipFilter, ",
        arguments: ", filter: $townships",
        fields: "nodes { ...Link region { slug } outline { ...Drawn } }",
        fragments: &[DRAWN, LINK],
    },
    LongList {
        field: "regions",
        variables: "$regions: RegionFilter, ",
        arguments: ", filter: $regions",
        fields: "nodes { ...Link localizedStrategy { text language } }",
        fragments: &[LINK],
    },
    LongList {
        field: "groups",
        variables: "$groups: GroupFilter, ",
        arguments: ", filter: $groups",
        fields: "nodes { ...Link }",
        fragments: &[LINK],
    },
    LongList {
        field: "alliances",
        variables: "$alliances: AllianceFilter, ",
        arguments: ", filter: $alliances",
        fields: "nodes { ...Link }",
        fragments: &[LINK],
    },
    LongList {
        field: "partners",
        variables: "",
        arguments: ", filter: { hasLocationOnRecord: true }",
        fields: "nodes { ...Link location { ...Stands } }",
        fragments: &[STANDS, LINK, CITE],
    },
    LongList {
        field: "schools",
        variables: "$filter: SchoolFilter, ",
        arguments: ", filter: $filter",
        fields: "withoutLocationCount
      nodes {
        ...Link
        stages
        township { ...Link region { slug } }
        location { ...Stands }
        campuses(first: 20) { totalCount nodes { ...Link location { ...Stands } } }
      }",
        fragments: &[STANDS, LINK, CITE],
    },
];

const DRAWN: &str = "fragment Drawn on Outline {
  geometry
  basis
  sources { source { slug title language publisher license } }
}
";

const STANDS: &str = "fragment Stands on Location {
  latitude
  longitude
  precision
  confidence
  sources { ...Cite source { title language publisher license } }
}
";

fn question() -> String {
    let variables = LISTS.each_ref().map(|list| list.variables).concat();
    let lists = LISTS.each_ref().map(LongList::first_page).join("\n");
    format!(
        "query Map({variables}$asOf: Date, $knownAt: Int) {{
  map(asOf: $asOf, knownAt: $knownAt) {{
{lists}
  }}
}}
{DRAWN}{STANDS}{LINK}{CITE}"
    )
}

/// A place on the map.
struct Place<'a> {
    /// What stands there.
    node: &'a Value,
    /// The school that it is a campus of.
    of: Option<&'a Value>,
    location: &'a Value,
}

/// The page.
pub(crate) async fn build(visit: &mut Visit) -> Result<Page, PageError> {
    let filter = school_filter(visit, &["stage", "ownership"], &["district", "region", "group", "alliance"])?;
    let within = visit.param("district").map(|slug| json!({ "district": slug }));
    let variables = json!({
        "filter": filter, "townships": within, "regions": within, "groups": within, "alliances": within,
    });
    let mut map = visit.ask(&question(), variables.clone()).await?["map"].take();
    let without = number(&map["schools"]["withoutLocationCount"]);
    let mut read = Vec::new();
    for list in &LISTS {
        read.push(list.read_on(visit, &mut map, &variables).await?);
    }
    let Ok([all_districts, all_townships, all_regions, groups, alliances, partners, all_schools]) =
        <[Read; LISTS.len()]>::try_from(read)
    else {
        unreachable!("each list is read");
    };
    let visit = &*visit;
    let texts = visit.texts;
    // Where one district is chosen, only that one is drawn.
    let is_chosen = |district: &&Value| visit.param("district").is_none_or(|slug| district["slug"] == slug);
    let [districts, townships, regions, schools] =
        [&all_districts, &all_townships, &all_regions, &all_schools].map(|list| list.nodes.as_slice());
    let has_outline = |node: &&Value| node["outline"].is_object();
    let areas: Vec<&Value> = districts.iter().filter(is_chosen).chain(townships).filter(has_outline).collect();
    let mut places = Vec::new();
    let mut unplaced = Vec::new();
    let mut n_more_campuses = 0;
    for school in schools {
        let own = Place { node: school, of: None, location: &school["location"] };
        let campus = |node| Place { node, of: Some(school), location: &node["location"] };
        let campuses = items(&school["campuses"]["nodes"]).iter().map(campus);
        n_more_campuses += number(&school["campuses"]["totalCount"]) - campuses.len() as i64;
        let before = places.len();
        places.extend(std::iter::once(own).chain(campuses).filter(|place| place.location.is_object()));
        if places.len() == before {
            unplaced.push(school);
        }
    }
    let partner = |node| Place { node, of: None, location: &node["location"] };
    places.extend(partners.nodes.iter().map(partner));

    let total = all_schools.total;
    let said = [("n", texts.number(total - without)), ("total", texts.number(total))];
    let lead = texts.fill("map.lead", &said.each_ref().map(|(name, text)| (*name, text.as_str())));
    let is_drawn = !areas.is_empty() || !places.is_empty();
    let mut notes = Notes::default();
    let selects: Vec<_> = [words(visit, "stage"), words(visit, "ownership")]
        .into_iter()
        .flatten()
        .chain((all_districts.total > 1).then(|| nouns(visit, "district", "field.district", &all_districts)))
        .chain([
            nouns(visit, "region", "field.region", &all_regions),
            nouns(visit, "group", "map.group", &groups),
            nouns(visit, "alliance", "map.alliance", &alliances),
        ])
        .collect();
    let main = html! {
        h1 { (texts.say("map.title")) }
        @if is_drawn { p.lead { (lead) } } @else { p.lead { (texts.say("map.board-lead")) } }
        (choose(visit, &selects))
        (first_of(visit, "picture.first", &all_schools))
        @for (type_name, list) in [
            ("District", &all_districts), ("Township", &all_townships), ("Region", &all_regions), ("Partner", &partners),
        ] { (first_of_kind(visit, type_name, list)) }
        @if n_more_campuses > 0 { p.notice { (texts.count("map.more-campuses", n_more_campuses)) } }
        @if is_drawn {
            div.beside {
                (picture(visit, &areas, &places, regions))
                section.unplaced aria-labelledby="unplaced" {
                    h2 #unplaced { (texts.count("map.unplaced", without)) }
                    p.muted { (texts.say("map.unplaced-note")) }
                    (by_township(visit, &unplaced))
                }
            }
            (places_table(visit, &places, &mut notes))
            (areas_table(visit, townships, regions, schools))
            (notes.section(visit))
        }
        @else { (board(visit, townships, regions, schools)) }
    };
    let description = if is_drawn { lead } else { texts.say("map.board-lead").to_owned() };
    Ok(Page { title: texts.say("map.title").to_owned(), description, main, script: is_drawn.then_some("map") })
}

/// The place of a region among them all, by which it is drawn.
fn region_number(regions: &[Value], slug: &Value) -> Option<usize> {
    regions.iter().position(|region| !slug.is_null() && region["slug"] == *slug)
}

/// The class by which a region is drawn; there are six looks.
fn region_class(number: usize) -> String {
    format!("region-{}", number % 6)
}

/// The picture, which the script draws from what stands here, with its legend and its sources.
fn picture(visit: &Visit, areas: &[&Value], places: &[Place<'_>], regions: &[Value]) -> Markup {
    let texts = visit.texts;
    let area = |node: &&Value| {
        let mut area = drawn(visit, node);
        area["geometry"] = node["outline"]["geometry"].clone();
        area["isApproximate"] = json!(node["outline"]["basis"] == "APPROXIMATE");
        area["region"] = json!(region_number(regions, &node["region"]["slug"]).map(region_class));
        area
    };
    let place = |place: &Place<'_>| {
        let mut point = drawn(visit, place.node);
        for name in ["latitude", "longitude", "precision"] {
            point[name] = place.location[name].clone();
        }
        let precision = place.location["precision"].as_str();
        point["note"] = json!(precision.map(|word| texts.word("LocationPrecision", word)));
        point
    };
    let content = json!({
        "areas": areas.iter().map(area).collect::<Vec<_>>(),
        "places": places.iter().map(place).collect::<Vec<_>>(),
    });
    let is_approximate = areas.iter().any(|node| node["outline"]["basis"] == "APPROXIMATE");
    let cited: Vec<&Value> = areas
        .iter()
        .map(|node| &node["outline"]["sources"])
        .chain(places.iter().map(|place| &place.location["sources"]))
        .collect();
    let mut types: Vec<&str> = places.iter().filter_map(|place| place.node["__typename"].as_str()).collect();
    types.sort_unstable();
    types.dedup();
    html! {
        figure.picture.map data-map=(content.to_string()) data-label=(texts.say("map.picture")) data-in=(texts.say("picture.in")) data-out=(texts.say("picture.out")) data-whole=(texts.say("picture.whole")) {
            figcaption {
                ul.legend {
                    @for (at, region) in regions.iter().enumerate() {
                        li {
                            span class={ "key " (region_class(at)) } aria-hidden="true" {}
                            (noun_link(visit, region))
                            @if !region["localizedStrategy"].is_null() { " " span.slogan { (told(texts, &region["localizedStrategy"])) } }
                        }
                    }
                    @for type_name in types {
                        li { (mark(type_name)) (texts.say(&format!("kind.{type_name}.name"))) }
                    }
                    @if !places.is_empty() {
                        li { span.key.is-exact aria-hidden="true" {} (texts.say("map.exact")) }
                        li { span.key.is-near aria-hidden="true" {} (texts.say("map.near")) }
                    }
                    @if is_approximate { li { span.key.is-dashed aria-hidden="true" {} (texts.say("map.approximate-key")) } }
                }
                @if is_approximate { p { (texts.say("map.approximate")) } }
                (attributions(visit, &cited))
            }
        }
    }
}

/// Schools by the township that their own record names.
fn by_township(visit: &Visit, schools: &[&Value]) -> Markup {
    let mut groups: BTreeMap<(bool, String), Vec<&Value>> = BTreeMap::new();
    for school in schools {
        let township = &school["township"];
        let key = (township.is_null(), super::parts::name_of(township).to_owned());
        groups.entry(key).or_default().push(school);
    }
    html! {
        @for ((is_unknown, _), schools) in &groups {
            details open {
                summary {
                    @if *is_unknown { (visit.texts.say("map.no-township")) }
                    @else { (told(visit.texts, &schools[0]["township"]["localizedName"])) }
                    " " span.count { (visit.texts.number(schools.len() as i64)) }
                }
                ul.plain-list { @for school in schools { li { (noun_link(visit, school)) } } }
            }
        }
    }
}

/// All places that are drawn, as a table.
fn places_table(visit: &Visit, places: &[Place<'_>], notes: &mut Notes) -> Markup {
    let texts = visit.texts;
    html! {
        @if !places.is_empty() {
            section aria-labelledby="places" {
                h2 #places { (texts.count("map.places", places.len() as i64)) }
                @let columns = [
                    Column::Text(texts.say("list.name")),
                    Column::Text(texts.say("map.of")),
                    Column::Text(texts.say("field.precision")),
                    Column::Number(texts.say("field.latitude")),
                    Column::Number(texts.say("field.longitude")),
                ];
                (table("places", &columns, &html! {
                    @for Place { node, of, location } in places {
                        tr {
                            th scope="row" { (noun_link(visit, node)) (notes.cite(texts, items(&location["sources"]))) }
                            td data-label=(texts.say("map.of")) { @if let Some(school) = of { (noun_link(visit, school)) } }
                            td data-label=(texts.say("field.precision")) {
                                @if let Some(word) = location["precision"].as_str() { (texts.word("LocationPrecision", word)) }
                                @if let Some(word) = location["confidence"].as_str().filter(|word| *word != "HIGH") {
                                    " " span.muted { (texts.word("LocationConfidence", word)) }
                                }
                            }
                            td.num data-label=(texts.say("field.latitude")) { (location["latitude"]) }
                            td.num data-label=(texts.say("field.longitude")) { (location["longitude"]) }
                        }
                    }
                }))
            }
        }
    }
}

/// How many of the schools name a township.
fn n_schools_in(schools: &[Value], township: &Value) -> i64 {
    schools.iter().filter(|school| school["township"]["slug"] == township["slug"]).count() as i64
}

/// All townships, as a table: of which region, with how many schools, by which outline.
fn areas_table(visit: &Visit, townships: &[Value], regions: &[Value], schools: &[Value]) -> Markup {
    let texts = visit.texts;
    html! {
        @if !townships.is_empty() {
            section aria-labelledby="areas" {
                h2 #areas { (texts.say("map.areas")) }
                p.muted { (texts.say("map.areas-note")) }
                @let columns = [
                    Column::Text(texts.say("list.name")),
                    Column::Text(texts.say("field.region")),
                    Column::Number(texts.say("map.schools")),
                    Column::Text(texts.say("field.outline")),
                ];
                (table("areas", &columns, &html! {
                    @for township in townships {
                        @let region = region_number(regions, &township["region"]["slug"]);
                        tr {
                            th scope="row" { (noun_link(visit, township)) }
                            td data-label=(texts.say("field.region")) { @if let Some(at) = region { (noun_link(visit, &regions[at])) } }
                            td.num data-label=(texts.say("map.schools")) { (texts.number(n_schools_in(schools, township))) }
                            td data-label=(texts.say("field.outline")) {
                                @match township["outline"]["basis"].as_str() {
                                    Some(word) => (texts.word("OutlineBasis", word)),
                                    None => span.muted { (texts.say("map.none")) },
                                }
                            }
                        }
                    }
                }))
            }
        }
    }
}

/// Regions, townships and schools where there is no geography: what stands in what, and what is stated to stand in none.
fn board(visit: &Visit, townships: &[Value], regions: &[Value], schools: &[Value]) -> Markup {
    let texts = visit.texts;
    let of_region = |slug: &Value| townships.iter().filter(move |it| it["region"]["slug"] == *slug).collect::<Vec<_>>();
    let elsewhere: Vec<&Value> = schools.iter().filter(|school| school["township"].is_null()).collect();
    html! {
        @if schools.is_empty() && townships.is_empty() { p { (texts.say("list.empty")) } }
        div.board {
            @for (at, region) in regions.iter().enumerate() {
                section.region aria-labelledby={ "region-" (at) } {
                    h2 id={ "region-" (at) } { span class={ "key " (region_class(at)) } aria-hidden="true" {} (noun_link(visit, region)) }
                    @if !region["localizedStrategy"].is_null() { p.slogan { (told(texts, &region["localizedStrategy"])) } }
                    (columns(visit, &of_region(&region["slug"]), schools))
                }
            }
            @let rest = of_region(&Value::Null);
            @if !rest.is_empty() {
                section.region aria-labelledby="region-none" {
                    h2 #region-none { (texts.say("map.no-region")) }
                    (columns(visit, &rest, schools))
                }
            }
            @if !elsewhere.is_empty() {
                section.region aria-labelledby="township-none" {
                    h2 #township-none { (texts.say("map.no-township")) " " span.count { (texts.number(elsewhere.len() as i64)) } }
                    ul.plain-list { @for school in elsewhere { li { (noun_link(visit, school)) } } }
                }
            }
        }
    }
}

/// Townships side by side, each with its schools.
fn columns(visit: &Visit, townships: &[&Value], schools: &[Value]) -> Markup {
    html! {
        div.townships {
            @for township in townships {
                div.township {
                    h3 { (noun_link(visit, township)) " " span.count { (visit.texts.number(n_schools_in(schools, township))) } }
                    ul.plain-list {
                        @for school in schools.iter().filter(|school| school["township"]["slug"] == township["slug"]) {
                            li { (noun_link(visit, school)) }
                        }
                    }
                }
            }
        }
    }
}
