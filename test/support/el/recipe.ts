import type { RpmFile, Rpm } from './rpm.ts';

/** The repository that a package comes from on a real host. */
export type Origin = 'baseos' | 'appstream' | 'extras' | 'crb' | 'pgdg-common' | 'pgdg15' | 'pigsty-infra';

/** A package of EL, and which files of Debian's packages it is made of. */
export interface Recipe extends Pick<Rpm, 'name' | 'requires' | 'provides' | 'obsoletes' | 'scripts' | 'epoch' | 'noarch'> {
  origin: Origin;
  about: string;
  /** It is versioned after the first. */
  debs: readonly [string, ...string[]];
  /** Where files go, the first rule that matches; files that no rule matches are not in it. Left out: `layout`. */
  take?: readonly Rule[];
  /** Of the files that are taken, those that are not everybody's. */
  guarded?: Readonly<Record<string, Pick<RpmFile, 'mode' | 'owner'>>>;
  /** What EL's package has and Debian's has not: units, accounts' folders, settings. */
  files?: readonly RpmFile[];
}

export type Rule = readonly [path: RegExp, to: string | undefined];

/** Drops what the rule matches. */
export const nothing = undefined;

/** Programs, libraries and modules as EL lays them out; of Debian's integration, nothing. */
export const layout: readonly Rule[] = [
  [/^\/etc\/(init\.d|default|ufw|apparmor\.d|dhcp|network|ppp|rsyslog\.d|logrotate\.d|sv|runit)\//, nothing],
  [/^(\/usr)?\/lib\/systemd\//, nothing],
  [/^\/usr\/lib\/(NetworkManager|networkd-dispatcher|tmpfiles\.d|sysusers\.d)\//, nothing],
  [/^\/usr\/share\/doc\/[^/]+\/copyright$/, '/usr/share/licenses/{name}/copyright'],
  [/^\/usr\/share\/(man|doc|locale|info|lintian|bug|apport|vim|doc-base|runit|initramfs-tools|python3|perl5\/Debian)\//, nothing],
  [/^\/usr\/lib\/debug\//, nothing],
  [/^(\/usr)?\/lib\/x86_64-linux-gnu\/([^/]+)$/, '/usr/lib64/$2'],
  [/^\/usr\/lib\/python3\/dist-packages\//, '/usr/lib/python3.11/site-packages/'],
  [/^\/(bin|sbin|lib|lib64)\//, '/usr/$1/'],
  [/^/, ''],
];

export const license: Rule = layout.find(([, to]) => to?.startsWith('/usr/share/licenses'))!;

/** Where a file goes, or nowhere. */
export function placeOf(path: string, name: string, rules: readonly Rule[] = layout): string | undefined {
  const rule = rules.find(([pattern]) => pattern.test(path));
  return rule?.[1] === undefined ? undefined : path.replace(rule[0], rule[1]).replace('{name}', name);
}

export const folder = (path: string, owner = 'root', mode = '0755'): RpmFile => ({ path, owner, mode });

export const unit = (name: string, text: string): RpmFile => ({ path: `/usr/lib/systemd/system/${name}`, text: `${text.trim()}\n` });

export const settings = (path: string, text: string, mode = '0644', owner = 'root'): RpmFile => ({ path, text: `${text.trim()}\n`, mode, owner, settings: true });

export const program = (path: string, text: string): RpmFile => ({ path, text: `${text.trim()}\n`, mode: '0755' });

/** An account of a service, made before its files are unpacked, as EL's packages do it. */
export const account = (name: string, home: string, more = '-s /sbin/nologin'): string => `
getent group ${name} >/dev/null || groupadd -r ${name}
getent passwd ${name} >/dev/null || useradd -r -g ${name} -M -d ${home} ${more} ${name}
exit 0`;

/** What EL's macros for a service come to: its preset on the first installation, stopped on removal, restarted after an update. */
export const service = (name: string): NonNullable<Rpm['scripts']> => ({
  post: `[ $1 -ne 1 ] || [ ! -x /usr/bin/systemctl ] || systemctl --no-reload preset ${name} || :`,
  preun: `[ $1 -ne 0 ] || [ ! -d /run/systemd/system ] || systemctl --no-reload disable --now ${name} || :`,
  postun: `[ $1 -lt 1 ] || [ ! -d /run/systemd/system ] || systemctl try-restart ${name} || :`,
});
