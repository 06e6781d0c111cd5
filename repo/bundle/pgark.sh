#!/bin/sh
# Runs pgark on the Node.js that came with it.
exec /opt/pgark/runtime/bin/node --disable-warning=ExperimentalWarning /opt/pgark/installer/pgark.mjs "$@"
