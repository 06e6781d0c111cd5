import type { Region } from './region.ts';

/** What a row should say; what is absent stays as it is written. */
export interface Draft extends Partial<Region> {
  version?: string;
  packages?: readonly string[];
}

/** A row of `published` of an extension: `d12,ubuntu pgdg 14-18 3.6.4 [package]`. The comment behind it stays. */
export function respellExtension(line: string, { on, pg, version, packages }: Draft): string {
  return line.replace(/^(\s*- )(['"]?)(\S+) (\S+) (\S+) ([^\s'"]+)(?: ([^\s'"#]+))?/, (_, dash: string, quote: string, platforms: string, from: string, majors: string, old: string, carrier?: string) => {
    const name = packages?.[0] ?? carrier;
    return `${dash}${quote}${[on?.join(',') ?? platforms, from, pg ?? majors, version ?? old, ...(name === undefined ? [] : [name])].join(' ')}`;
  });
}

/** A row of `published` of a component: `{ on: [deb], from: pgdg, pg: 14-18, version: '1.2' }`. */
export function respellComponent(line: string, { on, pg, version, packages }: Draft): string {
  let text = on ? line.replace(/\bon: \[[^\]]*\]/, `on: [${on.join(', ')}]`) : line;
  if (pg) text = withKey(text, 'pg', pg.includes('-') ? pg : `'${pg}'`);
  if (version !== undefined) text = withKey(text, 'version', `'${version}'`);
  return packages ? withKey(text, 'packages', `[${packages.map((name) => (name.includes('{') ? `'${name}'` : name)).join(', ')}]`) : text;
}

/** A row of `gaps`: `u22 14-18`. */
export function respellGap(line: string, { on, pg }: Region): string {
  return line.replace(/^(\s*- )(['"]?)\S+ [^\s'"]+/, `$1$2${on.join(',')} ${pg}`);
}

function withKey(line: string, key: string, value: string): string {
  const there = new RegExp(`\\b${key}: (\\[[^\\]]*\\]|'[^']*'|"[^"]*"|[^,}\\s]+)`);
  return there.test(line) ? line.replace(there, () => `${key}: ${value}`) : line.replace(/\s*\}/, () => `, ${key}: ${value} }`);
}
