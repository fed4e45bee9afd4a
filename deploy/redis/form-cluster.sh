#!/bin/sh
# Forms a Cluster of the servers given as address:port: half of them primaries, the others a replica each. Where they
# form one already, it only waits until that serves. It needs addresses: names are no good for meeting.
set -eu

first=${1%:*}
port=${1##*:}
ask() { redis-cli -h "$first" -p "$port" "$@"; }

if [ "$(ask cluster nodes | wc -l)" -le 1 ]; then
  redis-cli --cluster create "$@" --cluster-replicas 1 --cluster-yes
fi

tries=0
until ask cluster info | grep -q 'cluster_state:ok' &&
  [ "$(ask cluster nodes | grep -c ' connected')" -eq $# ] &&
  [ "$(ask cluster nodes | grep -c slave)" -eq $(($# / 2)) ]; do
  tries=$((tries + 1))
  if [ "$tries" -gt 60 ]; then
    echo 'The Cluster does not serve. See "redis-cli cluster nodes" and "cluster info" on its servers; where it was formed by half, remove' \
      'their volumes and start again.' >&2
    exit 1
  fi
  sleep 1
done
echo 'The Cluster serves.'
