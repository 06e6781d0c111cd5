import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inLines, report } from '../../../repo/console/report.ts';
import { cache } from '../../../vagrant/places.ts';
import { ensure } from '../../../vagrant/requirements.ts';
import { debianPackages, unpackAll, type Unpacked } from './debs.ts';
import { installed, upstreamOf } from './installed.ts';
import { elName, elNames, epochs } from './names.ts';
import { inPlace } from './place.ts';
import { postgres } from './postgres.ts';
import { placeOf, type Origin, type Recipe } from './recipe.ts';
import { elRoot, type ElRoot } from './root.ts';
import { buildRpms, packaging, type Rpm, type RpmFile } from './rpm.ts';
import { services, tools } from './services.ts';
import { sidPackages } from './sid.ts';
import { keyFiles, makeKey, publish, type Signing } from './signed.ts';

/** Signed repositories of RPM packages, one for each origin; the key lies beside them. */
export interface ElPackages extends Signing {
  folder: string;
  origins: readonly Origin[];
}

const recipes: readonly Recipe[] = [...postgres, ...services, ...tools];

/** Debian's integration of what is packaged anew, and LLVM, which only the JIT compiler wants. */
const without = ['postgresql-common', 'postgresql-client-common', 'ssl-cert', 'libjson-perl', 'libllvm14', 'libz3-4', 'netbase'];

/** What bookworm does not have. It needs nothing that bookworm does not have: a package whose needs cannot be met is not installed. */
const fromSid: ReadonlySet<string> = new Set(['pg-exporter']);

const sources = ['packages.ts', 'postgres.ts', 'services.ts', 'recipe.ts', 'debs.ts', 'sid.ts', 'signed.ts'];

/** Built once for a root and these recipes, and kept. */
export async function elPackages(): Promise<ElPackages> {
  const root = await elRoot();
  const key = createHash('sha256').update(root.root);
  for (const source of sources) key.update(await readFile(join(import.meta.dirname, source)));
  const folder = join(cache, 'el', key.digest('hex').slice(0, 8));
  await inPlace(folder, /^[0-9a-f]{8}$/, (part) => make(root, part));
  const { fingerprint, origins } = JSON.parse(await readFile(join(folder, 'packages.json'), 'utf8')) as Pick<ElPackages, 'fingerprint' | 'origins'>;
  return { folder, ...keyFiles(folder), fingerprint, origins };
}

async function make(root: ElRoot, folder: string): Promise<void> {
  await ensure(packaging, report(inLines));
  const programs = join(folder, 'programs');
  await mkdir(programs);
  const all = await build(root, folder, programs);
  // Two that a bundle of EL's asks for as well; nothing here comes from them.
  const origins = [...new Set([...all.map((recipe) => recipe.origin), 'extras', 'crb'] as const)].toSorted();
  for (const origin of origins) await mkdir(join(folder, origin));
  for (const file of await readdir(programs)) await rename(join(programs, file), join(folder, originOf(file, all), file));
  for (const file of await readdir(root.baseline)) await copyFile(join(root.baseline, file), join(folder, 'baseos', file));
  const signer = await makeKey(folder);
  for (const origin of origins) await publish(join(folder, origin), signer);
  await rm(programs, { recursive: true });
  await writeFile(join(folder, 'packages.json'), `${JSON.stringify({ fingerprint: signer.fingerprint, origins })}\n`);
}

/** All the packages that a root does not have; answers with what they were made after. */
async function build({ debian }: ElRoot, folder: string, out: string): Promise<Recipe[]> {
  const debs = join(folder, 'debs');
  const named = [...new Set(recipes.flatMap((recipe) => recipe.debs))];
  const later = named.filter((name) => fromSid.has(name));
  const bookworm = await debianPackages(debian, named.filter((name) => !fromSid.has(name)), debs);
  const unpacked = new Map([...bookworm, ...(await unpackAll(await sidPackages(later, join(folder, 'sid')), debs))]);
  const all = [...recipes, ...librariesOf(unpacked)];
  const base = await installed(join(debian, 'var/lib/dpkg'));
  const known = new Set([...Array.from(base.keys(), elName), ...all.map((each) => each.name)]);
  await buildRpms('programs', all.map((recipe) => rpmOf(recipe, unpacked, known)), out);
  for (const each of [debs, join(folder, 'sid')]) await rm(each, { recursive: true });
  return all;
}

/** What the programs stand on and nobody named: a package of EL for each of Debian's, by the same table as the baseline. */
function librariesOf(unpacked: ReadonlyMap<string, Unpacked>): Recipe[] {
  const named = new Set([...without, ...recipes.flatMap((recipe) => recipe.debs)]);
  const rest = [...unpacked.keys()].filter((name) => !named.has(name));
  return [...new Set(rest.map(elName))].toSorted().map((name) => {
    const debs = (elNames[name] ?? [name]).filter((each) => unpacked.has(each)) as [string, ...string[]];
    return { name, origin: 'appstream', about: unpacked.get(debs[0])!.package.about, noarch: debs.every((each) => unpacked.get(each)!.package.architecture === 'all'), debs, requires: debs.flatMap((each) => unpacked.get(each)!.package.needs) };
  });
}

function rpmOf(recipe: Recipe, unpacked: ReadonlyMap<string, Unpacked>, known: ReadonlySet<string>): Rpm {
  const { name, about, debs, take, origin, noarch = false, requires = [], scripts = {}, provides = [], obsoletes = [], guarded = {} } = recipe;
  const files = new Map<string, RpmFile>((recipe.files ?? []).map((file) => [file.path, file]));
  for (const each of debs) {
    const { folder, paths } = unpacked.get(each)!;
    for (const path of paths) {
      const to = placeOf(path, name, take);
      if (to !== undefined && !files.has(to)) files.set(to, { path: to, from: join(folder, path), settings: to.startsWith('/etc/'), ...guarded[to] });
    }
  }
  const epoch = recipe.epoch ?? epochs[name];
  return {
    name, about, noarch, scripts, provides, obsoletes,
    ...(epoch !== undefined && { epoch }),
    version: upstreamOf(unpacked.get(debs[0])!.package.version),
    release: origin.startsWith('pgdg') ? '1PGDG.rhel9' : '1.el9',
    requires: recipes.includes(recipe) ? requires : [...new Set(requires.map(elName))].filter((each) => known.has(each) && each !== name && each !== 'debian-base'),
    files: [...files.values()],
  };
}

/** `postgresql15-libs-15.18-1PGDG.rhel9.x86_64.rpm` is of `postgresql15-libs`. */
function originOf(file: string, all: readonly Recipe[]): Origin {
  const name = file.replace(/-[^-]+-[^-]+$/, '');
  return all.find((recipe) => recipe.name === name)!.origin;
}
