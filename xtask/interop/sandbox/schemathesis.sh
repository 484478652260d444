#!/bin/sh
# Lets Schemathesis try every operation of a bundled description against a running sandbox.
#
# usage: schemathesis.sh SCHEMA BASE_URL APP_ID APP_SECRET [EXAMPLES]        (needs schemathesis on the PATH)
#
# Answers must conform to the description; a refusal is an answer like any other, an internal error is not.
set -eu
schema=$1 base=$2 app=$3 secret=$4 examples=${5:-20}
token=$(curl -sf "$base/open-apis/auth/v3/tenant_access_token/internal" \
  -H 'Content-Type: application/json' -d "{\"app_id\":\"$app\",\"app_secret\":\"$secret\"}" |
  sed 's/.*"tenant_access_token":"\([^"]*\)".*/\1/')
exec schemathesis run "$schema" --url "$base" --header "Authorization: Bearer $token" \
  --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance \
  --max-examples "$examples" --continue-on-failure --seed 1
