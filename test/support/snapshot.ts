import type { Host } from '../../vagrant/host.ts';

/** Folders that an installer would write to. */
const watched = ['/etc', '/var/lib', '/opt', '/data', '/pg', '/www', '/usr/local', '/usr/share/keyrings'];

/** Every file, link and folder of a host that an installer could touch, with mode, owner and content, a line each. */
export async function snapshot(host: Host): Promise<string[]> {
  const listing = await host.must(['sh', '-ec', listEverything, 'sh', ...watched]);
  return listing.split('\n').filter((line) => line !== '' && !passing.test(line));
}

// systemd's own comings and goings are nobody's change.
const passing = /\/var\/lib\/(systemd|private|dbus|apt\/(lists|periodic))|\/etc\/(machine-id|\.updated)|\/var\/lib\/dpkg\/lock/;

// Content by digest; a package is told by its size and its time.
const listEverything = `
  for folder; do
    test -e "$folder" || continue
    find "$folder" ! -type f -printf '%M %u:%g %p -> %l\\n'
    find "$folder" -type f -printf '%M %u:%g %s %p\\n'
    find "$folder" -type f -size -1024k -exec sha256sum {} +
    find "$folder" -type f -size +1023k -printf '%T@ %p\\n'
  done | sort -k 3
`;
