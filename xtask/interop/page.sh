#!/bin/sh
# Opens the sandbox's page in headless Chromium and looks for what its script should have written into it.
#
# usage: page.sh BASE_URL [CHROMIUM]        (the sandbox should have answered a call before)
set -eu
base=$1 browser=${2:-chromium}
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
"$browser" --headless --no-sandbox --disable-gpu --user-data-dir="$profile" --virtual-time-budget=3000 \
  --dump-dom "$base/" >"$profile/page.html" 2>"$profile/log"
failed=0
for wanted in "<h1>Attendance sandbox" "<b>[0-9,]*</b> users" "<td>shift\." 'class="bad">1220600' "<td>Day</td>"; do
  if grep -q "$wanted" "$profile/page.html"; then
    echo "page has $wanted"
  else
    echo "page lacks $wanted"
    failed=1
  fi
done
if ! grep -q '<p id="error" class="bad"></p>' "$profile/page.html"; then
  echo "page tells an error"
  failed=1
fi
exit $failed
