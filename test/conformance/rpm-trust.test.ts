import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect } from 'vitest';
import { digestOf } from '../../repo/core/digest.ts';
import { Fault } from '../../repo/core/fault.ts';
import { fingerprintsIn, readKeys } from '../../repo/core/signature.ts';
import { abilitiesOf } from '../../repo/rpm/abilities.ts';
import { readHead } from '../../repo/rpm/head.ts';
import { metadataOf } from '../../repo/rpm/metadata.ts';
import { versionOf } from '../../repo/rpm/relation.ts';
import { stanzaOf } from '../../repo/rpm/stanza.ts';
import { verifyPackage } from '../../repo/rpm/verify.ts';
import { conformance, report } from './oracle.ts';
import { openWorkshop, richSpec, rpmPrograms, smallSpec } from './rpm-built.ts';
import { run, together } from './run.ts';

const abilities = abilitiesOf('9')!;

conformance('a package is trusted if and only if rpmkeys trusts it', { programs: rpmPrograms }, async () => {
  const workshop = await openWorkshop();
  const [signed, foreign, bare] = (await Promise.all(['signed', 'foreign', 'bare'].map((name) => workshop.build(smallSpec(name))))).map(([path]) => path!) as [string, string, string];
  const rich = await workshop.build(richSpec, { _binary_payload: 'w6.xzdio' });
  const material = Buffer.from(await workshop.sign([signed, ...rich], 'upstream'));
  await workshop.sign([foreign], 'foreign');
  const keys = await readKeys([material], await fingerprintsIn(material, 'it'), 'it');
  const files = await variants(join(workshop.folder, 'variants'), [signed, ...rich], [foreign, bare]);
  const database = await importKey(workshop.folder, material);

  let seconds = 0;
  const judged = await together(files, async (path) => {
    const begin = performance.now();
    const ours = await isTrusted(path, keys);
    seconds += (performance.now() - begin) / 1000;
    const said = await run(['rpmkeys', '--dbpath', database, '--define', '_pkgverify_level all', '--checksig', path], { statuses: [0, 1] });
    return { name: basename(path), ours, theirs: said.includes('digests signatures OK') };
  });

  const differing = judged.filter(({ ours, theirs }) => ours !== theirs);
  // Around what is signed lie hints that rpm follows and we do not: an MD5, and the number of the key, unsigned, in the signature.
  const unexplained = differing.filter(({ name }) => !name.includes(unsigned));
  await report('RPM signatures', { agree: judged.length - differing.length, of: judged.length, explained: differing.length - unexplained.length, peer: 'rpmkeys --checksig', seconds });
  expect(judged.filter(({ theirs }) => theirs).length).toBeGreaterThanOrEqual(1 + rich.length);
  expect(judged.filter(({ theirs }) => !theirs).length).toBeGreaterThan(100);
  expect(unexplained).toEqual([]);
  expect(differing.length).toBeLessThan(judged.length / 20);
  await workshop.close();
});

conformance('packages of rpmbuild, mutated, are read or refused, quickly', { programs: rpmPrograms }, async () => {
  const workshop = await openWorkshop();
  const files = await workshop.build(richSpec);
  await workshop.sign(files, 'upstream');
  const contents = await Promise.all(files.map((file) => readFile(file)));
  let seed = 1;
  const random = (below: number): number => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) % below;
  const begin = performance.now();
  const heap = process.memoryUsage().rss;
  let refused = 0;

  for (let round = 0; round < 6000; round++) {
    const copy = Buffer.from(contents[round % contents.length]!);
    const { end } = readHead(contents[round % contents.length]!, 'it').range;
    for (let change = random(3); change >= 0; change--) copy[random(end)] = random(256);
    try {
      stanzaOf(metadataOf(readHead(copy, 'it'), 'it'), { digest: '', size: 0 });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      refused++;
    }
  }

  expect(refused).toBeGreaterThan(100);
  expect(refused).toBeLessThan(5900);
  expect(performance.now() - begin).toBeLessThan(30_000);
  expect(process.memoryUsage().rss - heap).toBeLessThan(300 << 20);
  await workshop.close();
});

/** Of a byte before the header. */
const unsigned = 'around';

/** The packages as they are, cut off, and with one byte changed in every part of them. */
async function variants(folder: string, good: readonly string[], bad: readonly string[]): Promise<string[]> {
  await mkdir(folder);
  const files: string[] = [...good, ...bad];
  const write = async (name: string, content: Buffer): Promise<void> => {
    files.push(join(folder, name));
    await writeFile(join(folder, name), content);
  };
  for (const [place, path] of good.entries()) {
    const content = await readFile(path);
    const { range } = readHead(content, path);
    await write(`${place}-cut.rpm`, content.subarray(0, -1));
    await write(`${place}-long.rpm`, Buffer.concat([content, Buffer.alloc(8)]));
    const places = [...evenly(0, range.start, 40), ...evenly(range.start, range.end, 24), ...evenly(range.end, content.length, 8)];
    for (const at of places) {
      const copy = Buffer.from(content);
      copy[at] = copy[at]! ^ 0x01;
      await write(`${place}-${at < range.start ? unsigned : 'signed'}-${at}.rpm`, copy);
    }
  }
  return files;
}

const evenly = (from: number, to: number, count: number): number[] => Array.from({ length: count }, (_, place) => from + Math.floor(((to - from) * (place + 0.5)) / count));

async function importKey(folder: string, material: Buffer): Promise<string> {
  const database = join(folder, 'rpmdb');
  await mkdir(database);
  await writeFile(join(folder, 'trusted.asc'), material);
  await run(['rpmkeys', '--dbpath', database, '--import', join(folder, 'trusted.asc')]);
  return database;
}

/** With metadata that says whatever the file says, as a forger would write it: the signatures alone decide. */
async function isTrusted(path: string, keys: Awaited<ReturnType<typeof readKeys>>): Promise<boolean> {
  try {
    const content = await readFile(path);
    const metadata = metadataOf(readHead(content, 'it'), 'it');
    const { name, arch, epoch, version, release } = metadata;
    const claim = { name, arch, version: versionOf({ epoch: String(epoch), ver: version, rel: release }), size: content.length, digest: digestOf(content) };
    await verifyPackage(path, { ...claim, stanza: stanzaOf(metadata, claim) }, { keys, abilities });
    return true;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return false;
  }
}
