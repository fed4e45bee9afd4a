#!/bin/sh
# Starts a Redis or, with --sentinel, a Sentinel, on a configuration of its own in the working folder. It is made at the
# first start, from the files before "--" and the lines after it, and kept: Sentinels write into it who is the primary,
# theirs and that of the servers, and whoever comes back has to know. To change a setting later, change it there.
set -eu

mode=
if [ "$1" = --sentinel ]; then mode=--sentinel; shift; fi
if [ ! -f redis.conf ]; then
  while [ "$1" != -- ]; do cat "$1"; shift; done > redis.conf.new
  shift
  printf '%s\n' "$@" >> redis.conf.new
  mv redis.conf.new redis.conf
fi
exec redis-server redis.conf $mode
