//! Tables `events` and `event_items`.

use domain::{Event, EventAction, EventItem, Head, Kind, PartOfDay, Shape, event};
use sea_orm::DeriveIden;

use crate::{
    StoreError,
    noun::Table,
    row::Row,
    tie::{Tie, TieSource, TieTable},
    view::{AnyIden, col},
};

/// Table `events`.
#[derive(Clone, Copy, DeriveIden)]
enum Events {
    HeldOn,
    PartOfDay,
    VenuePartnerId,
    Theme,
    DistrictId,
}

/// Table `event_items`.
#[derive(Clone, Copy, DeriveIden)]
enum EventItems {
    Table,
    EventId,
    Action,
    ItemType,
    ItemId,
    Description,
}

impl Table for Event {
    const SHAPE: &'static Shape = &event::SHAPE;
    const COLUMNS: &'static [AnyIden] =
        &[&Events::HeldOn, &Events::PartOfDay, &Events::VenuePartnerId, &Events::Theme, &Events::DistrictId];

    fn read(head: Head, row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [held_on, part_of_day, venue_partner, theme, district] = row.cells();
        Ok(Event {
            head,
            held_on: held_on.date()?,
            part_of_day: part_of_day.maybe_word(PartOfDay::parse)?,
            venue_partner: venue_partner.maybe_id()?,
            theme: theme.texts()?,
            district: district.maybe_id()?,
        })
    }
}

/// The events at a partner's premises, read from the partner.
pub(crate) static EVENT_AT_PARTNER: Tie<i64> = Tie::owner("event_at_partner", &Events::VenuePartnerId);

/// Events and what was announced, launched, signed or shown there, the event first; from the event by what was done.
pub(crate) static EVENT_ITEMS: Tie<EventItem> = Tie {
    name: "event_items",
    source: TieSource::Table(TieTable {
        to_kind: Some(&EventItems::ItemType),
        rank: [Some(|items| col(items, EventItems::Action)), None],
        ..TieTable::new(
            &EventItems::Table,
            (Kind::Event, &EventItems::EventId),
            (Kind::Initiative, &EventItems::ItemId),
        )
    }),
    columns: &[&EventItems::Action, &EventItems::Description],
    read: |id, row| {
        let [action, description] = row.cells();
        Ok(EventItem { id, action: action.word(EventAction::parse)?, description: description.texts()? })
    },
};
