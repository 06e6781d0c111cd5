import type { Host } from '../inventory/inventory.ts';
import type { ProofResult } from '../proof/result.ts';
import type { HostRow } from './status-page.ts';

/** What is known of the backups of a cluster by restoring them. */
export interface ClusterProofs {
  /** The newest of the backups that were proven, and how many seconds ago that was. */
  lastProof?: Proof & { age: number };
  /** Those that were found bad, unless a newer one was proven since; one for each repository of each host. */
  badBackups?: readonly Proof[];
  /** Proofs that did not come to their end, where that was the last that happened. */
  unfinishedProofs?: readonly Proof[];
}

export interface Proof extends Pick<ProofResult, 'repository' | 'label' | 'finished' | 'reason'> {
  host: string;
}

/** From what every member has on its disk. */
export function proofsIn(members: readonly Pick<Host, 'address'>[], rows: readonly HostRow[], now: Date): ClusterProofs {
  const records = rows.flatMap((row) => ('proofs' in row && members.some(({ address }) => address === row.address) ? (row.proofs ?? []).map((record) => ({ ...record, host: row.host })) : []));
  const of = (host: string, result: ProofResult | undefined): Proof[] => (result ? [{ host, repository: result.repository, label: result.label, finished: result.finished, ...(result.reason !== undefined && { reason: result.reason }) }] : []);
  const proven = records.flatMap(({ host, proven: result }) => of(host, result));
  const [last] = proven.toSorted((a, b) => (madeAt(a) === madeAt(b) ? (a.finished < b.finished ? 1 : -1) : madeAt(a) < madeAt(b) ? 1 : -1));
  const bad = records.flatMap(({ host, failed }) => of(host, failed)).filter((each) => !proven.some((other) => outdoes(other, each)));
  const unfinished = records.flatMap(({ host, last: result }) => (result.verdict === 'untried' ? of(host, result) : []));
  return {
    ...(last && { lastProof: { ...last, age: Math.round((now.getTime() - Date.parse(last.finished)) / 1000) } }),
    ...(bad.length > 0 && { badBackups: bad }),
    ...(unfinished.length > 0 && { unfinishedProofs: unfinished }),
  };
}

/** Where all members see a repository, what one has found bad another one may have proven since, or one that is newer. */
const outdoes = (proven: Proof, bad: Proof): boolean => proven.repository === bad.repository && madeAt(proven) >= madeAt(bad) && proven.finished > bad.finished;

/** Of `20261122-172248F_20261123-010000I` the end tells when it was made; nothing where no label could be read. */
const madeAt = ({ label }: Proof): string => (label === 'latest' ? '' : label.slice(-16, -1));

export function proofLines({ name, lastBackup, lastProof, badBackups = [], unfinishedProofs = [] }: ClusterProofs & { name: string; lastBackup?: object }): string[] {
  const never = lastBackup && badBackups.length === 0 ? [`  no backup was ever proven: pgark backup check ${name}`] : [];
  return [
    ...(lastProof ? [`  last proof  ${lastProof.label} in repository ${lastProof.repository}, restored on ${lastProof.host} ${ago(lastProof.age)}`] : never),
    ...badBackups.map(({ label, repository, host, finished, reason }) => `  BAD BACKUP  ${label === 'latest' ? 'the newest' : label} in repository ${repository}, found on ${host} at ${finished.slice(0, 16).replace('T', ' ')}: ${reason}`),
    ...unfinishedProofs.map(({ repository, host, reason }) => `  no proof of repository ${repository} on ${host}: ${reason}`),
  ];
}

/** Seconds as one would say them: `5 hours ago`. */
export function ago(seconds: number): string {
  const units = [['day', 86_400], ['hour', 3600], ['minute', 60]] as const;
  const [unit, size] = units.find(([, each]) => seconds >= 2 * each) ?? ['minute', 60];
  const count = Math.floor(seconds / size);
  return count < 2 ? 'just now' : `${count} ${unit}s ago`;
}
