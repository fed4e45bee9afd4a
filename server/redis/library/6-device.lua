-- Devices. A fix is written in three steps, each atomic in its slot and harmless to repeat (see wire/calls.ts): this is the first.

-- Writes the newest fix as the device's truth; remembers the cell it left, so that a feed that died between the steps can go on.
local function move(topic, fix, text, cell, from)
  local now_in = cell_of(fix.lat, fix.lon)
  if cell ~= now_in then from = cell or '' end
  redis.call('HSET', topic.key, 'last', text, 'cell', now_in, 'from', from or '')
  return now_in, from or ''
end

redis.register_function('wf1_device', function(keys, args)
  -- Feeds of revision 1 name neither `past` nor `seen`.
  local id = named(keys, 'd', 'track', 'past', 'seen') or named(keys, 'd', 'track')
  if not id then return bad_key(keys) end
  if #args % 8 ~= 0 then return redis.error_reply('WFARG a fix takes eight values') end
  local topic, seen, since, last, cell, from, doubt, pace =
    open(keys[1], 'seen', 'since', 'last', 'cell', 'from', 'doubt', 'pace')
  local state = { key = keys[1], past = keys[1] .. ':past', since = tonumber(since) or 0, texts = {},
    seen = seen_of(keys[1], seen, tonumber(since)), newest = decode(last), last = last, doubt = decode(doubt),
    pace = tonumber(pace) or 0 }
  if not seen and state.newest then take_over_device(state, keys[2]) end
  local repeats, old, refused = 0, 0, {}
  for i = 1, #args, 8 do
    local fix, reason = fix_of(id, args, i, topic.now)
    if fix and is_seen(state.seen, fix.n) then
      repeats = repeats + 1
    elseif fix and not take_fix(state, fix) then
      reason, old = 'old', old + 1
    end
    if reason then refused[#refused + 1] = string.format('%d:%s', (i - 1) / 8, reason) end
  end
  local before = cell
  if state.moved then cell, from = move(topic, state.newest, state.last, cell, from) end
  if #state.texts > 0 then store_fixes(topic, state, keys[2], { doubt = doubt or '', pace = pace or '0' }) end
  count_items(#state.texts, repeats, old, #refused)
  local leave = (before ~= cell or #state.texts == 0) and from or ''
  return answer({ topic.seq, topic.epoch, #state.texts, repeats, state.last or '', cell or '', leave }, refused)
end)

-- Takes a device out of its cell where nothing was heard of it for `silence` milliseconds. Answers the cell that still shows it
-- and what wf1_leave needs, or nothing.
redis.register_function('wf1_reap', function(keys, args)
  if not named(keys, 'd') then return bad_key(keys) end
  local silence = number(args[1], 0, LARGEST)
  if not silence then return redis.error_reply('WFARG a silence in milliseconds') end
  local topic, last, cell, heard = open(keys[1], 'last', 'cell', 'heard')
  local fix = decode(last)
  if not fix or not cell or cell == '' or topic.now - tonumber(heard) < silence then return {} end
  redis.call('HSET', keys[1], 'cell', '', 'from', '')
  return { cell, json(fix.t), json(fix.n) }
end)

redis.register_function{ function_name = 'wf1_read_device', flags = { 'no-writes' }, callback = function(keys, args)
  local h = redis.call('HMGET', keys[1], 'epoch', 'seq', 'last', 'cell')
  if not h[1] then return { 'missing' } end
  local function missed(from, seq)
    local texts, reached, conflated = replay(keys[2], MOST_UPDATES, h[1], from)
    return texts and reached == seq and not conflated and texts or nil
  end
  return since(h, args, missed, function()
    local cell = h[4] and h[4] ~= '' and '"' .. h[4] .. '"' or 'null'
    return string.format('{"last":%s,"cell":%s}', h[3] or 'null', cell)
  end)
end }
