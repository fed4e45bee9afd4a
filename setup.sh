#!/bin/sh
# Brings what Watchfloor needs and this machine lacks: the packages of package-lock.json and a Redis (or Valkey) of
# version 7.0 or later; with the argument "test" also Chromium and HAProxy. Asks nothing, says what it does, and does nothing where
# nothing is missing. REDIS_URL names a Redis that is there already: then none is installed.
set -eu
cd "$(dirname "$0")"

say() { printf 'setup: %s\n' "$*" >&2; }
has() { command -v "$1" >/dev/null 2>&1; }

packages_are_fresh() {
  [ -x node_modules/.bin/node ] && [ -e node_modules/.package-lock.json ] &&
    [ -z "$(find package-lock.json -newer node_modules/.package-lock.json)" ]
}

install_packages() {
  say 'installing packages (npm ci)'
  npm ci --include=dev --no-audit --no-fund --loglevel=error >&2
  touch node_modules/.package-lock.json
}

redis_is_there() {
  for program in redis-server valkey-server; do
    has "$program" || continue
    major=$("$program" --version 2>/dev/null | sed -n 's/.* v=\([0-9]*\)\..*/\1/p')
    [ "${major:-0}" -ge 7 ] && return 0
  done
  return 1
}

chromium_is_there() {
  [ -n "${CHROMIUM_PATH:-}" ] && return 0
  has chromium || has chromium-browser || has google-chrome || has google-chrome-stable ||
    [ -x '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome' ] ||
    [ -x /Applications/Chromium.app/Contents/MacOS/Chromium ]
}

terminal=no
[ ! -t 0 ] || terminal=yes
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif ! has sudo; then say "this needs the rights of root: $*"; return 1
  elif [ "$terminal" = yes ]; then sudo "$@"
  else sudo -n "$@"; fi
}

manager() {
  for name in apt-get dnf apk pacman brew; do
    if has "$name"; then echo "$name"; return; fi
  done
}

apt_lists=old
install_now() {
  case $(manager) in
    apt-get)
      # The lists of a fresh machine are empty or old.
      if [ "$apt_lists" = old ]; then as_root apt-get -qq -o DPkg::Lock::Timeout=300 update; apt_lists=new; fi
      as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 install --no-install-recommends "$@" ;;
    dnf) as_root dnf -q -y install "$@" ;;
    apk) as_root apk add --no-cache "$@" ;;
    pacman) as_root pacman -Sy --noconfirm --needed "$@" ;;
    brew) brew install "$@" ;;
  esac </dev/null >&2
}

# Tries line after line of packages until the check passes: distributions differ in names and ages.
install_until() {
  check=$1
  while IFS= read -r package && [ -n "$package" ]; do
    say "installing $package ($(manager))"
    # shellcheck disable=SC2086 # several words: what belongs together
    install_now $package || say "$package could not be installed"
    "$check" && return 0
  done
  return 1
}

redis_packages() {
  case $(manager) in
    apt-get) printf '%s\n' redis-server valkey-server ;;
    dnf | apk | pacman) printf '%s\n' valkey redis ;;
    brew) printf '%s\n' redis valkey ;;
  esac
}

# A browser without any font draws no text, and its package only recommends some.
chromium_packages() {
  case $(manager) in
    apt-get) printf '%s\n' 'chromium fonts-liberation fonts-dejavu-core' chromium-browser ;;
    dnf) echo chromium liberation-fonts dejavu-sans-fonts ;;
    apk | pacman) echo chromium ttf-liberation ttf-dejavu ;;
    brew) echo google-chrome ;;
  esac
}

# Debian keeps it where only root's PATH leads.
haproxy_is_there() { has haproxy || [ -x "${SBIN:-/usr/sbin}/haproxy" ]; }
haproxy_packages() { [ -z "$(manager)" ] || echo haproxy; }

packages_are_fresh || install_packages

if [ -z "${REDIS_URL:-}" ] || [ "${1:-}" = test ]; then
  if ! redis_is_there && ! redis_packages | install_until redis_is_there; then
    say 'no Redis of version 7.0 or later could be installed here. Install redis-server or valkey-server so that it is on the'
    say 'PATH, or run one elsewhere and name it:'
    say '  docker run --rm -p 127.0.0.1:6379:6379 redis:7.4-alpine'
    say '  REDIS_URL=redis://127.0.0.1:6379 npm start'
    exit 1
  fi
fi

if [ "${1:-}" = test ]; then
  if ! chromium_is_there && ! chromium_packages | install_until chromium_is_there; then
    say 'the browser tests need Chromium, and none could be installed here. Install chromium or google-chrome, or name one:'
    say '  CHROMIUM_PATH=/path/to/chromium npm test'
    exit 1
  fi
  # Few tests need it, and they are skipped without it.
  if ! haproxy_is_there && ! haproxy_packages | install_until haproxy_is_there; then
    say 'the tests of the load balancer are skipped: no haproxy could be installed here'
  fi
fi
