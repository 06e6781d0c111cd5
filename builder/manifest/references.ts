import type { Mistake, OpenDocument } from '../../repo/core/document.ts';
import { nearest } from '../../repo/core/nearest.ts';

/** The manifests that name things of one another, as they were written: one may have mistakes while the names in another are told. */
export interface Written {
  sources: readonly OpenDocument[];
  modules: readonly OpenDocument[];
  categories: readonly OpenDocument[];
  groups: readonly OpenDocument[];
}

type What = 'source' | 'module' | 'component' | 'kernel' | 'extension' | 'created' | 'loaded' | 'category' | 'group';

/** A name where it stands, and what it is the name of. */
interface Named {
  document: OpenDocument;
  at: readonly (string | number)[];
  name: string;
  what: What;
}

/** Every name that nothing bears, every one that two things bear, and every group that contains itself. */
export function strays(written: Written): Mistake[] {
  const bearers = bearersIn(written);
  return [...unknownIn(referencesIn(written), bearers), ...doublesIn(bearers), ...cyclesIn(written.groups)];
}

function unknownIn(references: readonly Named[], bearers: readonly Named[]): Mistake[] {
  const bearing = (...kinds: What[]): Set<string> => new Set(bearers.filter(({ what }) => kinds.includes(what)).map(({ name }) => name));
  const known = Object.fromEntries((['source', 'component', 'kernel', 'created', 'category', 'group'] as const).map((what) => [what, bearing(what)]));
  known['loaded'] = bearing('created', 'loaded');
  known['extension'] = bearing('extension', 'created', 'loaded');
  const unknown = references.filter(({ name, what }) => !known[what]!.has(name));
  return unknown.map(({ document, at, name, what }) => ({ place: document.valueAt(at), message: `unknown ${what === 'created' || what === 'loaded' ? 'extension' : what} "${name}"${guess(name, known[what]!)}` }));
}

function guess(name: string, known: ReadonlySet<string>): string {
  const near = nearest(name, known);
  return near === undefined ? '' : `, did you mean "${near}"?`;
}

function doublesIn(bearers: readonly Named[]): Mistake[] {
  const first = new Map<string, Named>();
  return bearers.flatMap((bearer) => {
    const { document, at, name, what } = bearer;
    const before = first.get(`${what} ${name}`);
    if (!before) first.set(`${what} ${name}`, bearer);
    if (!before) return [];
    const { file, line } = before.document.keyAt(before.at);
    return [{ place: document.keyAt(at), message: `${words[what]} "${name}" is described twice, before at ${file}:${line}` }];
  });
}

const words: Record<What, string> = { source: 'the source', module: 'the module', component: 'the component', kernel: 'the kernel', extension: 'the extension', created: 'what CREATE EXTENSION calls', loaded: 'the module', category: 'the category', group: 'the group' };

function bearersIn({ sources, modules, categories, groups }: Written): Named[] {
  const own = (documents: readonly OpenDocument[], key: string, what: What): Named[] => documents.flatMap((document) => named(document, [key], [record(document.value)[key]], what));
  const members = (documents: readonly OpenDocument[], key: string, what: What): Named[] =>
    documents.flatMap((document) => Object.keys(record(record(document.value)[key])).map((name) => ({ document, at: [key, name], name, what })));
  const components = members(modules, 'components', 'component');
  const kernels = components.filter(({ document, name }) => fieldsAt(document, 'components', name)['kind'] === 'kernel').map((each) => ({ ...each, what: 'kernel' as const }));
  const extensions = members(categories, 'extensions', 'extension');
  return [
    ...own(sources, 'name', 'source'),
    ...own(modules, 'module', 'module'),
    ...components,
    ...kernels,
    ...own(categories, 'category', 'category'),
    ...extensions,
    ...extensions.flatMap(createdBy),
    ...members(groups, 'groups', 'group'),
  ];
}

