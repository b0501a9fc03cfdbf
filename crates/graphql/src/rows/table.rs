//! One list of an answer as a table: its columns, and where their values stand.

use std::collections::HashMap;

use super::shape::{FieldShape, Paging, Shape};

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowColumn {
    /// The response keys that lead to it, with dots between: within its row or, from above the rows, from the object that it
    /// belongs to; from further above where two columns would have one name.
    pub name: String,
    /// The type of its values, as the schema has it.
    pub ty: String,
    /// Whether a row may have no value.
    pub is_nullable: bool,
    /// Whether a value is a list: the values of a list below the rows.
    pub is_list: bool,
    /// All response keys that lead to it, without those of pages and edges.
    path: Vec<String>,
}

/// The table that one list of an answer is, or the answer itself if it has no list.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) columns: Vec<RowColumn>,
    pub(super) root: Part,
    /// The connections on the way to the rows, the outermost first.
    pub(super) pages: Vec<Page>,
    /// The response keys that lead to the list.
    pub(super) path: Vec<String>,
    /// The columns of latitude and longitude of the first location, or the column of the first geometry.
    pub(super) place: Option<Place>,
}

/// Where the place of a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A point, in two columns of degrees.
    Point {
        /// The column of the latitude.
        latitude: usize,
        /// The column of the longitude.
        longitude: usize,
    },
    /// A geometry, as RFC 7946 has it.
    Geometry(usize),
}

/// A connection on the way to the rows.
#[derive(Debug)]
pub(super) struct Page {
    /// Its name, for messages.
    pub(super) name: String,
    /// The cursor after which the request begins.
    pub(super) after: Option<String>,
    /// Whether its further pages can be asked for: it is asked for from its beginning, and each of its parents alone.
    pub(super) can_follow: bool,
    /// Whether its request goes the other way, and means what it says.
    pub(super) is_backward: bool,
}

/// What of an object is in the table.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// Its plain values: their keys and columns.
    pub(super) values: Vec<(String, usize)>,
    /// Its objects beside the way to the rows.
    pub(super) objects: Vec<(String, Part)>,
    /// Its lists below the rows.
    pub(super) joined: Vec<(String, Part)>,
    /// Where the rows are; `None` if the object is one.
    pub(super) way: Option<Way>,
}

/// The way from an object to the rows.
#[derive(Debug)]
pub(super) struct Way {
    pub(super) key: String,
    pub(super) part: Box<Part>,
    pub(super) is_list: bool,
    /// Which of the table's connections the object is, whose list comes next.
    pub(super) page: Option<usize>,
}

/// A list of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ListPath {
    /// The response keys that lead to it, without those of pages and edges.
    pub(super) name: String,
    /// All response keys that lead to it.
    pub(super) keys: Vec<String>,
}

/// The lists of an answer, in the order of the text.
pub(super) fn list_paths(shape: &Shape) -> Vec<ListPath> {
    let mut found = Vec::new();
    find_lists(shape, &mut Vec::new(), &mut Vec::new(), &mut found);
    found
}

fn find_lists(shape: &Shape, keys: &mut Vec<String>, names: &mut Vec<String>, found: &mut Vec<ListPath>) {
    for (key, field) in &shape.fields {
        let Some(below) = &field.below else { continue };
        keys.push(key.clone());
        let is_named = names_columns(shape, key, field);
        if is_named {
            names.push(key.clone());
        }
        if field.is_list {
            found.push(ListPath { name: names.join("."), keys: keys.clone() });
        }
        find_lists(below, keys, names, found);
        if is_named {
            names.pop();
        }
        keys.pop();
    }
}

fn is_connection(shape: &Shape) -> bool {
    shape.ty.ends_with("Connection")
}

/// Whether a field holds the items of a connection.
fn is_items(shape: &Shape, field: &FieldShape) -> bool {
    is_connection(shape) && matches!(field.name.as_str(), "edges" | "nodes")
}

/// Whether the key of a field is part of names: not `map`, nor where a connection holds its items, unless it does so twice,
/// nor that of an edge's node, unless both have a field of one name.
fn names_columns(shape: &Shape, key: &str, field: &FieldShape) -> bool {
    match field.name.as_str() {
        "map" => key != "map",
        "node" if shape.ty.ends_with("Edge") => {
            let below = field.below.iter().flat_map(|node| node.fields.keys());
            below.into_iter().any(|key| shape.fields.contains_key(key))
        }
        _ => !is_items(shape, field) || shape.fields.values().filter(|field| is_items(shape, field)).count() > 1,
    }
}

