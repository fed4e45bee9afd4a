-- Devices and cells. A fix is written in three steps, each atomic in its slot and harmless to repeat (see wire/calls.ts).

local MAX_LATITUDE = 85.05112878 -- of the web map's grid and of Redis GEO
local ZOOM = 13
local MOST_FIXES = 2000 -- what a track keeps
local TRACK_SECONDS = 86400 -- and for how long after the last fix

-- The quadkey of the tile that holds a position: wire/cells.ts `cellOf`.
local function cell_of(lat, lon)
  local size = 2 ^ ZOOM
  local phi = lat * math.pi / 180
  local x = math.floor((lon + 180) / 360 * size) % size
  local y = math.floor((1 - math.log(math.tan(phi) + 1 / math.cos(phi)) / math.pi) / 2 * size)
  y = math.min(math.max(y, 0), size - 1)
  local digits = {}
  for i = ZOOM, 1, -1 do
    digits[i] = x % 2 + 2 * (y % 2)
    x, y = math.floor(x / 2), math.floor(y / 2)
  end
  return table.concat(digits)
end

local function optional(fix, field, text, low, high)
  if text == '' then return true end
  fix[field] = number(text, low, high)
  return fix[field] ~= nil
end

-- Checks one fix of eight values; answers it, or nil and the reason it is refused.
local function fix_of(id, args, i, now)
  local fix = { id = id }
  fix.n = whole(args[i], 1, LARGEST)
  if not fix.n then return nil, 'n' end
  fix.t = time(args[i + 1], now)
  if not fix.t then return nil, 'time' end
  fix.lat = number(args[i + 2], -MAX_LATITUDE, MAX_LATITUDE)
  if not fix.lat then return nil, 'latitude' end
  fix.lon = number(args[i + 3], -180, 180)
  if not fix.lon then return nil, 'longitude' end
  if not optional(fix, 'speed', args[i + 4], 0, 1000) then return nil, 'speed' end
  if not optional(fix, 'heading', args[i + 5], 0, 360) then return nil, 'heading' end
  if not optional(fix, 'battery', args[i + 6], 0, 1) then return nil, 'battery' end
  local route = args[i + 7]
  if not string.find(route, '^[%w ._/-]*$') or #route > 32 then return nil, 'route' end
  if route ~= '' then fix.route = route end
  return fix
end

