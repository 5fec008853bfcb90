//! The binary form of .NET's `TicketSerializer` and `PropertiesSerializer`.

use std::{borrow::Cow, collections::HashSet};

use crate::binary::{BinaryReader, BinaryWriter, Malformed};
use crate::claims::{Claim, ClaimsIdentity, ClaimsPrincipal, claim_types};
use crate::schemes;

use super::{Ticket, TicketProperties, properties::USUAL_NAMES};

const TICKET_VERSION: i32 = 5;
const PROPERTIES_VERSION: i32 = 1;

/// Written in place of a text that is the default there.
const DEFAULT: &str = "\0";

/// How deep actors may be nested. .NET has no limit; here it keeps hostile bytes from overflowing the stack.
const MAX_ACTORS: usize = 32;

/// Maximum length of an identity's name claim type if claims refer to it with [`DEFAULT`]. Each claim gets a copy, so
/// without a limit hostile bytes could have a long one copied thousands of times. .NET shares it, and has no limit.
const MAX_DEFAULT_TYPE: usize = 512;

/// For how many announced items memory is reserved at once.
const MOST_RESERVED: u32 = 8;

/// Up to this many names are compared one by one, which is faster than a hash table.
const FEW_NAMES: usize = 8;

/// Texts that occur in nearly every ticket, so that they can be borrowed instead of copied.
const USUAL_TEXTS: [&str; 10] = [
    claim_types::NAME_IDENTIFIER,
    claim_types::NAME,
    claim_types::EMAIL,
    claim_types::SECURITY_STAMP,
    claim_types::ROLE,
    claim_types::AUTHENTICATION_METHOD,
    schemes::APPLICATION,
    schemes::BEARER,
    schemes::BEARER_ACCESS_TOKEN,
    schemes::BEARER_REFRESH_TOKEN,
];

/// The bytes are not a ticket of a known version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are not a ticket")]
pub struct MalformedTicket;

impl From<Malformed> for MalformedTicket {
    fn from(_: Malformed) -> Self {
        Self
    }
}

impl Ticket {
    /// The bytes that .NET's `TicketSerializer` writes, in its version 5.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = BinaryWriter::default();
        writer.int32(TICKET_VERSION);
        writer.string(&self.scheme);
        writer.count(self.principal.identities.len());
        for identity in &self.principal.identities {
            write_identity(&mut writer, identity);
        }
        write_properties(&mut writer, &self.properties);
        writer.into_bytes()
    }

    /// Reads a ticket that [`to_bytes`](Self::to_bytes) or .NET wrote. Like .NET, this ignores bytes after its end.
    ///
    /// # Errors
    /// [`MalformedTicket`] for other versions and for bytes that are not a ticket.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, MalformedTicket> {
        let mut reader = BinaryReader::new(bytes);
        if reader.int32()? != TICKET_VERSION {
            return Err(MalformedTicket);
        }
        let scheme = borrowed_from(&USUAL_TEXTS, reader.string()?);
        let count = reader.count()?;
        let mut identities = with_room_for(count);
        for _ in 0..count {
            identities.push(read_identity(&mut reader, MAX_ACTORS)?);
        }
        Ok(Self {
            scheme,
            principal: ClaimsPrincipal { identities }.into(),
            properties: read_properties(&mut reader)?,
        })
    }
}

fn write_identity(writer: &mut BinaryWriter, identity: &ClaimsIdentity) {
    writer.string(identity.authentication_type.as_deref().unwrap_or_default());
    write_text(writer, &identity.name_claim_type, claim_types::NAME);
    write_text(writer, &identity.role_claim_type, claim_types::ROLE);
    writer.count(identity.claims.len());
    for claim in &identity.claims {
        write_claim(writer, claim, &identity.name_claim_type);
    }
    // .NET omits an empty bootstrap context.
    let bootstrap_context = identity.bootstrap_context.as_deref().filter(|text| !text.is_empty());
    writer.boolean(bootstrap_context.is_some());
    if let Some(text) = bootstrap_context {
        writer.string(text);
    }
    writer.boolean(identity.actor.is_some());
    if let Some(actor) = &identity.actor {
        write_identity(writer, actor);
    }
}

fn read_identity(reader: &mut BinaryReader<'_>, actors_left: usize) -> Result<ClaimsIdentity, MalformedTicket> {
    // .NET cannot write an identity without a type, so an empty text means none.
    let authentication_type = Some(reader.string()?).filter(|text| !text.is_empty());
    let authentication_type = authentication_type.map(|text| borrowed_from(&USUAL_TEXTS, text));
    let name_claim_type = read_text(reader, claim_types::NAME.into())?;
    let role_claim_type = read_text(reader, claim_types::ROLE.into())?;
    let count = reader.count()?;
    let mut claims = with_room_for(count);
    for _ in 0..count {
        claims.push(read_claim(reader, &name_claim_type)?);
    }
    let bootstrap_context = match reader.boolean()? {
        true => Some(reader.string()?.to_owned()),
        false => None,
    };
    let actor = match reader.boolean()? {
        true => {
            let actors_left = actors_left.checked_sub(1).ok_or(MalformedTicket)?;
            Some(Box::new(read_identity(reader, actors_left)?))
        }
        false => None,
    };
    Ok(ClaimsIdentity {
        authentication_type,
        name_claim_type,
        role_claim_type,
        claims,
        bootstrap_context,
        actor,
    })
}

