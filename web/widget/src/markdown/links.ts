/** Which addresses an answer may link to: those of the page itself and of hosts that the business declared. */

export interface LinkPolicy {
  /** Origin of the business's page. */
  page: string;
  /** Host names, with a port when it is not the usual one. */
  hosts: string[];
}

/** The address to link to, or nothing. An address that hides its host behind a name and password is none. */
export function linkable(url: string, policy: LinkPolicy): URL | null {
  if (!URL.canParse(url)) return null;
  const parsed = new URL(url);
  if (parsed.username || parsed.password) return null;
  if (parsed.origin === policy.page) return /^https?:$/.test(parsed.protocol) ? parsed : null;
  return parsed.protocol === 'https:' && policy.hosts.includes(parsed.host) ? parsed : null;
}
