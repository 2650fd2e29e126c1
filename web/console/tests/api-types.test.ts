import { expect, test } from 'vitest';
import snapshot from '../../../crates/desk/tests/desk/staff/snapshots/desk__staff__door__staff-openapi.snap?raw';
import { apiTypes, type Description } from '../build/api-types';

test('the types are those of the API that the desk describes', async () => {
  // An insta snapshot: a head between two lines of three dashes, then the text.
  const description = JSON.parse(snapshot.split('---\n').slice(2).join('---\n')) as Description;
  await expect(apiTypes(description)).toMatchFileSnapshot('../src/lib/api-types.ts');
});

test('what the generator does not know is an error, not a guess', () => {
  const odd = { paths: {}, components: { schemas: { Odd: { type: 'hologram' } } } };
  expect(() => apiTypes(odd)).toThrow('hologram');
});
