//! The two protections of a callback body: AES-256-CBC around it, and a SHA-256 beside it.
//!
//! The key of the cipher is the SHA-256 of the Encrypt Key; the body holds base64 of a random IV and the ciphertext, padded
//! after PKCS#7. The signature is a bare SHA-256 over timestamp, nonce, Encrypt Key and the body as it was sent. It is no
//! HMAC: text can be appended to a signed body, so whoever verifies must also insist on exactly one JSON value.
//! Comparisons take the same time wherever the difference is.

use std::fmt;

use aes::cipher::array::{Array, sizes::U16};
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, InnerIvInit, KeyInit};
use aes::{Aes256Dec, Aes256Enc};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq, ConstantTimeLess};
use zeroize::Zeroizing;

const BLOCK: usize = 16;

/// The Encrypt Key of an application, as the developer console shows it.
///
/// Decrypts and verifies what Feishu sends, and makes the same for tests and stand-ins. Never shown by `Debug`.
#[derive(Clone)]
pub struct EncryptKey {
    text: Zeroizing<Vec<u8>>,
    decrypt: Aes256Dec,
    encrypt: Aes256Enc,
}

/// Why a text could not be decrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecryptError {
    /// Not base64, or not an IV and whole blocks.
    Form,
    /// The padding is wrong: another key, or an altered text.
    Padding,
}

impl EncryptKey {
    /// The key from its text.
    pub fn new(text: impl AsRef<str>) -> Self {
        let text = Zeroizing::new(text.as_ref().as_bytes().to_vec());
        let key = Sha256::digest(&*text);
        Self {
            decrypt: Aes256Dec::new(&key),
            encrypt: Aes256Enc::new(&key),
            text,
        }
    }

    /// Decrypts the text of the member `encrypt`.
    ///
    /// # Errors
    ///
    /// The text has the wrong form or the wrong padding. Do not let a sender see which.
    pub fn decrypt(&self, encrypted: &str) -> Result<Vec<u8>, DecryptError> {
        match self
            .decrypt_blocks(encrypted.as_bytes())
            .ok_or(DecryptError::Form)?
        {
            Decrypted {
                text,
                is_padded: true,
            } => Ok(text),
            Decrypted {
                is_padded: false, ..
            } => Err(DecryptError::Padding),
        }
    }

    /// Encrypts a document as Feishu does. `iv` must be random in earnest, and may be fixed in a test.
    pub fn encrypt(&self, document: &[u8], iv: [u8; BLOCK]) -> String {
        let padding = BLOCK - document.len() % BLOCK;
        let mut bytes = Vec::with_capacity(BLOCK + document.len() + padding);
        bytes.extend_from_slice(&iv);
        bytes.extend_from_slice(document);
        bytes.resize(bytes.len() + padding, padding as u8);
        let (blocks, _rest) = Array::<u8, U16>::slice_as_chunks_mut(&mut bytes[BLOCK..]);
        cbc::Encryptor::inner_iv_init(self.encrypt.clone(), &Array::from(iv))
            .encrypt_blocks(blocks);
        STANDARD.encode(bytes)
    }

    /// The signature over a body as it is sent, in lower-case hexadecimal digits.
    pub fn sign(&self, timestamp: &str, nonce: &str, body: &[u8]) -> String {
        String::from_utf8_lossy(&self.signature(timestamp.as_bytes(), nonce.as_bytes(), body))
            .into_owned()
    }

    /// Whether `signature` belongs to the rest.
    pub fn verify(&self, timestamp: &[u8], nonce: &[u8], body: &[u8], signature: &[u8]) -> bool {
        self.signature(timestamp, nonce, body)
            .ct_eq(signature)
            .into()
    }

    fn signature(&self, timestamp: &[u8], nonce: &[u8], body: &[u8]) -> [u8; 64] {
        let hash = Sha256::new()
            .chain_update(timestamp)
            .chain_update(nonce)
            .chain_update(&*self.text)
            .chain_update(body)
            .finalize();
        let mut hex = [0; 64];
        for (pair, byte) in hex.chunks_exact_mut(2).zip(hash) {
            pair[0] = HEX_DIGITS[usize::from(byte >> 4)];
            pair[1] = HEX_DIGITS[usize::from(byte & 15)];
        }
        hex
    }

