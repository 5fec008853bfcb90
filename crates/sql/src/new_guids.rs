//! New Guids, as EF Core's provider for each database makes them for `IdentityUser<Guid>`.

use time::OffsetDateTime;
use uuid::{Builder, Uuid};
use wicketgate_identity::text::guid_of_time;
use wicketgate_protection::{Random, ticks};

/// How they are made. Where a database keeps rows in the order of their keys, those of one hour are then neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NewGuids {
    /// Version 4 (.NET's `Guid.NewGuid`): SQLite.
    Random,
    /// Version 7 of RFC 9562: Npgsql.
    Version7,
    /// The time in .NET's ticks, then 56 random bits, under version 4: Pomelo.
    TicksFirst,
    /// 60 random bits, then the time in ticks, in the order in which SQL Server compares Guids.
    TicksLast,
}

impl NewGuids {
    /// One more.
    pub(crate) fn make(self, now: OffsetDateTime, random: &dyn Random) -> Uuid {
        let mut bytes = [0; 16];
        random.fill(&mut bytes);
        let random = Builder::from_random_bytes(bytes).into_uuid();
        match self {
            Self::Random => random,
            Self::Version7 => {
                let [_, _, _, _, _, _, bytes @ ..] = bytes;
                guid_of_time(now, &bytes)
            }
            Self::TicksFirst => ticks_first(now, bytes),
            Self::TicksLast => ticks_last(now, random),
        }
    }
}

/// The 64 bits of the ticks around the four of the version and those of the variant.
fn ticks_first(now: OffsetDateTime, [.., a, b, c, d, e, f, g]: [u8; 16]) -> Uuid {
    const VERSION: u16 = 0x4000;
    const VARIANT: u8 = 0x80;
    let ticks = ticks::from_time(now).to_be_bytes();
    let [first, second, third, fourth, fifth, sixth, seventh, eighth] = ticks;
    let end = u16::from_be_bytes([seventh, eighth]);
    let [version, middle] = (VERSION | (end >> 4)).to_be_bytes();
    let variant = VARIANT | (eighth & 0x0F);
    Uuid::from_bytes([
        first, second, third, fourth, fifth, sixth, version, middle, variant, a, b, c, d, e, f, g,
    ])
}

/// SQL Server compares the last six bytes first, then the two before them.
fn ticks_last(now: OffsetDateTime, random: Uuid) -> Uuid {
    let mut bytes = random.into_bytes();
    let [first, second, third, fourth, fifth, sixth, seventh, eighth] = ticks::from_time(now).to_be_bytes();
    bytes[8..].copy_from_slice(&[seventh, eighth, first, second, third, fourth, fifth, sixth]);
    Uuid::from_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::datetime;
    use wicketgate_protection::SeededRandom;

    use super::*;

    /// When .NET wrote the goldens.
    const WRITTEN: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);

    #[test]
    fn a_guid_of_that_moment_begins_as_those_that_dotnet_made() {
        let random = SeededRandom::new(1);
        for (guids, beginning) in [
            (NewGuids::Version7, "019b7ca9-8c88-7"),
            (NewGuids::TicksFirst, "08de49ab-96b7-4008-80"),
        ] {
            let guid = guids.make(WRITTEN, &random).to_string();
            assert!(guid.starts_with(beginning), "{guids:?}: {guid}");
        }
        let version_7 = NewGuids::Version7.make(WRITTEN, &random);
        assert_eq!(
            (version_7.get_version_num(), version_7.get_variant()),
            (7, uuid::Variant::RFC4122)
        );
        assert_eq!(NewGuids::Random.make(WRITTEN, &random).get_version_num(), 4);
    }

    /// The ticks of that moment are 0x08DE49AB96B70080.
    #[test]
    fn sql_server_sorts_new_guids_by_time() {
        let random = SeededRandom::new(1);
        let guid = NewGuids::TicksLast.make(WRITTEN, &random).to_string();
        assert!(guid.ends_with("-0080-08de49ab96b7"), "{guid}");
        // As `uniqueidentifier` is compared: its last group, then the one before.
        let order = |guid: Uuid| {
            let bytes = guid.into_bytes();
            (bytes[10..].to_vec(), bytes[8..10].to_vec())
        };
        let times = [0, 1, 255, 65_536, 10_000_000_000].map(|ticks| WRITTEN + Duration::nanoseconds(100 * ticks));
        let guids = times.map(|time| order(NewGuids::TicksLast.make(time, &random)));
        assert!(guids.is_sorted());
    }

    #[test]
    fn two_of_one_moment_differ() {
        let random = SeededRandom::new(1);
        for guids in [
            NewGuids::Random,
            NewGuids::Version7,
            NewGuids::TicksFirst,
            NewGuids::TicksLast,
        ] {
            assert_ne!(guids.make(WRITTEN, &random), guids.make(WRITTEN, &random), "{guids:?}");
        }
    }
}
