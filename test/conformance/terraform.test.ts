import { readdir } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { specNames } from '../../vagrant/sandbox/spec.ts';
import { attributesOf, blocksOf, readHcl, type Block, type Body, type HclFile } from './hcl.ts';

const top = resolve(import.meta.dirname, '../../vagrant/terraform');
const clouds = ['aliyun', 'aws', 'hetzner', 'libvirt'];
/** What is in everybody's reach. */
const everywhere = /(?<![\d.])0\.0\.0\.0\/0|::\/0/;

let files: HclFile[];

beforeAll(async () => {
  const names = (await readdir(top, { recursive: true })).filter((name) => name.endsWith('.tf')).toSorted();
  files = await readHcl(names.map((name) => join(top, name)));
});

/** All files of a template as one, which is how Terraform reads them. */
function template(cloud: string): Body {
  const own = files.filter(({ file }) => relative(top, file).startsWith(`${cloud}/`));
  expect(own.length).toBeGreaterThan(1);
  return { attributes: {}, blocks: own.flatMap(({ body }) => body?.blocks ?? []) };
}

const resources = (cloud: string, ...types: string[]): Block[] => blocksOf(template(cloud), 'resource').filter(({ labels }) => types.length === 0 || types.includes(labels[0]!));
const named = (blocks: readonly Block[], name: string): Block => blocks.find(({ labels }) => labels[1] === name)!;

test('there is a template for every cloud that docs/sandbox.md names, and no other', async () => {
  expect((await readdir(top)).toSorted()).toEqual(clouds);
});

test('every file is HCL to the library of Terraform itself', () => {
  expect(files.flatMap(({ problems }) => problems)).toEqual([]);
});

test('every file is as terraform fmt writes it', () => {
  expect(files.filter(({ formatted }) => !formatted).map(({ file }) => file)).toEqual([]);
});

describe.each(clouds)('the template for %s', (cloud) => {
  test('refers to nothing that it does not have', () => {
    const body = template(cloud);
    const known = new Set([
      ...body.blocks.filter(({ type }) => type === 'variable').map(({ labels }) => `var.${labels[0]}`),
      ...blocksOf(body, 'locals').flatMap((block) => Object.keys(block.body.attributes).map((name) => `local.${name}`)),
      ...blocksOf(body, 'resource').map(({ labels }) => labels.join('.')),
      ...blocksOf(body, 'data').map(({ labels }) => `data.${labels.join('.')}`),
      'each.key',
      'each.value',
      'path.module',
    ]);

    const uses = attributesOf(body).flatMap(([, { uses }]) => uses);
    const strays = uses.filter((use) => !known.has(use.split('.').slice(0, use.startsWith('data.') ? 3 : 2).join('.')) && !/^(string|number|bool)$/.test(use));

    expect(uses.length).toBeGreaterThan(15);
    expect(strays).toEqual([]);
  });

  test('uses every variable that it asks for', () => {
    const body = template(cloud);
    const used = new Set(body.blocks.filter(({ type }) => type !== 'variable').flatMap((block) => attributesOf(block.body)).flatMap(([, { uses }]) => uses));

    expect(blocksOf(body, 'variable').map(({ labels }) => `var.${labels[0]}`).filter((name) => !used.has(name))).toEqual([]);
  });

  test('makes the nodes of any spec, at the addresses of the spec', async () => {
    const locals = Object.assign({}, ...blocksOf(template(cloud), 'locals').map(({ body }) => body.attributes)) as Body['attributes'];
    const node = resources(cloud, 'aws_instance', 'alicloud_instance', 'hcloud_server', 'libvirt_domain').find(({ labels }) => labels[1] === 'node')!;

    expect(locals['spec']!.text).toBe('yamldecode(file("${path.module}/../../specs/${var.spec}.yml"))');
    expect(node.body.attributes['for_each']!.text).toBe('local.nodes');
    expect(attributesOf({ attributes: {}, blocks: resources(cloud) }).some(([, { text }]) => /each\.value\.address/.test(text))).toBe(true);
    expect(await specNames()).toContain(blocksOf(template(cloud), 'variable').find(({ labels }) => labels[0] === 'spec')!.body.attributes['default']!.value);
  });

  test('pins the provider and its major version', () => {
    const [required] = blocksOf(template(cloud), 'required_providers');
    const versions = Object.values(required!.body.attributes).map(({ value }) => (value as { source: string; version: string }));

    expect(versions).toHaveLength(1);
    expect(versions[0]!.version).toMatch(/^~> \d+\.\d+(\.\d+)?$/);
  });

  test('has no password, no token and no key in it', () => {
    const attributes = attributesOf(template(cloud));

    expect(attributes.map(([name]) => name).filter((name) => /password|secret|token(?!s$)|access_key|private_key/i.test(name))).toEqual([]);
    expect(attributes.filter(([, { text }]) => /BEGIN [A-Z ]*PRIVATE KEY|passwd:|plain_text_passwd/.test(text))).toEqual([]);
  });

  test('lets nobody in from everywhere, and nothing out to everywhere', () => {
    const open = resources(cloud).filter(({ body }) => attributesOf(body).some(([, { text }]) => everywhere.test(text)));
    const drops = open.filter(({ body }) => body.attributes['policy']?.value === 'drop' && body.attributes['type']?.value === 'egress');

    expect(open).toEqual(drops);
  });

  test('asks for the operator, and does not take everybody for one', () => {
    const operator = blocksOf(template(cloud), 'variable').find(({ labels }) => labels[0] === 'operator');

    if (cloud === 'libvirt') return expect(operator).toBeUndefined();
    expect(operator!.body.attributes['default']).toBeUndefined();
    expect(blocksOf(operator!.body, 'validation')[0]!.body.attributes['condition']!.text).toContain('>= 16');
  });
});

