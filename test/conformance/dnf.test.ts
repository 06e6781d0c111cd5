import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { families } from '../../builder/family.ts';
import { installable } from '../../builder/solve/installable.ts';
import { prove } from '../../builder/solve/prove.ts';
import { universeOf } from '../../builder/solve/universe.ts';
import { decompress } from '../../repo/core/compression.ts';
import type { Package } from '../../repo/package/package.ts';
import { readModules, seenThrough } from '../../repo/rpm/modules.ts';
import { readPrimary } from '../../repo/rpm/primary.ts';
import { RelationReader } from '../../repo/rpm/relation.ts';
import { run } from './run.ts';

const corpus = join(import.meta.dirname, '../../../shared/corpus/el9');
const repositories = ['appstream', 'baseos'] as const;
const names = ['chrony', 'container-selinux', 'haproxy', 'httpd', 'java-17-openjdk-headless', 'nginx', 'podman', 'postgresql-server', 'python3-pip'];

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pgark-dnf-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

// The repodata is real, of CentOS Stream 9; without ../shared or dnf there is nothing to hold ours against.
describe.skipIf(!existsSync(corpus) || !existsSync('/usr/bin/dnf'))('beside dnf', () => {
  test('each package is installed with the same others, at the same versions', async () => {
    const packages = (await Promise.all(repositories.map(read))).flat();
    const { proofs, closure } = prove(universeOf(packages, setting), names, { recommends: 'exclude' });
    const base = closure.filter((shipped) => shipped.base).map((shipped) => shipped.package);

    const ours = proofs.map((proof) => [proof.root, [...proof.choices.map((choice) => choice.package), ...base].map((item) => `${item.name} ${item.version}`)] as const);

    expect(ours.map(([root]) => root)).toEqual(names);
    for (const [root, list] of ours) {
      const theirs = await resolve(root);
      const wanted = new Set(theirs.map((each) => each.split(' ')[0]));
      // What is in the base set is there for every root, whether it needs it or not.
      const compared = list.filter((each) => wanted.has(each.split(' ')[0]) || !base.some((item) => `${item.name} ${item.version}` === each));
      expect(compared.toSorted(), root).toEqual(theirs.toSorted());
    }
  });

  test('as many names are installable as libsolv finds', async () => {
    const relations = new RelationReader();
    const packages = repositories.flatMap((name) => readPrimary(contentOf(name, 'primary'), { source: name, priority: 99 }, relations)).filter(isOurs);
    const universe = universeOf(packages, setting);

    const verdict = installable(universe);

    const found = new Set(universe.packages.filter((_, id) => verdict[id]).map((item) => item.name));
    // libsolv finds 5604; two need /usr/share/dict/words, which only filelists.xml lists.
    expect([new Set(packages.map((item) => item.name)).size, found.size]).toEqual([5744, 5602]);
  });
});

const setting = { arch: 'x86_64', ...families.rpm, sources: repositories };

const isOurs = (item: Package): boolean => item.arch === 'x86_64' || item.arch === 'noarch';

function contentOf(repository: string, type: string): Buffer {
  const file = readdirSync(join(corpus, repository, 'repodata')).find((name) => name.includes(type))!;
  const content = readFileSync(join(corpus, repository, 'repodata', file));
  return file.endsWith('.gz') ? gunzipSync(content) : content;
}

async function read(repository: (typeof repositories)[number]): Promise<Package[]> {
  const packages = readPrimary(contentOf(repository, 'primary'), { source: repository, priority: 99 });
  if (repository === 'baseos') return packages.filter(isOurs);
  const yaml = await decompress(contentOf(repository, 'modules.yaml'), 'xz', 1 << 26, 'modules.yaml');
  return seenThrough(readModules(yaml.toString('utf8'), 'modules.yaml'), packages).filter(isOurs);
}

/** What dnf would install into an empty root, as `name version`. Verification is off here: this is an oracle over test data. */
async function resolve(name: string): Promise<string[]> {
  const text = await run(
    [
      'dnf', `--installroot=${join(folder, 'root')}`, `--setopt=cachedir=${join(folder, 'cache')}`, '--releasever=9', '--forcearch=x86_64', '--setopt=reposdir=/none', '--setopt=module_platform_id=platform:el9',
      '--setopt=install_weak_deps=0', ...repositories.map((each) => `--repofrompath=${each},file://${join(corpus, each)}`), '--nogpgcheck', 'install', '--assumeno', name,
    ],
    { statuses: [0, 1], env: { COLUMNS: '300' } },
  );
  return [...text.matchAll(/^ (\S+)\s+(?:x86_64|noarch)\s+(\S+)\s+(?:baseos|appstream)\s/gm)].map(([, item, version]) => `${item} ${version!.replace(/^0:/, '')}`);
}
