#!/bin/sh
# Makes of a Debian root, given as the first argument, what an installer for Enterprise Linux 9 looks for and relies on.
# Programs stay Debian's own, byte for byte; names, paths and settings become those of EL. The second is a module for the policy.
set -eu
cd "$1"
beneath=usr/lib/debian-base

# Debian's package manager is what the root was made with, and nobody shall use it by accident: out of PATH, kept as files.
mkdir -p $beneath/bin $beneath/sbin $beneath/etc $beneath/units
mv usr/bin/apt usr/bin/apt-* usr/bin/dpkg usr/bin/dpkg-* usr/bin/deb-systemd-* usr/bin/debconf* usr/bin/update-alternatives $beneath/bin/
mv usr/sbin/dpkg-* usr/sbin/invoke-rc.d usr/sbin/update-rc.d $beneath/sbin/
mv etc/apt etc/debian_version etc/cron.daily/apt-compat etc/cron.daily/dpkg $beneath/etc/
mv etc/logrotate.d/apt $beneath/etc/logrotate-apt
mv etc/logrotate.d/dpkg $beneath/etc/logrotate-dpkg
mv usr/lib/systemd/system/apt-* usr/lib/systemd/system/dpkg-* $beneath/units/
rm -f etc/systemd/system/*/apt-* etc/systemd/system/*/dpkg-*
rm -rf var/lib/apt var/cache/apt
mv var/lib/dpkg $beneath/database

# EL's alternatives is the same program by another name, with its records in another place.
mkdir -p var/lib/alternatives
cp -a $beneath/database/alternatives/. var/lib/alternatives/
cat >usr/sbin/alternatives <<'SCRIPT'
#!/bin/sh
exec /usr/lib/debian-base/bin/update-alternatives --admindir /var/lib/alternatives --log /var/log/alternatives.log "$@"
SCRIPT
chmod 755 usr/sbin/alternatives
ln -s alternatives usr/sbin/update-alternatives

cat >usr/lib/os-release <<'TEXT'
NAME="Rocky Linux"
VERSION="9.8 (Blue Onyx)"
ID="rocky"
ID_LIKE="rhel centos fedora"
VERSION_ID="9.8"
PLATFORM_ID="platform:el9"
PRETTY_NAME="Rocky Linux 9.8 (an EL-like test host on Debian's programs)"
ANSI_COLOR="0;32"
CPE_NAME="cpe:/o:rocky:rocky:9::baseos"
TEXT
echo 'Rocky Linux release 9.8 (an EL-like test host)' >etc/rocky-release
ln -s rocky-release etc/redhat-release
ln -s rocky-release etc/system-release
echo 'cpe:/o:rocky:rocky:9::baseos' >etc/system-release-cpe
printf '\\S\nKernel \\r on an \\m\n\n' >etc/issue

# The distribution's own repositories are configured, as on any host; it has no way to reach them.
mkdir -p etc/yum.repos.d etc/rpm etc/pki/rpm-gpg etc/pki/tls/certs etc/pki/ca-trust/source/anchors etc/sysconfig usr/lib/systemd/system-preset
# Plugins that EL has in packages of their own, which a minimal host does not have.
mkdir -p $beneath/dnf-plugins
mv etc/dnf/plugins/local.conf etc/dnf/plugins/versionlock.* etc/dnf/plugins/post-transaction-actions.* $beneath/dnf-plugins/
for each in leaves local modulesync post-transaction-actions show_leaves versionlock; do
  mv usr/lib/python3/dist-packages/dnf-plugins/$each.py $beneath/dnf-plugins/
done
cat >etc/dnf/dnf.conf <<'TEXT'
[main]
gpgcheck=1
installonly_limit=3
clean_requirements_on_remove=True
best=True
skip_if_unavailable=False
TEXT
for repository in BaseOS AppStream; do
  id=$(echo $repository | tr '[:upper:]' '[:lower:]')
  cat <<TEXT
[$id]
name=Rocky Linux \$releasever - $repository
baseurl=https://dl.rockylinux.org/pub/rocky/\$releasever/$repository/\$basearch/os/
gpgcheck=1
enabled=1
countme=1
gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-Rocky-9

TEXT
done >etc/yum.repos.d/rocky.repo
cat >etc/rpm/macros.dist <<'TEXT'
%_dbpath %{_var}/lib/rpm
%_libdir %{_prefix}/lib64
%rhel 9
%dist .el9
%el9 1
TEXT

# Where EL's packages put libraries and modules.
mkdir -p usr/lib64 usr/lib/python3.11/site-packages usr/lib64/python3.11/site-packages
echo /usr/lib64 >etc/ld.so.conf.d/lib64.conf
printf '/usr/lib64/python3.11/site-packages\n/usr/lib/python3.11/site-packages\n' >usr/lib/python3/dist-packages/site-packages.pth
ldconfig -r .

# EL's shell is bash, its services start when somebody says so, and two of them have other names.
ln -sfT bash usr/bin/sh
echo 'disable *' >usr/lib/systemd/system-preset/99-default-disable.preset
printf 'enable sshd.service\nenable crond.service\nenable firewalld.service\nenable getty@.service\nenable systemd-networkd.service\n' >usr/lib/systemd/system-preset/90-default.preset
# Scripts of the time before systemd would be made into second units beside those of the new names.
mv etc/init.d $beneath/etc/
rm -f etc/rc[0-6S].d/*
rename_unit() {
  mv usr/lib/systemd/system/"$1" usr/lib/systemd/system/"$2"
  sed -i "/^Alias=/d" usr/lib/systemd/system/"$2"
  rm -f etc/systemd/system/"$2" etc/systemd/system/multi-user.target.wants/"$1"
  ln -s /usr/lib/systemd/system/"$2" etc/systemd/system/multi-user.target.wants/"$2"
}
rename_unit ssh.service sshd.service
rename_unit cron.service crond.service
ln -s cron usr/sbin/crond

# EL's trust store has another door to the same thing.
ln -s /etc/ssl/certs/ca-certificates.crt etc/pki/tls/certs/ca-bundle.crt
cat >usr/bin/update-ca-trust <<'SCRIPT'
#!/bin/sh
set -eu
rm -rf /usr/local/share/ca-certificates/anchors
mkdir -p /usr/local/share/ca-certificates/anchors
for each in /etc/pki/ca-trust/source/anchors/*; do
  [ ! -f "$each" ] || ln -s "$each" /usr/local/share/ca-certificates/anchors/"$(basename "$each" | sed 's/\.[^.]*$//')".crt
done
exec update-ca-certificates >/dev/null
SCRIPT
chmod 755 usr/bin/update-ca-trust

# EL's policy is called targeted, and enforced. This one is Debian's, with what EL's says more about databases.
mv etc/selinux/default etc/selinux/targeted
mv var/lib/selinux/default var/lib/selinux/targeted
mv usr/share/selinux/default usr/share/selinux/targeted
ln -s ../selinux/config etc/sysconfig/selinux
printf '# permissive and disabled are the other two.\nSELINUX=enforcing\nSELINUXTYPE=targeted\n' >etc/selinux/config
cp "$2" tmp/el.cil
chroot . semodule --noreload --store targeted --install /tmp/el.cil
rm tmp/el.cil

# Numbers that EL gives to others: 10 is wheel's, 26 is PostgreSQL's.
userdel --root "$PWD" uucp 2>/dev/null
groupmod --root "$PWD" --gid 326 tape
groupadd --root "$PWD" --gid 10 wheel
groupmod --root "$PWD" --new-name nobody nogroup
printf '%%wheel\tALL=(ALL)\tALL\n' >>etc/sudoers
