import type { Release } from '../../../builder/manifest/release.ts';

/** What a source puts behind the version of upstream: `-1.pgdg12+1`, `-1PIGSTY.el9`. */
export function revisionOf(source: string, { code, format, release, minor, codename }: Release): string {
  const family = source.split('-', 1)[0]!;
  if (format === 'deb') {
    // apt.postgresql.org tells releases of Ubuntu by their whole number.
    const number = codename === '' || code.startsWith('d') ? release : minor.split('.').slice(0, 2).join('.');
    return { pgdg: `-1.pgdg${number}+1`, pigsty: `-1PIGSTY~${codename}` }[family] ?? '-1';
  }
  return { pgdg: `-1PGDG.rhel${release}`, pigsty: `-1PIGSTY.el${release}` }[family] ?? `-1.el${release}`;
}

/** A version as a package of the source bears it; a hyphen in the version of an RPM would begin its release. */
export function versionOf(upstream: string, source: string, release: Release): string {
  return `${release.format === 'rpm' ? upstream.replaceAll('-', '_') : upstream}${revisionOf(source, release)}`;
}
