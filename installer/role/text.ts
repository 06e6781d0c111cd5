import type { FileResource } from '../resource/resource.ts';

/** The first line of every file that is ours, in the many formats where `#` begins a comment. */
export const ours = '# written by pgark; changes made here are lost';

/** A file of ours, line by line, below a line that says so. */
export function written(path: string, lines: readonly string[]): FileResource {
  return { kind: 'file', path, content: `${[ours, ...lines].join('\n')}\n` };
}

/** Sections of systemd.syntax(7). A key with several values is given several times. */
export type Sections = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** A unit of our own, or a drop-in for one of a package: `unit('etcd.service', …)`, `unit('chrony.service.d/pgark.conf', …)`. */
export function unit(name: string, sections: Sections): FileResource {
  const lines = Object.entries(sections).flatMap(([title, settings]) => ['', `[${title}]`, ...Object.entries(settings).flatMap(assign)]);
  return written(`/etc/systemd/system/${name}`, lines.slice(1));
}

function assign([key, value]: [string, string | readonly string[]]): string[] {
  return [value].flat().map((each) => `${key}=${each}`);
}
