import type { Catalog } from '../manifest/catalog.ts';
import type { Compared } from './compare.ts';
import type { Finding } from './finding.ts';

/** Findings of one source on one release, those that are alike in one line. */
export interface Section {
  source: string;
  /** `d12`; absent for what holds for a source as a whole. */
  release?: string;
  lines: readonly Line[];
}

export interface Line extends Finding {
  /** The architecture, where it is true of one alone that was looked at. */
  arch?: string;
}

/** Brings findings together that say the same of several majors or architectures, grouped by source and release. */
export function sectionsOf(findings: readonly Finding[], compared: readonly Compared[], catalog: Catalog): Section[] {
  const order = (each: Section): string => `${String(Object.keys(catalog.sources).indexOf(each.source)).padStart(3, '0')} ${String(catalog.releases.findIndex(({ code }) => code === each.release)).padStart(3, '0')}`;
  const groups = Map.groupBy(findings, (each) => `${each.source} ${each.target?.split('.')[0] ?? ''}`);
  const sections = [...groups.values()].map((members): Section => {
    const release = members[0]!.target?.split('.')[0];
    const looked = compared.filter(({ look }) => look.source === members[0]!.source && look.target.code.split('.')[0] === release).length;
    return { source: members[0]!.source, ...(release !== undefined && { release }), lines: merged(members, looked) };
  });
  return sections.toSorted((a, b) => (order(a) < order(b) ? -1 : 1));
}

function merged(findings: readonly Finding[], looked: number): Line[] {
  const alike = Map.groupBy(findings, ({ kind, subject, from, to, text, where, pg, package: item }) => JSON.stringify([kind, subject, from, to, text, where, item !== undefined && pg !== undefined ? item.replaceAll(pg, '{pg}') : item]));
  return [...alike.values()].map((same): Line => {
    const archs = [...new Set(same.map(({ target }) => target?.split('.')[1]))];
    const majors = [...new Set(same.flatMap(({ pg }) => pg ?? []))].sort();
    return { ...same[0]!, ...(majors.length > 0 && { pg: majors.join(',') }), ...(archs.length === 1 && looked > 1 && archs[0] !== undefined && { arch: archs[0] }) };
  });
}
