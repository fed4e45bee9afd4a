local LEAST_FIXES = 100 -- a track of no more is left as it is

-- Drops the fixes before a time that the archive has, as wf1_drop_minutes does candles. Returns how many went.
register('wf1_drop_fixes', WRITES, function(keys, args)
  local device = topic_of('d', keys, 4, 4)
  if not device then return bad_key(keys) end
  local before, epoch, seq = dropping_of(args)
  if not (before and seq) then return wrong('a time and a cursor') end
  open_device(device)
  local may = device.newest and before > device.since and before <= device.newest.t
    and call('ZCARD', keys[3]) > LEAST_FIXES
  if not may or not has_all(device, epoch, seq, before, true) then
    close(device)
    return 0
  end
  device.since = before
  forget_before(device.seen, before)
  local dropped = call('ZREMRANGEBYSCORE', keys[3], '-inf', format('(%d', before))
  call('HSET', keys[1], 'since', format('%d', before), 'seen', seen_text(device.seen))
  return dropped
end)
