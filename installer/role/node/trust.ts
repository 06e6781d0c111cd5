import { shell } from '../../transport/command.ts';
import type { Role } from '../role.ts';

/** The deployment's own authority, in the trust store of every host. */
export const trust: Role = {
  name: 'trust',
  rollout: 'together',
  plays: () => true,
  packages: () => ['ca-certificates'],
  resources: (_host, inventory) => [
    { kind: 'directory', path: '/etc/pki', mode: '0755' },
    { kind: 'file', path: authorityPath, content: inventory.authority },
    { kind: 'file', path: '/usr/local/share/ca-certificates/pgark.crt', content: inventory.authority },
    {
      kind: 'condition',
      name: 'the trust store holds the authority of this deployment',
      check: { argv: shell('wanted=$(cat); case "$(cat /etc/ssl/certs/ca-certificates.crt)" in *"$wanted"*) ;; *) exit 1 ;; esac'), stdin: inventory.authority },
      act: [{ argv: ['update-ca-certificates'] }],
    },
  ],
};

/** The certificate of the authority, on every host. */
export const authorityPath = '/etc/pki/ca.crt';
