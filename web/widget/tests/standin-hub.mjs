// A stand-in for the hub with a desk behind it, for the smoke test: it speaks the protocol of crates/protocol over
// HTTP and WebSocket and keeps everything in memory. The encryption is tests/standin-e2ee.ts, so it can read along.
import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';

const id = () => randomBytes(16).toString('base64url');

/** The desk's end for tests/standin-e2ee.ts: nothing is encrypted. */
export function standinDesk() {
  const key = Buffer.from('desk key of the stand-in hub 32!').toString('base64url');
  return {
    key,
    keyPackage: async () => Buffer.from(key).toString('base64url'),
    join: async () => undefined,
    seal: async (_channel, payload) => Buffer.from(JSON.stringify({ ...payload, nonce: id() })).toString('base64url'),
    open: async (_channel, body) => JSON.parse(Buffer.from(body, 'base64url').toString()).payload,
    close: () => undefined,
  };
}

/** Starts on a free port of the loopback. `faults` may be changed at any time. */
export async function startHub({ answer, desk = standinDesk() }) {
  const channels = new Map();
  const faults = { noSockets: false, refuse: null, problem: null };
  const requests = [];

  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    requests.push(`${request.method} ${request.url}`);
    const reply = (status, body, headers = {}) => {
      response.writeHead(status, {
        'access-control-allow-origin': request.headers.origin ?? '*',
        'access-control-allow-headers': 'authorization, content-type',
        'access-control-allow-methods': 'GET, POST, DELETE',
        'access-control-expose-headers': 'retry-after',
        'content-type': status >= 400 ? 'application/problem+json' : 'application/json',
        ...headers,
      });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    };
    if (request.method === 'OPTIONS') return reply(204);
    if (faults.problem) return reply(faults.problem.status, faults.problem, { 'retry-after': String(faults.problem.retry_after ?? 1) });
    const body = chunks.length ? JSON.parse(Buffer.concat(chunks).toString()) : undefined;
    const path = new URL(request.url, 'http://hub').pathname;
    const [, channelId] = /^\/v1\/channels\/([\w-]+)/.exec(path) ?? [];
    const channel = channels.get(channelId);
    if (path.endsWith('/claim')) {
      return reply(200, { key_package: await desk.keyPackage(), last_resort: false });
    }
    if (request.method === 'POST' && path === '/v1/channels') {
      channels.set(body.channel, { envelopes: [], sockets: new Set(), waiters: new Set() });
      post(body.channel, 'device', body.welcome);
      return reply(201, { seq: 1, expires_at: 0 });
    }
    if (!channel) return reply(404, { code: 'no-channel', status: 404, title: 'No such channel.' });
    if (request.method === 'DELETE') return channels.delete(channelId), reply(204);
    if (request.method === 'POST') return reply(201, post(channelId, 'device', body));
    const after = Number(new URL(request.url, 'http://hub').searchParams.get('after'));
    const wait = Number(new URL(request.url, 'http://hub').searchParams.get('wait'));
    const news = () => channel.envelopes.filter(({ seq }) => seq > after);
    if (!news().length && wait) await new Promise((resolve) => (channel.waiters.add(resolve), setTimeout(resolve, wait * 1000).unref()));
    return reply(200, { envelopes: news(), epoch: 1 });
  });

  server.on('upgrade', (request, socket) => {
    socket.on('error', () => undefined);
    const [, channelId] = /^\/v1\/channels\/([\w-]+)\/socket/.exec(request.url) ?? [];
    if (faults.noSockets || faults.problem) return socket.destroy();
    const key = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`);
    const send = (frame) => socket.writable && socket.write(textFrame(JSON.stringify(frame)));
    readFrames(socket, (text) => {
      const frame = JSON.parse(text);
      const channel = channels.get(channelId);
      if (frame.type === 'open') {
        if (!channel) return send({ type: 'refused', problem: { code: 'no-channel', status: 404, title: '' } });
        send({ type: 'opened', epoch: 1 });
        for (const delivery of channel.envelopes) if (delivery.seq > frame.after) send({ type: 'delivery', ...delivery });
        channel.sockets.add(send);
        socket.on('close', () => channel.sockets.delete(send));
      } else if (frame.type === 'post') {
        if (faults.refuse) return send({ type: 'refused', id: frame.envelope.id, problem: faults.refuse });
        send({ type: 'posted', ...post(channelId, 'device', frame.envelope) });
      }
    });
  });

  function post(channelId, author, envelope) {
    const channel = channels.get(channelId);
    const known = channel.envelopes.find((other) => other.id === envelope.id && other.author === author);
    if (known) return { id: known.id, seq: known.seq };
    const delivery = { ...envelope, seq: channel.envelopes.length + 1, author };
    channel.envelopes.push(delivery);
    for (const send of channel.sockets) send({ type: 'delivery', ...delivery });
    for (const wake of channel.waiters) wake();
    channel.waiters.clear();
    if (author === 'device') deal = deal.then(() => dealWith(channelId, envelope)).catch((error) => console.error(error.message));
    return { id: delivery.id, seq: delivery.seq };
  }

  // The desk takes one envelope after the other, as they come.
  let deal = Promise.resolve();
  async function dealWith(channel, envelope) {
    if (envelope.kind === 'welcome') return desk.join(channel, envelope.body);
    const payload = await desk.open(channel, envelope.body);
    const said = [];
    answer(payload, (fromDesk) => said.push(fromDesk), id);
    for (const fromDesk of said) await say(fromDesk, channel);
  }

  /** The desk says something unasked. */
  async function say(fromDesk, channel = [...channels.keys()][0]) {
    post(channel, 'desk', { id: id(), kind: 'message', epoch: 1, body: await desk.seal(channel, fromDesk) });
  }

  const origin = await listen(server, 0);
  return { origin, desk, say, faults, requests, channels, close: () => (desk.close(), server.close(), server.closeAllConnections()) };
}

export function listen(server, port) {
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`));
  });
}

/** An unmasked text frame (RFC 6455 section 5.2). */
function textFrame(text) {
  const octets = Buffer.from(text);
  const head = octets.length < 126 ? Buffer.from([0x81, octets.length]) : Buffer.alloc(octets.length < 65536 ? 4 : 10);
  if (head.length === 4) (head[0] = 0x81), (head[1] = 126), head.writeUInt16BE(octets.length, 2);
  if (head.length === 10) (head[0] = 0x81), (head[1] = 127), head.writeBigUInt64BE(BigInt(octets.length), 2);
  return Buffer.concat([head, octets]);
}

/** Masked, unfragmented frames, as browsers send short texts. */
function readFrames(socket, hear) {
  let rest = Buffer.alloc(0);
  socket.on('data', (octets) => {
    rest = Buffer.concat([rest, octets]);
    while (rest.length >= 2) {
      let length = rest[1] & 0x7f;
      let at = 2;
      if (length === 126) (length = rest.length >= 4 ? rest.readUInt16BE(2) : Infinity), (at = 4);
      else if (length === 127) (length = rest.length >= 10 ? Number(rest.readBigUInt64BE(2)) : Infinity), (at = 10);
      if (rest.length < at + 4 + length) return;
      const mask = rest.subarray(at, at + 4);
      const payload = Buffer.from(rest.subarray(at + 4, at + 4 + length).map((octet, place) => octet ^ mask[place % 4]));
      const opcode = rest[0] & 0x0f;
      rest = rest.subarray(at + 4 + length);
      if (opcode === 8) return socket.end();
      if (opcode === 1) hear(payload.toString());
    }
  });
}
