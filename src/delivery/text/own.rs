//! The texts that a site has of its own, one for a way and a language: a sealed row.
//!
//! A row that does not open is as good as none: ours are sent then, and operators are told. That takes nothing from
//! anybody, and a text of ours is never worse to read than one that somebody else has written.

use serde::{Deserialize, Serialize};

use super::template::MessageTemplate;
use crate::clock::UnixTime;
use crate::crypto::{Domain, OpenError};
use crate::i18n::Language;
use crate::shared::format::RowError;
use crate::shared::{
    EncodeError, Keep, RowContext, RowKey, RowKind, SharedError, SharedRow, SharedRows,
};
use crate::sms::Channel;

/// The key of the texts.
struct TextsKey;

impl RowKey for TextsKey {
    type Row = OwnTexts;

    const KIND: RowKind = RowKind::MessageTexts;

    fn id(&self) -> String {
        String::new()
    }
}

/// A text of a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnText {
    /// The way, in its word.
    channel: String,
    /// The language, by its tag.
    language: String,
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
    pub fn look(rows: &SharedRows) -> Result<Self, SharedError> {
        Ok(rows
            .get(&TextsKey)?
            .map_or_else(Self::default, |stored| stored.row))
    }

    /// Those in the store. They are sealed anew where the key that seals is another one.
    ///
    /// # Errors
    /// [`SharedError`]
    pub fn read(rows: &SharedRows, now: UnixTime) -> Result<Self, SharedError> {
        let own = Self::look(rows)?;
        if own.is_under_old_key && own.unreadable.is_none() {
            // A lost swap means that another process has resealed it; a failure is tried again with the next read.
            let _ = rows.update(now, &TextsKey, |slot| {
                if let Some(row) = slot.take() {
                    slot.put(row, Keep::Always);
                }
            });
        }
        Ok(own)
    }

    /// Puts a text in the place of the one for that way and language; `None`: ours.
    ///
    /// # Errors
    /// [`SharedError`]
    pub fn set(
        rows: &SharedRows,
        now: UnixTime,
        channel: Channel,
        language: Language,
        text: Option<(&str, Option<&str>)>,
    ) -> Result<(), SharedError> {
        rows.update(now, &TextsKey, |slot| {
            let mut row = slot.take().unwrap_or_default();
            row.texts.retain(|it| !it.is(channel, language));
            row.texts.extend(text.map(|(text, named_by)| OwnText {
                channel: channel.word().to_owned(),
                language: language.tag().to_owned(),
                text: text.to_owned(),
                named_by: named_by.map(str::to_owned),
            }));
            slot.put(row, Keep::Always);
        })
    }

    /// Why the row does not open, if so: then there are none.
    #[must_use]
    pub const fn unreadable(&self) -> Option<OpenError> {
        self.unreadable
    }

    /// Those that cannot be filled, for the rules have become stricter since: by way and language. Ours are sent in
    /// their place.
    pub fn unusable(&self) -> impl Iterator<Item = (&str, &str)> {
        let unusable = |it: &&OwnText| it.template().is_none();
        let texts = self.texts.iter().filter(unusable);
        texts.map(|it| (it.channel.as_str(), it.language.as_str()))
    }

    /// The text for that way and language.
    #[must_use]
    pub fn get(&self, channel: Channel, language: Language) -> Option<&OwnText> {
        self.texts.iter().find(|it| it.is(channel, language))
    }
}

impl OwnText {
    fn is(&self, channel: Channel, language: Language) -> bool {
        self.channel == channel.word() && self.language == language.tag()
    }

    /// The text as it is filled; `None` where the rules have become stricter since.
    #[must_use]
    pub fn template(&self) -> Option<MessageTemplate> {
        MessageTemplate::parse(&self.text).ok()
    }

    /// Somebody with a proof that counts stands for it, or the server.
    #[must_use]
    pub const fn is_confirmed(&self) -> bool {
        self.named_by.is_none()
    }
}
