//! Values as PHP's `serialize()` writes them: texts, numbers, switches, nothing and arrays. Objects and references are none
//! of what is read here, and nothing is ever made of a class.

use zeroize::Zeroizing;

use super::tree::Tree;

/// How deep arrays may be.
const DEEPEST: usize = 4;
/// Most values of an array.
const MOST_ITEMS: usize = 1_000;

/// Reads one, with nothing behind it; `None` of everything else.
pub(super) fn read(text: &str) -> Option<Tree> {
    let mut reader = Reader(text);
    let value = reader.value(DEEPEST)?;
    reader.0.is_empty().then_some(value)
}

struct Reader<'a>(&'a str);

impl<'a> Reader<'a> {
    /// What stands before that sign, and goes past both.
    fn until(&mut self, end: char) -> Option<&'a str> {
        let (before, behind) = self.0.split_once(end)?;
        self.0 = behind;
        Some(before)
    }

    fn skip(&mut self, text: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(text)?;
        Some(())
    }

    fn length(&mut self) -> Option<usize> {
        let digits = self.until(':')?;
        let is_number = !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit());
        digits.parse().ok().filter(|_| is_number)
    }

    fn value(&mut self, deep: usize) -> Option<Tree> {
        if self.skip("N;").is_some() {
            return Some(Tree::Nothing);
        }
        let (kind, rest) = self.0.split_at_checked(2)?;
        self.0 = rest;
        match kind {
            "s:" => {
                let length = self.length()?;
                self.skip("\"")?;
                // Of bytes, as PHP counts: what would end inside a letter is none.
                let (text, rest) = self.0.split_at_checked(length)?;
                self.0 = rest;
                self.skip("\";")?;
                Some(Tree::Text(Zeroizing::new(text.to_owned())))
            }
            "i:" => {
                let number = self.until(';')?;
                number
                    .parse::<i64>()
                    .ok()
                    .map(|it| Tree::text(it.to_string()))
            }
            "d:" => {
                let number = self.until(';')?;
                number.parse::<f64>().ok().map(|_| Tree::text(number))
            }
            "b:" => match self.until(';')? {
                "0" => Some(Tree::text("")),
                "1" => Some(Tree::text("1")),
                _ => None,
            },
            "a:" => {
                let deep = deep.checked_sub(1)?;
                let count = self.length().filter(|it| *it <= MOST_ITEMS)?;
                self.skip("{")?;
                let mut items = Vec::with_capacity(count);
                for _ in 0..count {
                    let Tree::Text(name) = self.value(0)? else {
                        return None;
                    };
                    items.push((name.to_string(), self.value(deep)?));
                }
                self.skip("}")?;
                Some(Tree::List(items))
            }
            _ => None,
        }
    }
}
