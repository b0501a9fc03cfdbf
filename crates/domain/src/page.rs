//! Pages: how much, from where, in which order; and cursors, which say "after this one".

use data_encoding::BASE64URL_NOPAD;

use crate::{id::fingerprint, text::vocabulary};

/// How many items a page has unless asked otherwise.
pub const DEFAULT_SIZE: u32 = 20;
/// How many items a page may have.
pub const MAX_SIZE: u32 = 100;

/// A place in an ordered list: between this item and the next.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Position {
    /// What the list is ordered by, as text that sorts by its bytes.
    pub key: String,
    /// The item's identity, which settles ties.
    pub id: i64,
}

/// Which end of the list a page is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum End {
    /// `first`: from the start.
    First,
    /// `last`: from the end.
    Last,
}

/// Which items of a list are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PageRequest {
    /// How many items, 0 to [`MAX_SIZE`].
    pub size: u32,
    /// From which end.
    pub end: End,
    /// Only items after this place.
    pub after: Option<Position>,
    /// Only items before this place.
    pub before: Option<Position>,
}

impl PageRequest {
    /// Reads Relay's four arguments; `scope` is what their cursors must have been made for.
    ///
    /// # Errors
    /// A size is out of bounds, both ends are asked for, or a cursor is broken or foreign.
    pub fn parse(
        first: Option<i64>,
        after: Option<&str>,
        last: Option<i64>,
        before: Option<&str>,
        scope: i64,
    ) -> Result<Self, PageError> {
        let size = |name, size: i64| {
            u32::try_from(size).ok().filter(|size| *size <= MAX_SIZE).ok_or(PageError::Size { name, size })
        };
        let (end, size) = match (first, last) {
            (Some(_), Some(_)) => return Err(PageError::BothEnds),
            (Some(first), None) => (End::First, size("first", first)?),
            (None, Some(last)) => (End::Last, size("last", last)?),
            (None, None) => (End::First, DEFAULT_SIZE),
        };
        let position = |cursor: Option<&str>| cursor.map(|text| Position::decode(text, scope)).transpose();
        Ok(PageRequest { size, end, after: position(after)?, before: position(before)? })
    }
}

impl Default for PageRequest {
    fn default() -> Self {
        PageRequest { size: DEFAULT_SIZE, end: End::First, after: None, before: None }
    }
}

vocabulary! {
    /// What to order nouns by; equal ones follow in a fixed order.
    OrderField {
        /// The list's own order: what its description says, and then names.
        Natural = "natural",
        /// The name in the map's own language, by Unicode code point.
        Name = "name",
        /// The slug.
        Slug = "slug",
        /// The first day on the map, `sinceDay`; an unknown one first, and what is planned without a stated opening last.
        Since = "since",
        /// What the edge says in words, such as its role, kind or basis, by the names of the enum's values; then names. Where
        /// edges say nothing in words, as `NATURAL`.
        Edge = "edge",
        /// How far it is from the point of the filter's `near`, the nearest first; equal ones by name.
        Distance = "distance",
    }
}

vocabulary! {
    /// From the least to the greatest, or the other way round.
    OrderDirection {
        /// From the least to the greatest.
        Asc = "asc",
        /// From the greatest to the least.
        Desc = "desc",
    }
}

/// An order and its direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Order {
    /// What to order by.
    pub field: OrderField,
    /// In which direction.
    pub direction: OrderDirection,
}

impl Order {
    /// Whether it goes from the greatest to the least.
    #[must_use]
    pub fn is_descending(self) -> bool {
        self.direction == OrderDirection::Desc
    }
}

impl Default for Order {
    fn default() -> Self {
        Order { field: OrderField::Natural, direction: OrderDirection::Asc }
    }
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items in the list's order, each with its place.
    pub items: Vec<(Position, T)>,
    /// Whether items precede the first.
    pub has_previous: bool,
    /// Whether items follow the last.
    pub has_next: bool,
}

impl<T> Page<T> {
    /// A page of nothing.
    #[must_use]
    pub fn empty() -> Self {
        Page { items: Vec::new(), has_previous: false, has_next: false }
    }

