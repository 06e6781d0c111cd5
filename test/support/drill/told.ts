/** What the recorders tell, line by line; times are seconds since 1970 by the one clock of the machine below all hosts. */
export interface Commit {
  writer: string;
  number: number;
  at: number;
}

export interface Refusal {
  writer: string;
  at: number;
  /** It reached a member that does not write. */
  strayed: boolean;
  reason: string;
}

/** A write on a member itself that was acknowledged. */
export interface Touch {
  member: string;
  begin: number;
  end: number;
  timeline: number;
}

export interface Answer {
  at: number;
  port: number;
  /** Undefined where nobody answered. */
  by: { role: 'primary' | 'replica'; slot: string } | undefined;
}

/** A line that was cut off by the end of its writer is none. */
export function readWriter(writer: string, lines: readonly string[]): { commits: Commit[]; refusals: Refusal[] } {
  const commits: Commit[] = [];
  const refusals: Refusal[] = [];
  for (const line of lines) {
    const [what, number, at, ...reason] = line.split(' ');
    if (what === 'acknowledged') commits.push({ writer, number: Number(number), at: Number(at) });
    if (what === 'refused') refusals.push({ writer, at: Number(at), strayed: reason[0] === 'strayed', reason: reason.join(' ') });
  }
  return { commits, refusals };
}

export function readWatcher(member: string, lines: readonly string[]): Touch[] {
  const words = lines.map((line) => line.split(' ')).filter(([what]) => what === 'wrote');
  return words.map(([, begin, end, timeline]) => ({ member, begin: Number(begin), end: Number(end), timeline: Number(timeline) }));
}

export function readReader(lines: readonly string[]): Answer[] {
  return lines.map((line) => {
    const [what, port, at, role, slot] = line.split(' ');
    const by = what === 'answered' ? { role: role as 'primary' | 'replica', slot: slot! } : undefined;
    return { at: Number(at), port: Number(port), by };
  });
}
