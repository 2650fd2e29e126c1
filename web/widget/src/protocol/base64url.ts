/** Octets as base64url without padding (RFC 4648 section 5), as everywhere on the wire. */

export function encode(octets: Uint8Array): string {
  let binary = '';
  for (let start = 0; start < octets.length; start += 0x8000) {
    binary += String.fromCharCode(...octets.subarray(start, start + 0x8000));
  }
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** Throws a `SyntaxError` for anything else than base64url without padding. */
export function decode(text: string): Uint8Array<ArrayBuffer> {
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) throw new SyntaxError('not base64url');
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const octets = new Uint8Array(binary.length);
  for (let place = 0; place < binary.length; place += 1) octets[place] = binary.charCodeAt(place);
  return octets;
}
