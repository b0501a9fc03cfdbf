//! One list of a noun, such as the schools of a group, page by page.

use maud::html;
use serde_json::json;

use super::{
    Page, PageError, Visit,
    kinds::{Shape, kebab, kind_at},
    layout::csv_link,
    list::missing,
    noun::tie_items,
    parts::{Notes, items, name_of, pager, paging, told, trail},
    question::{PER_PAGE, about_tie},
};

/// The list that the address names.
pub(crate) async fn build(visit: &mut Visit) -> Result<Page, PageError> {
    let kind = kind_at(visit.schema(), visit.path()).ok_or_else(|| missing(visit))?;
    let named = visit.part("tie").to_owned();
    let tie = kind.fields.iter().find(|field| matches!(field.shape, Shape::Tie(_)) && kebab(&field.name) == named);
    let tie = tie.ok_or(PageError::Missing { slug: named })?;
    let slug = visit.part("slug").to_owned();
    let mut variables = paging(visit, PER_PAGE);
    variables["slug"] = json!(slug);
    let data = visit.ask(&about_tie(kind, tie), variables).await?;
    let noun = &data["map"][&kind.one];
    if noun.is_null() {
        return Err(missing(visit));
    }
    let visit = &*visit;
    let texts = visit.texts;
    let list = &noun[&tie.name];
    let label = texts.say(&format!("field.{}", tie.name));
    let total = list["totalCount"].as_i64().unwrap_or(0);
    let mut notes = Notes::default();
    let home = format!("/{}/{}", kind.path, super::visit::encode(&slug));
    let steps = [
        (format!("/{}", kind.path), html! { (texts.say(&format!("kind.{}.list", kind.type_name))) }),
        (home.clone(), told(texts, &noun["localizedName"])),
    ];
    let main = html! {
        (trail(visit, &steps))
        h1 { (told(texts, &noun["localizedName"])) ": " (label) }
        p.lead { (texts.count("list.total", total)) }
        (tie_items(visit, tie, items(&list["edges"]), &mut notes))
        (pager(visit, &format!("{home}/{}", kebab(&tie.name)), &list["pageInfo"], &[]))
        @if let Some(question) = visit.questions().first() {
            @let rows = csv_link(visit, &question.query, &question.variables, &format!("{}.{}", kind.one, tie.name));
            p.rows { a href=(rows) { (texts.say("list.csv")) } }
        }
        (notes.section(visit))
    };
    let title = format!("{}: {label}", name_of(noun));
    Ok(Page { title, description: texts.count("list.total", total), main, script: None })
}
