//! What a time server says of this machine's clock: one question by SNTP (RFC 4330), asked only when the operator allows it.
//!
//! Nobody proves who answers, so nothing is set by it and nothing is decided: it is one more thing to look at.

use std::io;
use std::net::{ToSocketAddrs, UdpSocket};
use std::time::Duration;

use crate::clock;
use crate::crypto::{OsEntropy, random};

/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// From 1900, where NTP begins to count, to 1970 (RFC 4330 section 3).
const SINCE_1900: u64 = 2_208_988_800;

/// The port where no other is named.
const PORT: u16 = 123;

const BYTES: usize = 48;

/// No leap second is announced, version 4, a client.
const ASK: u8 = 0x23;

/// Where in a packet what is wanted stands.
const ORIGINATE: usize = 24;
const RECEIVE: usize = 32;
const TRANSMIT: usize = 40;

/// Why nothing is known.
#[derive(Debug, thiserror::Error)]
pub(super) enum TimeServerError {
    /// The network.
    #[error("it cannot be asked ({0})")]
    Io(#[from] io::Error),
    /// This machine.
    #[error("{0}")]
    Clock(#[from] clock::ClockError),
    /// No random bytes.
    #[error("{0}")]
    Random(#[from] crate::crypto::RandomError),
    /// What came is no answer to what was asked, or says that it does not know the time.
    #[error("it gave no time")]
    NoTime,
}

/// By how many seconds this machine's clock is behind the server's; negative where it is ahead.
///
/// # Errors
/// [`TimeServerError`]
pub(super) fn offset(server: &str) -> Result<f64, TimeServerError> {
    let has_port = server.rsplit_once(':').is_some_and(|(host, port)| {
        port.parse::<u16>().is_ok() && (!host.contains(':') || host.ends_with(']'))
    });
    let address = if has_port {
        server.to_socket_addrs()?.next()
    } else {
        (server.trim_matches(['[', ']']), PORT)
            .to_socket_addrs()?
            .next()
    };
    let address = address.ok_or(TimeServerError::NoTime)?;
    let local = if address.is_ipv4() {
        "0.0.0.0:0"
    } else {
        "[::]:0"
    };
    let socket = UdpSocket::bind(local)?;
    socket.connect(address)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    // In the place of our time, which is nobody's business, bytes that only whoever was asked can repeat.
    let mark = random::bytes::<8>(&mut OsEntropy)?;
    let mut packet = [0; BYTES];
    packet[0] = ASK;
    packet[TRANSMIT..].copy_from_slice(&mark);
    let sent = clock::precise()?.as_secs_f64();
    socket.send(&packet)?;
    let mut answer = [0; BYTES];
    let length = socket.recv(&mut answer)?;
    let received = clock::precise()?.as_secs_f64();
    let answer = answer.get(..length).and_then(|it| it.first_chunk());
    read(answer.ok_or(TimeServerError::NoTime)?, mark, sent, received)
}

/// Seconds since 1970 of the timestamp at a place; `None` of one that is not set.
fn timestamp(packet: &[u8; BYTES], at: usize) -> Option<f64> {
    let bytes: [u8; 8] = packet.get(at..)?.first_chunk().copied()?;
    let whole = u64::from(u32::from_be_bytes(*bytes.first_chunk()?));
    let fraction = u32::from_be_bytes(*bytes.last_chunk()?);
    // The 32 bits begin anew in 2036: what has the highest bit is before that (section 3).
    let whole = if whole >> 31 == 1 {
        whole
    } else {
        whole.checked_add(1 << 32)?
    };
    let seconds = u32::try_from(whole.checked_sub(SINCE_1900)?).ok()?;
    let is_set = bytes != [0; 8];
    is_set.then(|| f64::from(seconds) + f64::from(fraction) / 4_294_967_296.0)
}

/// The offset that an answer tells, of what was sent and received at those times (section 5).
fn read(
    answer: &[u8; BYTES],
    mark: [u8; 8],
    sent: f64,
    received: f64,
) -> Result<f64, TimeServerError> {
    let [head, stratum, ..] = *answer;
    let (is_unsynchronised, mode) = (head >> 6 == 3, head & 7);
    let is_answer = answer.get(ORIGINATE..).and_then(|it| it.first_chunk()) == Some(&mark);
    let times = timestamp(answer, RECEIVE).zip(timestamp(answer, TRANSMIT));
    match times {
        Some((arrived, left))
            if is_answer && mode == 4 && !is_unsynchronised && (1..=15).contains(&stratum) =>
        {
            Ok(((arrived - sent) + (left - received)) / 2.0)
        }
        _ => Err(TimeServerError::NoTime),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An answer by a server whose clock says these seconds since 1970 and a half.
    fn answer(mark: [u8; 8], seconds: u64) -> [u8; BYTES] {
        let mut packet = [0; BYTES];
        packet[0] = 0x24;
        packet[1] = 2;
        packet[ORIGINATE..RECEIVE].copy_from_slice(&mark);
        let whole = u32::try_from((seconds + SINCE_1900) & 0xffff_ffff).unwrap();
        for at in [RECEIVE, TRANSMIT] {
            packet[at..at + 4].copy_from_slice(&whole.to_be_bytes());
            packet[at + 4] = 0x80;
        }
        packet
    }

    #[test]
    fn the_offset_is_that_of_the_middle_of_the_way() {
        let mark = [7; 8];
        // One before, one after 32 bits of seconds begin anew in February 2036.
        for now in [1_796_000_000_u64, 2_100_000_000] {
            let at = f64::from(u32::try_from(now).unwrap());
            let told = read(&answer(mark, now + 40), mark, at, at + 1.0).unwrap();
            assert!((told - 40.0).abs() < 1e-6, "{told}");
        }
    }

    #[test]
    fn what_is_no_answer_to_the_question_tells_no_time() {
        let (mark, now) = ([7; 8], 1_796_000_000);
        let good = answer(mark, now);
        let change = |at: usize, byte: u8| {
            let mut packet = good;
            packet[at] = byte;
            packet
        };
        let mut unset = good;
        unset[TRANSMIT..].fill(0);
        for wrong in [
            answer([8; 8], now),
            change(0, 0x23),
            change(0, 0xe4),
            change(1, 0),
            change(1, 16),
            unset,
        ] {
            assert!(matches!(
                read(&wrong, mark, 0.0, 0.0),
                Err(TimeServerError::NoTime)
            ));
        }
    }
}
