-- Gauges: how high rivers stand.

register('wf1_gauge', WRITES, function(keys, args)
  local gauge = topic_of('g', keys, 2, 2)
  if not gauge then return bad_key(keys) end
  local known, last = open(gauge, 'last')
  if not known then gauge.t = number_of(match(last or '', '^{"t":(%d+)')) end
  local t, at = time(args[1], gauge.now)
  local level = number(args[2], -MOST, MOST)
  if not t or not level then return redis.error_reply('WFARG a time and a level') end
  local accepted = not gauge.t or t > gauge.t
  if accepted then
    gauge.t, last = t, '{"t":' .. at .. ',"level":' .. json(level) .. '}'
    local update = publish(gauge, '"levels":[' .. last .. ']', 'last', last)
    append(keys[2], gauge, update)
  end
  close(gauge)
  return { gauge.seq, gauge.current, accepted and 1 or 0 }
end)

register('wf1_read_gauge', READS, function(keys, args)
  if #keys < 2 then return bad_key(keys) end
  local h = call('HMGET', keys[1], 'epoch', 'seq', 'last')
  if not h[1] then return { 'missing' } end
  return since(h, args, all_missed(keys[2], h[1]), function() return '{"last":' .. (h[3] or 'null') .. '}' end)
end)