    /// Makes a page of the rows read for a request: in reading order, from its end, one more than asked for if there are more.
    #[must_use]
    pub fn of(mut rows: Vec<(Position, T)>, request: &PageRequest) -> Self {
        let more = rows.len() > request.size as usize;
        rows.truncate(request.size as usize);
        let (has_previous, has_next) = match request.end {
            End::First => (request.after.is_some(), more),
            End::Last => {
                rows.reverse();
                (more, request.before.is_some())
            }
        };
        Page { items: rows, has_previous, has_next }
    }
}

/// What stands between the parts of a key of several: no name and no slug has it.
pub const KEY_SEPARATOR: char = '\u{1}';

impl Position {
    /// A part of the key, counted from 0; empty where it has fewer.
    #[must_use]
    pub fn part(&self, at: u32) -> &str {
        self.key.split(KEY_SEPARATOR).nth(at as usize).unwrap_or_default()
    }

    /// Writes a cursor that only lists of the same scope take back.
    #[must_use]
    pub fn encode(&self, scope: i64) -> String {
        let mut bytes = Vec::with_capacity(20 + self.key.len());
        bytes.extend_from_slice(&scope.to_be_bytes()[..4]);
        bytes.extend_from_slice(&self.id.to_be_bytes());
        bytes.extend_from_slice(self.key.as_bytes());
        let check = fingerprint(&bytes).to_be_bytes();
        bytes.extend_from_slice(&check[..4]);
        BASE64URL_NOPAD.encode(&bytes)
    }

    /// Reads a cursor.
    ///
    /// # Errors
    /// It is broken, or was made for another scope.
    pub fn decode(cursor: &str, scope: i64) -> Result<Self, PageError> {
        let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).map_err(|_| PageError::BrokenCursor)?;
        let (body, check) = bytes.split_last_chunk::<4>().ok_or(PageError::BrokenCursor)?;
        if fingerprint(body).to_be_bytes()[..4] != check[..] {
            return Err(PageError::BrokenCursor);
        }
        let (made_for, rest) = body.split_first_chunk::<4>().ok_or(PageError::BrokenCursor)?;
        let (id, key) = rest.split_first_chunk::<8>().ok_or(PageError::BrokenCursor)?;
        if made_for[..] != scope.to_be_bytes()[..4] {
            return Err(PageError::ForeignCursor);
        }
        // No list is ordered by a NUL, which not every database takes for text.
        let key = String::from_utf8(key.to_vec()).ok().filter(|key| !key.contains('\0'));
        Ok(Position { id: i64::from_be_bytes(*id), key: key.ok_or(PageError::BrokenCursor)? })
    }
}

