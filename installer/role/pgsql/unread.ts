import { explaining } from './explained.ts';

/** In a shell: what pgBackRest says of the repositories of stanza `$1`, in `$said`. Where it says nothing, that counts as a repository that cannot be read. */
export const asking = (...options: string[]): string =>
  `said=$(pgbackrest --stanza="$1" --output=json --log-level-console=off --log-level-file=off${options.map((each) => ` ${each}`).join('')} info 2>&1) || said="{\\"code\\":99,\\"message\\":\\"$said\\"}}"`;

/** Whether `$said` speaks of a repository that cannot be read; one that is empty, or not made yet, can be (pgBackRest, info: status 99). */
export const isUnread = `printf %s "$said" | grep -aq '"code":99'`;

/** On standard error: why, and what to do. Through a wrong passphrase pgBackRest reads noise, and takes the repository for one that was never made. */
export const why = `
why=$(printf %s "$said" | tr -c '[:print:]' ' ' | sed 's/.*"code":99,"message":"//; s/"}}.*//; s/\\\\r//g; s/\\\\n/\\n/g' | sed '/^FormatError: key/d; /^HINT:/d')
{
  printf '%s\\n' "$why"
  ${explaining('$why')}
} >&2`;
