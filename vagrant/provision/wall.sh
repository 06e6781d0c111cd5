#!/bin/sh
# Lets a guest reach the networks that it is connected to and nothing beyond, whatever DHCP says, now and after each boot.
# usage: wall.sh [NETWORK GATEWAY]    of a network that a hypervisor made for Vagrant: of that only the gateway is left, whence ssh comes
set -eu
[ "$(id -u)" = 0 ] || { echo "error  the wall is built by root" >&2; exit 1; }
network=${1-} gateway=${2-}

program=/usr/local/sbin/pgark-sandbox-wall
cat >"$program.part" <<PROGRAM
#!/bin/sh
# Default routes are looked at by nobody: the table main answers without them, and then comes the end.
set -eu
for family in -4 -6; do
  for priority in 90 91 100 110; do
    while ip \$family rule delete priority \$priority 2>/dev/null; do :; done
  done
  ip \$family rule add priority 100 lookup main suppress_prefixlength 0
  ip \$family rule add priority 110 unreachable
done
PROGRAM
if [ -n "$gateway" ]; then
  cat >>"$program.part" <<PROGRAM
ip rule add priority 90 to $gateway lookup main suppress_prefixlength 0
ip rule add priority 91 to $network unreachable
PROGRAM
fi
chmod 755 "$program.part"
mv "$program.part" "$program"

# Otherwise it takes away rules that are not its own (networkd.conf(5)).
mkdir -p /etc/systemd/networkd.conf.d
printf '[Network]\nManageForeignRoutingPolicyRules=no\n' >/etc/systemd/networkd.conf.d/pgark-sandbox.conf

cat >/etc/systemd/system/pgark-sandbox-wall.service <<UNIT
[Unit]
Description=no way out of the sandbox
DefaultDependencies=no
After=local-fs.target
Before=network-pre.target
Wants=network-pre.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=$program

[Install]
WantedBy=sysinit.target
UNIT
systemctl daemon-reload
systemctl --quiet enable pgark-sandbox-wall.service
systemctl restart pgark-sandbox-wall.service
