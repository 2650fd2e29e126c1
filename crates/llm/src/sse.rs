//! Server-sent events (WHATWG HTML, section 9.2.6), cut anywhere, with bounds. Only `data` matters here.

/// Reads a stream of events from pieces of bytes.
pub(crate) struct SseParser {
    limit: usize,
    line: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
    after_return: bool,
    at_start: bool,
}

/// A line, or the data of one event, is longer than the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLong;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

impl SseParser {
    /// `limit` bounds a line and the data of an event, in bytes.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            line: Vec::new(),
            data: Vec::new(),
            has_data: false,
            after_return: false,
            at_start: true,
        }
    }

    /// Takes the next bytes and adds the data of each event that they complete. An event that the stream never
    /// completes is dropped, as the standard says.
    pub(crate) fn push(&mut self, mut bytes: &[u8], events: &mut Vec<Vec<u8>>) -> Result<(), TooLong> {
        while let Some(first) = bytes.first() {
            if std::mem::take(&mut self.after_return) && *first == b'\n' {
                bytes = &bytes[1..];
                continue;
            }
            match bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
                Some(end) => {
                    self.extend_line(&bytes[..end])?;
                    self.after_return = bytes[end] == b'\r';
                    bytes = &bytes[end + 1..];
                    self.end_line(events)?;
                }
                None => {
                    self.extend_line(bytes)?;
                    bytes = &[];
                }
            }
        }
        Ok(())
    }

    fn extend_line(&mut self, bytes: &[u8]) -> Result<(), TooLong> {
        if self.line.len() + bytes.len() > self.limit {
            return Err(TooLong);
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    fn end_line(&mut self, events: &mut Vec<Vec<u8>>) -> Result<(), TooLong> {
        let line = std::mem::take(&mut self.line);
        let line = if std::mem::take(&mut self.at_start) {
            line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&line)
        } else {
            &line
        };
        if line.is_empty() {
            if std::mem::take(&mut self.has_data) {
                events.push(std::mem::take(&mut self.data));
            }
            return Ok(());
        }
        let value = match line.strip_prefix(b"data") {
            Some([b':', b' ', value @ ..]) | Some([b':', value @ ..]) => value,
            Some([]) => &[],
            // Comments and other fields.
            _ => return Ok(()),
        };
        if self.data.len() + value.len() + 1 > self.limit {
            return Err(TooLong);
        }
        if self.has_data {
            self.data.push(b'\n');
        }
        self.has_data = true;
        self.data.extend_from_slice(value);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(pieces: &[&[u8]]) -> Vec<String> {
        let mut parser = SseParser::new(1000);
        let mut events = Vec::new();
        for piece in pieces {
            parser.push(piece, &mut events).expect("within the limit");
        }
        events.into_iter().map(|data| String::from_utf8_lossy(&data).into_owned()).collect()
    }

    const STREAM: &[u8] = b"\xef\xbb\xbfdata: one\r\n\r\n: ping\nevent: x\ndata:two\ndata: \xc3\xa9\n\nid: 3\r\rdata\n\ndata: cut";

    #[test]
    fn events_are_read_as_the_standard_says() {
        assert_eq!(read(&[STREAM]), ["one", "two\né", ""]);
    }

    #[test]
    fn a_line_or_event_over_the_limit_is_refused() {
        let mut parser = SseParser::new(16);
        assert_eq!(parser.push(&[b'x'; 17], &mut Vec::new()), Err(TooLong));
        let mut parser = SseParser::new(16);
        assert_eq!(parser.push(b"data: 12345678\ndata: 12345678\n", &mut Vec::new()), Err(TooLong));
    }

    proptest! {
        #[test]
        fn every_way_of_cutting_a_stream_gives_the_same_events(cuts in prop::collection::vec(0..STREAM.len(), 0..8)) {
            let mut cuts = cuts;
            cuts.push(0);
            cuts.push(STREAM.len());
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|cut| &STREAM[cut[0]..cut[1]]).collect();
            prop_assert_eq!(read(&pieces), read(&[STREAM]));
        }

        #[test]
        fn no_bytes_make_the_parser_fail_otherwise(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut events = Vec::new();
            let _ = SseParser::new(64).push(&bytes, &mut events);
            prop_assert!(events.iter().all(|event| event.len() <= 64));
        }
    }
}
