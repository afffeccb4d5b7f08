#!/bin/sh
# Starts one of the TypeScript files beside it with the checkout's own Node, after the set-up that a fresh clone needs.
# Usage: start.sh FILE [argument ...]
set -eu
checkout=$(cd "$(dirname "$0")/.." && pwd -P)
file=$1
shift
if [ ! -x "$checkout/node_modules/.bin/node" ]; then
    command -v node >/dev/null || { echo "aframe: needs Node >= 20 on PATH for its set-up" >&2; exit 1; }
    node "$checkout/setup/prepare.mjs"
fi
# What Node makes of a module's source is kept for the next command, which starts in half the time by that.
export NODE_COMPILE_CACHE="${NODE_COMPILE_CACHE-$checkout/node_modules/.cache/node}"
# The engine needs no more CPU with a small space for short-lived objects, as its plugins (embedded/engine/processes.ts):
# 160 in place of 210 MB for a stack of 500 resources.
# Node warns that stripping the types of a page's script, which is not run here, is experimental; its version is pinned.
exec "$checkout/node_modules/.bin/node" --max-semi-space-size=8 --disable-warning=ExperimentalWarning "$checkout/cli/$file" "$@"
