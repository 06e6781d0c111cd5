import { makeRpm, type Fields } from '../repository.ts';

/** A package of a repository in libsolv's testtags form. */
export interface Entry {
  name: string;
  /** `[epoch:]version-release`. */
  version: string;
  arch: string;
  fields: Record<keyof typeof sections, string[]>;
}

/** How libsolv names a package of a repository: `A-1-1.noarch@test`. */
export const idOf = ({ name, version, arch }: Pick<Entry, 'name' | 'version' | 'arch'>, repository: string): string => `${name}-${version}.${arch}@${repository}`;

const sections = { Prv: 'provides', Req: 'requires', Con: 'conflicts', Obs: 'obsoletes', Rec: 'recommends', Sug: 'suggests', Sup: 'supplements', Enh: 'enhances', Fls: 'files' } as const;
const ignored = ['Ver', 'Vnd'];

/** Reads `=Pkg: name version release arch` and the lines that belong to it. */
export function readTesttags(lines: readonly string[]): Entry[] {
  const entries: Entry[] = [];
  for (const line of lines) {
    const [, tag, value] = /^=(\w+):\s*(.*?)\s*$/.exec(line) ?? [];
    if (tag === undefined || value === undefined || ignored.includes(tag)) continue;
    if (tag === 'Pkg') entries.push(begin(value));
    else if (tag in sections) entries.at(-1)!.fields[tag as keyof typeof sections].push(value);
    else throw new Error(`a tag that is not known: ${line}`);
  }
  return entries;
}

function begin(value: string): Entry {
  const [name, version, release, arch = 'noarch'] = value.split(' ');
  const fields = Object.fromEntries(Object.keys(sections).map((tag) => [tag, []])) as unknown as Entry['fields'];
  return { name: name!, version: `${version}-${release}`, arch, fields };
}

/** The same as a `<package>` element of primary.xml, so that it comes to the solver the way every package does. */
export function stanzaOf({ name, version, arch, fields }: Entry): string {
  const read = Object.entries(sections).map(([tag, section]) => [section, fields[tag as keyof typeof sections].map(relationOf)]);
  return makeRpm(name, version, arch, { ...(Object.fromEntries(read) as Fields), content: JSON.stringify([name, version, arch, fields]) }).stanza;
}

const words: Record<string, string> = { '&': 'and', '|': 'or', '+': 'with', '-': 'without', '<IF>': 'if', '<ELSE>': 'else', '<UNLESS>': 'unless' };

/** libsolv writes `A <IF> (B <ELSE> C)` where rpm writes `(A if B else C)`. */
function relationOf(text: string): string {
  const flat = text.replace(/<IF> \((.*) <ELSE> (.*)\)$/, '<IF> $1 <ELSE> $2');
  const said = flat.split(' ').map((word) => words[word] ?? word);
  return said.some((word) => Object.values(words).includes(word)) ? `(${said.join(' ')})` : flat;
}