/** What a package creates: itself, when it does not say. When it creates nothing, it is a module that is only loaded. */
function createdBy({ document, at, name }: Named): Named[] {
  const { creates, module } = fieldsAt(document, 'extensions', name);
  const names = Object.keys(record(creates));
  if (creates !== undefined && names.length === 0) return [{ document, at, name: typeof module === 'string' ? module : name, what: 'loaded' }];
  return names.length === 0 ? [{ document, at, name, what: 'created' }] : names.map((each) => ({ document, at: [...at, 'creates', each], name: each, what: 'created' }));
}

const fieldsAt = (document: OpenDocument, key: string, name: string): Fields => record(record(record(document.value)[key])[name]);

function referencesIn({ modules, categories, groups }: Written): Named[] {
  return [...modules.flatMap(ofModule), ...categories.flatMap(ofCategory), ...groups.flatMap(ofGroups)];
}

/** The sources of the rows of every component. */
function ofModule(document: OpenDocument): Named[] {
  return Object.entries(record(record(document.value)['components'])).flatMap(([component, fields]) =>
    list(record(fields)['published']).flatMap((row, index) => named(document, ['components', component, 'published', index, 'from'], [record(row)['from']], 'source')),
  );
}

function ofCategory(document: OpenDocument): Named[] {
  return Object.entries(record(record(document.value)['extensions'])).flatMap(([name, fields]) => {
    const at = ['extensions', name];
    const extension = record(fields);
    const created = Object.entries(record(extension['creates'])).flatMap(([each, traits]) => ofTraits(document, [...at, 'creates', each], record(traits)));
    const sources = list(extension['published']).flatMap((row, index) => named(document, [...at, 'published', index], [typeof row === 'string' ? row.split(' ')[1] : undefined], 'source'));
    return [...sources, ...named(document, [...at, 'kernel'], [extension['kernel']], 'kernel'), ...ofTraits(document, at, extension), ...created];
  });
}

function ofTraits(document: OpenDocument, at: readonly string[], traits: Fields): Named[] {
  const of = (key: string, what: What): Named[] => list(traits[key]).flatMap((name, index) => named(document, [...at, key, index], [name], what));
  return [...of('requires', 'created'), ...of('conflicts', 'loaded')];
}

function ofGroups(document: OpenDocument): Named[] {
  const kinds = { components: 'component', extensions: 'extension', categories: 'category', groups: 'group' } as const;
  return Object.entries(record(record(document.value)['groups'])).flatMap(([group, members]) =>
    Object.entries(kinds).flatMap(([key, what]) => list(record(members)[key]).flatMap((name, index) => named(document, ['groups', group, key, index], [name], what))),
  );
}

const named = (document: OpenDocument, at: readonly (string | number)[], names: readonly unknown[], what: What): Named[] => strings(names).map((name) => ({ document, at, name, what }));

/** A circle is told once, where its first member begins. */
function cyclesIn(documents: readonly OpenDocument[]): Mistake[] {
  const told = new Set<string>();
  return documents.flatMap((document) => {
    const groups = record(record(document.value)['groups']);
    return Object.keys(groups).flatMap((group) => {
      const circle = circleFrom(group, groups, []);
      if (!circle || circle.some((name) => told.has(name))) return [];
      for (const name of circle) told.add(name);
      return [{ place: document.keyAt(['groups', group]), message: `the group "${group}" contains itself: ${[...circle, group].join(' → ')}` }];
    });
  });
}

function circleFrom(group: string, groups: Fields, path: readonly string[]): string[] | undefined {
  if (path[0] === group) return [...path];
  if (path.includes(group)) return undefined;
  for (const inner of strings(list(record(groups[group])['groups']))) {
    const circle = circleFrom(inner, groups, [...path, group]);
    if (circle) return circle;
  }
  return undefined;
}

type Fields = Readonly<Record<string, unknown>>;

const record = (value: unknown): Fields => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {});
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const strings = (values: readonly unknown[]): string[] => values.filter((value): value is string => typeof value === 'string');
