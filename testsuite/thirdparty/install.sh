#!/bin/sh
# Installs the foreign clients of this suite: slcli, PyEZ, ncclient, virsh and OpenSSH. Without root or apt-get it says
# so and leaves the machine as it is; the suites of missing clients then skip by name.
set -eu
packages="python3-softlayer python3-junos-eznc python3-ncclient libvirt-clients openssh-client"
missing=""
for p in $packages; do
	dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q "ok installed" || missing="$missing $p"
done
if [ -z "$missing" ]; then
	echo "thirdparty: all clients are installed"
elif [ "$(id -u)" -ne 0 ]; then
	echo "thirdparty: not root, so$missing stay missing and their suites will be skipped" >&2
elif ! command -v apt-get >/dev/null; then
	echo "thirdparty: no apt-get, so$missing stay missing and their suites will be skipped" >&2
else
	echo "thirdparty: installing$missing"
	export DEBIAN_FRONTEND=noninteractive
	# The lists of packages may be missing or old; without a mirror the suites skip by name, and this says so.
	apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1 ||
		{ apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing; } ||
		echo "thirdparty: could not install$missing, their suites will be skipped" >&2
fi
