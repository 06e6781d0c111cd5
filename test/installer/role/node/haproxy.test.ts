import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { haproxy } from '../../../../installer/role/node/haproxy.ts';
import { deploy, withVars } from '../deployment.ts';
import { fileOf, textOf } from '../file.ts';

const resourcesOf = async (...lines: string[]) => {
  const { host, inventory } = await deploy([haproxy], { text: withVars(...lines) });
  return haproxy.resources(host, inventory);
};

describe('HAProxy', () => {
  test('shows its figures on loopback when its host is watched by itself', async () => {
    expect(textOf(await resourcesOf(), '/etc/haproxy/haproxy.cfg')).toContain('bind 127.0.0.1:9101\n');
  });

  test('has one login, whose password is generated and kept as a sum', async () => {
    const text = textOf(await resourcesOf(), '/etc/haproxy/haproxy.cfg');

    expect(text.match(/^ {4}user .*/gm)).toEqual(['    user haproxy', expect.stringMatching(/^ {4}user admin password \$6\$/)]);
    expect(text).not.toContain('insecure-password');
  });

  test('lets nobody take servers out where there is no password', async () => {
    const text = textOf(await resourcesOf('haproxy_auth_enabled: false'), '/etc/haproxy/haproxy.cfg');

    expect(text).not.toContain('stats admin');
  });

  test('begins after a reload with what it knew of its servers: a replica must not be taken for a primary until it has been looked at', async () => {
    const resources = await resourcesOf();
    const text = textOf(resources, '/etc/haproxy/haproxy.cfg');
    const reload = textOf(resources, '/etc/systemd/system/haproxy.service').match(/^ExecReload=.*/gm)!;

    expect(text).toMatch(/^global[^]*\n {4}server-state-file \/run\/haproxy\/servers\n[^]*^defaults[^]*\n {4}load-server-state-from-file global\n/m);
    expect(reload.map((line) => line.split('=')[1]!.split(' ')[0])).toEqual(['/usr/sbin/haproxy', '-/usr/local/lib/pgark/haproxy-state', '/bin/kill']);
    expect(fileOf(resources, '/usr/local/lib/pgark/haproxy-state').mode).toBe('0755');
  });

  test.each(['perl', 'python3'])('is asked what it knows by %s, which speaks to its socket', async (language) => {
    const folder = mkdtempSync(join(tmpdir(), 'pgark-haproxy-'));
    const [socket, file] = [join(folder, 'admin.sock'), join(folder, 'servers')];
    const server = createServer((peer) => void peer.once('data', (asked) => peer.end(`${asked.toString().trim()}: 1 of 1\n`)));
    await new Promise<void>((resolve) => void server.listen(socket, resolve));
    const script = textOf(await resourcesOf(), '/usr/local/lib/pgark/haproxy-state').replaceAll('/run/haproxy/admin.sock', socket).replaceAll('/run/haproxy/servers', file);

    const ran = spawn('sh', ['-c', language === 'perl' ? script : script.replace('command -v perl', 'false')], { stdio: 'inherit' });
    const [code] = (await once(ran, 'exit')) as [number];
    server.close();

    const written = readFileSync(file, 'utf8');
    rmSync(folder, { recursive: true });
    expect([code, written]).toEqual([0, 'show servers state: 1 of 1\n']);
  });

  test('keeps its configuration to root', async () => {
    expect(fileOf(await resourcesOf(), '/etc/haproxy/haproxy.cfg').mode).toBe('0600');
  });

  test('has a file for a further service of the inventory', async () => {
    const resources = await resourcesOf('haproxy_services: [{ name: web, port: 8080, servers: [{ name: a, ip: 10.0.0.5, port: 80, weight: 5 }, { name: b, ip: 10.0.0.6, backup: true }] }]');

    expect(textOf(resources, '/etc/haproxy/conf.d/web.cfg')).toMatchSnapshot();
  });
});
