import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '../../../vagrant/host.ts';
import { index, type Signing } from './signed.ts';

/** What AppStream's module has on EL 9, by the names of its packages. */
const packages = ['postgresql', 'postgresql-contrib', 'postgresql-docs', 'postgresql-plperl', 'postgresql-plpython3', 'postgresql-pltcl', 'postgresql-private-libs', 'postgresql-server', 'postgresql-upgrade', 'pg_repack', 'pgaudit', 'postgres-decoderbufs'];

/**
 * Enables a stream of AppStream's module `postgresql` on a host, by dnf itself, as whoever once used that server did. The repository
 * is gone afterwards; the host keeps the choice in /etc/dnf/modules.d and what dnf must know of it in /var/lib/dnf/modulefailsafe.
 */
export async function enableModule(host: Host, signing: Signing, stream = '15'): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pgark-el-module-'));
  try {
    const repository = join(folder, 'repository');
    await mkdir(repository);
    await writeFile(join(repository, 'modules.yaml'), documentOf(stream));
    await index(repository, signing);
    await host.copyIn(repository, place);
    await host.copyIn(signing.key, `${place}.key`);
    await host.must('cat >/etc/yum.repos.d/module.repo', { stdin: `[module]\nname=module\nbaseurl=file://${place}\ngpgcheck=1\nrepo_gpgcheck=1\ngpgkey=file://${place}.key\n` });
    await host.must(['dnf', 'module', 'enable', '--assumeyes', '--disablerepo=*', '--enablerepo=module', `postgresql:${stream}`]);
    await host.must(['rm', '-r', place, `${place}.key`, '/etc/yum.repos.d/module.repo']);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const place = '/srv/module';

// The second version of the documents of modulemd. EL 9 has no default stream of it, and neither has this.
const documentOf = (stream: string): string => `---
document: modulemd
version: 2
data:
  name: postgresql
  stream: "${stream}"
  version: 9050020240101000000
  context: rhel9
  arch: x86_64
  summary: PostgreSQL server and client module
  description: PostgreSQL as AppStream has it.
  license:
    module: [MIT]
  dependencies:
    - requires:
        platform: [el9]
  profiles:
    server:
      rpms: [postgresql-server]
  artifacts:
    rpms:
${packages.map((name) => `      - ${name}-0:${stream}.1-1.module+el9.5.0+1+00000000.x86_64`).join('\n')}
...
`;
