import { shell, type Command, type Completed } from '../transport/command.ts';

/** What became of one proof of a backup, as the program on the host writes it. Times are RFC 3339, UTC. */
export interface ProofResult {
  cluster: string;
  /** Where: `pg-test-1`. */
  instance: string;
  repository: string;
  label: string;
  /** `failed`: the backup is bad. `untried`: nobody knows, since the proof did not come to its end. */
  verdict: 'proven' | 'failed' | 'untried';
  /** How far it came. */
  stage: string;
  started: string;
  finished: string;
  /** Seconds. */
  duration: number;
  type?: string;
  /** Bytes of the data. */
  size?: number;
  reason?: string;
  /** Lines. */
  details?: string;
  hint?: string;
  /** What was met on the way and does not make the backup bad. */
  notes?: string;
  /** Where recovery ended, and the time of the last transaction that it brought back. */
  reached?: string;
  reachedTime?: string;
  checksums?: 'passed' | 'failed' | 'off';
  amcheck?: 'passed' | 'failed' | 'absent';
  databases?: readonly { name: string; tables: number; size: number }[];
  /** Where the scratch instance is left. */
  kept?: string;
}

/** The results of a repository on one host. */
export interface ProofRecord {
  repository: string;
  last: ProofResult;
  /** The last one that succeeded. */
  proven?: ProofResult;
  /** The last one that found a bad backup, unless a newer backup was proven since. */
  failed?: ProofResult;
}

/** Asks for all results of a host; an empty answer where there are none. */
export const askProofs: Command = { argv: shell('cd /var/lib/pgark/proof 2>/dev/null || exit 0; for file in *.json; do if [ -s "$file" ]; then printf "%s " "$file"; cat -- "$file"; fi; done'), timeout: 20 };

export function readProofs({ stdout }: Pick<Completed, 'stdout'>): ProofRecord[] {
  const results = new Map(stdout.split('\n').flatMap((line) => {
    const found = /^([\w-]+(?:\.proven|\.failed)?)\.json (.*)$/.exec(line);
    const result = found && readResult(found[2]!);
    return result ? [[found[1]!, result] as const] : [];
  }));
  return [...results].filter(([name]) => !name.includes('.')).map(([repository, last]) => {
    const [proven, failed] = [results.get(`${repository}.proven`), results.get(`${repository}.failed`)];
    return { repository, last, ...(proven && { proven }), ...(failed && { failed }) };
  });
}

/** Undefined for one that is not whole: the host lost its power over it. */
function readResult(text: string): ProofResult | undefined {
  try {
    return JSON.parse(text) as ProofResult;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}
