/**
 * Metadata of 5,000 RPM packages, from a lock and the files in the store to a repository's repodata, beside createrepo_c over
 * the same files: `node bench/repodata.ts [rounds]`. By turns. The files are one package that rpmbuild made, under 5,000 names.
 *
 * Of ours, the lock has the digests and the entries of primary.xml, as it has when a bundle is built. "Of verified packages" is
 * what writing adds to a build, which has read each header when it verified the package; "of files", a process of its own, reads
 * the headers too. createrepo_c reads the files whole, with as many threads as it likes; with `--update` it takes what it wrote
 * before of each file that has not changed, which is all of them. It writes a database beside the XML unless told not to.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { table } from '../repo/console/print.ts';
import { digestOf } from '../repo/core/digest.ts';
import { readHead, readHeadOf } from '../repo/rpm/head.ts';
import { type Indexed, writeIndexes } from '../repo/rpm/index.ts';
import { listingOf } from '../repo/rpm/listing.ts';
import { metadataOf } from '../repo/rpm/metadata.ts';
import { poolPath, type Pooled } from '../repo/rpm/pool.ts';
import { stanzaOf } from '../repo/rpm/stanza.ts';
import { openWorkshop } from '../test/conformance/rpm-built.ts';
import { load } from './el9.ts';
import { measure, measureOwn, median, seconds } from './measure.ts';

const count = 5000;

/** What is told createrepo_c besides. */
const peers = {
  createrepo_c: [],
  'createrepo_c --update': ['--update'],
  'createrepo_c --no-database': ['--no-database'],
  'createrepo_c --no-database --update': ['--no-database', '--update'],
} satisfies Record<string, string[]>;

/** A package as large as most, with 40 files, 25 requirements and 10 changelogs. */
const spec = `
Name: bench-0000
Version: 1.0
Release: 1.el9
Summary: One of very many
License: MIT
${Array.from({ length: 25 }, (_, place) => `Requires: library-${place}(x86-64) >= ${place}`).join('\n')}
%description
${'Words of a description, as long as they usually are. '.repeat(8)}
%install
mkdir -p %{buildroot}/usr/bin %{buildroot}/usr/lib64/bench
for each in $(seq 1 38); do echo $each > %{buildroot}/usr/lib64/bench/module-$each.so; done
echo > %{buildroot}/usr/bin/bench-0000
head -c 45000 /dev/urandom > %{buildroot}/usr/lib64/bench/large
%files
/usr/bin/*
/usr/lib64/bench
%changelog
${Array.from({ length: 10 }, (_, place) => `* Wed Jan 01 2025 A B <a@b> - 1.0-${10 - place}\n- a change that was made, number ${place}\n`).join('\n')}
`;

if (process.argv[2] === '--write') await writeTo(process.argv[3]!, await itemsIn(process.argv[3]!));
else await bench(Number(process.argv[2] ?? 5));

async function bench(rounds: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pgark-bench-'));
  try {
    await makePackages(folder);
    // As the launcher has it: compiled once.
    process.env['NODE_COMPILE_CACHE'] = join(folder, 'cache');
    await measureOwn([import.meta.filename, '--write', folder]);
    const items = await itemsIn(folder);
    for (const [name, options] of Object.entries(peers)) await measure(peerOf(options, name, folder));
    const ours: Record<string, number[]> = { 'of verified packages': [], 'of files': [] };
    const theirs: Record<string, number[]> = Object.fromEntries(Object.keys(peers).map((name) => [name, []]));
    let memory = 0;
    for (let round = 0; round < rounds; round++) {
      const own = await measureOwn([import.meta.filename, '--write', folder]);
      ours['of files']!.push(own.seconds);
      const begin = performance.now();
      await writeTo(folder, items);
      ours['of verified packages']!.push((performance.now() - begin) / 1000);
      for (const [name, options] of Object.entries(peers)) theirs[name]!.push((await measure(peerOf(options, name, folder))).seconds);
      memory = Math.max(memory, own.megabytes);
    }
    const times = (name: string): string => seconds(median({ ...ours, ...theirs }[name]!));
    const ratio = (name: string, own: string): string => median(theirs[name]!.map((value, round) => value / ours[own]![round]!)).toFixed(1);
    process.stdout.write(`metadata of ${count} packages, medians of ${rounds} rounds by turns, ${load()}; pgark at most ${memory.toFixed(0)} MB\n`);
    const rows = Object.keys(peers).map((name) => [name, times(name), ...Object.keys(ours).map((own) => ratio(name, own)), name === 'createrepo_c' ? 'at least 10, of verified packages' : '']);
    process.stdout.write(`${table([['measured', 'time', ...Object.keys(ours).map((own) => `times pgark ${own}`), 'to reach'], ...Object.keys(ours).map((own) => [`pgark ${own}`, times(own), '', '', '']), ...rows])}\n`);
    process.exitCode = Number(ratio('createrepo_c', 'of verified packages')) >= 10 ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Each writes to a folder of its own, where it finds what it wrote in the round before. */
function peerOf(options: readonly string[], name: string, folder: string): string[] {
  return ['createrepo_c', '--quiet', ...options, '--outputdir', join(folder, 'theirs', name), join(folder, 'files')];
}

/** The name stands in a header as it is; what no longer fits are digests that neither program looks at. */
async function makePackages(folder: string): Promise<void> {
  const workshop = await openWorkshop();
  const [first] = await workshop.build(spec, { _topdir: join(workshop.folder, 'top') });
  const model = (await readFile(first!)).toString('latin1');
  await workshop.close();
  await mkdir(join(folder, 'files'));
  for (const name of Object.keys(peers)) await mkdir(join(folder, 'theirs', name), { recursive: true });
  const lock: Pooled[] = [];
  for (let place = 0; place < count; place++) {
    const content = Buffer.from(model.replaceAll('bench-0000', `bench-${String(place).padStart(4, '0')}`), 'latin1');
    const known = { digest: digestOf(content), size: content.length };
    const metadata = metadataOf(readHead(content, 'it'), 'it');
    lock.push({ name: metadata.name, version: '1.0-1.el9', arch: metadata.arch, ...known, stanza: stanzaOf(metadata, known) });
    await writeFile(join(folder, 'files', `${metadata.name}.rpm`), content);
  }
  await writeFile(join(folder, 'lock.json'), JSON.stringify(lock));
}

async function itemsIn(folder: string): Promise<Indexed[]> {
  const lock = JSON.parse(await readFile(join(folder, 'lock.json'), 'utf8')) as Pooled[];
  return lock.map((item) => ({ ...item, listing: listingOf(readHeadOf(join(folder, 'files', `${item.name}.rpm`), poolPath(item)), item.name) }));
}

async function writeTo(folder: string, items: readonly Indexed[]): Promise<void> {
  const indexes = await writeIndexes(items, { date: new Date(0) });
  await mkdir(join(folder, 'ours/repodata'), { recursive: true });
  for (const [path, content] of indexes) await writeFile(join(folder, 'ours', path), content);
}
