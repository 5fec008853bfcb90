//! The elements in a file of keys: one, as .NET writes them into a folder, or the many of an export.

mod encoding;
mod list;

use roxmltree::Node;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::StoredElement;
use crate::key::xml;

/// Room for a thousand keys, encrypted for a certificate. A key lives for ninety days.
pub(super) const MAX_LENGTH: u64 = 4 * 1024 * 1024;

/// Why a file gives no elements.
#[derive(Debug, thiserror::Error)]
pub(super) enum KeyFileError {
    /// The bytes are no text.
    #[error("it is no text in UTF-8 or UTF-16")]
    NoText,
    /// Keys are in it, but in no form that is known.
    #[error(
        "it holds several keys that cannot be told apart ({reason}); put each `<key>` and each `<revocation>` into a file of its \
         own, or one below the other into one file (as `redis-cli --raw LRANGE DataProtection-Keys 0 -1` prints them)"
    )]
    SeveralKeys { reason: String },
}

/// The elements in the file with this name (without `.xml`):
///
/// - one element, which may also be none that is known: the ring judges that,
/// - those in one root element, such as the `<repository>` that .NET keeps in Azure's blob storage,
/// - several, one after the other, or as the strings of a list that `redis-cli` printed.
///
/// A file that has keys in another form is an error, so that nothing takes it for a file without keys.
pub(super) fn elements(name: &str, bytes: &[u8]) -> Result<Vec<StoredElement>, KeyFileError> {
    let text = encoding::decode(bytes).ok_or(KeyFileError::NoText)?;
    match xml::document(&text) {
        Ok(document) => match holds_elements(document.root_element()) {
            true => split(name, &text, document.root_element()).map_err(several_keys),
            false => Ok(vec![StoredElement {
                name: name.to_owned(),
                xml: Zeroizing::new(text.as_str().to_owned()),
            }]),
        },
        Err(_) => without_root(name, text),
    }
}

/// The elements of a text that is no document.
fn without_root(name: &str, text: Zeroizing<String>) -> Result<Vec<StoredElement>, KeyFileError> {
    if list::is_list(&text) {
        match list::strings(&text) {
            Some(strings) if mentions_keys(&strings) > 0 => {
                return one_after_the_other(name, &strings).map_err(several_keys);
            }
            None if mentions_keys(&text) > 0 => return Err(several_keys("a string in it does not end".to_owned())),
            _ => {}
        }
    }
    match mentions_keys(&text) {
        // Perhaps the half of a key. The ring says what is wrong with it.
        0 | 1 => Ok(vec![StoredElement {
            name: name.to_owned(),
            xml: text,
        }]),
        _ => one_after_the_other(name, &text).map_err(several_keys),
    }
}

/// Whether somebody would miss the keys in this text if nothing read it.
pub(super) fn looks_like_keys(bytes: &[u8]) -> bool {
    let text = encoding::decode_beginning(bytes);
    let secrets = ["<masterKey", "<encryptedSecret"];
    mentions_keys(&text) > 0 && secrets.iter().any(|secret| text.contains(secret))
}

fn several_keys(reason: String) -> KeyFileError {
    KeyFileError::SeveralKeys { reason }
}

/// How many elements begin in it.
fn mentions_keys(text: &str) -> usize {
    text.matches("<key ").count() + text.matches("<revocation ").count()
}

/// Whether it is a root around the elements of a ring.
fn holds_elements(root: Node<'_, '_>) -> bool {
    let is_key =
        |child: Node<'_, '_>| child.has_tag_name("key") && child.children().any(|node| node.has_tag_name("descriptor"));
    match root.tag_name().name() {
        "key" | "revocation" => false,
        // Of .NET's `AzureBlobXmlRepository`; empty before the first key.
        "repository" => true,
        _ => root.children().any(is_key),
    }
}

/// The elements below `root`, each as a document of its own.
fn split(name: &str, text: &str, root: Node<'_, '_>) -> Result<Vec<StoredElement>, String> {
    let children = root.children().filter(Node::is_element).enumerate();
    let elements = children.map(|(index, child)| {
        let xml = &text[child.range()];
        // A prefix that the root declares would be unknown.
        xml::document(xml).map_err(|error| error.to_string())?;
        Ok(StoredElement {
            name: name_of(name, index, child),
            xml: Zeroizing::new(xml.to_owned()),
        })
    });
    elements.collect()
}

/// The elements of a text that has no root.
fn one_after_the_other(name: &str, text: &str) -> Result<Vec<StoredElement>, String> {
    let text = Zeroizing::new(format!("<repository>{}</repository>", *without_declarations(text)));
    let document = xml::document(&text).map_err(|error| error.to_string())?;
    let root = document.root_element();
    if let Some(rest) = root
        .children()
        .filter_map(|node| node.text())
        .find(|text| !text.trim().is_empty())
    {
        let beginning: String = rest.trim().chars().take(20).collect();
        return Err(format!("between them is `{}`", beginning.escape_debug()));
    }
    split(name, &text, root)
}

/// The text without byte order marks and without `<?xml …?>`, each of which may only be at the beginning.
fn without_declarations(text: &str) -> Zeroizing<String> {
    let mut kept = Zeroizing::new(String::with_capacity(text.len()));
    let mut rest = text;
    while let Some((before, declaration)) = rest.split_once("<?xml ") {
        kept.push_str(before);
        rest = declaration.split_once("?>").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    Zeroizing::new(kept.replace('\u{FEFF}', ""))
}

/// .NET's name for it where that can be told, so that a copy of the ring has the usual files.
fn name_of(file: &str, index: usize, element: Node<'_, '_>) -> String {
    let id = element.attribute("id").and_then(|id| Uuid::parse_str(id.trim()).ok());
    match (element.tag_name().name(), id) {
        ("key", Some(id)) => xml::key_name(id),
        (kind, _) => format!("{kind}-{file}-{}", index + 1),
    }
}
