import { families } from '../../../builder/family.ts';
import { installable } from '../../../builder/solve/installable.ts';
import { universeOf } from '../../../builder/solve/universe.ts';
import type { Package } from '../../../repo/package/package.ts';
import { readComps } from '../../../repo/rpm/comps.ts';
import { findOwners } from '../../../repo/rpm/filelists.ts';
import { readModules } from '../../../repo/rpm/modules.ts';
import { readPrimary, streamPrimary } from '../../../repo/rpm/primary.ts';
import { readRepomd } from '../../../repo/rpm/repomd.ts';
import { activeStreams, seenThrough } from '../../../repo/rpm/streams.ts';
import { advisoriesOf, readAdvisories, writeAdvisory } from '../../../repo/rpm/updateinfo.ts';
import { mutate, xmlPhrases, yamlPhrases } from './mutate.ts';

/** Everything that the builder does with a document of a repository, down to what only comes to light when it is used. */
export const readers = {
  'repomd.xml': (content) => void readRepomd(content.toString('utf8'), 'it'),
  'primary.xml': async (content) => {
    const packages = readPrimary(content, origin);
    const streamed = await streamPrimary(inPieces(content), () => content, origin);
    if (JSON.stringify(packages.map(saidBy)) !== JSON.stringify(streamed.map(saidBy))) throw new Error('in pieces it reads otherwise than as a whole');
    installable(universeOf(packages, { arch: 'x86_64', ...families.rpm }));
  },
  'modules.yaml': (content) => {
    const modules = readModules(content.toString('utf8'), 'it');
    const titles = [...new Set(modules.streams.map((each) => `${each.module}:${each.stream}`))].slice(0, 2);
    for (const streams of [[], ...titles.map((title) => [title])]) seenThrough(activeStreams(modules, { streams, platform: 'el9', arch: 'x86_64' }), modules, []);
  },
  'filelists.xml': (content) => findOwners(inPieces(content), ['/usr/bin/mmcli', '/usr/bin/one'], 'it'),
  'comps.xml': (content) => void readComps(content.toString('utf8'), 'it'),
  'updateinfo.xml': (content) => void advisoriesOf(readAdvisories(content, 'it'), [{ name: 'one', version: '9-1', arch: 'x86_64' }]).map(writeAdvisory),
} satisfies Record<string, (content: Buffer) => unknown>;

export type Kind = keyof typeof readers;

export const mutant = (kind: Kind, content: Buffer, seed: number): Buffer => mutate(content, seed, kind === 'modules.yaml' ? yamlPhrases : xmlPhrases);

const origin = { source: 'it', priority: 99 };

async function* inPieces(content: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += 1000) yield content.subarray(at, at + 1000);
}

function saidBy(item: Package): unknown {
  const { name, version, arch, url, provides, requires, recommends, suggests, supplements, enhances, conflicts, obsoletes, files, stanza } = item;
  return [name, version, arch, url, provides, requires, recommends, suggests, supplements, enhances, conflicts, obsoletes, files, stanza, refused(() => item.size), refused(() => item.installed), refused(() => item.digest)];
}

/** What a package lacks that is asked for only when it is taken. */
function refused(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    return String(error);
  }
}