/// Whether a field says how a connection is paged, and nothing of what is in it.
fn is_page_info(shape: &Shape, field: &FieldShape) -> bool {
    is_connection(shape) && field.name == "pageInfo"
}

impl Table {
    /// The table of the list at a path; of the whole answer if the path is empty.
    pub(super) fn new(shape: &Shape, path: &[String]) -> Table {
        let mut builder = Builder::default();
        let top = Scope { below: Lists::Left, lists: 0, is_nullable: false, is_followed: true, owner: 0 };
        let root = builder.read_way(shape, path, top);
        let Builder { columns: found, pages, place, .. } = builder;
        // A list that is empty leaves one row for what it is below, if that has columns.
        let is_optional = |one: &FoundColumn| found.iter().any(|other| other.lists < one.lists);
        let complete = |one: &FoundColumn| {
            let is_nullable = one.column.is_nullable || (is_optional(one) && !one.column.is_list);
            RowColumn { is_nullable, ..one.column.clone() }
        };
        let mut columns: Vec<RowColumn> = found.iter().map(complete).collect();
        name_columns(&mut columns, &found);
        Table { columns, root, pages, path: path.to_vec(), place: place.map(|(_, place)| place) }
    }
}

/// A column, where it was found.
struct FoundColumn {
    column: RowColumn,
    /// How many lists it is below on the way to the rows.
    lists: usize,
    /// Whether it is of a row, and not of what is above the rows.
    is_own: bool,
    /// How many of its keys name it, the last ones.
    named_by: usize,
}

/// What becomes of the lists of an object.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lists {
    /// They are no part of the table.
    Left,
    /// Each is a value of its row.
    Joined,
    /// They are part of a list that is joined.
    Flattened,
}

/// Where an object stands.
#[derive(Clone, Copy)]
struct Scope {
    below: Lists,
    /// How many lists it is below on the way to the rows.
    lists: usize,
    /// Whether it may be null.
    is_nullable: bool,
    /// Whether each list that it is below can be asked for page by page.
    is_followed: bool,
    /// How many keys name the object on the way to the rows that it is, or belongs to.
    owner: usize,
}

#[derive(Default)]
struct Builder {
    columns: Vec<FoundColumn>,
    pages: Vec<Page>,
    /// With the number of lists that it is below.
    place: Option<(usize, Place)>,
    /// The keys that name a column.
    names: Vec<String>,
}

impl Builder {
    /// An object on the way to the rows.
    fn read_way(&mut self, shape: &Shape, rest: &[String], scope: Scope) -> Part {
        let Some((next, rest)) = rest.split_first() else {
            return self.read_part(shape, Scope { below: Lists::Joined, owner: self.names.len(), ..scope });
        };
        let scope = Scope { owner: self.names.len(), ..scope };
        let mut part = Part::default();
        for (key, field) in &shape.fields {
            match &field.below {
                Some(below) if key == next => {
                    let way = self.enter(shape, key, field, |builder| {
                        let page = is_items(shape, field).then(|| builder.pages.len().saturating_sub(1));
                        let is_followed = match (field.is_list, page) {
                            (true, Some(page)) => builder.pages[page].can_follow,
                            (is_list, _) => scope.is_followed && !is_list,
                        };
                        let lists = scope.lists + usize::from(field.is_list);
                        // Where nothing is above the rows there are none.
                        let is_nullable = lists > 0 && !field.is_list && (scope.is_nullable || field.is_nullable);
                        let scope = Scope { lists, is_nullable, is_followed, ..scope };
                        if is_connection(below) {
                            builder.add_page(&field.paging, is_followed);
                        }
                        let part = Box::new(builder.read_way(below, rest, scope));
                        Way { key: key.clone(), part, is_list: field.is_list, page }
                    });
                    part.way = Some(way);
                }
                // What a connection says of itself is of none of its items.
                _ if is_connection(shape) => {}
                _ => self.read_field(shape, key, field, scope, &mut part),
            }
        }
        part
    }

    /// An object that is a row, or part of one.
    fn read_part(&mut self, shape: &Shape, scope: Scope) -> Part {
        let mut part = Part::default();
        for (key, field) in &shape.fields {
            self.read_field(shape, key, field, scope, &mut part);
        }
        part
    }

