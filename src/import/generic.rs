//! Our own table, for whatever has no format of its own: one row is one app of a user, or what else they have.

use super::rows::Row;
use super::uri::{self, algorithm_of, number};
use super::{Candidate, Candidates, ImportError};
use crate::account::totp::TotpSecret;
use crate::account::{ImportedApp, Label};
use crate::types::{Algorithm, Method};

/// Every column there is.
const COLUMNS: [&str; 12] = [
    "user",
    "login",
    "uri",
    "secret",
    "algorithm",
    "digits",
    "period",
    "label",
    "phone",
    "email",
    "codes",
    "primary",
];

/// Reads the rows. Rows of one user are one candidate.
///
/// # Errors
/// [`ImportError`]
pub(super) fn read(rows: &[Row]) -> Result<Candidates, ImportError> {
    let mut all = Candidates::default();
    for row in rows {
        let is_known = |name: &str| COLUMNS.iter().any(|it| it.eq_ignore_ascii_case(name));
        if row.names().any(|name| !is_known(name)) {
            let why = format!("it has a column that is none of {}", COLUMNS.join(", "));
            return Err(ImportError::at(row.place(), why));
        }
        // What cannot be read is of whoever the row names; where it names nobody the URI does.
        let read = row.text("uri").map(uri::read);
        let named = row.text("user").or_else(|| row.text("login"));
        let of_uri = read
            .as_ref()
            .and_then(|it| it.as_ref().ok()?.account.clone());
        let Some(user) = named.map(str::trim).map(str::to_owned).or(of_uri) else {
            let why = "it names no user: it needs one in the column user, or in its otpauth:// URI";
            return Err(ImportError::at(row.place(), why));
        };
        let candidate = all.of(&user)?;
        if row.text("uri").is_some() && row.text("secret").is_some() {
            return Err(ImportError::at(
                row.place(),
                "it has both a uri and a secret",
            ));
        }
        match (read, row.text("secret")) {
            (Some(Ok(read)), _) => add_app(candidate, row, read.app),
            (Some(Err(why)), _) => candidate.leave("totp", why),
            (None, Some(secret)) => match of_columns(row, secret) {
                Ok(app) => add_app(candidate, row, app),
                Err(why) => candidate.leave("totp", why),
            },
            (None, None) => {}
        }
        if let Some(phone) = row.text("phone") {
            candidate.add_phone(phone);
        }
        if let Some(email) = row.text("email") {
            candidate.add_email(email);
        }
        if let Some(codes) = row.value("codes") {
            let codes = codes.texts().into_iter();
            candidate.add_codes(
                codes.flat_map(|it| it.split([' ', ',', ';']).filter(|it| !it.is_empty())),
            );
        }
        if let Some(primary) = row.text("primary") {
            let found = Method::from_name(primary.trim());
            let is_one = matches!(found, Some(Method::Totp | Method::Sms | Method::Email));
            if !is_one {
                let why = "primary must be totp, sms or email";
                return Err(ImportError::at(row.place(), why));
            }
            candidate.factors.primary = found;
        }
    }
    Ok(all)
}

fn of_columns(row: &Row, secret: &str) -> Result<ImportedApp, String> {
    let secret = TotpSecret::imported_base32(secret).map_err(uri::said)?;
    let algorithm = match row.text("algorithm") {
        Some(name) => algorithm_of(name)?,
        None => Algorithm::Sha1,
    };
    let number_of = |name: &str, default: u32, why: &str| match row.text(name) {
        Some(text) => number(text).ok_or_else(|| why.to_owned()),
        None => Ok(default),
    };
    let digits = number_of("digits", 6, uri::DIGITS)?;
    let period = number_of("period", 30, uri::PERIOD)?;
    let totp = uri::totp(secret, algorithm, digits, period)?;
    Ok(ImportedApp { totp, label: None })
}

/// A label that is none is left out: the app is called as one without a name.
fn add_app(candidate: &mut Candidate, row: &Row, app: ImportedApp) {
    let label = row.text("label").and_then(|it| Label::new(it).ok());
    candidate.factors.apps.push(ImportedApp { label, ..app });
}
