import { expect, test } from 'vitest';
import { Fault } from '../../../repo/core/fault.ts';
import { readComps } from '../../../repo/rpm/comps.ts';
import { findOwners } from '../../../repo/rpm/filelists.ts';
import { readModules } from '../../../repo/rpm/modules.ts';
import { activeStreams } from '../../../repo/rpm/streams.ts';
import { advisoriesOf, readAdvisories, writeAdvisory } from '../../../repo/rpm/updateinfo.ts';
import { dice } from '../../builder/solve/random.ts';
import { defaultOf, streamOf } from '../../support/modules.ts';
import { filelistsOf } from '../../support/repository.ts';

const packages = [{ name: 'bash', version: '5-1', arch: 'x86_64' }];

const inputs: Record<string, { text: string; read: (text: string) => unknown }> = {
  'a filelists.xml': {
    text: filelistsOf([{ digest: 'a'.repeat(64), name: 'a', files: ['/a', '/b & c'] }, { digest: 'b'.repeat(64), name: 'b', files: ['/a'] }]),
    read: (text) => findOwners(piecesOf(text), ['/a', '/b & c'], 'it'),
  },
  'a comps.xml': {
    text: '<?xml version="1.0"?>\n<comps><group><id>a</id><name>A &amp; B</name><packagelist><packagereq type="default">a</packagereq></packagelist></group><!-- x --></comps>',
    read: (text) => readComps(text, 'it'),
  },
  'an updateinfo.xml': {
    text: '<updates><update type="security"><id>A</id><pkglist><collection><package name="bash" version="5" release="1" epoch="0" arch="x86_64"><filename>x</filename></package></collection></pkglist></update></updates>',
    read: (text) => advisoriesOf(readAdvisories(Buffer.from(text, 'latin1'), 'it'), packages).map(writeAdvisory),
  },
  'a modules.yaml': {
    text: [streamOf({ stream: 'perl:5.26', artifacts: ['perl-0:1-1.noarch'], profiles: { common: 'perl' } }), streamOf({ stream: 'dbi:1', needs: { perl: '5.26' } }), defaultOf('perl', '5.26', 'common')].map((each) => `---\n${each}\n...\n`).join(''),
    read: (text) => activeStreams(readModules(text, 'it'), { streams: ['dbi:1'], platform: 'el9', arch: 'x86_64' }),
  },
};

test.each(Object.entries(inputs))('%s that was changed anywhere is read, or refused with a sentence', async (_, { text, read }) => {
  const random = dice(11);
  let refused = 0;

  for (let round = 0; round < 400; round++) {
    const verdict = await verdictOn(() => read(mutate(text, random)));
    if (verdict !== undefined) refused++;
    expect(verdict === undefined || verdict instanceof Fault, String((verdict as Error)?.stack)).toBe(true);
  }

  await expect(verdictOn(() => read(text))).resolves.toBeUndefined();
  expect(refused).toBeGreaterThan(20);
});

async function verdictOn(read: () => unknown): Promise<unknown> {
  try {
    await read();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Cuts out, doubles or overwrites a part, or cuts off the end. */
function mutate(text: string, random: (sides: number) => number): string {
  const at = random(text.length);
  const end = Math.min(text.length, at + 1 + random(60));
  const part = text.slice(at, end);
  const instead = ['', part + part, String.fromCharCode(random(256)), '<', '>', '&', '---\n', ': [', '*a', '&a {', '!!x ', '<!--', '"'][random(13)]!;
  return random(10) === 0 ? text.slice(0, at) : text.slice(0, at) + instead + text.slice(end);
}

async function* piecesOf(text: string): AsyncGenerator<Uint8Array> {
  const content = Buffer.from(text, 'latin1');
  for (let at = 0; at < content.length; at += 100) yield content.subarray(at, at + 100);
}
