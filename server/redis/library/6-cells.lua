-- Cells: steps 2 and 3 of a fix.

-- A fix as step 1 answered it, checked again: a feed could send anything. The clock of the device's slot may be another one.
local function placed(text, cell, now)
  local ok, fix = pcall(cjson.decode, text)
  if not ok or type(fix) ~= 'table' or not is_name('d', fix.id) then return nil end
  local args, fields = {}, { 'n', 't', 'lat', 'lon', 'speed', 'heading', 'battery', 'route' }
  for i, field in ipairs(fields) do
    local value = fix[field]
    args[i] = type(value) == 'number' and json(value) or value or ''
    if type(args[i]) ~= 'string' then return nil end
  end
  local checked = fix_of(fix.id, args, 1, now + AHEAD)
  for _, field in ipairs(fields) do
    if not checked or checked[field] ~= fix[field] then return nil end
  end
  return cell_of(checked.lat, checked.lon) == cell and checked or nil
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

redis.register_function{ function_name = 'wf1_read_cell', flags = { 'no-writes' }, callback = function(keys, args)
  local h = redis.call('HMGET', keys[1], 'epoch', 'seq')
  return since(h, args, nil, function()
    return '{"fixes":[' .. table.concat(redis.call('HVALS', keys[2]), ',') .. ']}'
  end)
end }
