import type { Catalog } from '../../manifest/catalog.ts';
import { spellCaveat } from '../../manifest/caveat.ts';
import { expand } from '../../manifest/expand.ts';
import { createdOf, namesWithin, type Extension } from '../../manifest/extension.ts';
import type { Found } from './find.ts';

/** One name for CREATE EXTENSION, with its traits. */
export type Name = ReturnType<typeof createdOf>[number];

/** All that the catalog knows of an extension package. */
export interface Facts extends Pick<Extension, 'about' | 'license' | 'language' | 'home' | 'kernel' | 'contrib' | 'preload' | 'load' | 'schemas' | 'trusted' | 'relocatable' | 'published' | 'gaps'> {
  name: string;
  /** The name that was asked for. */
  asked: string;
  category: string;
  /** By family: `deb  postgresql-{pg}-postgis-3`. */
  packages: readonly string[];
  requires: readonly string[];
  requiredBy: readonly string[];
  conflicts: readonly string[];
  caveats: readonly string[];
  /** Empty for a module that is only loaded. */
  creates: readonly Name[];
  groups: readonly string[];
}

export function factsOf(catalog: Catalog, { name, extension, category, asked }: Found): Facts {
  const { requires: _, conflicts: __, deb, rpm, extras, caveat, creates: ___, module: ____, ungrouped: _____, ...rest } = extension;
  const creates = createdOf(name, extension);
  return {
    ...rest,
    name,
    asked,
    category,
    packages: [...(rpm === undefined ? [] : [spell('rpm', rpm, extras.rpm)]), ...(deb === undefined ? [] : [spell('deb', deb, extras.deb)])],
    requires: requiresOf(extension, creates),
    requiredBy: requirersOf(catalog, name, extension),
    conflicts: rivalsOf(catalog, name, extension),
    caveats: [caveat, ...creates.map((created) => created.caveat)].flatMap(spellCaveat),
    creates,
    ...shared('trusted', creates),
    ...shared('relocatable', creates),
    groups: groupsWith(catalog, name, category),
  };
}

const spell = (format: string, name: string, extras: readonly string[]): string => `${format}  ${[name, ...extras].join(', ')}`;

/** What is the same for every name is said of the package. */
function shared(trait: 'trusted' | 'relocatable', creates: readonly Name[]): { trusted?: boolean; relocatable?: boolean } {
  const value = creates[0]?.[trait];
  return value !== undefined && creates.every((each) => each[trait] === value) ? { [trait]: value } : {};
}

/** What must be created first, whatever of the package is created; the rest is said of each name. */
function requiresOf({ requires }: Extension, creates: readonly Name[]): string[] {
  return [...new Set([...requires, ...(creates.length === 1 ? creates[0]!.requires : [])])];
}

function requirersOf(catalog: Catalog, name: string, extension: Extension): string[] {
  const within = new Set([name, ...namesWithin(name, extension)]);
  return Object.entries(catalog.extensions).flatMap(([other, each]) => (other !== name && allOf(other, each, 'requires').some((required) => within.has(required)) ? [other] : [])).sort();
}

/** Rivalry is written down on one side and holds for both. */
function rivalsOf(catalog: Catalog, name: string, extension: Extension): string[] {
  const within = new Set([name, ...namesWithin(name, extension)]);
  const others = Object.entries(catalog.extensions).flatMap(([other, each]) => (other !== name && allOf(other, each, 'conflicts').some((rival) => within.has(rival)) ? [other] : []));
  return [...new Set([...allOf(name, extension, 'conflicts'), ...others])].sort();
}

function allOf(name: string, extension: Extension, trait: 'requires' | 'conflicts'): string[] {
  return [...new Set([...extension[trait], ...createdOf(name, extension).flatMap((created) => created[trait])])].sort();
}

/** Groups that bring it on some target, by the names that have an entry. */
function groupsWith(catalog: Catalog, name: string, category: string): string[] {
  const { ungrouped, kernel } = catalog.extensions[name]!;
  const isInCategory = kernel === undefined && ungrouped.length === 0;
  return Object.keys(catalog.groups).filter((group) => expand(group, catalog).some((member) => (member.kind === 'extension' && (member.name === name || catalog.created[member.name] === name)) || (isInCategory && member.kind === 'category' && member.name === category)));
}
