import type { CommandSpec } from '../../repo/console/command.ts';
import { table } from '../../repo/console/print.ts';
import { findBox, suites } from './box.ts';
import { findSandbox, type Sandbox } from './sandbox.ts';
import { readSpec, specNames } from './spec.ts';

export const list: CommandSpec = {
  name: 'sandbox list',
  about: 'the specs, which of them are up, and the boxes that were made here',
  run: async ({ print }) => {
    const specs = [];
    for (const name of await specNames()) specs.push({ ...(await readSpec(name)), sandbox: await findSandbox(name) });
    const boxes = [];
    for (const code of Object.keys(suites)) boxes.push(...[await findBox(code)].filter((box) => box !== undefined));
    const head = ['spec', 'nodes', 'GB', 'network', 'state', 'about'];
    print(table([head, ...specs.map((spec) => [spec.name, String(spec.nodes.length), String(spec.nodes.reduce((sum, node) => sum + node.memory, 0) / 1024), spec.network, stateOf(spec.sandbox), spec.about])]));
    if (boxes.length > 0) print(`\n${table(boxes.map(({ name, digest }) => [`  ${name}`, `sha256 ${digest}`]))}`);
    return { specs, boxes };
  },
};

function stateOf(sandbox: Sandbox | undefined): string {
  if (!sandbox) return '-';
  return `${sandbox.deployed ? 'installed' : 'bare'}, ${sandbox.os} on ${sandbox.provider}`;
}
