#!/usr/bin/env bash
# The tour of README.md, in one piece: against `make run`, or whatever address is given first.
set -euo pipefail
cd "$(dirname "$0")/.."

here=${1:-http://127.0.0.1:8700}; api=$here/api/v1; home=${HEALTHCODE_HOME:-var}
python=.venv/bin/python; work=$(mktemp -d)
say() { curl -sS -H 'Accept-Language: en' -H 'Content-Type: application/json' "$@"; }
of() { $python -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }

phone=13800000001                                   # 王秀英, 74, of the model town
say "$api/one-time-passwords" -d "{\"phone\": \"$phone\"}"; echo
digits=$(curl -sS "$here/dev/messages" | grep -o "$phone.*" | grep -oE '[0-9]{6}</strong' | head -1 | cut -c1-6)
say "$api/sessions" -d "{\"phone\": \"$phone\", \"one_time_password\": \"$digits\"}" > "$work/session"
me=$(of resident_id < "$work/session")
mine="Authorization: Bearer $(of access_token < "$work/session")"
say "$api/me" -H "$mine"; echo

key() { $python -c '
import sys
from cryptography.hazmat.primitives import serialization as s
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
key = ec.generate_private_key(ec.SECP256R1())
open(sys.argv[1], "wb").write(key.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, s.NoEncryption()))
print(ECAlgorithm.to_jwk(key.public_key()))' "$1"; }
say "$api/residents/$me/passes" -H "$mine" -H "Idempotency-Key: $(date +%s%N)" \
    -d "{\"keys\": [{\"public_key\": $(key "$work/phone.pem")}]}"; echo
ticket=$(say -X POST "$api/residents/$me/tickets" -H "$mine" | of code); echo "$ticket"
say "$api/code-images" -H "$mine" -d "{\"text\": \"$ticket\"}" -o "$work/code.svg"

read -r name password code <<< "$($python - "$home/logins.json" <<'PY'
import json, sys, time
from base64 import b32decode
from healthcode.trust.sessions import totp
admin = next(one for one in json.load(open(sys.argv[1])) if one["role"] == "institution_admin")
print(admin["username"], admin["password"], totp.digits_at(b32decode(admin["totp"]), int(time.time()) // 30))
PY
)"
staff="Authorization: Bearer $(say "$api/staff-sessions" \
    -d "{\"username\": \"$name\", \"password\": \"$password\", \"totp\": \"$code\"}" | of access_token)"
enrolment=$(say "$api/devices" -H "$staff" -d '{"kind": "registration", "name": "Window 2"}' | of enrolment_code)
device=$(say "$api/device-enrolments" \
    -d "{\"enrolment_code\": \"$enrolment\", \"public_key\": $(key "$work/scanner.pem")}" | of device_id)

assertion=$($python -c '
import jwt, secrets, sys, time
said = {"iss": sys.argv[1], "sub": sys.argv[1], "aud": "JJ", "exp": int(time.time()) + 60, "jti": secrets.token_hex(8)}
print(jwt.encode(said, open(sys.argv[2]).read(), "ES256"))' "$device" "$work/scanner.pem")
scanner="Authorization: Bearer $(say "$api/device-sessions" -d "{\"client_assertion\": \"$assertion\"}" | of access_token)"
say "$api/verifications" -H "$scanner" -d "{\"step\": \"check-in\", \"code\": \"$ticket\"}"; echo
spoken=$(say -X POST "$api/residents/$me/digits" -H "$mine" | of digits); echo "$spoken"
say "$api/verifications" -H "$scanner" -d "{\"step\": \"register\", \"code\": \"$spoken\"}"; echo
say "$api/verifications" -H "$scanner" -d "{\"step\": \"collect\", \"code\": \"$ticket\"}"; echo

say "$api/residents/$me/accesses?limit=5" -H "$mine" | $python -m json.tool --no-ensure-ascii
