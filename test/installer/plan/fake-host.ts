import type { ConditionResource } from '../../../installer/resource/resource.ts';
import type { Command, Completed, Transport } from '../../../installer/transport/command.ts';

/** A host on which things are or are not: `is NAME` asks, `make NAME` brings about, `break NAME` fails. Keeps what it was asked to run. */
export interface FakeHost extends Transport {
  is: Set<string>;
  ran: string[];
  probed: number;
  /** How often it was asked to run something. */
  trips: number;
}

export function fakeHost(host: string, is: readonly string[] = [], onRun: (command: string) => void = () => {}): FakeHost {
  const fake: FakeHost = {
    host,
    is: new Set(is),
    ran: [],
    probed: 0,
    trips: 0,
    probe: async (commands) => {
      fake.probed++;
      return commands.map(({ argv: [word, name] }) => answer(word === 'is' && fake.is.has(name!) ? 0 : 1));
    },
    run: async (commands) => {
      const done: Completed[] = [];
      fake.trips++;
      for (const { argv } of commands as Command[]) {
        fake.ran.push(argv.join(' '));
        onRun(argv.join(' '));
        if (argv[0] === 'make') fake.is.add(argv[1]!);
        done.push(argv[0] === 'break' ? { ...answer(4), stderr: 'no luck\n' } : answer(0));
        if (argv[0] === 'break') break;
      }
      return done;
    },
  };
  return fake;
}

const answer = (code: number): Completed => ({ code, stdout: '', stderr: '' });

/** Something that a fake host can be asked for, brought about by the words of `act`: `make a`. */
export const thing = (name: string, ...act: string[]): ConditionResource => ({
  kind: 'condition',
  name,
  check: { argv: ['is', name] },
  act: (act.length > 0 ? act : [`make ${name}`]).map((words) => ({ argv: words.split(' ') as [string, ...string[]] })),
});
