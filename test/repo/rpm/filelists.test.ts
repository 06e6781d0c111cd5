import { expect, test } from 'vitest';
import { findOwners } from '../../../repo/rpm/filelists.ts';
import { filelistsOf } from '../../support/repository.ts';

const [words, more, other] = ['a', 'b', 'c'].map((letter) => letter.repeat(64)) as [string, string, string];
const text = filelistsOf([
  { digest: words, name: 'words', files: ['/usr/share/dict', '/usr/share/dict/words'] },
  { digest: more, name: 'more-words', files: ['/usr/share/dict/words'] },
  { digest: other, name: 'other', files: ['/usr/share/dict/words.d', '/opt/usr/share/dict/words', '/a & b'] },
]);

test('R6: those who have a path are found, whatever the pieces', async () => {
  for (const size of [7, 64, 1000, 1_000_000]) {
    const found = await findOwners(pieces(text, size), ['/usr/share/dict/words', '/nobody/has/this'], 'it');

    expect([...found]).toEqual([[words, ['/usr/share/dict/words']], [more, ['/usr/share/dict/words']]]);
  }
});

test('a path is found as XML writes it', async () => {
  expect([...(await findOwners(pieces(text, 50), ['/a & b'], 'it'))]).toEqual([[other, ['/a & b']]]);
});

test.each([
  ['that ends within a package', text.slice(0, -60), 'ends within a package'],
  ['with a comment', text.replace('<file>', '<!-- <file>'), 'holds comments or CDATA'],
  ['that names packages otherwise', text.replace(words, 'words'), 'does not name the packages of its lists by SHA-256'],
  ['whose one package never ends', text.slice(0, 400) + '<file>/x</file>'.repeat(2_400_000), 'the list of one package is larger than'],
])('an index %s is refused', async (_, broken, message) => {
  await expect(findOwners(pieces(broken, 1 << 20), ['/usr/share/dict/words'], 'it')).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining(message) });
});

async function* pieces(whole: string, size: number): AsyncGenerator<Uint8Array> {
  const content = Buffer.from(whole);
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}
