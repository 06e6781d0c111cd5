import { exitCodes, exitHasChanges } from '../../repo/core/fault.ts';

/** What can differ between the manifests and a source. */
export type FindingKind = 'untrusted' | 'expired' | 'vanished' | 'renamed' | 'newer' | 'older' | 'new' | 'dependencies' | 'signer' | 'expiring' | 'unreachable' | 'unreadable' | 'disabled';

/** An error makes what the manifests promise untrue or unsafe; a change can be taken over; trouble leaves a question open; a note is all right. */
export type Grade = 'error' | 'change' | 'trouble' | 'note';

export interface Finding {
  kind: FindingKind;
  grade: Grade;
  source: string;
  /** `d12.x86_64`; absent for what holds for the source as a whole. */
  target?: string;
  /** The extension, component, suite or key that it is about. */
  subject: string;
  pg?: string;
  package?: string;
  /** What the manifests or the last record say, and what was seen. */
  from?: string;
  to?: string;
  /** In a sentence, where from and to do not say it all. */
  text?: string;
  details?: readonly string[];
  /** The row that promised it, or the entry where there is none yet. */
  of?: { kind: 'extension' | 'component'; row?: number };
  /** The line of the manifests: `extensions/gis.yml:14`. */
  where?: string;
}

const grades: Record<FindingKind, Grade> = {
  untrusted: 'error', vanished: 'error', renamed: 'error',
  newer: 'change', older: 'change', new: 'change', dependencies: 'change', signer: 'change', expired: 'change', expiring: 'change',
  unreachable: 'trouble', unreadable: 'trouble',
  disabled: 'note',
};

export const finding = (kind: FindingKind, rest: Omit<Finding, 'kind' | 'grade'>): Finding => ({ kind, grade: grades[kind], ...rest });

/** For CI: what is worst decides. `strict` is `--detailed-exitcode`, which tells any difference apart from none. */
export function exitCodeOf(findings: readonly Finding[], somethingRead: boolean, strict: boolean): number {
  const kinds = new Set(findings.map((each) => each.kind));
  if (kinds.has('untrusted')) return exitCodes.untrusted;
  if (kinds.has('vanished') || kinds.has('renamed')) return exitCodes.unsatisfiable;
  if (kinds.has('unreachable') && !somethingRead) return exitCodes.fetch;
  return strict && findings.some((each) => each.grade !== 'note') ? exitHasChanges : 0;
}
