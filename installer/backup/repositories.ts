import { defaults } from '../inventory/parameters.ts';

/** A repository as far as an inventory tells that nobody has completed yet. */
export interface RepositoryName {
  /** What pgBackRest calls it: the 1 of `repo1-path`. */
  number: number;
  name: string;
  /** Each member has its own, and sees no other. */
  isLocal: boolean;
  retention: Retention;
}

/** How many full backups are kept, or for how many days; everything where no number is given. */
export interface Retention {
  by: 'count' | 'time';
  full?: number;
}

/** The repositories of a host of a draft, in the order of `pgbackrest_method`; none where it is not backed up. */
export function repositoriesIn(vars: Readonly<Record<string, unknown>>): RepositoryName[] {
  if (vars['pgbackrest_enabled'] === false) return [];
  const entries = (vars['pgbackrest_repo'] ?? defaults['pgbackrest_repo']) as Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;
  return [vars['pgbackrest_method'] ?? defaults['pgbackrest_method']].flat().map((name, index) => {
    const entry = entries[String(name)] ?? {};
    const full = Number(entry['retention_full'] ?? 0);
    return {
      number: index + 1,
      name: String(name),
      isLocal: (entry['type'] ?? 'posix') === 'posix' && entry['host'] === undefined,
      retention: { by: entry['retention_full_type'] === 'time' ? 'time' : 'count', ...(full > 0 && { full }) },
    };
  });
}
