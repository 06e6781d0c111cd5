import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { writeDocument } from '../../repo/core/document.ts';
import { Baseline } from './baseline.ts';
import { Bundle } from './bundle.ts';
import { Module } from './component.ts';
import { Category } from './extension.ts';
import { Groups } from './group.ts';
import { MirrorFile } from './mirrors.ts';
import { Distros } from './release.ts';
import { Source } from './source.ts';

const documents = {
  distros: [Distros, 'manifests/distros.yml: the releases that a bundle can be made for'],
  source: [Source, 'manifests/sources/*.yml: where packages come from and whose signature makes them trusted'],
  module: [Module, 'manifests/components/*.yml: the components of one module'],
  category: [Category, 'manifests/extensions/*.yml: the extension packages of one category'],
  groups: [Groups, 'manifests/groups.yml: names for several things at once'],
  baseline: [Baseline, 'manifests/baselines/*.yml: a kind of host that bundles are carried to'],
  bundle: [Bundle, 'manifests/bundles/*.yml: what is to be carried across'],
  mirrors: [MirrorFile, 'the file that --mirrors takes'],
} as const;

/** JSON Schemas for editors, by the names of their files: what may be written in a manifest, and what each key is for. */
export function jsonSchemas(): Map<string, string> {
  return new Map(Object.entries(documents).map(([name, [schema, title]]) => [`${name}.json`, writeDocument({ title, ...inputOf(schema) })]));
}

// yaml-language-server reads draft 7. What is written is the input: keys with a default may be left out, lines are not yet taken apart.
const inputOf = (schema: z.ZodType): object => z.toJSONSchema(schema, { target: 'draft-7', io: 'input' });

if (import.meta.main) {
  const folder = resolve(import.meta.dirname, '../../manifests/schema');
  await mkdir(folder, { recursive: true });
  for (const [name, text] of jsonSchemas()) await writeFile(join(folder, name), text);
}