describe('the nodes have no way out', () => {
  test('on AWS: no public address, no route, egress to each other only, no resolver of the provider', () => {
    const node = named(resources('aws', 'aws_instance'), 'node').body.attributes;
    const routes = named(resources('aws', 'aws_route_table'), 'nodes').body;
    const egress = resources('aws', 'aws_vpc_security_group_egress_rule').filter(({ body }) => body.attributes['security_group_id']!.text === 'aws_security_group.nodes.id');

    expect(node['associate_public_ip_address']!.value).toBe(false);
    expect(node['subnet_id']!.text).toBe('aws_subnet.nodes.id');
    expect(node['vpc_security_group_ids']!.text).toBe('[aws_security_group.nodes.id]');
    expect([routes.attributes['route']!.value, routes.blocks]).toEqual([[], []]);
    expect(egress.map(({ body }) => body.attributes['referenced_security_group_id']!.text)).toEqual(['aws_security_group.nodes.id']);
    expect(blocksOf(named(resources('aws', 'aws_security_group'), 'nodes').body, 'egress')).toEqual([]);
    expect(named(resources('aws', 'aws_vpc'), 'sandbox').body.attributes['enable_dns_support']!.value).toBe(false);
    expect(resources('aws', 'aws_nat_gateway', 'aws_eip', 'aws_egress_only_internet_gateway')).toEqual([]);
  });

  test('on Aliyun: no public address, no NAT, a rule that drops what is not for the network', () => {
    const node = named(resources('aliyun', 'alicloud_instance'), 'node').body.attributes;
    const rules = resources('aliyun', 'alicloud_security_group_rule').filter(({ body }) => body.attributes['security_group_id']!.text === 'alicloud_security_group.nodes.id' && body.attributes['type']!.value === 'egress');

    expect(node['internet_max_bandwidth_out']!.value).toBe(0);
    expect(node['security_groups']!.text).toBe('[alicloud_security_group.nodes.id]');
    expect(rules.map(({ body: { attributes: rule } }) => [rule['policy']!.value, rule['cidr_ip']!.text, rule['priority']!.value])).toEqual([
      ['accept', 'local.spec.network', 1],
      ['drop', '"0.0.0.0/0"', 100],
    ]);
    expect(resources('aliyun', 'alicloud_nat_gateway', 'alicloud_eip', 'alicloud_eip_address', 'alicloud_snat_entry')).toEqual([]);
  });

  test('on Hetzner: no public address, and a network without a route', () => {
    const [net] = blocksOf(named(resources('hetzner', 'hcloud_server'), 'node').body, 'public_net');

    expect([net!.body.attributes['ipv4_enabled']!.value, net!.body.attributes['ipv6_enabled']!.value]).toEqual([false, false]);
    expect(resources('hetzner', 'hcloud_network_route', 'hcloud_floating_ip', 'hcloud_primary_ip')).toEqual([]);
  });

  test('on libvirt: one interface, on a network that is forwarded nowhere and names nobody', () => {
    const network = named(resources('libvirt', 'libvirt_network'), 'sandbox').body;
    const node = named(resources('libvirt', 'libvirt_domain'), 'node').body;

    expect(network.attributes['mode']!.value).toBe('none');
    expect(['dhcp', 'dns'].map((name) => blocksOf(network, name)[0]!.body.attributes['enabled']!.value)).toEqual([false, false]);
    expect(blocksOf(node, 'network_interface').map(({ body }) => body.attributes['network_id']!.text)).toEqual(['libvirt_network.sandbox.id']);
  });

  test('and only the bastion has an address that others reach', () => {
    const open = [...resources('aws', 'aws_instance'), ...resources('aliyun', 'alicloud_instance'), ...resources('hetzner', 'hcloud_server')].filter(
      ({ body }) => body.attributes['associate_public_ip_address']?.value === true || Number(body.attributes['internet_max_bandwidth_out']?.value ?? 0) > 0 || blocksOf(body, 'public_net').some((net) => net.body.attributes['ipv4_enabled']?.value !== false),
    );

    expect(open.map(({ labels }) => labels[1])).toEqual(['bastion', 'bastion', 'bastion']);
  });
});
