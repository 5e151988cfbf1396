//! QR codes (ISO/IEC 18004), drawn here: nothing is fetched and no image service learns a secret.

use std::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc};
use zeroize::Zeroizing;

/// Light modules around the code that readers need.
const QUIET: i32 = 4;

/// The text cannot be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QrError {
    /// More than a QR code holds.
    #[error("the text is too long for a QR code")]
    TooLong,
    /// The image could not be written.
    #[error("the QR code could not be drawn")]
    Image,
}

/// Read off a screen, where nothing is scratched: as small as it gets, and corrected as far as that size allows.
fn encode(text: &str) -> Result<QrCode, QrError> {
    QrCode::encode_text(text, QrCodeEcc::Low).map_err(|_| QrError::TooLong)
}

/// An `<svg>` element of one stroked path on white: no `data:`, no script, no style, nothing fetched.
///
/// # Errors
/// [`QrError::TooLong`]
pub fn svg(text: &str) -> Result<Zeroizing<String>, QrError> {
    let code = encode(text)?;
    let size = code.size();
    let side = size.saturating_add(2 * QUIET);
    let mut out = Zeroizing::new(String::with_capacity(8192));
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path stroke=\"#000\" d=\""
    );
    let (mut pen_x, mut pen_y) = (0, 0);
    for y in 0..size {
        let mut x = 0;
        while x < size {
            let start = x;
            while x < size && code.get_module(x, y) {
                x += 1;
            }
            if x > start {
                // One horizontal run, from the end of the one before; half a module down, so that a
                // stroke one module wide covers the row.
                let (dx, dy) = (start - pen_x, y - pen_y);
                if pen_x == 0 && pen_y == 0 {
                    let _ = write!(out, "M{} {}.5h{}", start + QUIET, y + QUIET, x - start);
                } else {
                    let _ = write!(out, "m{dx} {dy}h{}", x - start);
                }
                (pen_x, pen_y) = (x, y);
            }
            x += 1;
        }
    }
    out.push_str("\"/></svg>");
    Ok(out)
}

/// A black and white PNG, `scale` pixels a module.
///
/// # Errors
/// [`QrError`]
pub fn png(text: &str, scale: u8) -> Result<Zeroizing<Vec<u8>>, QrError> {
    let code = encode(text)?;
    let scale = i32::from(scale.max(1));
    let side = code.size().saturating_add(2 * QUIET).saturating_mul(scale);
    let width = u32::try_from(side).map_err(|_| QrError::Image)?;
    let row_bytes = usize::try_from(side)
        .map_err(|_| QrError::Image)?
        .div_ceil(8);
    let mut pixels = Zeroizing::new(Vec::with_capacity(
        row_bytes.saturating_mul(row_bytes).saturating_mul(8),
    ));
    for py in 0..side {
        let mut row = Zeroizing::new(vec![0xffu8; row_bytes]);
        for px in 0..side {
            if code.get_module(px / scale - QUIET, py / scale - QUIET) {
                let index = usize::try_from(px).map_err(|_| QrError::Image)?;
                if let Some(byte) = row.get_mut(index / 8) {
                    *byte &= !(0x80 >> (index % 8));
                }
            }
        }
        pixels.extend_from_slice(&row);
    }
    let mut out = Zeroizing::new(Vec::with_capacity(4096));
    let mut encoder = png::Encoder::new(&mut *out, width, width);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().map_err(|_| QrError::Image)?;
    writer
        .write_image_data(&pixels)
        .map_err(|_| QrError::Image)?;
    writer.finish().map_err(|_| QrError::Image)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of a site with a name of 30 letters and a user with an address of as many.
    const URI: &str = "otpauth://totp/Blumen%20und%20G%C3%A4rten%20Meier%20KG:alice.anderson%40mail.example.org\
        ?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Blumen%20und%20G%C3%A4rten%20Meier%20KG";

    #[test]
    fn the_svg_asks_for_nothing_and_stays_small() {
        let svg = svg(URI).unwrap();
        assert!(svg.len() <= 4000, "{} for {}", svg.len(), URI.len());
        for word in ["data:", "href", "script", "style", "url("] {
            assert!(!svg.contains(word), "{word}");
        }
    }

    #[test]
    fn a_text_that_does_not_fit_is_an_error() {
        assert_eq!(svg(&"x".repeat(5000)).unwrap_err(), QrError::TooLong);
        assert_eq!(png(&"x".repeat(5000), 4).unwrap_err(), QrError::TooLong);
    }
}
