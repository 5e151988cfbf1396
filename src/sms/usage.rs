//! For which numbers a provider is asked, and how often: what every kind has in its settings.

use super::error::SettingError;
use super::schema::{Field, fields};
use super::settings::{Lines, Number, ProviderSettings};
use crate::phone::{self, PhoneNumber};

/// Longest piece of a wrong list that its error repeats, in characters.
const SHOWN: usize = 8;

fields! {
    struct Fields {
        regions: optional Lines<256>, Limits, "regions";
        per_minute: optional Number<1, 100_000>, Limits, "per_minute";
        per_hour: optional Number<1, 100_000>, Limits, "per_hour";
        per_day: optional Number<1, 100_000>, Limits, "per_day";
    }
}

/// Numbers that a provider is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Area {
    /// Those of a region of ISO 3166-1.
    Region(String),
    /// Those behind a country calling code: `+44`.
    CallingCode(String),
}

/// Most messages that a provider is asked for; `None` where the site's own limit holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct ProviderLimits {
    /// In any minute.
    pub per_minute: Option<u32>,
    /// In any hour.
    pub per_hour: Option<u32>,
    /// In any day.
    pub per_day: Option<u32>,
}

/// For which numbers a provider is asked, and how often.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage {
    areas: Vec<Area>,
    limits: ProviderLimits,
}

impl Usage {
    /// The settings of it, which every kind has.
    #[must_use]
    pub fn fields() -> Vec<Field> {
        Fields::fields()
    }

    /// Reads it of a provider's settings.
    ///
    /// # Errors
    /// [`SettingError`]
    pub(super) fn read(settings: &ProviderSettings) -> Result<Self, SettingError> {
        let fields = Fields::read(settings)?;
        let areas = fields.regions.unwrap_or_default();
        Ok(Self {
            areas: areas
                .iter()
                .map(|text| area(text))
                .collect::<Result<_, _>>()?,
            limits: ProviderLimits {
                per_minute: fields.per_minute,
                per_hour: fields.per_hour,
                per_day: fields.per_day,
            },
        })
    }

    /// How often it is asked.
    #[must_use]
    pub const fn limits(&self) -> ProviderLimits {
        self.limits
    }

    /// Whether it is asked for a number.
    #[must_use]
    pub fn takes(&self, number: &PhoneNumber) -> bool {
        self.takes_all()
            || self.areas.iter().any(|area| match area {
                Area::Region(region) => number.region() == Some(region),
                Area::CallingCode(code) => number.calling_code() == code,
            })
    }

    /// Whether it is asked for every number of a region.
    #[must_use]
    pub fn takes_region(&self, region: &str) -> bool {
        let code = phone::calling_code_of(region);
        self.takes_all()
            || self.areas.iter().any(|area| match area {
                Area::Region(known) => known == region,
                Area::CallingCode(known) => code.as_ref() == Some(known),
            })
    }

    /// Whether it is asked for every number.
    #[must_use]
    pub fn takes_all(&self) -> bool {
        self.areas.is_empty()
    }
}

fn area(text: &str) -> Result<Area, SettingError> {
    let text = text.trim();
    if let Some(digits) = text.strip_prefix('+') {
        let is_code = (1..=3).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0');
        if is_code {
            return Ok(Area::CallingCode(text.to_owned()));
        }
    } else if text.len() == 2 && phone::Regions::parse(text, "").is_ok() {
        return Ok(Area::Region(text.to_ascii_uppercase()));
    }
    let shown: String = text.escape_debug().take(SHOWN).collect();
    Err(format!(
        "`regions`: \"{shown}\" is neither a region of two letters, like DE, nor a calling code, like +49"
    )
    .into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sms::value::Value;

    fn usage(regions: &[&str]) -> Result<Usage, SettingError> {
        let mut settings = ProviderSettings::default();
        let regions = regions.iter().map(|it| (*it).to_owned()).collect();
        settings.set("regions", Value::List(regions));
        Usage::read(&settings)
    }

    #[test]
    fn a_provider_is_asked_for_numbers_of_its_regions() {
        let number = |text| PhoneNumber::parse(text, None).unwrap();
        let (german, swiss) = (number("+4915123456789"), number("+41781234567"));
        let (american, canadian) = (number("+12015550123"), number("+12045550123"));
        for (regions, wanted) in [
            (&[][..], [true, true, true, true]),
            (&["DE"], [true, false, false, false]),
            (&["de", " CH "], [true, true, false, false]),
            (&["+1"], [false, false, true, true]),
            (&["US"], [false, false, true, false]),
            (&["CA", "+49"], [true, false, false, true]),
            (&["+4"], [false, false, false, false]),
        ] {
            let usage = usage(regions).unwrap();
            let found = [&german, &swiss, &american, &canadian].map(|it| usage.takes(it));
            assert_eq!(found, wanted, "{regions:?}");
            assert_eq!(usage.takes_all(), regions.is_empty());
            let found = ["DE", "CH", "US", "CA"].map(|it| usage.takes_region(it));
            assert_eq!(found, wanted, "{regions:?}");
        }
    }

    #[test]
    fn what_is_no_region_is_refused() {
        for wrong in [
            "", "D", "DEU", "XX", "001", "49", "+", "+0", "+4915", "+4x", "Ä",
        ] {
            let error = usage(&[wrong]).unwrap_err().to_string();
            assert!(error.starts_with("`regions`: "), "{wrong}: {error}");
        }
    }

    #[test]
    fn limits_are_those_that_are_named() {
        let mut settings = ProviderSettings::default();
        assert_eq!(
            Usage::read(&settings).unwrap().limits(),
            ProviderLimits::default()
        );
        settings.set("per_hour", Value::Number(7));
        let limits = Usage::read(&settings).unwrap().limits();
        assert_eq!(
            limits,
            ProviderLimits {
                per_minute: None,
                per_hour: Some(7),
                per_day: None
            }
        );
        settings.set("per_day", Value::Number(0));
        assert!(Usage::read(&settings).is_err());
    }
}
