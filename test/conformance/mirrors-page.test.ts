import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect } from 'vitest';
import { recallCatalog } from '../../builder/manifest/cache.ts';
import { ownManifests } from '../../builder/manifest/files.ts';
import { findTarget } from '../../builder/manifest/platform.ts';
import { fingerprintsIn } from '../../repo/core/signature.ts';
import { serveFiles } from '../support/server.ts';
import { makeElMirror, repositoryOf } from './el-made.ts';
import { conformance } from './oracle.ts';
import { openWorkshop, rpmPrograms, smallSpec } from './rpm-built.ts';
import { run } from './run.ts';

const top = resolve(import.meta.dirname, '../..');
const pgark = join(top, 'pgark');
const reposync = { '/usr/lib/python3/dist-packages/dnf-plugins/reposync.py': 'dnf-plugins-core' };
const bundle = "name: small\nversion: '1.0'\nabout: x\nsources: [rocky, epel, pgdg]\ntargets: [el9]\npg: ['17']\ncomponents: [postgresql]\npackages: [small]\n";

conformance('docs/mirrors.md is true: repositories whose index nobody signs are copied, verified, signed, and built from', { programs: { ...rpmPrograms, ...reposync } }, async () => {
  const workshop = await openWorkshop();
  const work = join(workshop.folder, 'work');
  await mkdir(join(work, 'manifests/keys'), { recursive: true });
  const catalog = await recallCatalog(ownManifests, join(work, 'catalog'));
  const upstream = await makeElMirror(workshop, catalog);
  await upstream.publish(findTarget(catalog.targets, 'el9.x86_64'), '17.5');
  const extra = await workshop.build(smallSpec('small'));
  const made = await workshop.sign(extra, 'upstream');
  for (const [path, content] of await repositoryOf(workshop, extra, 'gz')) upstream.files.set(`epel/9/Everything/x86_64/${path}`, content);
  // Nobody signs the index of these, and their packages are signed by the workshop in the place of the distributions.
  for (const path of upstream.files.keys()) if (!path.startsWith('pgdg') && path.endsWith('.asc')) upstream.files.delete(path);
  for (const key of ['21CB256AE16FC54C6E652949702D426D350D275D', 'FF8AD1344597106ECE813B918A3872BF3228467C']) await writeFile(join(work, 'manifests/keys', `${key}.asc`), made);
  const sh = async (name: string): Promise<string> => run(['sh', '-ec', `cd '${work}'; ${(await blockOf(name)).replace('https://dl.rockylinux.org/pub', upstream.server.url).replace('https://dl.fedoraproject.org/pub', upstream.server.url)}`], { env: { GNUPGHOME: join(workshop.folder, 'gnupg') } });

  await sh('copy');
  const verdict = await sh('verify');
  await sh('sign');
  const mirror = await serveFiles(await filesOf(join(work, 'mirror')));
  await writeFile(join(work, 'upstream.asc'), made);
  const mirrors = (await blockOf('mirrors.yml')).replaceAll('http://mirror.yard.example', mirror.url).replaceAll('[mirror.asc]', '[mirror.asc, upstream.asc]');
  await writeFile(join(work, 'mirrors.yml'), `${mirrors}  pgdg-yum: { url: '${upstream.server.url}/pgdg-yum', keys: [${join(workshop.folder, 'mirror.asc')}, upstream.asc] }\n`);
  await writeFile(join(work, 'small.yml'), bundle);
  await run([pgark, 'keygen', '--out', join(work, 'key')]);
  const [signer] = await fingerprintsIn(await readFile(join(work, 'key/public.asc')), 'key') as [string];
  const options = ['--mirrors', join(work, 'mirrors.yml'), '--store', join(work, 'store')];
  await run([pgark, 'lock', join(work, 'small.yml'), '--target', 'el9.x86_64', '--out', work, ...options]);
  await run([pgark, 'build', join(work, 'small.el9.x86_64.lock.json'), '--key', join(work, 'key/key'), '--out', work, ...options]);
  const good = await run([pgark, 'verify', join(work, 'pgark-small-1.0.el9.x86_64.tar'), '--fingerprint', signer]);
  const [unsigned] = await workshop.build(smallSpec('unsigned')) as [string];
  await rename(unsigned, join(work, 'mirror/epel/9/Everything/x86_64/Packages/unsigned.rpm'));

  expect(verdict).toBe('');
  expect(good).toContain('pgark-small-1.0.el9.x86_64 is good');
  await expect(sh('verify')).rejects.toThrow();
  expect(await readFile(join(work, 'mirror/verdict'), 'utf8')).toMatch(/unsigned\.rpm: (?!digests signatures OK)/);
  await Promise.all([upstream.server.close(), mirror.close()]);
  await workshop.close();
});

/** The block below `<!-- run: NAME -->`. */
async function blockOf(name: string): Promise<string> {
  const text = await readFile(join(top, 'docs/mirrors.md'), 'utf8');
  return new RegExp(`<!-- run: ${name} -->\\n\`\`\`\\w+\\n([^]*?)\`\`\``).exec(text)![1]!;
}

/** What a web server would serve of a folder. */
async function filesOf(folder: string): Promise<Map<string, Buffer>> {
  const entries = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  return new Map(await Promise.all(entries.map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    return [path.slice(folder.length + 1), await readFile(path)] as const;
  })));
}
