#!/bin/sh
# Takes the bundle in and installs from it, on the first node, as README says.
# usage: deploy.sh BUNDLE FINGERPRINT [OPTION…]    options of pgark configure
set -eu
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
tar=$1 fingerprint=$2
shift 2
sh /home/vagrant/bootstrap "$tar" --fingerprint "$fingerprint"
[ -e /etc/pgark/pgark.yml ] || pgark configure --non-interactive "$@"
pgark install --yes
rm "$tar"
