import type { ConditionResource, Kind } from './resource.ts';

export interface ConditionState {
  holds: boolean;
}

export const condition: Kind<ConditionResource, ConditionState> = {
  identify: (wanted) => `condition ${wanted.name}`,
  probe: (wanted) => wanted.check,
  parse: (completed) => ({ holds: completed.code === 0 }),
  diff: (wanted, actual) => (actual.holds ? [] : [...wanted.act]),
  describe: () => 'bring about',
};
