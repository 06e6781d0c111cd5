/**
 * Metadata of 5,000 RPM packages, from a lock and the files in the store to a repository's repodata, beside createrepo_c over
 * the same files: `node bench/repodata.ts [rounds]`. Fresh processes, by turns. The files are one package that rpmbuild made,
 * under 5,000 names. Of ours, the lock has the digests and the entries of primary.xml, as it has when a bundle is built, and
 * the files are read for their headers; createrepo_c reads them whole.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '../repo/core/digest.ts';
import { readHead, readHeadOf } from '../repo/rpm/head.ts';
import { type Indexed, writeIndexes } from '../repo/rpm/index.ts';
import { listingOf } from '../repo/rpm/listing.ts';
import { metadataOf } from '../repo/rpm/metadata.ts';
import { poolPath, type Pooled } from '../repo/rpm/pool.ts';
import { stanzaOf } from '../repo/rpm/stanza.ts';
import { openWorkshop } from '../test/conformance/rpm-built.ts';
import { measure, measureOwn, median, seconds } from './measure.ts';

const count = 5000;

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
    const times = { ours: [] as number[], written: [] as number[], plain: [] as number[], usual: [] as number[] };
    let memory = 0;
    for (let round = 0; round < rounds; round++) {
      const own = await measureOwn([import.meta.filename, '--write', folder]);
      times.ours.push(own.seconds);
      const begin = performance.now();
      await writeTo(folder, items);
      times.written.push((performance.now() - begin) / 1000);
      times.usual.push((await measure(['createrepo_c', '--quiet', '--outputdir', join(folder, 'theirs'), join(folder, 'files')])).seconds);
      times.plain.push((await measure(['createrepo_c', '--quiet', '--no-database', '--outputdir', join(folder, 'theirs'), join(folder, 'files')])).seconds);
      memory = Math.max(memory, own.megabytes);
    }
    const ratio = (others: readonly number[]): string => ['ours', 'written'].map((name) => `${median(others.map((value, round) => value / times[name as 'ours' | 'written'][round]!)).toFixed(1)} times`).join(', and ');
    process.stdout.write(`metadata of ${count} packages, medians of ${rounds} rounds by turns\n`);
    process.stdout.write(`  pgark ${seconds(median(times.ours))}, ${memory.toFixed(0)} MB, as a process; ${seconds(median(times.written))} of headers that were read when they were verified, as a build has them\n`);
    process.stdout.write(`  createrepo_c ${seconds(median(times.usual))}: ${ratio(times.usual)} as long\n`);
    process.stdout.write(`  createrepo_c --no-database ${seconds(median(times.plain))}: ${ratio(times.plain)} as long\n`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The name stands in a header as it is; what no longer fits are digests that neither program looks at. */
async function makePackages(folder: string): Promise<void> {
  const workshop = await openWorkshop();
  const [first] = await workshop.build(spec, { _topdir: join(workshop.folder, 'top') });
  const model = (await readFile(first!)).toString('latin1');
  await workshop.close();
  await mkdir(join(folder, 'files'));
  await mkdir(join(folder, 'theirs'));
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
