-- Drops the candles of whole hours before a time that the archive has. Takes that time, and the cursor up to which the
-- symbol is archived; does nothing where trades so old came since. What is older than that is `old` from now on. Returns
-- how many candles went. That numbers nothing, so what was remembered of the symbol holds no more.
register('wf1_drop_minutes', WRITES, function(keys, args)
  local symbol = topic_of('s', keys, 4, 4)
  if not symbol then return bad_key(keys) end
  local before, epoch, seq = dropping_of(args)
  if not (before and seq) then return redis.error_reply('WFARG a time and a cursor') end
  before = before - before % HOUR
  open_symbol(symbol)
  local may = symbol.last_t and before > symbol.since and before <= symbol.last_t
  if not may or not has_all(symbol, epoch, seq, before, false) then
    close(symbol)
    return 0
  end
  local count = call('HLEN', keys[3])
  keep_since(symbol, before)
  call('HSET', keys[1], 'seen', seen_text(symbol.seen))
  return count - call('HLEN', keys[3])
end)
