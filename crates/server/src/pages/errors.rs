//! What a page says where there is none: what was looked for, and where to go on.

use maud::html;

use super::{Page, PageError, Visit};

/// The page of an error; of a failure of ours it says only that it is one.
pub(crate) fn error_page(visit: &Visit, error: &PageError, is_ours: bool) -> Page {
    let texts = visit.texts;
    let (title, problem) = match error {
        PageError::Missing { slug } => (texts.say("error.missing"), texts.fill("error.slug", &[("slug", slug)])),
        PageError::Unreadable(problem) => (texts.say("error.unreadable"), problem.clone()),
        PageError::Refused(_) if is_ours => (texts.say("error.failed"), texts.say("error.later").to_owned()),
        PageError::Refused(error) => (texts.say("error.unreadable"), error.problem.clone()),
    };
    let looked_for = match error {
        PageError::Missing { slug } => slug.replace(['-', '_'], " "),
        _ => String::new(),
    };
    Page {
        title: title.to_owned(),
        description: problem.clone(),
        main: html! {
            section.plain {
                h1 { (title) }
                p.lead { (problem) }
                form.search action=(visit.plain_link("/search")) method="get" role="search" {
                    label for="q" { (texts.say("search.label")) }
                    div.row {
                        input #q type="search" name="q" required maxlength="100" value=(looked_for);
                        button.primary type="submit" { (texts.say("search.go")) }
                    }
                }
                p { a href=(visit.plain_link("/")) { (texts.say("error.front")) } }
            }
        },
        script: None,
    }
}
