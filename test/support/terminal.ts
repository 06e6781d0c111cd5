import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A real terminal, by tmux(1): a program runs in it, keys go in, and what stands on the screen is read. */
export interface Terminal {
  /** Keys by their tmux names (`Enter`, `Down`, `Space`, `C-c`), or text as it is. */
  press(...keys: string[]): void;
  type(text: string): void;
  /** Waits until the screen, with all that scrolled away, matches what has to come after what was waited for before. */
  until(pattern: RegExp | string): Promise<void>;
  /** Everything that ever stood on it. */
  everything(): string;
  close(): void;
}

/** Starts a program in a terminal of its own. `rc=N` stands on the screen when it has ended. */
export function openTerminal(argv: readonly string[]): Terminal {
  const folder = mkdtempSync(join(tmpdir(), 'pgark-terminal-'));
  const tmux = (...args: string[]): string => execFileSync('tmux', ['-f', '/dev/null', '-S', join(folder, 'socket'), ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const everything = (): string => tmux('capture-pane', '-p', '-J', '-S', '-');
  tmux('new-session', '-d', '-x', '120', '-y', '50', `${argv.map(quote).join(' ')}; echo rc=$?; exec sleep 600`);
  return {
    press: (...keys) => void tmux('send-keys', ...keys),
    type: (text) => void tmux('send-keys', '-l', text),
    until: async (pattern) => {
      for (let attempt = 0; attempt < 600; attempt++) {
        const screen = everything();
        if (typeof pattern === 'string' ? screen.includes(pattern) : pattern.test(screen)) return;
        await sleep(100);
      }
      throw new Error(`the terminal never showed ${String(pattern)}:\n${everything().trimEnd()}`);
    },
    everything,
    close: () => {
      tmux('kill-server');
      rmSync(folder, { recursive: true });
    },
  };
}

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