fn write_claim(writer: &mut BinaryWriter, claim: &Claim, name_claim_type: &str) {
    // The default of a claim's type is its identity's name claim type.
    let claim_type = if claim.claim_type == name_claim_type && name_claim_type.len() <= MAX_DEFAULT_TYPE {
        DEFAULT
    } else {
        &claim.claim_type
    };
    writer.string(claim_type);
    writer.string(&claim.value);
    write_text(writer, &claim.value_type, claim_types::STRING);
    write_text(writer, &claim.issuer, claim_types::LOCAL_AUTHORITY);
    write_text(writer, &claim.original_issuer, &claim.issuer);
    writer.count(claim.properties.len());
    for (name, value) in &claim.properties {
        writer.string(name);
        writer.string(value);
    }
}

#[expect(
    clippy::ptr_arg,
    reason = "a `str` would be copied for each claim, the usual text here is shared"
)]
fn read_claim(reader: &mut BinaryReader<'_>, name_claim_type: &Cow<'static, str>) -> Result<Claim, MalformedTicket> {
    let claim_type = match reader.string()? {
        DEFAULT if name_claim_type.len() > MAX_DEFAULT_TYPE => return Err(MalformedTicket),
        DEFAULT => name_claim_type.clone(),
        text => borrowed_from(&USUAL_TEXTS, text),
    };
    let value = reader.string()?.to_owned();
    let value_type = read_text(reader, claim_types::STRING.into())?;
    let issuer = read_text(reader, claim_types::LOCAL_AUTHORITY.into())?;
    let original_issuer = read_text(reader, issuer.clone())?;
    Ok(Claim {
        claim_type,
        value,
        value_type,
        issuer,
        original_issuer,
        properties: read_pairs(reader, str::to_owned)?,
    })
}

fn write_properties(writer: &mut BinaryWriter, properties: &TicketProperties) {
    writer.int32(PROPERTIES_VERSION);
    writer.count(properties.iter().len());
    for (name, value) in properties.iter() {
        writer.string(name);
        writer.string(value);
    }
}

/// .NET treats other versions of the properties as absent; here, a ticket without its end is refused.
fn read_properties(reader: &mut BinaryReader<'_>) -> Result<TicketProperties, MalformedTicket> {
    if reader.int32()? != PROPERTIES_VERSION {
        return Err(MalformedTicket);
    }
    Ok(TicketProperties::from_pairs(read_pairs(reader, |name| {
        borrowed_from(&USUAL_NAMES, name)
    })?))
}

/// Names with texts. .NET reads them into a dictionary, which refuses duplicate names.
fn read_pairs<Name: AsRef<str>>(
    reader: &mut BinaryReader<'_>,
    name: impl Fn(&str) -> Name,
) -> Result<Vec<(Name, String)>, MalformedTicket> {
    let count = reader.count()?;
    let mut pairs = with_room_for(count);
    for _ in 0..count {
        pairs.push((name(reader.string()?), reader.string()?.to_owned()));
    }
    if names_differ(&pairs) {
        Ok(pairs)
    } else {
        Err(MalformedTicket)
    }
}

fn names_differ<Name: AsRef<str>>(pairs: &[(Name, String)]) -> bool {
    let mut names = pairs.iter().map(|(name, _)| name.as_ref());
    if pairs.len() > FEW_NAMES {
        let mut known = HashSet::with_capacity(pairs.len());
        return names.all(|name| known.insert(name));
    }
    (1..)
        .zip(names)
        .all(|(next, name)| pairs[next..].iter().all(|(other, _)| other.as_ref() != name))
}

fn with_room_for<T>(count: u32) -> Vec<T> {
    Vec::with_capacity(count.min(MOST_RESERVED) as usize)
}

fn borrowed_from(usual: &[&'static str], text: &str) -> Cow<'static, str> {
    match usual.iter().find(|&&known| known == text) {
        Some(known) => Cow::Borrowed(known),
        None => Cow::Owned(text.to_owned()),
    }
}

fn write_text(writer: &mut BinaryWriter, text: &str, default: &str) {
    writer.string(if text == default { DEFAULT } else { text });
}

/// .NET's claims and identities treat an empty text as the default, too.
fn read_text(reader: &mut BinaryReader<'_>, default: Cow<'static, str>) -> Result<Cow<'static, str>, MalformedTicket> {
    Ok(match reader.string()? {
        DEFAULT | "" => default,
        text => borrowed_from(&USUAL_TEXTS, text),
    })
}
