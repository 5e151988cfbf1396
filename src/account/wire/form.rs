//! How a value of an account becomes bytes of a document, and back.
//!
//! The bytes are those of [postcard](https://postcard.jamesmunns.com/wire-format): seven bits of a number in a byte, the
//! lowest first, the eighth bit of all but the last; of a number with a sign, 2n, or -2n - 1 of a negative one; texts, bytes
//! and lists behind their length; 0, or 1 and the value; a case behind its number. They are written here, and not by that crate
//! through serde, because every sign-in writes two accounts and reads two: that takes half as long.

use super::super::device_record::DeviceBytes;
use super::super::totp::TotpSecret;
use super::error::DocumentError;
use crate::clock::UnixTime;
use crate::crypto::{HashKey, KeyedHash, SecretBytes};

/// Most accounts are smaller, and none has to be copied to grow.
const ROOM: usize = 1024;

/// More values than that are not made room for before they are read: a length alone asks for no memory.
const MOST_ROOM: usize = 64;

/// The bytes of a document while they are written. Growing leaves no copy of them behind.
pub(super) struct Writer(SecretBytes);

impl Writer {
    pub(super) fn new() -> Self {
        Self(SecretBytes::with_capacity(ROOM))
    }

    /// One byte.
    #[inline]
    pub(super) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    /// A number.
    #[inline]
    pub(super) fn number(&mut self, number: u64) {
        match u8::try_from(number) {
            Ok(byte) if byte < 0x80 => self.byte(byte),
            _ => self.long_number(number),
        }
    }

    fn long_number(&mut self, mut rest: u64) {
        // Times of this century and the next have five bytes.
        if rest >> 28 != 0 && rest >> 35 == 0 {
            let seven = |shift: u32| {
                let [bits, ..] = rest.wrapping_shr(shift).to_le_bytes();
                bits | 0x80
            };
            let last = seven(28) & 0x7f;
            return self
                .0
                .extend(&[seven(0), seven(7), seven(14), seven(21), last]);
        }
        loop {
            let [low, ..] = rest.to_le_bytes();
            rest >>= 7;
            if rest == 0 {
                return self.byte(low);
            }
            self.byte(low | 0x80);
        }
    }

    /// How many bytes or values follow.
    #[inline]
    pub(super) fn length(&mut self, length: usize) {
        self.number(u64::try_from(length).unwrap_or(u64::MAX));
    }

    /// Bytes behind their length.
    #[inline]
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.length(bytes.len());
        self.0.extend(bytes);
    }

    /// A list, of which each value is written so.
    #[inline]
    pub(super) fn list<T>(&mut self, values: &[T], mut write: impl FnMut(&mut Self, &T)) {
        self.length(values.len());
        for value in values {
            write(self, value);
        }
    }

    /// What was written.
    pub(super) fn end(self) -> SecretBytes {
        self.0
    }
}

/// The bytes of a document while they are read, front to back. What is read is put where it stays: nothing lies between,
/// which every sign-in would fill and empty twice.
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The next byte.
    ///
    /// # Errors
    /// [`DocumentError`]: there is none.
    #[inline]
    pub(super) fn byte(&mut self) -> Result<u8, DocumentError> {
        let (first, rest) = self.0.split_first().ok_or(DocumentError)?;
        self.0 = rest;
        Ok(*first)
    }

    /// The next number, of a type that has it.
    ///
    /// # Errors
    /// [`DocumentError`]: there is none.
    #[inline]
    pub(super) fn number<T: TryFrom<u64>>(&mut self) -> Result<T, DocumentError> {
        let number = match self.byte()? {
            byte @ 0..0x80 => u64::from(byte),
            byte => self.long_number(byte, size_of::<T>())?,
        };
        T::try_from(number).map_err(|_| DocumentError)
    }

    /// One that does not fit into its `first` byte, of a type of so many bytes: it has no more of them than that type needs.
    fn long_number(&mut self, first: u8, size: usize) -> Result<u64, DocumentError> {
        let mut number = u64::from(first & 0x7f);
        for shift in (7..).step_by(7).take(size.saturating_mul(8) / 7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            // Of the last byte of ten one bit has room.
            if bits.leading_zeros() < shift {
                return Err(DocumentError);
            }
            number |= bits.wrapping_shl(shift);
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(DocumentError)
    }

    /// The bytes behind the next length.
    ///
    /// # Errors
    /// [`DocumentError`]: there are no more.
    #[inline]
    pub(super) fn bytes(&mut self) -> Result<&'a [u8], DocumentError> {
        let length = self.number()?;
        let (bytes, rest) = self.0.split_at_checked(length).ok_or(DocumentError)?;
        self.0 = rest;
        Ok(bytes)
    }

    /// The list behind the next length, of which each value is read so.
    ///
    /// # Errors
    /// [`DocumentError`]: there is none.
    #[inline]
    pub(super) fn list<T>(
        &mut self,
        mut read: impl FnMut(&mut Self) -> Result<T, DocumentError>,
    ) -> Result<Vec<T>, DocumentError> {
        let count = self.number::<usize>()?;
        let mut values = Vec::with_capacity(count.min(MOST_ROOM));
        for _ in 0..count {
            values.push(read(self)?);
        }
        Ok(values)
    }

    /// Ends it.
    ///
    /// # Errors
    /// [`DocumentError`]: something is left over.
    pub(super) const fn end(self) -> Result<(), DocumentError> {
        match self.0 {
            [] => Ok(()),
            _ => Err(DocumentError),
        }
    }
}

