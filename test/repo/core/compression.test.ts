import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { compress, compressionOf, decompress, decompressing } from '../../../repo/core/compression.ts';

const text = 'Package: a\n'.repeat(200);
/** `yes 'Package: a' | head -n 200 | xz | base64` */
const xz = Buffer.from('/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AiXAB5dACgYSGbb2jCF/hbery/rIny4Rdu8kq3mPkDJqfw4AAAAAO7qLPFCd5KjAAE6mBEAAAA9rGdvscRn+wIAAAAABFla', 'base64');
/** `yes 'Package: a' | head -n 200 | bzip2 | base64` */
const bz2 = Buffer.from('QlpoOTFBWSZTWblEmJsAAY/bAAAQQAAAEEAAKoggAFCDJiApVGE9TYi0IuiLQi2IuCLBF0RYIvBFgi/F3JFOFCQuUSYmwA==', 'base64');
const packed = { plain: Buffer.from(text), gz: gzipSync(text), zst: zstdCompressSync(text), xz, bz2 } as const;

describe('R22: decompress', () => {
  test.each(Object.entries(packed))('%s unpacks to what was packed', async (how, content) => {
    const plain = await decompress(content, how as keyof typeof packed, text.length, 'Packages');

    expect(plain.toString()).toBe(text);
  });

  test.each(Object.entries(packed))('%s that unpacks to one byte more than promised is not trusted', async (how, content) => {
    const unpacking = decompress(content, how as keyof typeof packed, text.length - 1, 'Packages');

    await expect(unpacking).rejects.toMatchObject({ code: 'untrusted', message: `Packages unpacks to more than the ${text.length - 1} bytes that its index names` });
  });

  test.each(['gz', 'zst', 'xz', 'bz2'] as const)('%s that is cut short is not trusted', async (how) => {
    const unpacking = decompress(packed[how].subarray(0, packed[how].length - 12), how, text.length, 'Packages');

    await expect(unpacking).rejects.toMatchObject({ code: 'untrusted', message: expect.stringContaining('Packages cannot be unpacked') });
  });
});

describe('decompressing', () => {
  test.each(Object.entries(packed))('%s comes in pieces that make up what was packed', async (how, content) => {
    const pieces: Uint8Array[] = [];

    for await (const piece of decompressing(content, how as keyof typeof packed, text.length, 'Packages')) pieces.push(piece);

    expect(Buffer.concat(pieces).toString()).toBe(text);
  });

  test.each(Object.entries(packed))('%s ends with one byte more than promised', async (how, content) => {
    const pieces = decompressing(content, how as keyof typeof packed, text.length - 1, 'Packages');

    await expect(pipeline(pieces, async (each) => void (await buffer(each)))).rejects.toMatchObject({ code: 'untrusted', message: expect.stringContaining('unpacks to more than') });
  });
});

test('a bomb is not unpacked to its end', async () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000));
  const before = process.memoryUsage.rss();

  await expect(decompress(bomb, 'gz', 1000, 'Packages')).rejects.toMatchObject({ code: 'untrusted' });

  expect(process.memoryUsage.rss() - before).toBeLessThan(40_000_000);
});

test('the same content packs to the same bytes', async () => {
  const [one, two] = await Promise.all([compress(Buffer.from(text)), compress(Buffer.from(text))]);

  expect(one.equals(two)).toBe(true);
  expect(one.subarray(4, 8)).toEqual(Buffer.alloc(4));
});

test.each([
  ['main/binary-amd64/Packages.xz', 'xz'],
  ['Packages.gz', 'gz'],
  ['Packages.zst', 'zst'],
  ['Packages.bz2', 'bz2'],
  ['main/binary-amd64/Packages', 'plain'],
])('the name %s says %s', (path, how) => expect(compressionOf(path)).toBe(how));
