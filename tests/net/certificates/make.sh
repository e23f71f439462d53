#!/usr/bin/env bash
# Makes the certificates of the tests anew, each valid for a hundred years or long expired. They are
# checked in, so that the tests need no openssl; nothing but the tests trusts them.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

begin=20200101000000Z end=21200101000000Z
names=DNS:localhost,DNS:example.test,IP:127.0.0.1,IP:::1

key() {
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"
}

cat >"$work/ca.cnf" <<EOF
[ca]
default_ca = ca
[ca]
database = $work/index
serial = $work/serial
new_certs_dir = $work
default_md = sha256
policy = policy
[policy]
commonName = supplied
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[host]
basicConstraints = CA:FALSE
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = $names
EOF
touch "$work/index" && echo 01 >"$work/serial" && echo 'unique_subject = no' >"$work/index.attr"

# sign NAME KEY EXTENSIONS OUT BEGIN END [SIGNER...]: a certificate for NAME.
sign() {
  openssl req -new -key "$2" -subj "/CN=$1" -out "$work/request"
  openssl ca -batch -notext -config "$work/ca.cnf" -in "$work/request" -extensions "$3" -out "$4" \
    -startdate "$5" -enddate "$6" "${@:7}" 2>"$work/log" || { cat "$work/log"; exit 1; }
}

key "$work/authority_key.pem"
sign "Curio's test authority" "$work/authority_key.pem" authority authority.pem $begin $end \
  -selfsign -keyfile "$work/authority_key.pem"
signer=(-cert authority.pem -keyfile "$work/authority_key.pem")

key server_key.pem
sign localhost server_key.pem host server.pem $begin $end "${signer[@]}"
sign localhost server_key.pem host expired.pem 20200101000000Z 20210101000000Z "${signer[@]}"

key self_signed_key.pem
sign localhost self_signed_key.pem host self_signed.pem $begin $end \
  -selfsign -keyfile self_signed_key.pem

openssl pkey -in server_key.pem -aes256 -passout pass:secret -out encrypted_key.pem
openssl x509 -in server.pem -outform der -out server.der
