import type { TrustStore } from '../../platform/platform.ts';
import type { ConditionResource } from '../../resource/resource.ts';
import { shell } from '../../transport/command.ts';
import type { Role } from '../role.ts';

/** The deployment's own authority, in the trust store of every host. */
export const trust: Role = {
  name: 'trust',
  ground: true,
  rollout: 'together',
  plays: () => true,
  packages: () => ['ca-certificates'],
  resources: ({ platform }, inventory) => [
    { kind: 'directory', path: '/etc/pki', mode: '0755' },
    { kind: 'file', path: authorityPath, content: inventory.authority },
    { kind: 'file', path: platform.trust.anchor, content: inventory.authority },
    trusted(platform.trust, inventory.authority),
  ],
};

/** EL's store keeps certificates in another order of lines than ours have them, never in other lines. */
function trusted({ bundle, update }: TrustStore, authority: string): ConditionResource {
  return {
    kind: 'condition',
    name: 'the trust store holds the authority of this deployment',
    check: { argv: shell('wanted=$(cat); case "$(cat "$1")" in *"$wanted"*) ;; *) exit 1 ;; esac', bundle), stdin: authority },
    act: [{ argv: update }],
    undo: { check: { argv: shell('gone=$(cat); case "$(cat "$1")" in *"$gone"*) exit 1 ;; esac', bundle), stdin: authority }, act: [{ argv: update }] },
  };
}

/** The certificate of the authority, on every host. */
export const authorityPath = '/etc/pki/ca.crt';
