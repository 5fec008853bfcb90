//! The tables of ASP.NET Core Identity, which EF Core may have made, and goes on using.

pub(crate) mod column_lengths;
pub(crate) mod id_columns;
pub(crate) mod marks;
pub(crate) mod tables;
