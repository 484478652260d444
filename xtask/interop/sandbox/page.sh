#!/bin/sh
# Opens the sandbox's page in headless Chromium and looks for what its script should have written into it.
#
# usage: page.sh BASE_URL APP_ID APP_SECRET [CHROMIUM]
set -eu
base=$1 app=$2 secret=$3 browser=${4:-chromium}
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT

# One call that succeeds and one that is refused, to be seen on the page.
token=$(curl -sf "$base/open-apis/auth/v3/tenant_access_token/internal" \
  -H 'Content-Type: application/json' -d "{\"app_id\":\"$app\",\"app_secret\":\"$secret\"}" |
  sed 's/.*"tenant_access_token":"\([^"]*\)".*/\1/')
for path in shifts/9 shifts/1; do
  curl -s "$base/open-apis/attendance/v1/$path" -H "Authorization: Bearer $token" >/dev/null
done

"$browser" --headless --no-sandbox --disable-gpu --user-data-dir="$profile" --virtual-time-budget=3000 \
  --dump-dom "$base/" >"$profile/page.html" 2>"$profile/log"
failed=0
for wanted in "<h1>Attendance sandbox" "<b>3</b> users" "<td>shift\.get</td>" 'class="bad">1220600' "<td>Default shift</td>"; do
  if grep -q "$wanted" "$profile/page.html"; then
    echo "the page has $wanted"
  else
    echo "the page lacks $wanted"
    failed=1
  fi
done
if ! grep -q '<p id="error" class="bad"></p>' "$profile/page.html"; then
  echo "the page tells an error"
  failed=1
fi
exit $failed