local function fix_json(fix)
  local parts = { string.format('{"id":"%s","n":%d,"t":%d,"lat":%s,"lon":%s', fix.id, fix.n, fix.t, json(fix.lat),
    json(fix.lon)) }
  for _, field in ipairs({ 'speed', 'heading', 'battery' }) do
    if fix[field] then parts[#parts + 1] = string.format(',"%s":%s', field, json(fix[field])) end
  end
  if fix.route then parts[#parts + 1] = ',"route":"' .. fix.route .. '"' end
  return table.concat(parts) .. '}'
end

-- Writes the newest fix as the device's truth; remembers the cell it left, so that a feed that died between the steps can go on.
local function move(topic, fix, text, cell, from)
  local now_in = cell_of(fix.lat, fix.lon)
  if cell ~= now_in then from = cell or '' end
  redis.call('HSET', topic.key, 'last', text, 'cell', now_in, 'from', from or '')
  return now_in, from or ''
end

redis.register_function('wf1_device', function(keys, args)
  local id = named(keys, 'd', 'track')
  if not id then return bad_key(keys) end
  if #args % 8 ~= 0 then return redis.error_reply('WFARG a fix takes eight values') end
  local topic, top, holes, last, cell, from = open(keys[1], 'top', 'holes', 'last', 'cell', 'from')
  local seen, newest, texts = seen_of(top, holes), decode(last), {}
  local moved, repeats, refused = false, 0, {}
  for i = 1, #args, 8 do
    local fix, reason = fix_of(id, args, i, topic.now)
    if not fix then
      refused[#refused + 1] = string.format('%d:%s', (i - 1) / 8, reason)
    elseif not note(seen, fix.n) then
      repeats = repeats + 1
    else
      texts[#texts + 1] = fix_json(fix)
      if not newest or newer(fix.t, fix.n, newest.t, newest.n) then
        newest, last, moved = fix, texts[#texts], true
      end
    end
  end
  local before = cell
  if moved then cell, from = move(topic, newest, last, cell, from) end
  if #texts > 0 then
    redis.call('HSET', keys[1], 'top', string.format('%d', seen.top), 'holes', holes_text(seen), 'heard',
      string.format('%d', topic.now))
    append(keys[2], MOST_FIXES, topic, publish(topic, '"fixes":[' .. table.concat(texts, ',') .. ']'))
    redis.call('EXPIRE', keys[2], TRACK_SECONDS)
  end
  local leave = (before ~= cell or #texts == 0) and from or ''
  return answer({ topic.seq, topic.epoch, #texts, repeats, last or '', cell or '', leave }, refused)
end)

-- A fix as step 1 answered it, checked again: a feed could send anything. The clock of the device's slot may be another one.
local function placed(text, cell, now)
  local ok, fix = pcall(cjson.decode, text)
  if not ok or type(fix) ~= 'table' or not is_name('d', fix.id) then return nil end
  local args = {}
  for i, field in ipairs({ 'n', 't', 'lat', 'lon', 'speed', 'heading', 'battery' }) do
    local value = fix[field]
    if type(value) ~= 'number' and (i <= 4 or value ~= nil) then return nil end
    args[i] = value and json(value) or ''
  end
  args[8] = fix.route or ''
  if type(args[8]) ~= 'string' then return nil end
  local checked = fix_of(fix.id, args, 1, now + AHEAD)
  return checked and cell_of(checked.lat, checked.lon) == cell and checked or nil
end

-- Puts a device into the cell, unless the cell has a newer fix of it. Answers the fix as text where it did.
local function place(keys, fix)
  local known = decode(redis.call('HGET', keys[3], fix.id))
  if known and not newer(fix.t, fix.n, known.t, known.n) then return nil end
  local text = fix_json(fix)
  redis.call('GEOADD', keys[2], json(fix.lon), json(fix.lat), fix.id)
  redis.call('HSET', keys[3], fix.id, text)
  return text
end

redis.register_function('wf1_place', function(keys, args)
  local cell = named(keys, 'c', 'geo', 'fix')
  if not cell then return bad_key(keys) end
  local topic, fixes, texts = open(keys[1]), {}, {}
  for i, arg in ipairs(args) do
    fixes[i] = placed(arg, cell, topic.now)
    if not fixes[i] then return redis.error_reply('WFARG not a fix in ' .. cell .. ': ' .. string.sub(arg, 1, 100)) end
  end
  for _, fix in ipairs(fixes) do texts[#texts + 1] = place(keys, fix) end
  if #texts > 0 then publish(topic, '"fixes":[' .. table.concat(texts, ',') .. ']') end
  return { topic.seq, topic.epoch, #texts }
end)

redis.register_function('wf1_leave', function(keys, args)
  if not named(keys, 'c', 'geo', 'fix') then return bad_key(keys) end
  local id, t, n, to = args[1], whole(args[2], 0, LARGEST), whole(args[3], 0, LARGEST), args[4]
  if not id or not t or not n or not (to == '' or is_name('c', to)) then
    return redis.error_reply('WFARG device, t, n and cell, in their order')
  end
  local topic = open(keys[1])
  local known = decode(redis.call('HGET', keys[3], id))
  if not known or newer(known.t, known.n, t, n) then return { topic.seq, topic.epoch, 0 } end
  redis.call('ZREM', keys[2], id)
  redis.call('HDEL', keys[3], id)
  publish(topic, string.format('"left":[{"id":"%s","t":%d,"n":%d,"to":%s}]', known.id, t, n,
    to == '' and 'null' or '"' .. to .. '"'))
  return { topic.seq, topic.epoch, 1 }
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

redis.register_function{ function_name = 'wf1_read_cell', flags = { 'no-writes' }, callback = function(keys, args)
  local h = redis.call('HMGET', keys[1], 'epoch', 'seq')
  return since(h, args, nil, function()
    return '{"fixes":[' .. table.concat(redis.call('HVALS', keys[2]), ',') .. ']}'
  end)
end }

redis.register_function{ function_name = 'wf1_read_device', flags = { 'no-writes' }, callback = function(keys, args)
  local h = redis.call('HMGET', keys[1], 'epoch', 'seq', 'last', 'cell')
  if not h[1] then return { 'missing' } end
  local function missed(from, seq)
    local texts, reached, conflated = replay(keys[2], MOST_FIXES, h[1], from)
    return texts and reached == seq and not conflated and texts or nil
  end
  return since(h, args, missed, function()
    local cell = h[4] and h[4] ~= '' and '"' .. h[4] .. '"' or 'null'
    return string.format('{"last":%s,"cell":%s}', h[3] or 'null', cell)
  end)
end }
