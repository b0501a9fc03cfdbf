//! The kinds of plain values, a file for each: what it is called, how it is read, kept, compared and written. A new one needs
//! a file here, and a name in [`ColumnType`](crate::ColumnType).

pub mod boolean;
pub mod code;
pub mod date;
pub mod decimal;
pub mod degrees;
pub mod language;
pub mod number;
pub mod outline;
pub mod school_year;
pub mod text;
pub mod time_zone;
pub mod url;
