//! The frames of the long connection: one protobuf message each way, read and written by hand.
//!
//! Nine fields and a list of key/value headers need no generated code. Numbers 1 to 4 are always written, zeros too, since
//! other readers insist on them; when reading, what is missing is zero or nothing. Unknown fields are skipped.
//! Guarantees: reading takes no more memory than a small multiple of the input, and ends for any input.

use bytes::Bytes;

/// Control frames carry pings and pongs.
pub(crate) const METHOD_CONTROL: i32 = 0;
/// Data frames carry events and their acknowledgements.
pub(crate) const METHOD_DATA: i32 = 1;

/// More headers than this are no frame of this protocol; each costs more memory than it takes on the wire.
const MAX_HEADERS: usize = 128;

/// How deep groups, which nobody sends any more, may stand in each other when they are skipped.
const MAX_GROUPS: usize = 16;

/// One frame.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) seq_id: u64,
    pub(crate) log_id: u64,
    pub(crate) service: i32,
    pub(crate) method: i32,
    pub(crate) headers: Vec<Header>,
    pub(crate) payload_encoding: Option<String>,
    pub(crate) payload_type: Option<String>,
    pub(crate) payload: Option<Bytes>,
    pub(crate) log_id_new: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) key: String,
    pub(crate) value: String,
}

/// The bytes are no frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BadFrame;

impl Frame {
    /// The ping of a client.
    pub(crate) fn ping(service: i32) -> Self {
        Self {
            service,
            method: METHOD_CONTROL,
            headers: vec![Header::new("type", "ping")],
            ..Self::default()
        }
    }

    /// The value of the first header `key`, or nothing.
    pub(crate) fn header(&self, key: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|header| header.key == key)
            .map(|header| &*header.value)
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(256 + self.payload.as_ref().map_or(0, Bytes::len));
        put_number(&mut out, 1, self.seq_id);
        put_number(&mut out, 2, self.log_id);
        // Negative int32 are written as ten bytes, as 64-bit numbers.
        put_number(&mut out, 3, self.service as i64 as u64);
        put_number(&mut out, 4, self.method as i64 as u64);
        for header in &self.headers {
            put_bytes(&mut out, 5, &header.encode());
        }
        for (number, text) in [(6, &self.payload_encoding), (7, &self.payload_type)] {
            if let Some(text) = text {
                put_bytes(&mut out, number, text.as_bytes());
            }
        }
        if let Some(payload) = &self.payload {
            put_bytes(&mut out, 8, payload);
        }
        if let Some(text) = &self.log_id_new {
            put_bytes(&mut out, 9, text.as_bytes());
        }
        out
    }

    pub(crate) fn decode(bytes: &Bytes) -> Result<Self, BadFrame> {
        let mut frame = Self::default();
        let mut reader = Reader { rest: bytes };
        while let Some((number, value)) = reader.field()? {
            match number {
                1 => frame.seq_id = value.number()?,
                2 => frame.log_id = value.number()?,
                // As protobuf has it: the lower 32 bits of whatever number was sent.
                3 => frame.service = value.number()? as i32,
                4 => frame.method = value.number()? as i32,
                5 if frame.headers.len() == MAX_HEADERS => return Err(BadFrame),
                5 => frame.headers.push(Header::decode(value.bytes()?)?),
                6 => frame.payload_encoding = Some(value.text()?),
                7 => frame.payload_type = Some(value.text()?),
                8 => frame.payload = Some(bytes.slice_ref(value.bytes()?)),
                9 => frame.log_id_new = Some(value.text()?),
                _ => {}
            }
        }
        Ok(frame)
    }
}

impl Header {
    pub(crate) fn new(key: &str, value: impl Into<String>) -> Self {
        Self {
            key: key.to_owned(),
            value: value.into(),
        }
    }

    fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.key.len() + self.value.len() + 8);
        put_bytes(&mut out, 1, self.key.as_bytes());
        put_bytes(&mut out, 2, self.value.as_bytes());
        out
    }

    fn decode(bytes: &[u8]) -> Result<Self, BadFrame> {
        let mut header = Self::default();
        let mut reader = Reader { rest: bytes };
        while let Some((number, value)) = reader.field()? {
            match number {
                1 => header.key = value.text()?,
                2 => header.value = value.text()?,
                _ => {}
            }
        }
        Ok(header)
    }
}

fn put_varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn put_number(out: &mut Vec<u8>, field: u64, number: u64) {
    put_varint(out, field << 3);
    put_varint(out, number);
}

fn put_bytes(out: &mut Vec<u8>, field: u64, bytes: &[u8]) {
    put_varint(out, field << 3 | 2);
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// The value of a field, as far as the wire tells its kind.
enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    Skipped,
}

impl<'a> Value<'a> {
    fn number(self) -> Result<u64, BadFrame> {
        match self {
            Self::Number(number) => Ok(number),
            Self::Bytes(_) | Self::Skipped => Err(BadFrame),
        }
    }

    fn bytes(self) -> Result<&'a [u8], BadFrame> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            Self::Number(_) | Self::Skipped => Err(BadFrame),
        }
    }

    fn text(self) -> Result<String, BadFrame> {
        let text = std::str::from_utf8(self.bytes()?).map_err(|_| BadFrame)?;
        Ok(text.to_owned())
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn field(&mut self) -> Result<Option<(u32, Value<'a>)>, BadFrame> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let (number, kind) = self.key()?;
        let value = match kind {
            0 => Value::Number(self.varint()?),
            1 => self.skip(8)?,
            2 => Value::Bytes(self.sized()?),
            3 => self.skip_group(number)?,
            5 => self.skip(4)?,
            _ => return Err(BadFrame),
        };
        Ok(Some((number, value)))
    }

    fn key(&mut self) -> Result<(u32, u64), BadFrame> {
        let key = u32::try_from(self.varint()?).map_err(|_| BadFrame)?;
        let number = key >> 3;
        if number == 0 {
            Err(BadFrame)
        } else {
            Ok((number, u64::from(key & 7)))
        }
    }

    fn varint(&mut self) -> Result<u64, BadFrame> {
        let mut number = 0;
        for index in 0..10 {
            let (byte, rest) = self.rest.split_first().ok_or(BadFrame)?;
            self.rest = rest;
            // Ten groups of seven bits are six more than there is room for.
            if index == 9 && *byte > 1 {
                return Err(BadFrame);
            }
            number |= u64::from(byte & 0x7f) << (7 * index);
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(BadFrame)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], BadFrame> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(BadFrame)?;
        self.rest = rest;
        Ok(taken)
    }

    fn sized(&mut self) -> Result<&'a [u8], BadFrame> {
        let length = usize::try_from(self.varint()?).map_err(|_| BadFrame)?;
        self.take(length)
    }

    fn skip(&mut self, length: usize) -> Result<Value<'a>, BadFrame> {
        self.take(length).map(|_| Value::Skipped)
    }

    /// Skips to the end of a group, over the groups inside it.
    fn skip_group(&mut self, number: u32) -> Result<Value<'a>, BadFrame> {
        let mut open = vec![number];
        while let Some(innermost) = open.last() {
            let (number, kind) = self.key()?;
            match kind {
                0 => _ = self.varint()?,
                1 => _ = self.take(8)?,
                2 => _ = self.sized()?,
                3 if open.len() == MAX_GROUPS => return Err(BadFrame),
                3 => open.push(number),
                4 if *innermost == number => _ = open.pop(),
                5 => _ = self.take(4)?,
                _ => return Err(BadFrame),
            }
        }
        Ok(Value::Skipped)
    }
}

#[cfg(test)]
mod tests;
