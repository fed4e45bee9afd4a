-- Orders: one command to many devices, and how far each of them is. The hash `devices` has an entry of each, the sorted
-- set `ids` their ids in order, and `failures` those with which it went wrong, by when it did.

local MOST_ORDERED = 20000 -- devices of an order
local MOST_ADDED = 500 -- devices in one call
local MOST_STEPS = 200 -- steps in one call
local MOST_ENTRIES_READ = 500 -- devices in one page
local MOST_LOOKED_AT = 5000 -- entries, for one page of a state that few have
local TOLD_FAILURES = 50
local KEPT_SECONDS = 86400 -- after its deadline

local STATES = { 'queued', 'sent', 'acknowledged', 'unknown', 'done', 'failed', 'refused', 'expired', 'cancelled',
  'superseded' }
local FINAL = 5
local RANKS = { queued = 1, sent = 2, acknowledged = 3, unknown = 4, done = FINAL, failed = FINAL, refused = FINAL,
  expired = FINAL, cancelled = FINAL, superseded = FINAL }
local FAILED = { failed = true, refused = true, expired = true, unknown = true }

local ENTRY = '^{"device":"[^"]*","state":"(%l+)","at":(%d+)'

local function open_order(order)
  local known, text, counts = open(order, 'order', 'counts')
  if known then return end
  order.fixed, order.ends, order.counts = nil, 0, {}
  if text then
    order.fixed, order.ends = match(text, '^(.*),"devices":%d+}$'), number_of(match(text, ',"until":(%d+)')) or 0
  end
  for state, count in string.gmatch(counts or '', '"(%l+)":(%d+)') do order.counts[state] = number_of(count) end
end

local function count(order, state, more)
  order.counts[state] = (order.counts[state] or 0) + more
end