    fn read_field(&mut self, shape: &Shape, key: &str, field: &FieldShape, scope: Scope, part: &mut Part) {
        // What a list beside the way says of itself is left out with it.
        let is_beside = scope.below == Lists::Left && field.below.as_ref().is_some_and(is_connection);
        if is_beside || is_page_info(shape, field) {
            return;
        }
        let is_nullable = scope.is_nullable || field.is_nullable;
        match (&field.below, scope.below) {
            (None, below) => {
                let column = self.enter(shape, key, field, |builder| builder.add_column(field, scope));
                if below != Lists::Flattened && field.ty == "GeoJSON" {
                    self.add_place(scope.lists, Place::Geometry(column));
                }
                part.values.push((key.to_owned(), column));
            }
            (Some(below), _) if !field.is_list => {
                let scope = Scope { is_nullable, ..scope };
                let object = self.enter(shape, key, field, |builder| builder.read_part(below, scope));
                if scope.below != Lists::Flattened && below.ty == "Location" {
                    let column = |name: &str| {
                        let key = below.fields.iter().find(|(_, field)| field.name == name).map(|(key, _)| key)?;
                        object.values.iter().find(|(own, _)| own == key).map(|(_, column)| *column)
                    };
                    if let (Some(latitude), Some(longitude)) = (column("latitude"), column("longitude")) {
                        self.add_place(scope.lists, Place::Point { latitude, longitude });
                    }
                }
                part.objects.push((key.to_owned(), object));
            }
            (Some(_), Lists::Left) => {}
            (Some(below), Lists::Joined | Lists::Flattened) => {
                let scope = Scope { below: Lists::Flattened, is_nullable: false, ..scope };
                let list = self.enter(shape, key, field, |builder| builder.read_part(below, scope));
                part.joined.push((key.to_owned(), list));
            }
        }
    }

    /// Runs something for a field, with its key among those that name a column.
    fn enter<T>(&mut self, shape: &Shape, key: &str, field: &FieldShape, run: impl FnOnce(&mut Self) -> T) -> T {
        let is_named = names_columns(shape, key, field);
        if is_named {
            self.names.push(key.to_owned());
        }
        let done = run(self);
        if is_named {
            self.names.pop();
        }
        done
    }

    fn add_column(&mut self, field: &FieldShape, scope: Scope) -> usize {
        let is_flattened = scope.below == Lists::Flattened;
        let column = RowColumn {
            name: String::new(),
            ty: field.ty.clone(),
            is_nullable: !is_flattened && (scope.is_nullable || field.is_nullable),
            is_list: field.is_list || is_flattened,
            path: self.names.clone(),
        };
        let is_own = scope.below != Lists::Left;
        let named_by = self.names.len() - scope.owner + usize::from(!is_own);
        self.columns.push(FoundColumn { column, lists: scope.lists, is_own, named_by });
        self.columns.len() - 1
    }

    /// The place of a row is the one that is nearest to it.
    fn add_place(&mut self, lists: usize, place: Place) {
        if self.place.is_none_or(|(above, _)| above < lists) {
            self.place = Some((lists, place));
        }
    }

    fn add_page(&mut self, paging: &Paging, is_followed: bool) {
        self.pages.push(Page {
            name: self.names.join("."),
            after: paging.after.clone(),
            can_follow: is_followed && !paging.is_backward,
            is_backward: paging.is_backward,
        });
    }
}

/// Gives columns the names that tell them apart.
fn name_columns(columns: &mut [RowColumn], found: &[FoundColumn]) {
    let mut lengths: Vec<usize> = found.iter().map(|one| one.named_by).collect();
    loop {
        for (column, length) in columns.iter_mut().zip(&lengths) {
            let first = column.path.len().saturating_sub(*length);
            column.name = column.path[first..].join(".");
        }
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for column in &*columns {
            *counts.entry(&column.name).or_default() += 1;
        }
        let can_grow = |at: &usize| counts[&*columns[*at].name] > 1 && lengths[*at] < columns[*at].path.len();
        let (own, above): (Vec<usize>, Vec<usize>) =
            (0..columns.len()).filter(can_grow).partition(|at| found[*at].is_own);
        // The names within a row are to stay as they are, whatever else is asked for.
        let growing = if above.is_empty() { own } else { above };
        if growing.is_empty() {
            return;
        }
        growing.iter().for_each(|at| lengths[*at] += 1);
    }
}
