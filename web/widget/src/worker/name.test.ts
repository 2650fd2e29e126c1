import { expect, it } from 'vitest';
import { encode } from '../protocol/base64url.ts';
import { conversationName } from './name.ts';

const token = (claims: object): string => `e30.${encode(new TextEncoder().encode(JSON.stringify(claims)))}.c2ln`;
const config = { desk: 'A', hub: 'https://hub.test', identity: null };

it('keeps people, hubs and desks apart, and tells none of them', async () => {
  const names = await Promise.all(
    [config, { ...config, identity: token({ sub: 'ada' }) }, { ...config, identity: token({ sub: 'bo' }) }, { ...config, hub: 'https://other.test' }, { ...config, desk: 'B' }].map(conversationName),
  );
  expect(new Set(names).size).toBe(5);
  expect(names.join()).not.toMatch(/ada|hub|=/);
});

it('is the same for another token of the same person, and while a key is replaced', async () => {
  const ada = await conversationName({ ...config, identity: token({ sub: 'ada', exp: 1 }) });
  expect(await conversationName({ ...config, identity: token({ sub: 'ada', exp: 2 }) })).toBe(ada);
  expect(await conversationName({ ...config, desk: 'A B' })).toBe(await conversationName(config));
});

it('takes a token that says nobody, or nothing readable, for nobody', async () => {
  const nobody = await conversationName(config);
  for (const identity of ['', 'x', 'a.b.c', token({}), token({ sub: 5 })]) {
    expect(await conversationName({ ...config, identity })).toBe(nobody);
  }
});
