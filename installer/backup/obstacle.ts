/** Why WAL does not get into a repository, in the words of pgBackRest. */
export interface Obstacle {
  /** The number of the repository; absent where it is none of them. */
  repo?: number;
  said: string;
  isFull: boolean;
}

/**
 * Of the file that pgBackRest leaves for a segment: a code, what raised it, then a line a repository.
 * `repo1: [FileWriteError] unable to write '…': [28] No space left on device`
 */
export function obstacleIn([, ...lines]: readonly string[]): Obstacle | undefined {
  const line = lines.find((each) => each.startsWith('repo')) ?? lines[0];
  if (line === undefined) return undefined;
  const [, repo, said] = /^repo(\d+): (?:\[\w+\] )?(.*)$/.exec(line) ?? [undefined, undefined, line];
  return { ...(repo !== undefined && { repo: Number(repo) }), said: said!.slice(0, 300), isFull: full.test(said!) };
}

// A write that was cut short has no reason of the system: pgBackRest says what it wanted to write, and nothing behind that.
const full = /No space left on device|quota exceeded|unable to write '[^']*'$|\b(413|507) \(|QuotaExceeded|XMinioStorageFull/i;

/** Why, and the next step of whoever reads it; nothing where there is no obstacle. */
export function obstacleLines(obstacle: Obstacle | undefined, names: readonly string[], cluster: string): string[] {
  if (obstacle === undefined) return [];
  const name = obstacle.repo === undefined ? '' : `repository ${names[obstacle.repo - 1] ?? obstacle.repo}`;
  if (!obstacle.isFull) return [`${name === '' ? 'pgBackRest' : name}: ${obstacle.said}`];
  return [
    `${name === '' ? 'a repository' : name} is full; PostgreSQL goes on, and keeps up to 4 GiB of WAL until there is room`,
    `next: give it more room, or remove a backup with pgark backup expire ${cluster} --set LABEL; archiving goes on by itself then, and pgark backup now ${cluster} makes up for what the schedule missed`,
  ];
}
