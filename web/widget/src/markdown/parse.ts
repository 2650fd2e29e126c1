/**
 * A small safe subset of Markdown: paragraphs, line breaks, lists, code, bold, italic, links. The result is data;
 * whoever shows it makes elements of it, so no text ever becomes markup. Everything else stays as it was written.
 */

export type Inline =
  | { type: 'text'; text: string }
  | { type: 'code'; text: string }
  | { type: 'strong' | 'emphasis'; content: Inline[] }
  | { type: 'link'; url: string; content: Inline[] };

export type Block =
  | { type: 'paragraph'; lines: Inline[][] }
  | { type: 'heading'; content: Inline[] }
  | { type: 'list'; ordered: boolean; start: number; items: Inline[][] }
  | { type: 'code'; text: string };

/** Longer text is shown as it is: nobody writes so much, and marks in it are not worth the time. */
const LONGEST = 20_000;
const DEEPEST = 4;
/** Begins a block of code; the language after it is not shown. */
const FENCE = /^```[\w-]*\s*$/;

export function parse(text: string): Block[] {
  const source = text.replaceAll(/\r\n?/g, '\n');
  if (source.length > LONGEST) return [{ type: 'paragraph', lines: source.split('\n').map((line) => [{ type: 'text', text: line }]) }];
  const lines = source.split('\n');
  const blocks: Block[] = [];
  let place = 0;
  while (place < lines.length) {
    const line = lines[place] ?? '';
    if (!line.trim()) {
      place += 1;
    } else if (FENCE.test(line)) {
      const end = lines.findIndex((other, at) => at > place && other.trimEnd() === '```');
      const last = end < 0 ? lines.length : end;
      blocks.push({ type: 'code', text: lines.slice(place + 1, last).join('\n') });
      place = last + 1;
    } else if (/^#{1,6} /.test(line)) {
      blocks.push({ type: 'heading', content: inline(line.replace(/^#+ +/, '')) });
      place += 1;
    } else if (itemOf(line)) {
      place = list(lines, place, blocks);
    } else {
      const start = place;
      while (place < lines.length && !startsBlock(lines[place] ?? '')) place += 1;
      blocks.push({ type: 'paragraph', lines: lines.slice(start, place).map((each) => inline(each)) });
    }
  }
  return blocks;
}

/** The words alone, for a screen reader's announcement; numbered items keep their numbers, since one may answer by them. */
export function plain(text: string): string {
  const words = (content: Inline[]): string =>
    content.map((each) => ('content' in each ? words(each.content) : each.text)).join('');
  return parse(text)
    .map((block) => {
      if (block.type === 'code') return block.text;
      if (block.type === 'heading') return words(block.content);
      if (block.type === 'paragraph') return sentences(block.lines.map(words));
      return sentences(block.items.map((item, at) => (block.ordered ? `${block.start + at}: ` : '') + words(item)));
    })
    .reduce(following, '');
}

const sentences = (parts: string[]): string => parts.reduce(following, '');

/** One part after another, with a full stop between them where the first has no end of its own. */
function following(before: string, next: string): string {
  if (before === '') return next;
  return before + (/[.!?:…]$/.test(before) ? ' ' : '. ') + next;
}

function startsBlock(line: string): boolean {
  return !line.trim() || FENCE.test(line) || /^#{1,6} /.test(line) || itemOf(line) !== null;
}

interface Item {
  ordered: boolean;
  number: number;
  text: string;
}

function itemOf(line: string): Item | null {
  const bullet = /^ {0,3}[-*•] +(.+)$/.exec(line);
  if (bullet) return { ordered: false, number: 1, text: bullet[1] ?? '' };
  const numbered = /^ {0,3}(\d{1,4})[.)] +(.+)$/.exec(line);
  return numbered && { ordered: true, number: Number(numbered[1]), text: numbered[2] ?? '' };
}

function list(lines: string[], start: number, blocks: Block[]): number {
  const first = itemOf(lines[start] ?? '');
  const items: Inline[][] = [];
  let place = start;
  for (; place < lines.length; place += 1) {
    const item = itemOf(lines[place] ?? '');
    if (!item || item.ordered !== first?.ordered) break;
    items.push(inline(item.text));
  }
  blocks.push({ type: 'list', ordered: first?.ordered ?? false, start: first?.number ?? 1, items });
  return place;
}

/** In the order in which they are tried at one place. */
const MARKS = [
  { pattern: /`([^`]+)`/y, make: ([, text = '']: RegExpExecArray): Inline => ({ type: 'code', text }) },
  {
    pattern: /\[([^[\]]+)\]\((https?:\/\/[^\s()<>]+)\)/y,
    make: ([, text = '', url = '']: RegExpExecArray, depth: number): Inline => ({ type: 'link', url, content: inline(text, depth) }),
  },
  {
    pattern: /https?:\/\/[^\s<>()"'`\]]*[^\s<>()"'`\].,;:!?*_]/y,
    make: ([url]: RegExpExecArray): Inline => ({ type: 'link', url, content: [{ type: 'text', text: url }] }),
  },
  {
    pattern: /\*\*(\S(?:.{0,1000}?\S)?)\*\*(?!\*)/y,
    make: ([, text = '']: RegExpExecArray, depth: number): Inline => ({ type: 'strong', content: inline(text, depth) }),
  },
  {
    pattern: /\*([^\s*](?:[^*]*[^\s*])?)\*/y,
    make: ([, text = '']: RegExpExecArray, depth: number): Inline => ({ type: 'emphasis', content: inline(text, depth) }),
  },
  {
    pattern: /(?<![\p{L}\p{N}_])_([^\s_](?:[^_]*[^\s_])?)_(?![\p{L}\p{N}_])/uy,
    make: ([, text = '']: RegExpExecArray, depth: number): Inline => ({ type: 'emphasis', content: inline(text, depth) }),
  },
];

function inline(text: string, depth = 0): Inline[] {
  const content: Inline[] = [];
  let from = 0;
  let place = 0;
  const flush = (): void => {
    if (place > from) content.push({ type: 'text', text: text.slice(from, place) });
  };
  while (place < text.length) {
    const found = depth < DEEPEST && '`[h*_'.includes(text[place] ?? '') ? markAt(text, place) : null;
    if (found) {
      flush();
      content.push(found.mark.make(found.match, depth + 1));
      place += found.match[0].length;
      from = place;
    } else {
      place += 1;
    }
  }
  flush();
  return content;
}

function markAt(text: string, place: number): { mark: (typeof MARKS)[number]; match: RegExpExecArray } | null {
  for (const mark of MARKS) {
    mark.pattern.lastIndex = place;
    const match = mark.pattern.exec(text);
    if (match) return { mark, match };
  }
  return null;
}
