#!/bin/bash
# The official Python and Node clients, Schemathesis and a browser against the sandbox; EXAMPLES=n for Schemathesis
#
# Every tool meets a fresh sandbox. The browser is left out, and said to be, where there is none.
set -eu
here=xtask/interop/sandbox
dir=${INTEROP_DIR:-target/interop}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-target}

cargo build --quiet -p attendance-api --features sandbox --bin attendance-sandbox
if ! "$dir/sandbox-py/bin/python" -c 'import lark_oapi, schemathesis' 2>/dev/null; then
  python3 -m venv "$dir/sandbox-py"
  "$dir/sandbox-py/bin/pip" install --quiet 'lark-oapi==1.7.5' 'schemathesis>=4,<5'
fi
if [ ! -d "$dir/sandbox-node/node_modules/@larksuiteoapi/node-sdk" ]; then
  mkdir -p "$dir/sandbox-node"
  npm install --silent --no-fund --no-audit --prefix "$dir/sandbox-node" '@larksuiteoapi/node-sdk@1.74.0'
fi

server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true' EXIT
failed=

# Starts a fresh sandbox and sets base, app and secret.
start() {
  "$CARGO_TARGET_DIR/debug/attendance-sandbox" --quiet "$@" >"$dir/sandbox.out" &
  server=$!
  until grep -q 'app secret' "$dir/sandbox.out"; do
    kill -0 "$server"
    sleep 0.05
  done
  base=$(sed -n 's/^attendance sandbox at //p' "$dir/sandbox.out")
  app=$(sed -n 's/^ *app id *//p' "$dir/sandbox.out")
  secret=$(sed -n 's/^ *app secret *//p' "$dir/sandbox.out")
}

stop() {
  kill -INT "$server"
  wait "$server" || failed="$failed shutdown"
  server=
}

echo "== lark-oapi (Python)"
start --seed $here/seed.yaml
"$dir/sandbox-py/bin/python" $here/scenario.py "$base" "$app" "$secret" || failed="$failed python"
stop

echo "== @larksuiteoapi/node-sdk"
start --seed $here/seed.yaml
node $here/scenario.mjs "$base" "$app" "$secret" "$dir/sandbox-node" || failed="$failed node"
stop

echo "== Schemathesis"
start --no-rate-limit
schema=$PWD/attendance-api/src/generated/openapi.json
script=$PWD/$here/schemathesis.sh
(cd "$dir" && PATH="$dir/sandbox-py/bin:$PATH" sh "$script" "$schema" "$base" "$app" "$secret" "${EXAMPLES:-10}" \
  >schemathesis.log 2>&1) || failed="$failed schemathesis"
sed -n '/SUMMARY/,$p' "$dir/schemathesis.log"
stop

echo "== the page in a browser"
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [ -n "$browser" ]; then
  start --seed $here/seed.yaml
  sh $here/page.sh "$base" "$app" "$secret" "$browser" || failed="$failed page"
  stop
else
  echo "no Chromium here; the page was not looked at"
fi

if [ -n "$failed" ]; then
  echo "failed:$failed"
  exit 1
fi
