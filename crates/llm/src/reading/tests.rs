use proptest::prelude::*;

use super::*;

const LIMIT: usize = 2_000;

fn read(api: Api, pieces: &[&[u8]]) -> Vec<Result<Piece, LlmError>> {
    let mut reading = Reading::new(api, LIMIT);
    pieces.iter().for_each(|bytes| reading.push(bytes));
    reading.end(None);
    std::iter::from_fn(|| reading.next()).collect()
}

/// The pieces and how it ended.
fn shown(api: Api, stream: &str) -> String {
    let lines = read(api, &[stream.as_bytes()]).into_iter().map(|piece| match piece {
        Ok(Piece::Call(call)) => format!("{} {}", call.name(), call.arguments()),
        Ok(other) => format!("{other:?}"),
        Err(error) => format!("error: {error}"),
    });
    lines.collect::<Vec<_>>().join("\n")
}

const OPENAI: &str = r#"data: {"choices":[{"delta":{"role":"assistant","content":""},"finish_reason":null}]}

data: {"choices":[{"delta":{"content":"Let me"}}]}

data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"start_flow","arguments":""}}]}}]}

data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"flow\":"}}]}}]}

data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\"refund\"}"}},{"index":1,"function":{"name":"clarify"}}]}}]}

data: {"choices":[{"delta":{},"finish_reason":"tool_calls"}]}

data: {"choices":[],"usage":{"prompt_tokens":50,"completion_tokens":9,"total_tokens":59}}

data: [DONE]

data: {"choices":[{"delta":{"content":"never"}}]}

"#;

const ANTHROPIC: &str = r#"event: message_start
data: {"type":"message_start","message":{"id":"m","content":[],"usage":{"input_tokens":40,"cache_read_input_tokens":10,"output_tokens":1}}}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

event: ping
data: {"type":"ping"}

data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Let me"}}

data: {"type":"content_block_stop","index":0}

data: {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","name":"start_flow","input":{}}}

data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"flow\":"}}

data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"\"refund\"}"}}

data: {"type":"content_block_stop","index":1}

data: {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"u","name":"clarify","input":{}}}

data: {"type":"content_block_delta","index":2,"delta":{"type":"thinking_delta","thinking":"hm"}}

data: {"type":"content_block_stop","index":2}

data: {"type":"tomorrows_event","data":1}

data: {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":9}}

data: {"type":"message_stop"}

data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"never"}}

"#;

