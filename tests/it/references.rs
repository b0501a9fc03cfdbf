//! Every reference is to something that is there: the database sees to it and, in a first revision, the draft.

use tests::{bundled, empty, record, region};

#[tokio::test]
async fn a_reference_to_nothing_is_refused_and_leaves_no_revision() {
    for app in empty("a_reference_to_nothing").await {
        let refused = record(&app.store, region("south", Some("nowhere"))).await;
        assert!(refused.is_err(), "{}: the first revision took {refused:?}", app.name);
        app.import(&bundled()).await.expect("no findings");
        let refused = record(&app.store, region("far-south", Some("nowhere"))).await;
        assert!(refused.is_err(), "{}: the second revision took {refused:?}", app.name);
        let recorded = record(&app.store, region("far-south", Some("chaoyang"))).await;
        assert_eq!(recorded.ok(), Some(2), "{}", app.name);
    }
}