/// A value of an account that a format writes in a form of its own.
pub(super) trait Wire: Sized {
    /// Writes the form of this value. Nothing is copied on the way: what is secret stays in one place, and no memory is
    /// asked for.
    fn write(&self, to: &mut Writer);

    /// The value that was written there.
    ///
    /// # Errors
    /// [`DocumentError`]: there is none.
    fn from_wire(from: &mut Reader<'_>) -> Result<Self, DocumentError>;
}

impl Wire for bool {
    #[inline]
    fn write(&self, to: &mut Writer) {
        to.byte(u8::from(*self));
    }

    #[inline]
    fn from_wire(from: &mut Reader<'_>) -> Result<Self, DocumentError> {
        match from.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(DocumentError),
        }
    }
}

impl Wire for u8 {
    #[inline]
    fn write(&self, to: &mut Writer) {
        to.byte(*self);
    }

    #[inline]
    fn from_wire(from: &mut Reader<'_>) -> Result<Self, DocumentError> {
        from.byte()
    }
}

macro_rules! natural {
    ($($number:ty),*) => {
        $(impl Wire for $number {
            #[inline]
            fn write(&self, to: &mut Writer) {
                to.number(u64::from(*self));
            }

            #[inline]
            fn from_wire(from: &mut Reader<'_>) -> Result<Self, DocumentError> {
                from.number()
            }
        })*
    };
}

natural!(u16, u32, u64);

impl Wire for i64 {
    #[inline]
    fn write(&self, to: &mut Writer) {
        to.number(((self << 1) ^ (self >> 63)).cast_unsigned());
    }

    #[inline]
    fn from_wire(from: &mut Reader<'_>) -> Result<Self, DocumentError> {
        let number = from.number::<u64>()?;
        let sign = (number & 1).wrapping_neg();
        Ok(((number >> 1) ^ sign).cast_signed())
    }
}

impl Wire for UnixTime {
    #[inline]
    fn write(&self, to: &mut Writer) {
        self.seconds().write(to);
    }

    #[inline]
    fn from_wire(from: &mut Reader<'_>) -> Result<Self, DocumentError> {
        Self::new(i64::from_wire(from)?).map_err(|_| DocumentError)
    }
}

impl Wire for String {
    #[inline]
    fn write(&self, to: &mut Writer) {
        to.bytes(self.as_bytes());
    }

    #[inline]
    fn from_wire(from: &mut Reader<'_>) -> Result<Self, DocumentError> {
        let text = str::from_utf8(from.bytes()?).map_err(|_| DocumentError)?;
        Ok(text.to_owned())
    }
}

impl<T: Wire> Wire for Option<T> {
    #[inline]
    fn write(&self, to: &mut Writer) {
        match self {
            None => to.byte(0),
            Some(value) => {
                to.byte(1);
                value.write(to);
            }
        }
    }

    #[inline]
    fn from_wire(from: &mut Reader<'_>) -> Result<Self, DocumentError> {
        match from.byte()? {
            0 => Ok(None),
            1 => T::from_wire(from).map(Some),
            _ => Err(DocumentError),
        }
    }
}

impl<T: Wire> Wire for Vec<T> {
    #[inline]
    fn write(&self, to: &mut Writer) {
        to.list(self, |to, value| value.write(to));
    }

    #[inline]
    fn from_wire(from: &mut Reader<'_>) -> Result<Self, DocumentError> {
        from.list(T::from_wire)
    }
}

