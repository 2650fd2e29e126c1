// Starts @copilotkit/aimock on a free port with the fixtures of provider.rs, prints its address as one line of
// JSON, and ends when standard input does, so that it never outlives the test.
import { LLMock } from "@copilotkit/aimock";

const mock = new LLMock({ port: 0, host: "127.0.0.1" });
const answer = "Hello [PERSON_1], your order [ORDER_1] is on its way.";
const broken = { message: "the provider repeats sarah@example.com", type: "server_error" };

mock.onMessage(/greet/, { content: answer }, { chunkSize: 5 });
mock.onMessage(/key/, { error: broken, status: 401 });
mock.onMessage(/busy/, { error: broken, status: 429, retryAfter: 7 });
mock.on({ userMessage: /flaky/, sequenceIndex: 0 }, { error: broken, status: 503 });
mock.on({ userMessage: /flaky/, sequenceIndex: 1 }, { content: "back again" });
mock.onMessage(/tool/, { toolCalls: [{ name: "start_flow", arguments: '{"flow":"refund"}' }], usage: { input_tokens: 70, output_tokens: 11 } }, { chunkSize: 4 });
mock.onMessage(/overloaded/, { error: broken, status: 529 });
mock.onMessage(/never/, { error: broken, status: 429, retryAfter: 1000000000000000000 });
mock.onMessage(/down/, { error: broken, status: 503 });
// Paced, so that the first pieces have left before the connection is destroyed.
mock.onMessage(/cut/, { content: answer }, { chunkSize: 5, truncateAfterChunks: 3, streamingProfile: { ttft: 0, tps: 10 } });
mock.onMessage(/slow/, { content: answer }, { streamingProfile: { ttft: 60_000 } });
mock.onMessage(/pause/, { content: answer }, { chunkSize: 5, streamingProfile: { ttft: 0, tps: 0.01 } });
mock.onMessage(/long/, { content: "x".repeat(10_000) }, { chunkSize: 1000 });
mock.onMessage(/garbage/, { content: answer }, { chaos: { malformedRate: 1 } });
mock.onMessage(/drop/, { content: answer }, { chaos: { disconnectRate: 1 } });

await mock.start();
process.stdout.write(`${JSON.stringify({ url: mock.url })}\n`);
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
