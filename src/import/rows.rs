//! Tables: CSV with a header (RFC 4180), and lists of JSON objects.

use serde_json::Value;
use zeroize::Zeroizing;

use super::ImportError;
use super::tree::Tree;

/// Longest value, in bytes.
const LONGEST: usize = 64 << 10;
/// Most columns.
const MOST_COLUMNS: usize = 64;
/// Most rows.
const MOST_ROWS: usize = 2_000_000;
/// How deep JSON may be.
const DEEPEST: usize = 8;

/// One row.
#[derive(Debug)]
pub(super) struct Row {
    place: String,
    fields: Vec<(String, Tree)>,
}

impl Row {
    /// Where it stands, for people.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// The value under that name.
    pub(super) fn value(&self, name: &str) -> Option<&Tree> {
        let mut fields = self.fields.iter();
        let field = fields.find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(&field.1)
    }

    /// The same as text, if there is any.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.value(name)?.as_text()
    }

    /// The names.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|(name, _)| name.as_str())
    }
}

/// A table in either form.
///
/// # Errors
/// [`ImportError`]
pub(super) fn either(text: &str) -> Result<Vec<Row>, ImportError> {
    if text.trim_start().starts_with(['[', '{']) {
        json(text)
    } else {
        csv(text)
    }
}

/// A list of objects. A text in their place is the object that has it as `uri`.
///
/// # Errors
/// [`ImportError`]
pub(super) fn json(text: &str) -> Result<Vec<Row>, ImportError> {
    let not = |why: serde_json::Error| {
        let (line, column) = (why.line(), why.column());
        ImportError::at(format!("line {line}, column {column}"), "it is not JSON")
    };
    let value: Value = serde_json::from_str(text).map_err(not)?;
    let Value::Array(items) = value else {
        return Err(ImportError::whole("it must be a JSON list of objects"));
    };
    let mut rows = Vec::with_capacity(items.len().min(MOST_ROWS));
    for (number, item) in items.into_iter().enumerate() {
        let place = format!("item {}", number.saturating_add(1));
        let fields = match item {
            Value::Object(fields) => fields
                .into_iter()
                .map(|(name, value)| Some((name, tree(value, DEEPEST)?)))
                .collect(),
            Value::String(uri) => Some(vec![("uri".to_owned(), Tree::text(uri))]),
            _ => return Err(ImportError::at(place, "it must be an object")),
        };
        let Some(fields) = fields else {
            return Err(ImportError::at(place, "a value is too long, or too deep"));
        };
        rows.push(Row { place, fields });
    }
    Ok(rows)
}

fn tree(value: Value, deep: usize) -> Option<Tree> {
    let deep = deep.checked_sub(1)?;
    Some(match value {
        Value::Null => Tree::Nothing,
        Value::Bool(value) => Tree::text(if value { "1" } else { "" }),
        Value::Number(number) => Tree::text(number.to_string()),
        Value::String(text) => Tree::Text(short(text)?),
        Value::Array(items) => {
            let items = items.into_iter().enumerate();
            let items = items.map(|(place, it)| Some((place.to_string(), tree(it, deep)?)));
            Tree::List(items.collect::<Option<_>>()?)
        }
        Value::Object(fields) => {
            let fields = fields.into_iter();
            let fields = fields.map(|(name, it)| Some((name, tree(it, deep)?)));
            Tree::List(fields.collect::<Option<_>>()?)
        }
    })
}

/// A text that is not too long.
fn short(text: String) -> Option<Zeroizing<String>> {
    let text = Zeroizing::new(text);
    (text.len() <= LONGEST).then_some(text)
}

