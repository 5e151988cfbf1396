//! The texts that a site has of its own: sealed rows, one for all codes and one for the notices of each language.
//!
//! A row that does not open is as good as none: ours are sent then, and operators are told. That takes nothing from
//! anybody, and a text of ours is never worse to read than one that somebody else has written. What is read for a notice
//! in one language is no longer for the texts in others, and a code reads none of them.

use serde::{Deserialize, Serialize};

use crate::clock::UnixTime;
use crate::crypto::{Domain, OpenError};
use crate::i18n::Language;
use crate::shared::format::RowError;
use crate::shared::{
    EncodeError, Keep, RowContext, RowKey, RowKind, SharedError, SharedRow, SharedRows,
};

/// What a notice to a telephone number is called among the texts.
pub const NUMBER: &str = "sms";

/// Which texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextsOf {
    /// Those of messages with a code, by way and language.
    Codes,
    /// Those of notices in that language, by what they tell.
    Notices(Language),
}

/// The key of the texts.
struct TextsKey(TextsOf);

impl RowKey for TextsKey {
    type Row = OwnTexts;

    const KIND: RowKind = RowKind::MessageTexts;

    fn id(&self) -> String {
        match self.0 {
            TextsOf::Codes => String::new(),
            TextsOf::Notices(language) => language.tag().to_owned(),
        }
    }
}

/// A text of a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnText {
    /// What it is for: the way of a code, or what a notice tells.
    pub of: String,
    /// The language, by its tag.
    pub language: String,
    /// The subject of a mail, as it was written; `None`: ours.
    pub subject: Option<String>,
    /// As it was written.
    pub text: String,
    /// Who wrote it with nothing but a password behind it: it is not sent before somebody stands for it.
    pub named_by: Option<String>,
}

/// All of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnTexts {
    texts: Vec<OwnText>,
    /// Why the row does not open, if so: then there are none.
    unreadable: Option<OpenError>,
    /// It is to be sealed with the key that seals today.
    is_under_old_key: bool,
}

impl SharedRow for OwnTexts {
    fn decode(bytes: &[u8], context: &RowContext<'_>) -> Result<Self, RowError> {
        let texts = context.open(Domain::MessageTexts, bytes);
        let texts =
            texts.and_then(|plain| serde_json::from_slice(&plain).map_err(|_| OpenError::Damaged));
        let is_under_old_key = !context.is_under_first_key(bytes);
        Ok(match texts {
            Ok(texts) => Self {
                texts,
                unreadable: None,
                is_under_old_key,
            },
            Err(why) => Self {
                texts: Vec::new(),
                unreadable: Some(why),
                is_under_old_key,
            },
        })
    }

    fn encode(&self, context: &RowContext<'_>) -> Result<Vec<u8>, EncodeError> {
        let plain = serde_json::to_vec(&self.texts).map_err(|_| RowError)?;
        Ok(context.seal(Domain::MessageTexts, &plain)?)
    }
}

impl OwnTexts {
    /// Those in the store.
    ///
    /// # Errors
    /// [`SharedError`]
    pub fn look(rows: &SharedRows, of: TextsOf) -> Result<Self, SharedError> {
        Ok(rows
            .get(&TextsKey(of))?
            .map_or_else(Self::default, |stored| stored.row))
    }

    /// Those in the store. They are sealed anew where the key that seals is another one.
    ///
    /// # Errors
    /// [`SharedError`]
    pub fn read(rows: &SharedRows, now: UnixTime, of: TextsOf) -> Result<Self, SharedError> {
        let own = Self::look(rows, of)?;
        if own.is_under_old_key && own.unreadable.is_none() {
            // A lost swap means that another process has resealed it; a failure is tried again with the next read.
            let _ = rows.update(now, &TextsKey(of), |slot| {
                if let Some(row) = slot.take() {
                    slot.put(row, Keep::Always);
                }
            });
        }
        Ok(own)
    }

    /// Puts a text in the place of the one for the same in that language; `None`: ours.
    ///
    /// # Errors
    /// [`SharedError`]
    pub fn set(
        rows: &SharedRows,
        now: UnixTime,
        texts: TextsOf,
        (of, language): (&str, Language),
        text: Option<&OwnText>,
    ) -> Result<(), SharedError> {
        rows.update(now, &TextsKey(texts), |slot| {
            let mut row = slot.take().unwrap_or_default();
            row.texts.retain(|it| !it.is(of, language));
            row.texts.extend(text.cloned());
            slot.put(row, Keep::Always);
        })
    }

    /// Why the row does not open, if so: then there are none.
    #[must_use]
    pub const fn unreadable(&self) -> Option<OpenError> {
        self.unreadable
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &OwnText> {
        self.texts.iter()
    }

    /// The text for that in that language.
    #[must_use]
    pub fn get(&self, of: &str, language: Language) -> Option<&OwnText> {
        self.texts.iter().find(|it| it.is(of, language))
    }
}

impl OwnText {
    fn is(&self, of: &str, language: Language) -> bool {
        self.of == of && self.language == language.tag()
    }

    /// Somebody with a proof that counts stands for it, or the server.
    #[must_use]
    pub const fn is_confirmed(&self) -> bool {
        self.named_by.is_none()
    }
}