#[test]
fn both_formats_give_the_same_pieces() {
    insta::assert_snapshot!(shown(Api::OpenAi, OPENAI), @r#"
    Text("Let me")
    start_flow {"flow":"refund"}
    clarify {}
    Usage(Usage { input: 50, output: 9 })
    "#);
    insta::assert_snapshot!(shown(Api::Anthropic, ANTHROPIC), @r#"
    Usage(Usage { input: 50, output: 1 })
    Text("Let me")
    start_flow {"flow":"refund"}
    clarify {}
    Usage(Usage { input: 50, output: 9 })
    "#);
}

#[test]
fn what_cannot_be_read_is_an_error_of_our_own_words() {
    let call = |arguments: &str| {
        let call = serde_json::json!({"index": 0, "function": {"name": "x", "arguments": arguments}});
        let chunk =
            serde_json::json!({"choices": [{"delta": {"tool_calls": [call]}, "finish_reason": "stop"}]});
        shown(Api::OpenAi, &format!("data: {chunk}\n\ndata: [DONE]\n\n"))
    };
    for arguments in ["{", "[1]", "7", "\"sarah@example.com\"", "{\"a\": }"] {
        assert_eq!(call(arguments), "error: the model asked for a tool in a way that cannot be read");
    }
    assert_eq!(call("  "), "x {}");
    let failed =
        "data: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"sarah\"}}\n\n";
    assert_eq!(shown(Api::Anthropic, failed), "error: the model provider failed in the middle of its answer");
    let unbegun = "data: {\"type\":\"content_block_delta\",\"index\":3,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{}\"}}\n\n";
    assert_eq!(
        shown(Api::Anthropic, unbegun),
        "error: the model asked for a tool in a way that cannot be read"
    );
    // A call that the stream never finishes is none.
    let cut = &ANTHROPIC[..ANTHROPIC.find("data: {\"type\":\"content_block_stop\",\"index\":1").unwrap()];
    assert!(shown(Api::Anthropic, cut).ends_with("Text(\"Let me\")\nerror: the answer was cut off"));
}

#[test]
fn calls_are_bounded_in_number_name_and_size() {
    let begin = |index: usize, name: &str| {
        let block = serde_json::json!({"type": "tool_use", "id": "t", "name": name, "input": {}});
        let event =
            serde_json::json!({"type": "content_block_start", "index": index, "content_block": block});
        format!("data: {event}\n\n")
    };
    let many: String = (0..=MOST_CALLS).map(|index| begin(index, "x")).collect();
    assert!(matches!(read(Api::Anthropic, &[many.as_bytes()]).last(), Some(Err(LlmError::BadCall))));
    let long = begin(0, &"x".repeat(LONGEST_NAME + 1));
    assert!(matches!(read(Api::Anthropic, &[long.as_bytes()]).last(), Some(Err(LlmError::BadCall))));
    let delta = serde_json::json!({"type": "input_json_delta", "partial_json": "x".repeat(500)});
    let delta = serde_json::json!({"type": "content_block_delta", "index": 0, "delta": delta});
    let large = format!("{}{}", begin(0, "x"), format!("data: {delta}\n\n").repeat(5));
    let error = read(Api::Anthropic, &[large.as_bytes()]).pop();
    assert!(matches!(error, Some(Err(LlmError::ReplyTooLarge { limit: LIMIT }))), "{error:?}");
}

/// Bytes of a stream: noise, or pieces of real events in any order.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let lines: Vec<&'static str> = OPENAI.lines().chain(ANTHROPIC.lines()).collect();
    let line = prop_oneof![
        8 => prop::sample::select(lines).prop_map(|line| format!("{line}\n\n").into_bytes()),
        1 => prop::collection::vec(any::<u8>(), 0..40),
        1 => Just(b"data: {\"choices\":[{\"delta\":{\"content\":null,\"tool_calls\":null}}],\"usage\":null}\n\n".to_vec()),
        1 => "data: [{}\\[\\]\":,a-z0-9_]{0,30}\n\n".prop_map(String::into_bytes),
    ];
    prop::collection::vec(line, 0..60).prop_map(|lines| lines.concat())
}

proptest! {
    #[test]
    fn for_any_bytes_there_is_no_panic_and_every_bound_holds(
        api in prop::sample::select(vec![Api::OpenAi, Api::Anthropic]),
        bytes in bytes(),
        cut in 1_usize..50,
    ) {
        let pieces: Vec<&[u8]> = bytes.chunks(cut).collect();
        let seen = read(api, &pieces);
        let mut taken = 0;
        let mut calls = 0;
        for (number, piece) in seen.iter().enumerate() {
            match piece {
                Ok(Piece::Text(text)) => taken += text.len(),
                Ok(Piece::Call(call)) => {
                    calls += 1;
                    taken += call.name().len();
                    prop_assert!(call.name().len() <= LONGEST_NAME);
                    prop_assert!(call.read::<serde_json::Map<String, serde_json::Value>>().is_ok());
                }
                Ok(Piece::Usage(_)) => {}
                Err(_) => prop_assert_eq!(number, seen.len() - 1, "an error is the last"),
            }
        }
        prop_assert!(taken <= LIMIT && calls <= MOST_CALLS);
        // However the bytes are cut, the pieces are the same.
        let whole = read(api, &[&bytes]);
        prop_assert_eq!(format!("{:?}", whole), format!("{seen:?}"));
    }
}