/// Why a page cannot be asked for like this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// Too small or too large.
    #[error("`{name}` is {size}, and a page has 0 to {MAX_SIZE} items")]
    Size {
        /// The argument.
        name: &'static str,
        /// Its value.
        size: i64,
    },
    /// `first` with `last`.
    #[error("ask for `first` or for `last`, not for both")]
    BothEnds,
    /// Not a cursor, or a damaged one.
    #[error("this is not a cursor of this API: pass on a `cursor`, `startCursor` or `endCursor` unchanged")]
    BrokenCursor,
    /// A cursor of another list.
    #[error(
        "this cursor belongs to another list: a cursor holds for the connection, the filter, the order and the view that gave it"
    )]
    ForeignCursor,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a store does with a request, said naively: the model that the SQL is tested against.
    fn read(list: &[Position], request: &PageRequest) -> Page<()> {
        let sorted = |p: &Position| (p.key.clone(), p.id);
        let mut rows: Vec<_> = list
            .iter()
            .filter(|p| request.after.as_ref().is_none_or(|a| sorted(p) > sorted(a)))
            .filter(|p| request.before.as_ref().is_none_or(|b| sorted(p) < sorted(b)))
            .cloned()
            .collect();
        rows.sort_by_key(sorted);
        if request.end == End::Last {
            rows.reverse();
        }
        rows.truncate(request.size as usize + 1);
        Page::of(rows.into_iter().map(|p| (p, ())).collect(), request)
    }

    fn any_position() -> impl Strategy<Value = Position> {
        ("[a-c学校]{0,3}", 0..1000_i64).prop_map(|(key, id)| Position { key, id })
    }

    fn any_list() -> impl Strategy<Value = Vec<Position>> {
        prop::collection::vec(any_position(), 0..60).prop_map(|mut list| {
            list.sort_by_key(|p| p.id);
            list.dedup_by_key(|p| p.id);
            list
        })
    }

    /// All pages from one end, with `grow` called between pages.
    fn walk(list: &mut Vec<Position>, end: End, size: u32, mut grow: impl FnMut(&mut Vec<Position>)) -> Vec<Position> {
        let mut seen: Vec<Position> = Vec::new();
        let mut request = PageRequest { size, end, ..PageRequest::default() };
        loop {
            let page = read(list, &request);
            let here: Vec<_> = page.items.into_iter().map(|(p, ())| p).collect();
            match end {
                End::First => {
                    seen.extend(here);
                    request.after = seen.last().cloned();
                    if !page.has_next {
                        return seen;
                    }
                }
                End::Last => {
                    seen.splice(0..0, here);
                    request.before = seen.first().cloned();
                    if !page.has_previous {
                        return seen;
                    }
                }
            }
            grow(list);
        }
    }

    proptest! {
        #[test]
        fn a_cursor_reads_back_only_where_it_was_made(p in any_position(), scope in any::<i64>(), other in any::<i64>()) {
            let cursor = p.encode(scope);
            prop_assert_eq!(Position::decode(&cursor, scope), Ok(p));
            prop_assume!(other >> 32 != scope >> 32);
            prop_assert_eq!(Position::decode(&cursor, other), Err(PageError::ForeignCursor));
        }

        #[test]
        fn a_damaged_cursor_is_refused(p in any_position(), at in 0..200_usize, by in 1..255_u8) {
            let mut bytes = BASE64URL_NOPAD.decode(p.encode(7).as_bytes()).expect("ours");
            let at = at % bytes.len();
            bytes[at] = bytes[at].wrapping_add(by);
            prop_assert!(Position::decode(&BASE64URL_NOPAD.encode(&bytes), 7).is_err());
        }

        #[test]
        fn any_text_as_a_cursor_is_an_error_and_no_panic(text in ".{0,60}") {
            prop_assert!(Position::decode(&text, 7).is_err());
        }

        #[test]
        fn forward_is_backward_reversed(list in any_list(), size in 1..20_u32) {
            let forward = walk(&mut list.clone(), End::First, size, |_| ());
            let backward = walk(&mut list.clone(), End::Last, size, |_| ());
            prop_assert_eq!(&forward, &backward);
            prop_assert_eq!(forward.len(), list.len());
        }

        #[test]
        fn inserts_between_pages_leave_no_gap_and_repeat_nothing(list in any_list(), extra in any_list(), size in 1..20_u32) {
            let mut growing = list.clone();
            let mut extra: Vec<_> = extra.into_iter().map(|p| Position { id: p.id + 1000, ..p }).collect();
            let seen = walk(&mut growing, End::First, size, |list| list.extend(extra.pop()));
            let mut ids: Vec<_> = seen.iter().map(|p| p.id).collect();
            ids.sort_unstable();
            ids.dedup();
            prop_assert_eq!(ids.len(), seen.len());
            prop_assert!(list.iter().all(|p| seen.contains(p)));
        }
    }

    #[test]
    fn a_forged_cursor_with_a_nul_is_refused() {
        let forged = Position { key: "a\0".to_owned(), id: 1 }.encode(7);
        assert_eq!(Position::decode(&forged, 7), Err(PageError::BrokenCursor));
    }

    #[test]
    fn sizes_out_of_bounds_are_refused_with_the_bounds() {
        let error = PageRequest::parse(Some(101), None, None, None, 0).expect_err("too many");
        assert_eq!(error.to_string(), "`first` is 101, and a page has 0 to 100 items");
        assert!(PageRequest::parse(None, None, Some(-1), None, 0).is_err());
        assert_eq!(PageRequest::parse(Some(1), None, Some(1), None, 0), Err(PageError::BothEnds));
        assert_eq!(PageRequest::parse(None, None, None, None, 0), Ok(PageRequest::default()));
    }
}
