import { expect, it } from 'vitest';
import { linkable } from './links.ts';

const policy = { page: 'http://127.0.0.1:7442', hosts: ['help.example'] };

it('links to the page itself and to declared hosts alone', () => {
  expect(linkable('http://127.0.0.1:7442/help', policy)?.href).toBe('http://127.0.0.1:7442/help');
  expect(linkable('https://help.example/a?b', policy)?.href).toBe('https://help.example/a?b');
  for (const url of [
    'http://help.example/',
    'https://evil.example/',
    'https://help.example.evil.example/',
    'https://evil.help.example/',
    'https://help.example:8443/',
    'https://help.example@evil.example/',
    'https://user:secret@help.example/',
    'http://127.0.0.1:7443/',
    'javascript:alert(1)',
    'not an address',
    '/relative',
  ]) {
    expect(linkable(url, policy), url).toBeNull();
  }
});