/// A table with a header. What parts values is a comma, or a semicolon or tab where the header has no comma.
///
/// # Errors
/// [`ImportError`]
pub(super) fn csv(text: &str) -> Result<Vec<Row>, ImportError> {
    let header_line = text.lines().next().unwrap_or_default();
    let parts = [',', ';', '\t'];
    let part = parts.into_iter().find(|it| header_line.contains(*it));
    let mut reader = Reader {
        rest: text,
        line: 1,
        part: part.unwrap_or(','),
    };
    let Some((_, header)) = reader.next_row()? else {
        return Err(ImportError::whole("it is empty: it needs a header"));
    };
    let header: Vec<String> = header.iter().map(|it| it.trim().to_owned()).collect();
    for (place, name) in header.iter().enumerate() {
        let mut others = header.iter().skip(place.saturating_add(1));
        if name.is_empty() || others.any(|other| other.eq_ignore_ascii_case(name)) {
            let why = "each column needs a name of its own in the header";
            return Err(ImportError::at("line 1", why));
        }
    }
    let mut rows = Vec::new();
    while let Some((line, values)) = reader.next_row()? {
        // An empty line.
        if values.len() == 1 && values.iter().all(|it| it.trim().is_empty()) {
            continue;
        }
        let place = format!("line {line}");
        if values.len() != header.len() {
            let why = "it has not as many values as the header has names";
            return Err(ImportError::at(place, why));
        }
        if rows.len() >= MOST_ROWS {
            return Err(ImportError::at(place, "it has too many lines: split it"));
        }
        let fields = header
            .iter()
            .cloned()
            .zip(values.into_iter().map(Tree::Text));
        let fields = fields.collect();
        rows.push(Row { place, fields });
    }
    Ok(rows)
}

/// The values of a row, and the line that it begins in.
type Line = (usize, Vec<Zeroizing<String>>);

struct Reader<'a> {
    rest: &'a str,
    line: usize,
    part: char,
}

impl Reader<'_> {
    /// The next row.
    fn next_row(&mut self) -> Result<Option<Line>, ImportError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let (begins, mut values) = (self.line, Vec::new());
        loop {
            let (value, end) = self.value(begins)?;
            if value.len() > LONGEST || values.len() >= MOST_COLUMNS {
                let place = format!("line {begins}");
                return Err(ImportError::at(
                    place,
                    "it is too long, or has too many values",
                ));
            }
            values.push(value);
            match end {
                Some(end) if end == self.part => {}
                _ => return Ok(Some((begins, values))),
            }
        }
    }

    /// The next value, and what ended it: the part, the end of a line, or nothing.
    fn value(&mut self, begins: usize) -> Result<(Zeroizing<String>, Option<char>), ImportError> {
        let Some(quoted) = self.rest.strip_prefix('"') else {
            let stop = |c: char| c == self.part || c == '\n';
            let (value, end) = match self.rest.find(stop) {
                Some(at) => self.rest.split_at(at),
                None => (self.rest, ""),
            };
            let value = value.strip_suffix('\r').unwrap_or(value);
            if value.contains('"') {
                let why = "a quotation mark stands inside a value that is not quoted";
                return Err(ImportError::at(format!("line {}", self.line), why));
            }
            let value = Zeroizing::new(value.to_owned());
            self.rest = end;
            return Ok((value, self.end()));
        };
        let open = || ImportError::at(format!("line {begins}"), "a quotation mark is not closed");
        let mut value = Zeroizing::new(String::new());
        self.rest = quoted;
        loop {
            let at = self.rest.find('"').ok_or_else(open)?;
            let (inside, behind) = self.rest.split_at(at);
            value.push_str(inside);
            self.line = self.line.saturating_add(inside.matches('\n').count());
            if value.len() > LONGEST {
                let place = format!("line {begins}");
                return Err(ImportError::at(place, "a value is too long"));
            }
            let behind = behind.strip_prefix('"').unwrap_or(behind);
            match behind.strip_prefix('"') {
                Some(again) => {
                    value.push('"');
                    self.rest = again;
                }
                None => {
                    let behind = match behind.strip_prefix('\r') {
                        Some(line) if line.starts_with('\n') || line.is_empty() => line,
                        _ => behind,
                    };
                    self.rest = behind;
                    let is_end = behind.is_empty() || behind.starts_with([self.part, '\n']);
                    if !is_end {
                        let why = "something stands behind a closing quotation mark";
                        return Err(ImportError::at(format!("line {}", self.line), why));
                    }
                    return Ok((value, self.end()));
                }
            }
        }
    }

    /// Goes past what ends a value.
    fn end(&mut self) -> Option<char> {
        let end = self.rest.chars().next()?;
        self.rest = self.rest.get(end.len_utf8()..).unwrap_or_default();
        if end == '\n' {
            self.line = self.line.saturating_add(1);
        }
        Some(end)
    }
}
