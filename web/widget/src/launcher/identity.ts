/**
 * Asks the page's own origin who is signed in. The answer is a short-lived signed token (RFC 7519), as text or as
 * `{"token": "…"}`; anything else, also no answer, means that nobody is signed in.
 */
export async function fetchIdentity(url: URL | null): Promise<string | null> {
  if (!url) return null;
  try {
    const response = await fetch(url, { credentials: 'same-origin', cache: 'no-store', redirect: 'error' });
    if (!response.ok) return null;
    const body = (await response.text()).trim();
    const token: unknown = body.startsWith('{') ? (JSON.parse(body) as { token?: unknown }).token : body;
    return typeof token === 'string' && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token) ? token : null;
  } catch {
    return null;
  }
}
