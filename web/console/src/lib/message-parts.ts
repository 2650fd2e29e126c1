// Reads a masked message into parts that components draw. Nothing here makes HTML, so whatever a customer or a
// model writes stays text: a small part of Markdown (paragraphs, lists, strong, emphasis, code) and tokens.

export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'strong'; text: string }
  | { kind: 'emphasis'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'token'; token: Token };

export type Block =
  | { kind: 'paragraph'; lines: Inline[][] }
  | { kind: 'list'; ordered: boolean; items: Inline[][] };

/** A stand-in for a value that stays sealed: `[EMAIL_1]`, or `[PERSON_1.2]` for another spelling of the same. */
export interface Token {
  written: string;
  type: string;
  number: string;
}

const TOKEN = /\[([A-Z][A-Z_]{0,30})_(\d{1,7}(?:\.\d{1,7})?)\]/;
// One alternative for each inline form; the order decides where two could begin at the same place. Every length is
// bounded: without that a customer could write a message that takes a browser minutes to read.
const INLINE = new RegExp(
  [
    TOKEN.source,
    '\\*\\*([^*\\n]{1,400})\\*\\*',
    '`([^`\\n]{1,400})`',
    '\\[([^\\]\\n]{1,200})\\]\\((https?:[^\\s)]{1,500})\\)',
    '(?<![\\w*])\\*([^*\\s][^*\\n]{0,400})\\*(?!\\w)',
  ].join('|'),
  'g',
);
const ITEM = /^\s*(?:[-*•]|(\d{1,3})[.)])\s+(.*)$/;

/** Reads one token, or nothing. */
export function readToken(written: string): Token | null {
  const found = TOKEN.exec(written);
  if (found === null || found[0] !== written) return null;
  return { written, type: found[1] ?? '', number: found[2] ?? '' };
}

/** The blocks of a message. */
export function blocks(text: string): Block[] {
  const all: Block[] = [];
  for (const paragraph of text.trim().split(/\n\s*\n/)) {
    let last: Block | undefined;
    for (const line of paragraph.split('\n')) {
      const item = ITEM.exec(line);
      if (item !== null) {
        const ordered = item[1] !== undefined;
        if (last?.kind !== 'list' || last.ordered !== ordered) {
          last = { kind: 'list', ordered, items: [] };
          all.push(last);
        }
        last.items.push(inline(item[2] ?? ''));
      } else {
        if (last?.kind !== 'paragraph') {
          last = { kind: 'paragraph', lines: [] };
          all.push(last);
        }
        last.lines.push(inline(line.replace(/^#{1,4}\s+/, '')));
      }
    }
  }
  return all;
}

/** The inline parts of one line. A link shows its words and where it leads, as text: nothing here can be clicked. */
export function inline(line: string): Inline[] {
  const parts: Inline[] = [];
  let from = 0;
  const text = (until: number) => {
    if (until > from) parts.push({ kind: 'text', text: line.slice(from, until) });
  };
  for (const found of line.matchAll(INLINE)) {
    const [all, type, number, strong, code, label, address, emphasis] = found;
    text(found.index);
    from = found.index + all.length;
    if (type !== undefined) parts.push({ kind: 'token', token: { written: all, type, number: number ?? '' } });
    else if (strong !== undefined) parts.push(...within('strong', strong));
    else if (code !== undefined) parts.push({ kind: 'code', text: code });
    else if (label !== undefined) parts.push(...inline(label), { kind: 'text', text: ` (${address})` });
    else if (emphasis !== undefined) parts.push(...within('emphasis', emphasis));
  }
  text(line.length);
  return parts;
}

// Tokens are chips inside strong words and emphasis too.
function within(kind: 'strong' | 'emphasis', text: string): Inline[] {
  return inline(text).map((part) => (part.kind === 'text' ? { kind, text: part.text } : part));
}