local function counts_json(order)
  local parts = {}
  for _, state in ipairs(STATES) do
    local own = order.counts[state] or 0
    if own > 0 then parts[#parts + 1] = '"' .. state .. '":' .. format('%d', own) end
  end
  return '{' .. join(parts, ',') .. '}'
end

local function tell_order(order, body, ...)
  append(order.keys[2], order, publish(order, body, 'counts', counts_json(order), ...))
  local ends = format('%d', floor(max(order.ends, order.now) / 1000) + KEPT_SECONDS)
  for _, key in ipairs(order.keys) do call('EXPIREAT', key, ends) end
end

-- Which of these devices the order has not yet, each once, from the value `first` on.
local function new_devices(order, args, first)
  local ids, known, new, met = {}, nil, {}, {}
  for i = first, #args do ids[#ids + 1] = args[i] end
  if #ids > 0 then known = call('HMGET', order.keys[3], spread(ids)) end
  for i, id in ipairs(ids) do
    if not known[i] and not met[id] then new[#new + 1], met[id] = id, true end
  end
  return new
end

local function add_devices(order, new)
  local entries, ids, now = {}, {}, format('%d', order.now)
  for i, id in ipairs(new) do
    entries[2 * i - 1], entries[2 * i] = id, '{"device":"' .. id .. '","state":"queued","at":' .. now .. '}'
    ids[2 * i - 1], ids[2 * i] = '0', id
  end
  if #new > 0 then
    call_with('HSET', order.keys[3], entries)
    call_with('ZADD', order.keys[4], ids)
  end
  count(order, 'queued', #new)
end

-- Takes handle and name of who asks, the kind, its arguments (JSON), the deadline, the condition (JSON or ''), and the
-- devices. The first call makes the order; others add devices to it.
register('wf1_order', WRITES, function(keys, args)
  local order = topic_of('o', keys, 5, 5)
  if not order then return bad_key(keys) end
  local asked, ends = asked_json(args[3], args[1], args[2], args[6], args[4]), whole(args[5], 1, LARGEST)
  if not asked or not ends then return wrong('an author, a kind, arguments, a deadline and a condition') end
  if #args > 6 + MOST_ADDED then return too_many(MOST_ADDED, 'devices') end
  for i = 7, #args do
    if not is_name('d', args[i]) then return wrong('not a device: ' .. sub(args[i], 1, 100)) end
  end
  open_order(order)
  local new, total = new_devices(order, args, 7), call('HLEN', keys[3])
  if total + #new > MOST_ORDERED then return wrong('an order is for at most ' .. MOST_ORDERED .. ' devices') end
  if #new > 0 or not order.fixed then
    if not order.fixed then
      order.fixed, order.ends = '{"id":"' .. order.id .. '","t":' .. format('%d', order.now) .. ',"until":'
        .. format('%d', ends) .. asked, ends
    end
    add_devices(order, new)
    local text = order.fixed .. ',"devices":' .. format('%d', total + #new) .. '}'
    tell_order(order, '"order":' .. text .. ',"counts":' .. counts_json(order), 'order', text)
  end
  close(order)
  return { order.seq, order.current, total + #new }
end)

-- Whether a device of which this is known goes on with a step. Nothing comes after what is final; else a later state
-- stands, and one that was given up may still acknowledge.
local function goes_on(before, before_at, state, at)
  if RANKS[before] == FINAL then return false end
  return RANKS[state] > RANKS[before] or (before == 'unknown' and state == 'acknowledged' and at > before_at)
end

-- Takes one step into the order; returns the entry as it is now, nil where it is no news.
local function take_step(order, known, id, state, at, reason, answer)
  local before, before_at = match(known or '', ENTRY)
  if not before or not goes_on(before, number_of(before_at), state, at) then return nil end
  count(order, before, -1)
  count(order, state, 1)
  if FAILED[state] then call('ZADD', order.keys[5], format('%d', at), id)
  elseif FAILED[before] then call('ZREM', order.keys[5], id) end
  return '{"device":"' .. id .. '","state":"' .. state .. '","at":' .. format('%d', at)
    .. (reason and ',"reason":' .. reason or '') .. (answer and ',"answer":' .. answer or '') .. '}'
end

-- Takes how far devices of the order are: five values each, the device, its command's state, since when, why, and the
-- device's answer.
register('wf1_order_step', WRITES, function(keys, args)
  local order = topic_of('o', keys, 5, 5)
  if not order then return bad_key(keys) end
  if #args % 5 ~= 0 then return wrong('a step takes five values') end
  if #args > 5 * MOST_STEPS then return too_many(MOST_STEPS, 'steps') end
  local ids = {}
  for i = 1, #args, 5 do
    if not (is_name('d', args[i]) and RANKS[args[i + 1]] and whole(args[i + 2], 1, LARGEST)) then
      return wrong('a device, a state and a time: ' .. sub(args[i], 1, 100))
    end
    ids[#ids + 1] = args[i]
  end
  open_order(order)
  local entries, fields, now_known = {}, {}, {}
  local known = order.fixed and #ids > 0 and call('HMGET', keys[3], spread(ids)) or {}
  for place, id in ipairs(ids) do
    local i = 5 * place - 4
    local entry = take_step(order, now_known[id] or known[place], id, args[i + 1], number_of(args[i + 2]),
      said_json(args[i + 3]), said_json(args[i + 4]))
    if entry then
      now_known[id], entries[#entries + 1] = entry, entry
      fields[#fields + 1], fields[#fields + 2] = id, entry
    end
  end
  if #entries > 0 then
    call_with('HSET', keys[3], fields)
    tell_order(order, '"counts":' .. counts_json(order) .. ',"entries":' .. list_json(entries))
  end
  close(order)
  return { order.seq, order.current, #entries }
end)

register('wf1_read_order', READS, function(keys, args)
  if #keys < 4 then return bad_key(keys) end
  local h = call('HMGET', keys[1], 'epoch', 'seq', 'order', 'counts')
  return since(h, args, all_missed(keys[2], h[1]), function()
    local ids, failures = call('ZRANGE', keys[4], 0, TOLD_FAILURES - 1), {}
    for _, text in ipairs(#ids > 0 and call('HMGET', keys[3], spread(ids)) or ids) do
      if text then failures[#failures + 1] = text end
    end
    return '{"order":' .. (h[3] or 'null') .. ',"counts":' .. (h[4] or '{}') .. ',"failures":' .. list_json(failures)
      .. '}'
  end)
end)

-- Devices of an order by id: of one state ('' for all), after one of them ('' for none), and how many. Returns the one
-- after which to go on ('' at the end).
register('wf1_order_devices', READS, function(keys, args)
  if #keys < 2 then return bad_key(keys) end
  local state, after, most = args[1], args[2], whole(args[3], 1, MOST_ENTRIES_READ)
  if not most or not after or not (state == '' or RANKS[state]) then return wrong('a state, a device, and how many') end
  local texts, looked_at = {}, 0
  while #texts < most and looked_at < MOST_LOOKED_AT do
    local from = after == '' and '-' or '(' .. after
    local ids = call('ZRANGE', keys[2], from, '+', 'BYLEX', 'LIMIT', 0, MOST_ENTRIES_READ)
    if #ids == 0 then return { '', list_json(texts) } end
    for i, text in ipairs(call('HMGET', keys[1], spread(ids))) do
      if #texts == most then break end
      after, looked_at = ids[i], looked_at + 1
      if text and (state == '' or match(text, ENTRY) == state) then texts[#texts + 1] = text end
    end
  end
  return { after, list_json(texts) }
end)
