// The address that an authenticator app reads from the QR code (Google Authenticator's key URI format; RFC 6238
// with its defaults: SHA-1, six digits, 30 seconds).
import encodeQR from 'qr';

/** `label` is shown in the app beside the issuer; it may still be empty. */
export function otpauth(issuer: string, label: string, secret: string): string {
  const name = encodeURIComponent(label === '' ? issuer : `${issuer}:${label}`);
  return `otpauth://totp/${name}?secret=${secret}&issuer=${encodeURIComponent(issuer)}`;
}

export interface Picture {
  /** Modules on a side, with the quiet zone. */
  size: number;
  /** An SVG path of the dark modules, one unit a module. */
  path: string;
}

/** A QR code (ISO/IEC 18004) as one SVG path, with the quiet zone of four modules that readers need. */
export function picture(address: string): Picture {
  const rows = encodeQR(address, 'raw', { ecc: 'medium', border: 4 });
  let path = '';
  rows.forEach((row, y) => {
    row.forEach((dark, x) => {
      if (dark) path += `M${x} ${y}h1v1h-1z`;
    });
  });
  return { size: rows.length, path };
}

/** The secret in groups of four, easier to type. */
export function grouped(secret: string): string {
  return secret.match(/.{1,4}/g)?.join(' ') ?? secret;
}
