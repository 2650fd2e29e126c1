// Lays a brotli file beside each file, so that servers need not compress.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

/** All files under a folder, as paths from it. */
export function files(folder, under = '') {
  return readdirSync(join(folder, under)).flatMap((name) => {
    const path = join(under, name);
    return statSync(join(folder, path)).isDirectory() ? files(folder, path) : [path];
  });
}

export function compress(folder) {
  for (const path of files(folder)) {
    const octets = readFileSync(join(folder, path));
    const params = {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_SIZE_HINT]: octets.length,
    };
    writeFileSync(join(folder, `${path}.br`), brotliCompressSync(octets, { params }));
  }
}
