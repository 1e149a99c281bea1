#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Postfix and Dovecot of a Debian system, unpacked into the directory $1: nothing is installed, no service of the machine is made, started or changed.
set -eu
ROOT=$1
mkdir -p "$(dirname "$ROOT")"
exec 9> "$ROOT.lock"
flock 9
[ ! -d "$ROOT/root" ] || exit 0
rm -rf "$ROOT.part"
mkdir -p "$ROOT.part/debs" "$ROOT.part/root"
cd "$ROOT.part/debs"
WANTED=$(apt-get install --simulate --no-install-recommends postfix dovecot-imapd dovecot-pop3d dovecot-lmtpd | sed -n 's/^Inst \([^ ]*\) .*/\1/p')
# What is installed already is not among them, so it is found where it is.
[ -z "$WANTED" ] || apt-get download -q $WANTED
for deb in *.deb; do
    [ ! -f "$deb" ] || dpkg -x "$deb" ../root
done
mkdir -p ../root/usr
mv "$ROOT.part" "$ROOT"
