//! XML, within bounds: it may come from whoever can write where keys are kept.

use roxmltree::{Document, ParsingOptions};

/// A key has some twenty nodes, and a file at most a few thousand keys.
const MAX_NODES: u32 = 200_000;
/// The time for a tag grows with the square of the number of its attributes. .NET's tags are shorter than a tenth of this.
const MAX_TAG_LENGTH: usize = 8 * 1024;

/// Why a text is no document.
#[derive(Debug, thiserror::Error)]
pub(crate) enum XmlError {
    #[error(transparent)]
    Malformed(#[from] roxmltree::Error),
    #[error("a tag is longer than {MAX_TAG_LENGTH} bytes")]
    LongTag,
}

/// A document without DTD, so that no entity can stand for more than it is.
pub(crate) fn document(text: &str) -> Result<Document<'_>, XmlError> {
    let tags = text.split('<').skip(1);
    if tags
        .map(|tag| tag.find('>').unwrap_or(tag.len()))
        .any(|length| length > MAX_TAG_LENGTH)
    {
        return Err(XmlError::LongTag);
    }
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: MAX_NODES,
        ..ParsingOptions::default()
    };
    Ok(Document::parse_with_options(text, options)?)
}
