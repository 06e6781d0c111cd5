#!/bin/sh
# Lets the first node in on the others, with a key of this sandbox and nothing else.
# usage: key.sh admin|node    the key was uploaded before, into ~vagrant/.ssh
set -eu
folder=/home/vagrant/.ssh
if [ "$1" = admin ]; then
  mkdir -p -m 700 /root/.ssh
  install -m 600 "$folder/pgark" /root/.ssh/id_ed25519
  rm "$folder/pgark"
else
  grep -qxFf "$folder/pgark.pub" "$folder/authorized_keys" || cat "$folder/pgark.pub" >>"$folder/authorized_keys"
  rm "$folder/pgark.pub"
fi
