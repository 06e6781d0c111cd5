import { Secret } from '../../../repo/core/secret.ts';
import type { FileResource, Resource } from '../../../installer/resource/resource.ts';

/** The file of that path among resources. Throws when there is none. */
export function fileOf(resources: readonly Resource[], path: string): FileResource {
  const found = resources.find((each) => each.kind === 'file' && each.path === path);
  if (found?.kind !== 'file') throw new Error(`no file ${path} among ${resources.map((each) => (each.kind === 'file' ? each.path : each.kind)).join(', ')}`);
  return found;
}

/** Its text, also when it is secret. */
export function textOf(resources: readonly Resource[], path: string): string {
  const { content } = fileOf(resources, path);
  return content instanceof Secret ? content.reveal() : content;
}

/** Every condition, by name. */
export function conditionsOf(resources: readonly Resource[]): string[] {
  return resources.filter((each) => each.kind === 'condition').map((each) => each.name);
}
