#!/bin/sh
# Runs pgark on the Node.js that came with it, which does not start in a folder that is gone.
/bin/pwd >/dev/null 2>&1 || cd /
exec /opt/pgark/runtime/bin/node --disable-warning=ExperimentalWarning /opt/pgark/installer/pgark.mjs "$@"
