/** A timeline, as the archive tells of it. */
export interface Line {
  timeline: number;
  /** When it began, in milliseconds since 1970: its history is archived at once. The first one has always been there. */
  began: number;
  /** Those that it goes on from, the oldest first. */
  parents: readonly Turn[];
}

/** Where one timeline was left for the next. */
export interface Turn {
  timeline: number;
  until: bigint;
}

/** `0/6000100` */
export function lsnOf(text: string): bigint {
  const [high, low] = text.split('/') as [string, string];
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}

/** A history file of PostgreSQL: a line for each parent, its timeline, where it was left, and why. */
export function readHistory(text: string): Turn[] {
  return text.split('\n').flatMap((line) => {
    const [, timeline, until] = /^\s*(\d+)\s+([0-9A-F]+\/[0-9A-F]+)/i.exec(line) ?? [];
    return timeline === undefined ? [] : [{ timeline: Number(timeline), until: lsnOf(until!) }];
  });
}

/** All timelines, each once and the oldest first; the first one has no history. */
export function linesOf(told: readonly Line[]): Line[] {
  const known = new Map<number, Line>([[1, { timeline: 1, began: -Infinity, parents: [] }]]);
  for (const line of told) {
    const before = known.get(line.timeline);
    if (!before || line.began < before.began) known.set(line.timeline, line);
  }
  return [...known.values()].toSorted((a, b) => a.timeline - b.timeline);
}

/** The timeline on which was written at a moment: after a recovery to 10:00 that was made at 11:00, what was written at 10:30 lies on the one that was left. */
export const lineAt = (at: number, lines: readonly Line[]): Line => lines.findLast(({ began }) => began <= at) ?? lines[0]!;

/** Whether a place on a timeline is part of what led to a line. */
export function isOn({ timeline, parents }: Line, place: { timeline: number; lsn: bigint }): boolean {
  if (place.timeline === timeline) return true;
  const turn = parents.find((each) => each.timeline === place.timeline);
  return turn !== undefined && place.lsn <= turn.until;
}

/** The next lines that go on from one. */
export const heirsOf = ({ timeline }: Line, lines: readonly Line[]): Line[] => lines.filter(({ parents }) => parents.some((each) => each.timeline === timeline));

/** Where a segment of WAL begins: `000000030000000000000009`. Segments have 16 MB unless initdb was told otherwise. */
export function startOf(segment: string, size = 16n * 1024n * 1024n): bigint {
  return (BigInt(`0x${segment.slice(8, 16)}`) << 32n) + BigInt(`0x${segment.slice(16, 24)}`) * size;
}
