-- What the assistant must know of a conversation besides its messages: where it is in a flow, the buttons that the customer
-- was shown, how often each tool was called. Sealed; masked inside.

ALTER TABLE conversation ADD COLUMN memory BYTEA;
