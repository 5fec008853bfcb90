use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD},
};

use super::UserToken;

/// The code is neither base64url nor base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the code is not base64url")]
pub struct MalformedCode;

/// Base64url as .NET reads and writes it: padding may be there, but is not written.
const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

impl UserToken {
    /// The token as it stands in a mail or a link: base64url of its text.
    pub fn to_code(&self) -> String {
        BASE64URL.encode(self.as_str())
    }

    /// The token in a code that came back from a mail or a link. As .NET's `WebEncoders.Base64UrlDecode` does, this
    /// passes over white space and reads standard base64, too, if the first character that tells says so.
    ///
    /// # Errors
    /// [`MalformedCode`] for what is neither. Whether the token is valid is another question.
    pub fn from_code(code: &str) -> Result<Self, MalformedCode> {
        let code: String = code
            .chars()
            .filter(|c| !matches!(c, ' ' | '\t' | '\n' | '\r'))
            .collect();
        let engine = match code.chars().find(|c| matches!(c, '+' | '/' | '-' | '_')) {
            Some('+' | '/') => &STANDARD,
            _ => &BASE64URL,
        };
        let text = engine.decode(code).map_err(|_| MalformedCode)?;
        Ok(Self::from_text(String::from_utf8_lossy(&text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_gives_back_its_token() {
        let token = UserToken::from_text("CfDJ8+/==");
        assert_eq!(token.to_code(), "Q2ZESjgrLz09");
        assert_eq!(UserToken::from_code("Q2ZESjgrLz09"), Ok(token));
    }

    #[test]
    fn codes_are_read_with_padding_white_space_and_in_standard_base64() {
        for (code, text) in [
            ("fn5-", "~~~"),
            ("fn5+", "~~~"),
            (" f n5\r\n-\t", "~~~"),
            ("fn4", "~~"),
            ("fn4=", "~~"),
            ("", ""),
            ("Pz8_", "???"),
            ("Pz8/", "???"),
        ] {
            assert_eq!(UserToken::from_code(code), Ok(UserToken::from_text(text)), "{code:?}");
        }
    }

    #[test]
    fn what_is_neither_base64url_nor_base64_is_refused() {
        for code in ["a", "!!!!", "fn5-fn5+", "fn5+fn5-", "fn5", "fn4===", "é", "fn+"] {
            assert_eq!(UserToken::from_code(code), Err(MalformedCode), "{code:?}");
        }
    }
}
