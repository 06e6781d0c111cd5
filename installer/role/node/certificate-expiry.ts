import type { Host } from '../../inventory/inventory.ts';
import { shell } from '../../transport/command.ts';
import { certificates as pgCertificates, isPostgres } from '../instance.ts';
import { textfiles } from './node-exporter.ts';
import type { Role } from '../role.ts';
import { unit, written } from '../text.ts';

/** When the certificates on a host end, as metrics of the host: a certificate that runs out stops everything at once. */
export const certificateExpiry: Role = {
  name: 'certificate-expiry',
  ground: true,
  rollout: 'together',
  plays: ({ vars }) => vars.node_exporter_enabled,
  packages: () => ['openssl'],
  resources: (host) => [
    { kind: 'directory', path: '/usr/local/lib/pgark', mode: '0755' },
    { ...written(program, []), content: script, mode: '0755' },
    unit('pgark-certificates.service', service(host)),
    unit('pgark-certificates.timer', timer),
    { kind: 'service', unit: 'pgark-certificates.timer', enabled: true, running: true, restartOn: ['/etc/systemd/system/pgark-certificates.timer'] },
    // The first figures at once, not in a quarter of an hour.
    { kind: 'condition', name: 'the ends of certificates are known', check: { argv: shell('[ -s "$1" ]', `${textfiles}/certificates.prom`) }, act: [{ argv: ['systemctl', 'start', 'pgark-certificates.service'] }] },
  ],
};

const program = '/usr/local/lib/pgark/certificate-expiry';

/** Those that are not there are passed over: a host has what its roles gave it. */
const certificates = (host: Host): string[] => ['/etc/pki/ca.crt', '/etc/pki/scrape.crt', '/etc/nginx/pgark.crt', '/etc/etcd/server.crt', ...(isPostgres(host) ? [pgCertificates.server, pgCertificates.etcd] : [])];

const script = `#!/bin/sh
# written by pgark; changes made here are lost
# certificate-expiry OUTPUT CERTIFICATE…
set -eu
output=$1
shift
umask 022
trap 'rm -f "$output.$$"' EXIT
{
  echo '# HELP pgark_certificate_not_after_seconds When the certificate ends, in seconds since 1970.'
  echo '# TYPE pgark_certificate_not_after_seconds gauge'
  for path; do
    [ -r "$path" ] || continue
    end=$(openssl x509 -noout -enddate -in "$path")
    printf 'pgark_certificate_not_after_seconds{path="%s"} %s\\n' "$path" "$(date -d "\${end#notAfter=}" +%s)"
  done
} > "$output.$$"
mv -f "$output.$$" "$output"
`;

const service = (host: Host): Parameters<typeof unit>[1] => ({
  Unit: { Description: 'When the certificates of this host end' },
  Service: { Type: 'oneshot', ExecStart: [program, `${textfiles}/certificates.prom`, ...certificates(host)].join(' ') },
});

const timer = {
  Unit: { Description: 'When the certificates of this host end, every quarter of an hour' },
  Timer: { OnBootSec: '1min', OnUnitActiveSec: '15min' },
  Install: { WantedBy: 'timers.target' },
};