    /// Decrypts without judging the padding, so that a caller can do the same work for good and bad.
    pub(crate) fn decrypt_blocks(&self, encrypted: &[u8]) -> Option<Decrypted> {
        let mut bytes = STANDARD.decode(encrypted).ok()?;
        if bytes.len() < 2 * BLOCK || !bytes.len().is_multiple_of(BLOCK) {
            return None;
        }
        let (blocks, _rest) = Array::<u8, U16>::slice_as_chunks_mut(&mut bytes);
        let (iv, blocks) = blocks.split_first_mut()?;
        cbc::Decryptor::inner_iv_init(self.decrypt.clone(), iv).decrypt_blocks(blocks);
        let padding = padding(blocks.last()?);
        bytes.drain(..BLOCK);
        bytes.truncate(bytes.len() - usize::from(padding.unwrap_or(0)));
        Some(Decrypted {
            text: bytes,
            is_padded: padding.is_some(),
        })
    }
}

impl fmt::Debug for EncryptKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EncryptKey(..)")
    }
}

/// Decrypted text, without its padding if that was right.
pub(crate) struct Decrypted {
    pub(crate) text: Vec<u8>,
    pub(crate) is_padded: bool,
}

/// Whether two texts are the same, in a time that depends on their lengths only.
pub(crate) fn same_text(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}

const HEX_DIGITS: &[u8; 16] = b"0123456789abcdef";

/// The length of the padding at the end of the last block, if every byte of it is right. Looks at all bytes in any case.
fn padding(block: &Array<u8, U16>) -> Option<u8> {
    let length = block[BLOCK - 1];
    let mut is_good = !length.ct_eq(&0) & length.ct_lt(&(BLOCK as u8 + 1));
    for (index, byte) in block.iter().rev().enumerate() {
        let is_outside: Choice = !(index as u8).ct_lt(&length);
        is_good &= is_outside | byte.ct_eq(&length);
    }
    bool::from(is_good).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_the_documentation_decrypts() {
        let key = EncryptKey::new("test key");
        let text = key
            .decrypt("P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=")
            .expect("a known answer");
        assert_eq!(text, b"hello world");
    }

    #[test]
    fn every_length_around_a_block_comes_back() {
        let key = EncryptKey::new("k");
        for length in 0..64 {
            let text = vec![b'x'; length];
            assert_eq!(key.decrypt(&key.encrypt(&text, [7; 16])), Ok(text));
        }
    }

    #[test]
    fn a_padding_is_right_only_with_every_byte() {
        let mut block = Array::from([9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 3, 3, 3]);
        assert_eq!(padding(&block), Some(3));
        block[13] = 2;
        assert_eq!(padding(&block), None);
        assert_eq!(padding(&Array::from([16; 16])), Some(16));
        assert_eq!(padding(&Array::from([17; 16])), None);
        assert_eq!(padding(&Array::from([0; 16])), None);
        assert_eq!(padding(&Array::from([1; 16])), Some(1));
    }

    #[test]
    fn what_is_no_base64_or_no_block_is_refused() {
        let key = EncryptKey::new("k");
        let good = key.encrypt(b"{}", [1; 16]);
        for bad in [
            "",
            "====",
            "AAAA",
            &good[..good.len() - 4],
            &good.replace('=', ""),
            &format!("{good}\n"),
            &format!(" {good}"),
        ] {
            assert_eq!(key.decrypt(bad), Err(DecryptError::Form), "{bad:?}");
        }
        assert_eq!(key.decrypt(&good).as_deref(), Ok(&b"{}"[..]));
    }

    #[test]
    fn debug_hides_the_key() {
        assert_eq!(
            format!("{:?}", EncryptKey::new("very secret")),
            "EncryptKey(..)"
        );
    }
}