impl<A: Wire, B: Wire> Wire for (A, B) {
    #[inline]
    fn write(&self, to: &mut Writer) {
        self.0.write(to);
        self.1.write(to);
    }

    #[inline]
    fn from_wire(from: &mut Reader<'_>) -> Result<Self, DocumentError> {
        Ok((A::from_wire(from)?, B::from_wire(from)?))
    }
}

macro_rules! as_bytes {
    ($($plain:ty),*) => {
        /// Bytes behind their length. They are read without a copy that stays behind.
        $(impl Wire for $plain {
            #[inline]
            fn write(&self, to: &mut Writer) {
                to.bytes(self.as_ref());
            }

            #[inline]
            fn from_wire(from: &mut Reader<'_>) -> Result<Self, DocumentError> {
                Self::try_from(from.bytes()?).map_err(|_| DocumentError)
            }
        })*
    };
}

as_bytes!(
    [u8; 8],
    [u8; 15],
    [u8; 16],
    [u8; 32],
    DeviceBytes,
    HashKey,
    KeyedHash,
    TotpSecret
);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written<T: Wire>(value: &T) -> Vec<u8> {
        let mut to = Writer::new();
        value.write(&mut to);
        to.end().to_vec()
    }

    fn read<T: Wire>(bytes: &[u8]) -> Option<T> {
        let mut from = Reader::new(bytes);
        let value = T::from_wire(&mut from).ok()?;
        from.end().ok().map(|()| value)
    }

    /// Both ways, and the bytes that postcard makes of it.
    fn is_as_postcard_writes_it<T>(value: T) -> Result<(), TestCaseError>
    where
        T: Wire + serde::Serialize + PartialEq + std::fmt::Debug,
    {
        let bytes = written(&value);
        prop_assert_eq!(&bytes, &postcard::to_extend(&value, Vec::new()).unwrap());
        prop_assert_eq!(read::<T>(&bytes), Some(value));
        Ok(())
    }

    proptest! {
        #[test]
        fn every_value_is_written_as_postcard_writes_it_and_read_again(
            numbers: (u8, u16, u32, u64, i64),
            signed in proptest::collection::vec(any::<i64>(), 0..70),
            text: String,
            list in proptest::collection::vec(any::<Option<(bool, String)>>(), 0..70),
            shift in 0..64_u32,
        ) {
            is_as_postcard_writes_it(numbers.0)?;
            is_as_postcard_writes_it(numbers.1)?;
            is_as_postcard_writes_it(numbers.2)?;
            is_as_postcard_writes_it(numbers.3 >> shift)?;
            is_as_postcard_writes_it(numbers.4 >> shift)?;
            is_as_postcard_writes_it(signed)?;
            is_as_postcard_writes_it(text)?;
            is_as_postcard_writes_it(list)?;
        }

        #[test]
        fn any_bytes_are_read_as_postcard_reads_them_or_refused(
            bytes in proptest::collection::vec(any::<u8>(), 0..16),
        ) {
            fn alike<T>(bytes: &[u8]) -> Result<(), TestCaseError>
            where
                T: Wire + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
            {
                let theirs = match postcard::take_from_bytes::<T>(bytes) {
                    Ok((value, [])) => Some(value),
                    _ => None,
                };
                prop_assert_eq!(read::<T>(bytes), theirs);
                Ok(())
            }
            // Numbers are long where their bytes are.
            let long: Vec<u8> = bytes.iter().map(|byte| byte | 0x80).chain([1]).collect();
            for bytes in [&bytes[..], &long] {
                alike::<bool>(bytes)?;
                alike::<u16>(bytes)?;
                alike::<u32>(bytes)?;
                alike::<u64>(bytes)?;
                alike::<i64>(bytes)?;
                alike::<String>(bytes)?;
                alike::<Vec<Option<u64>>>(bytes)?;
            }
        }
    }

    #[test]
    fn the_largest_numbers_have_their_bytes_and_no_larger_one_is_read() {
        for number in [0, 0x7f, 0x80, u64::from(u32::MAX), u64::MAX] {
            assert_eq!(read::<u64>(&written(&number)), Some(number));
        }
        for number in [i64::MIN, -1, 0, 1, i64::MAX] {
            assert_eq!(read::<i64>(&written(&number)), Some(number));
        }
        let mut larger = written(&u64::MAX);
        *larger.last_mut().unwrap() = 2;
        assert_eq!(read::<u64>(&larger), None);
        assert_eq!(read::<u32>(&written(&(1_u64 << 32))), None);
        assert_eq!(read::<u64>(&[0x80; 11]), None);
    }
}
