// Starts @copilotkit/aimock on a free port as the model of the demo shop's desk, prints its address as one line of JSON,
// and ends when standard input does, so that it never outlives the test.
import { LLMock } from "@copilotkit/aimock";

const mock = new LLMock({ port: 0, host: "127.0.0.1" });
const refund = "We refund you within 5 working days after your return reaches us.";
const broken = { message: "the provider repeats sarah.connor@example.com", type: "server_error" };
// One provider counts in these words, the other in those.
const usage = { input_tokens: 900, output_tokens: 40, prompt_tokens: 900, completion_tokens: 40 };

mock.onMessage(/How long does a refund take\?\s*$/, { content: `${refund} And more`, usage }, { chunkSize: 5 });
mock.onMessage(/must not come after all\s*$/, { toolCalls: [{ name: "start_flow", arguments: '{"flow":"cancel_order"}' }], usage });
mock.onMessage(/How can I pay\?\s*$/, { error: broken, status: 500 });
mock.onMessage(/./, { content: "NO_ANSWER", usage });

await mock.start();
process.stdout.write(`${JSON.stringify({ url: mock.url })}\n`);
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
