//! Filters: typed conditions, combined with `and`, `or` and `not`.

use async_graphql::{ID, Result};
use domain::{Filter, Id, Identified, text::fold};

use crate::error::Code;

/// How deep conditions may be combined.
const DEEPEST: usize = 5;
/// How many conditions one list may combine.
const WIDEST: usize = 20;

/// How many conditions a filter has in all: the time of a statement grows faster than their number.
const MOST: usize = 100;

/// A filter as a client writes it.
pub(crate) trait Lower: Sized {
    type Is: Default;
    /// The filter as the store takes it.
    fn lower(self, room: &mut Room) -> Result<Filter<Self::Is>>;
}

/// The filter of a list, or none.
pub(crate) fn lower<T: Lower>(filter: Option<T>) -> Result<Filter<T::Is>> {
    filter.map_or_else(|| Ok(Filter::default()), |filter| filter.lower(&mut Room { depth: 0, left: MOST }))
}

/// Lowers the parts of a combination.
pub(crate) fn lower_all<T: Lower>(parts: Option<Vec<T>>, room: &mut Room) -> Result<Vec<Filter<T::Is>>> {
    let parts = parts.unwrap_or_default();
    if parts.len() > WIDEST {
        return Err(Code::InvalidArgument.because(format!("a filter combines at most {WIDEST} conditions in one list")));
    }
    parts.into_iter().map(|part| lower_below(part, room)).collect()
}

/// Lowers a part of a combination.
pub(crate) fn lower_below<T: Lower>(part: T, room: &mut Room) -> Result<Filter<T::Is>> {
    room.depth += 1;
    let lowered = part.lower(room)?;
    room.depth -= 1;
    Ok(lowered)
}

/// What there is still room for in a filter.
pub(crate) struct Room {
    depth: usize,
    left: usize,
}

impl Room {
    /// Makes room for a part of a filter with so many conditions.
    pub(crate) fn take(&mut self, conditions: usize) -> Result<()> {
        if self.depth > DEEPEST {
            return Err(Code::InvalidArgument.because(format!("a filter is at most {DEEPEST} combinations deep")));
        }
        // A part without conditions is one, too.
        self.left = self
            .left
            .checked_sub(conditions.max(1))
            .ok_or_else(|| Code::InvalidArgument.because(format!("a filter has at most {MOST} conditions in all")))?;
        Ok(())
    }
}

/// Reads the text of a search.
pub(crate) fn search(text: Option<String>) -> Result<Option<String>> {
    let Some(text) = text else { return Ok(None) };
    let folded = fold(&text);
    match folded.chars().count() {
        2..=100 if !folded.chars().any(char::is_control) => Ok(Some(folded)),
        _ => {
            Err(Code::InvalidArgument
                .because("`nameContains` takes 2 to 100 characters, none of them a control character"))
        }
    }
}

/// What a field of a filter wants, as the domain says it.
pub(crate) trait Wanted<T> {
    fn wanted(self) -> Result<T>;
}

impl<E, D: From<E>> Wanted<Vec<D>> for Vec<E> {
    fn wanted(self) -> Result<Vec<D>> {
        Ok(self.into_iter().map(D::from).collect())
    }
}

impl<N: Identified> Wanted<Id<N>> for ID {
    fn wanted(self) -> Result<Id<N>> {
        Id::parse_or_slug(&self).map_err(|error| Code::InvalidId.because(error))
    }
}

impl Wanted<bool> for bool {
    fn wanted(self) -> Result<bool> {
        Ok(self)
    }
}

impl Wanted<String> for String {
    fn wanted(self) -> Result<String> {
        match self.contains('\0') {
            true => Err(Code::InvalidArgument.because("a text of a filter has no NUL character")),
            false => Ok(self),
        }
    }
}

/// Declares the filter of a noun.
macro_rules! filter {
    ($(#[$doc:meta])* $name:ident => $is:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty => $target:ident,)* }) => {
        $(#[$doc])*
        #[derive(async_graphql::InputObject, Debug, Clone)]
        pub(crate) struct $name {
            /// All of these are true. At most 20, and 5 combinations deep; a filter has at most 100 conditions in all.
            and: Option<Vec<$name>>,
            /// One of these is true. At most 20, and 5 combinations deep; a filter has at most 100 conditions in all.
            or: Option<Vec<$name>>,
            /// This is not true.
            not: Option<Box<$name>>,
            /// A name of it, official or alias, in any language, contains this text of 2 to 100 characters, whatever the letter case.
            name_contains: Option<String>,
            /// On the view's day its existence is one of these.
            existence: Option<Vec<crate::noun::Existence>>,
            $($(#[$field_doc])* $field: Option<$type>,)*
        }

        impl crate::filter::Lower for $name {
            type Is = $is;

            fn lower(self, room: &mut crate::filter::Room) -> async_graphql::Result<domain::Filter<$is>> {
                room.take(usize::from(self.name_contains.is_some()) + usize::from(self.existence.is_some()) $(+ usize::from(self.$field.is_some()))*)?;
                let is = $is { $($target: self.$field.map(crate::filter::Wanted::wanted).transpose()?,)* };
                Ok(domain::Filter {
                    all: crate::filter::lower_all(self.and, room)?,
                    any: crate::filter::lower_all(self.or, room)?,
                    not: self.not.map(|part| crate::filter::lower_below(*part, room).map(Box::new)).transpose()?,
                    name_contains: crate::filter::search(self.name_contains)?,
                    existence: self.existence.map(crate::filter::Wanted::wanted).transpose()?,
                    is,
                })
            }
        }
    };
}
pub(crate) use filter;
