import { Fault } from '../../repo/core/fault.ts';
import { nearest } from '../../repo/core/nearest.ts';
import type { Source } from '../manifest/source.ts';
import type { AptSource } from './apt.ts';

/** Where the bytes of an archive come from. Whose signature they need is not decided here. */
export interface Mirror {
  /** The base address, no slash at its end. */
  url: string;
  /** Who says so: the manifest, the machine's apt configuration, or the command line. */
  by: string;
}

export interface Mirrors {
  of(archive: string): Mirror;
  /** The address of a file of an archive. */
  addressOf(archive: string, path: string): string;
}

/** For each archive: what the command line says (`NAME=URL`), else what the machine's apt uses, else the manifest. @throws Fault usage */
export function chooseMirrors(sources: readonly Source[], apt: readonly AptSource[], options: readonly string[], region?: string): Mirrors {
  expectRegion(sources, region);
  const chosen = new Map<string, Mirror>();
  for (const source of sources) {
    for (const [name, archive] of Object.entries(source.archives)) {
      const seen = findInApt(source, name, apt);
      const near = region === undefined ? undefined : archive.regions[region];
      if (near !== undefined) chosen.set(name, { url: trim(near), by: `the region ${region}` });
      else chosen.set(name, seen ? { url: trim(seen.uri), by: seen.file } : { url: trim(archive.url), by: `the manifest of ${source.name}` });
    }
  }
  for (const option of options) {
    const { name, url } = readOption(option, [...chosen.keys()]);
    chosen.set(name, { url: trim(url), by: '--mirror' });
  }
  return mirrorsOf(chosen);
}

function mirrorsOf(chosen: ReadonlyMap<string, Mirror>): Mirrors {
  const of = (archive: string): Mirror => {
    const mirror = chosen.get(archive);
    if (!mirror) throw new Fault('invalid', `no source describes the archive "${archive}"`, { hint: `archives are ${[...chosen.keys()].join(', ')}` });
    return mirror;
  };
  return { of, addressOf: (archive, path) => `${of(archive).url}/${path.split('/').map(encodeURIComponent).join('/')}` };
}

/** An entry that serves one of the archive's suites, and that apt verifies with the distribution's own keyring or all its keys. */
function findInApt(source: Source, archive: string, apt: readonly AptSource[]): AptSource | undefined {
  const suites = new Set([...source.archives[archive]!.seen, ...source.suites.filter((suite) => suite.archive === archive).map((suite) => suite.suite)]);
  const own = (each: AptSource): boolean => each.signedBy === '' || /(^|\/)debian-archive-[^/]*$/.test(each.signedBy);
  return apt.find(
    (each) => /^https?:\/\//.test(each.uri) && own(each) && each.components.includes('main') && each.suites.some((suite) => suites.has(suite)),
  );
}

/** An address may carry a password: what is wrong is told by its name alone. */
function readOption(option: string, names: readonly string[]): { name: string; url: string } {
  const told = `--mirror ${option.split('=', 1)[0]!}=…`;
  const [, name, url] = /^([^=]+)=(https?:\/\/.+)$/.exec(option) ?? [];
  if (name === undefined || url === undefined || !URL.canParse(url)) throw new Fault('usage', `${told}: not of the form NAME=URL`, { hint: `--mirror ${names[0]}=https://mirror.example.org/debian` });
  if (names.includes(name)) return { name, url };
  const near = nearest(name, names);
  throw new Fault('usage', `${told}: there is no archive "${name}"${near ? `, did you mean "${near}"?` : ''}`, { hint: `archives are ${names.join(', ')}` });
}

function expectRegion(sources: readonly Source[], region: string | undefined): void {
  const known = [...new Set(sources.flatMap((source) => Object.values(source.archives).flatMap((archive) => Object.keys(archive.regions))))].sort();
  if (region === undefined || known.includes(region)) return;
  const near = nearest(region, known);
  throw new Fault('usage', `the manifests know no mirrors in "${region}"${near ? `, did you mean "${near}"?` : ''}`, { hint: `regions are ${known.join(', ')}` });
}

/** A path below another, which may be empty. */
export const under = (folder: string, path: string): string => (folder === '' ? path : `${folder}/${path}`);

const trim = (url: string): string => url.replace(/\/+$/, '');
