/** What pgBackRest knows of one stanza, in all repositories that the host can see. Times are RFC 3339, UTC. */
export interface StanzaInfo {
  name: string;
  /** 0 is good. */
  status: Status;
  repositories: readonly RepositoryInfo[];
  /** Oldest first, as they are told. */
  backups: readonly BackupInfo[];
  archive: readonly ArchiveInfo[];
  /** Of the newest database of the stanza. A number of 64 bits, hence a string. */
  systemId?: string;
}

export interface Status {
  code: number;
  message: string;
}

export interface RepositoryInfo extends Status {
  number: number;
  cipher: string;
}

export interface BackupInfo {
  label: string;
  type: 'full' | 'diff' | 'incr';
  /** The number of its repository. */
  repo: number;
  started: string;
  ended: string;
  /** Where it begins, and from where on its data are whole: `0/6000028`. */
  lsnStart: string;
  lsnStop: string;
  walStart: string;
  walStop: string;
  timeline: number;
  /** Pages with a wrong checksum were found in it. */
  error: boolean;
  /** Which database of the stanza: another one after an upgrade. */
  databaseId: number;
  systemId?: string;
  /** Bytes of the database, and what this backup takes in the repository, where that is known. */
  size: number;
  stored?: number;
  /** Labels of the backups that it cannot be restored without. */
  needs: readonly string[];
  annotations: Readonly<Record<string, string>>;
}

/** From the first to the last segment of WAL that a repository has of a database; without them, it has none. */
export interface ArchiveInfo {
  repo: number;
  /** Its folder: `15-1`. */
  id: string;
  databaseId: number;
  min?: string;
  max?: string;
}

/** Reads `pgbackrest info --output=json`. */
export function readInfo(json: string): StanzaInfo[] {
  return (JSON.parse(wholeNumbers(plain(json))) as Told[]).map((told) => {
    const databases = told.db ?? [];
    const last = databases.toSorted((a, b) => a.id - b.id).at(-1);
    return {
      name: told.name,
      status: statusOf(told.status),
      repositories: (told.repo ?? []).map(({ key, cipher, status }) => ({ number: key, cipher: cipher ?? 'none', ...statusOf(status) })),
      backups: (told.backup ?? []).map((backup) => readBackup(backup, databases)),
      archive: (told.archive ?? []).map(({ id, database, min, max }) => ({ repo: numberOf(database), id, databaseId: database.id, ...(min && { min }), ...(max && { max }) })),
      ...(last && { systemId: last['system-id'] }),
    };
  });
}

/** Which timeline a segment of WAL belongs to: its first eight digits. */
export const timelineOf = (segment: string): number => Number.parseInt(segment.slice(0, 8), 16);

function readBackup(told: ToldBackup, databases: readonly ToldDatabase[]): BackupInfo {
  const repo = numberOf(told.database);
  const database = databases.find((each) => each.id === told.database.id && numberOf(each) === repo);
  const stored = told.info.repository?.delta;
  return {
    label: told.label,
    type: told.type,
    repo,
    started: at(told.timestamp.start),
    ended: at(told.timestamp.stop),
    lsnStart: told.lsn?.start ?? '',
    lsnStop: told.lsn?.stop ?? '',
    walStart: told.archive.start ?? '',
    walStop: told.archive.stop ?? '',
    timeline: timelineOf(told.archive.stop ?? told.archive.start ?? ''),
    error: told.error === true,
    databaseId: told.database.id,
    ...(database && { systemId: database['system-id'] }),
    size: told.info.size,
    ...(typeof stored === 'number' && { stored }),
    needs: told.reference ?? [],
    annotations: told.annotation ?? {},
  };
}

/** The system identifier has more digits than a number of JavaScript. Within a string its quotes would be escaped. */
const wholeNumbers = (json: string): string => json.replaceAll(/"system-id":\s*(\d+)/g, '"system-id":"$1"');

/** What could not be decrypted stands in messages as it is, with bytes that JSON does not allow (seen with 2.45 and a passphrase that is another one). */
// oxlint-disable-next-line no-control-regex
const plain = (json: string): string => json.replaceAll(/[\0-\x1f]+/g, ' ');

const at = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');

const numberOf = ({ 'repo-key': key }: { 'repo-key'?: number }): number => key ?? 1;

/** The first line says what is wrong; after it come hints, and what could not be decrypted. */
const statusOf = ({ code, message }: Status): Status => ({ code, message: message.split('\n')[0]!.replace(/:$/, '') });

interface ToldDatabase {
  id: number;
  'repo-key'?: number;
  'system-id': string;
}

interface ToldBackup {
  label: string;
  type: 'full' | 'diff' | 'incr';
  database: { id: number; 'repo-key'?: number };
  timestamp: { start: number; stop: number };
  lsn?: { start?: string; stop?: string } | null;
  archive: { start: string | null; stop: string | null };
  error?: boolean | null;
  info: { size: number; repository?: { delta?: number | null } };
  reference?: string[] | null;
  annotation?: Record<string, string> | null;
}

interface Told {
  name: string;
  status: Status;
  repo?: { key: number; cipher?: string; status: Status }[];
  db?: ToldDatabase[];
  backup?: ToldBackup[];
  archive?: { id: string; database: { id: number; 'repo-key'?: number }; min?: string | null; max?: string | null }[];
}
