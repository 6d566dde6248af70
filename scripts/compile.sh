#!/usr/bin/env bash
# Makes the executables: scripts/compile.sh [TARGET...]. What it does, and which
# environment it looks at, is in scripts/compile.ts, which needs Deno 2.9.
set -euo pipefail
cd "$(dirname "$0")/.."

deno=(npx -y deno@2.9.6)
if [[ $(deno --version 2>/dev/null || true) == "deno 2.9."* ]]; then
  deno=(deno)
fi
exec "${deno[@]}" run --allow-read --allow-write --allow-run --allow-env \
  scripts/compile.ts "$@"
