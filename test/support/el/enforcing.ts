import type { Host } from '../../../vagrant/host.ts';

/**
 * Makes a host say that SELinux enforces its policy, until it is started anew. The kernel here has none: nothing is ever denied and
 * no process has a context. What is real is the policy with its files, ports and switches, and the labels of files: restorecon,
 * which does nothing without such a kernel, is setfiles, the same program by the name that it asks no kernel under.
 */
export async function feignEnforcing(host: Host): Promise<void> {
  // systemd-nspawn(1) makes the folder, whatever the kernel.
  await host.must('mount -t tmpfs feigned /sys/fs/selinux && echo 1 >/sys/fs/selinux/enforce');
  for (const [name, text] of Object.entries(programs)) {
    await host.must(['sh', '-ec', 'cat >"$1.part"; chmod 755 "$1.part"; mv -T "$1.part" "$1"', 'sh', `/usr/sbin/${name}`], { stdin: text });
  }
}

const programs = {
  getenforce: '#!/bin/sh\necho Enforcing\n',
  selinuxenabled: '#!/bin/sh\nexit 0\n',
  restorecon: `#!/bin/sh
# setfiles wants to be told the contexts, goes through folders without being asked, and knows neither -R nor -r.
options=
while getopts RrFnvpiIDm0e:f: option; do
  case $option in
    R | r) ;;
    e | f) options="$options -$option $OPTARG" ;;
    *) options="$options -$option" ;;
  esac
done
shift $((OPTIND - 1))
exec setfiles $options /etc/selinux/targeted/contexts/files/file_contexts "$@"
`,
};
