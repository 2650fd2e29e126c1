import { expect, test } from 'vitest';
import decodeQR from 'qr/decode.js';
import { grouped, otpauth, picture } from '../src/lib/otpauth';

test('the address names issuer and account', () => {
  expect(otpauth('A & B', 'mira@example.com', 'JBSWY3DP')).toBe(
    'otpauth://totp/A%20%26%20B%3Amira%40example.com?secret=JBSWY3DP&issuer=A%20%26%20B',
  );
  expect(otpauth('Sotto', '', 'JBSWY3DP')).toBe('otpauth://totp/Sotto?secret=JBSWY3DP&issuer=Sotto');
});

test('a reader finds the address in the picture', () => {
  const address = otpauth('Sotto', 'mira@example.com', 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP');
  const { size, path } = picture(address);
  const SCALE = 4;
  const width = size * SCALE;
  const data = new Uint8Array(width * width * 4).fill(255);
  for (const [, x, y] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
    for (let dy = 0; dy < SCALE; dy++) {
      for (let dx = 0; dx < SCALE; dx++) {
        const at = ((Number(y) * SCALE + dy) * width + Number(x) * SCALE + dx) * 4;
        data.fill(0, at, at + 3);
      }
    }
  }
  expect(decodeQR({ width, height: width, data })).toBe(address);
});

test('the secret is read aloud in fours', () => {
  expect(grouped('JBSWY3DPEH')).toBe('JBSW Y3DP EH');
});
