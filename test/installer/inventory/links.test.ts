import { expect, test } from 'vitest';
import { linkTo } from '../../../installer/inventory/links.ts';

const links = [
  { interface: 'eth0', network: '10.0.0.0/8' },
  { interface: 'eth1', network: '10.10.10.0/24' },
  { interface: 'eth2', network: 'fd00:10:31::2/64' },
];

test.each([
  ['the smallest network that has it', '10.10.10.9', 'eth1'],
  ['a larger one where no smaller has it', '10.10.11.9', 'eth0'],
  ['one of its own family', 'fd00:10:31::99', 'eth2'],
  ['none where no network has it', '192.168.0.1', undefined],
  ['none of the other family', '::ffff:1.2.3.4', undefined],
])('an address leads to %s', (_fact, address, name) => {
  expect(linkTo(address, { links })?.interface).toBe(name);
});
