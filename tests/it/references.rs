//! Every reference is to something that is there: the database sees to it and, in a first revision, the draft.

use domain::{Cell, Kind, NewRevision, Record, Validity, id::identity, region};
use persistence::{Fact, StoreError};
use tests::{TestApp, bundled, empty};

/// A region of a district.
fn region(slug: &str, district: &str) -> Fact {
    let text = |text: &str| Cell::Text(text.to_owned());
    let cells = region::SHAPE.columns.iter().map(|column| match column.name {
        "region_id" => text(slug),
        "name_zh" => text("南"),
        "district_id" => Cell::Ref(Kind::District, district.to_owned()),
        _ => Cell::Blank,
    });
    let record = Record {
        id: identity(Kind::Region, slug),
        key: slug.to_owned(),
        cells: cells.collect(),
        validity: Validity::ALWAYS,
    };
    Fact { record, position: 1024, digest: 1 }
}

async fn record(app: &TestApp, fact: Fact) -> Result<Option<i64>, StoreError> {
    let mut draft = app.store.draft().await?;
    draft.recorded(&region::SHAPE).await?;
    draft.add(&region::SHAPE, fact, false).await?;
    let about =
        NewRevision { recorded_at: tests::TODAY.to_owned(), actor: "a test".to_owned(), message: String::new() };
    Ok(draft.commit(about).await?.map(|revision| revision.number))
}

#[tokio::test]
async fn a_reference_to_nothing_is_refused_and_leaves_no_revision() {
    for app in empty("a_reference_to_nothing").await {
        let refused = record(&app, region("south", "nowhere")).await;
        assert!(refused.is_err(), "{}: the first revision took {refused:?}", app.name);
        app.import(&bundled()).await.expect("no findings");
        let refused = record(&app, region("far-south", "nowhere")).await;
        assert!(refused.is_err(), "{}: the second revision took {refused:?}", app.name);
        let recorded = record(&app, region("far-south", "chaoyang")).await;
        assert_eq!(recorded.ok().flatten(), Some(2), "{}", app.name);
    }
}
