import type { ConditionResource, Kind } from './resource.ts';

export interface ConditionState {
  holds: boolean;
  /** What the check has to say although all is well: a line `note: …` on its standard output. */
  note?: string;
}

export const condition: Kind<ConditionResource, ConditionState> = {
  identify: (wanted) => `condition ${wanted.name}`,
  probe: (wanted) => wanted.check,
  parse: (completed) => {
    const note = /^note: (.+)$/m.exec(completed.stdout)?.[1];
    return { holds: completed.code === 0, ...(note && { note }) };
  },
  diff: (wanted, actual) => (actual.holds ? [] : [...wanted.act]),
  describe: () => 'bring about',
  note: (_wanted, actual) => actual.note,
};
