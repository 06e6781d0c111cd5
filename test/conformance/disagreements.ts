/** Differences from an oracle that are right to be there, each with its reason, by the subject of the comparison. */
const explained: Readonly<Record<string, Readonly<Record<string, string>>>> = {};

/** Those of the differing items that nobody has explained; an explanation that explains nothing any more is an error too. */
export function unexplained(subject: string, differing: readonly string[]): string[] {
  const known = explained[subject] ?? {};
  const stale = Object.keys(known).filter((item) => !differing.includes(item)).map((item) => `${item}: agrees by now, its explanation can go`);
  return [...differing.filter((item) => !(item in known)), ...stale];
}
