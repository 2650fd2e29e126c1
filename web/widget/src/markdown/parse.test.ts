import { describe, expect, it } from 'vitest';
import { parse, plain, type Inline } from './parse.ts';

const only = (text: string): Inline[] => {
  const [block] = parse(text);
  return block?.type === 'paragraph' ? (block.lines[0] ?? []) : [];
};

describe('parse', () => {
  it('reads paragraphs, lines, lists, headings and code', () => {
    expect(parse('One\ntwo\n\n# Three\n- a\n- b\n3. c\n4) d\n```\n<b>**x**\n```\nend').map(({ type }) => type)).toEqual([
      'paragraph', 'heading', 'list', 'list', 'code', 'paragraph',
    ]);
    expect(parse('3. c\n4) d')).toMatchObject([{ ordered: true, start: 3, items: [[{ text: 'c' }], [{ text: 'd' }]] }]);
    expect(parse('```\n<b>**x**\n```')).toEqual([{ type: 'code', text: '<b>**x**' }]);
  });

  it('reads bold, italic, code and links inside a line', () => {
    expect(only('a **b *c*** `d*`')).toMatchObject([{ text: 'a ' }, { type: 'strong' }, { text: ' ' }, { type: 'code', text: 'd*' }]);
    expect(only('_a_ snake_case_name')).toMatchObject([{ type: 'emphasis' }, { text: ' snake_case_name' }]);
    expect(only('[the **page**](https://a.test/b?c=d)')).toMatchObject([
      { type: 'link', url: 'https://a.test/b?c=d', content: [{ text: 'the ' }, { type: 'strong' }] },
    ]);
  });

  it('finds an address in the text without the stop after it', () => {
    expect(only('See https://a.test/b.')).toMatchObject([{ text: 'See ' }, { type: 'link', url: 'https://a.test/b' }, { text: '.' }]);
  });

  it('makes no link of other schemes', () => {
    for (const text of ['[x](javascript:alert(1))', '[x](data:text/html,y)', 'javascript:alert(1)', '[x](//a.test)']) {
      expect(JSON.stringify(parse(text))).not.toContain('"link"');
    }
  });

  it('leaves marks that do not close, and markup, as they were written', () => {
    for (const text of ['2 * 3 * 4', '**a', '`a', '[a](b', '<img src=x onerror=alert(1)>', '&lt;', '* ', '*']) {
      expect(plain(text)).toBe(text);
    }
  });

  it('loses no words, whatever marks stand around them', () => {
    const pieces = ['**', '*', '_', '`', '[', ']', '(', ')', 'https://a.test', ' ', '\n', '- ', '1. ', '# ', 'word', 'ß', '😀'];
    const words = (text: string): number => (text.match(/word|ß|😀/g) ?? []).length;
    let seed = 7;
    const next = (): number => (seed = (seed * 1103515245 + 12345) % 2147483648);
    for (let round = 0; round < 2_000; round += 1) {
      const text = Array.from({ length: 12 }, () => pieces[next() % pieces.length]).join('');
      expect(words(JSON.stringify(parse(text))), text).toBeGreaterThanOrEqual(words(text));
    }
  });

  it('is done with hostile text in no time', () => {
    for (const piece of ['*', '**a', '_a', '`', '[', '[a](', '- ', 'h', 'https://', '> ', '\n#']) {
      const started = performance.now();
      parse(piece.repeat(20_000 / piece.length));
      expect(performance.now() - started).toBeLessThan(1_000);
    }
  });
});

describe('plain', () => {
  it('gives the words alone, and the numbers by which one may answer', () => {
    expect(plain('**Yes.**\n\n1. [Print](https://a.test)\n2. `Send`')).toBe('Yes. 1: Print. 2: Send');
    expect(plain('Which one?\n- This\n- That')).toBe('Which one? This. That');
  });
});
