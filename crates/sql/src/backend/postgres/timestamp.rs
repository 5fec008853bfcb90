//! .NET's `DateTimeOffset` as Npgsql writes it: to the microsecond, and its greatest and least values as `infinity` and
//! `-infinity`.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo, PgValueRef};
use sqlx::{Decode, Encode, Postgres, Type};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use crate::server::instant::FOR_EVER;

/// A `timestamp with time zone`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Timestamp(pub(super) OffsetDateTime);

/// What the server counts microseconds from.
const EPOCH: OffsetDateTime = datetime!(2000-01-01 00:00 UTC);
const INFINITY: i64 = i64::MAX;
const MINUS_INFINITY: i64 = i64::MIN;
/// .NET's `DateTimeOffset.MinValue`.
const FIRST: OffsetDateTime = datetime!(0001-01-01 00:00 UTC);

impl Timestamp {
    fn microseconds(self) -> Result<i64, BoxDynError> {
        if self.0 >= FOR_EVER {
            return Ok(INFINITY);
        }
        let since = self.0 - EPOCH;
        Ok(since.whole_nanoseconds().div_euclid(1_000).try_into()?)
    }

    fn from_microseconds(microseconds: i64) -> Result<Self, BoxDynError> {
        match microseconds {
            INFINITY => Ok(Self(FOR_EVER)),
            MINUS_INFINITY => Ok(Self(FIRST)),
            _ => EPOCH
                .checked_add(Duration::microseconds(microseconds))
                .map(Self)
                .ok_or_else(|| "a timestamp after the year 9999".into()),
        }
    }
}

impl Type<Postgres> for Timestamp {
    fn type_info() -> PgTypeInfo {
        <OffsetDateTime as Type<Postgres>>::type_info()
    }
}

impl Encode<'_, Postgres> for Timestamp {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        <i64 as Encode<Postgres>>::encode(self.microseconds()?, buffer)
    }
}

impl<'r> Decode<'r, Postgres> for Timestamp {
    /// Rows of prepared statements, and there are no others here, come in the binary format.
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        Self::from_microseconds(<i64 as Decode<Postgres>>::decode(value)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_cut_to_the_microsecond() {
        let instant = datetime!(2026-01-02 05:04:05.123_456_7 +02:00);
        let microseconds = Timestamp(instant).microseconds().unwrap();
        let cut = datetime!(2026-01-02 03:04:05.123_456 UTC);
        assert_eq!(Timestamp::from_microseconds(microseconds).unwrap(), Timestamp(cut));
        assert_eq!(
            Timestamp(datetime!(1999-12-31 23:59:59.999_999_9 UTC))
                .microseconds()
                .unwrap(),
            -1
        );
    }

    #[test]
    fn for_ever_is_infinity() {
        assert_eq!(Timestamp(FOR_EVER).microseconds().unwrap(), INFINITY);
        assert_eq!(Timestamp::from_microseconds(INFINITY).unwrap(), Timestamp(FOR_EVER));
        assert_eq!(Timestamp::from_microseconds(MINUS_INFINITY).unwrap(), Timestamp(FIRST));
        assert!(Timestamp::from_microseconds(INFINITY - 1).is_err());
    }
}
