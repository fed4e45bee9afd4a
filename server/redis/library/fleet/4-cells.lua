-- Cells: steps 2 and 3 of a fix. A cell's id is a group and a quadkey: `buses/0231301203311`.

local MOST_PLACED = 500 -- fixes in one call: so many hold Redis for some 15 ms
local MOST_FIX_BYTES = 1000 -- as text: what step 1 answers is half of that at the most

-- A fix as step 1 answered it, checked again: a feed could send anything. The clock of the device's slot may be another
-- one.
local function check_fix(text, cell, now)
  if #text > MOST_FIX_BYTES then return nil end
  local ok, fix = pcall(cjson.decode, text)
  if not ok or type(fix) ~= 'table' or not is_name('d', fix.id) then return nil end
  local checked = fix_again(fix, now + AHEAD)
  if not checked then return nil end
  local told = cjson.decode(checked.text)
  for _, field in ipairs(FIELDS) do
    if told[field] ~= fix[field] then return nil end
  end
  checked.id = fix.id
  return tile_of(checked.lat, checked.lon) == sub(cell, -ZOOM) and checked or nil
end

-- A fix for the cell. What step 1 answered last here was checked there.
local function placed(text, cell, now)
  local id = match(text, '^{"id":"([^"]*)"')
  local device = id and recall('wf:{d:' .. id .. '}')
  local newest = device and device.newest
  if newest and newest.text == text and device.cell == cell then return newest, id end
  local fix = check_fix(text, cell, now)
  if fix then return fix, fix.id end
end

-- Time and number of what a cell knows of a device; nothing where that is no fix.
local function read_place(text)
  local n, t = match(text, '^{"id":"[^"]*","n":(%d+),"t":(%d+)')
  if t then return number_of(t), number_of(n) end
end

-- What the cell knows of these devices, as texts; false where nothing.
local function known_in(key, ids)
  if #ids == 0 then return ids end
  if #ids <= MOST_AT_ONCE then return call('HMGET', key, spread(ids)) end
  local known = {}
  for i, id in ipairs(ids) do known[i] = call('HGET', key, id) end
  return known
end

-- Puts devices into the cell, but for those of which it has a newer fix. Returns the fixes of the others as texts.
local function place(key, fixes, ids)
  local known, newest, fields, texts = known_in(key, ids), {}, {}, {}
  for i, fix in ipairs(fixes) do
    local id, t, n = ids[i], nil, nil
    local text = newest[id] or known[i]
    if text then t, n = read_place(text) end
    if not t or newer(fix.t, fix.n, t, n) then
      newest[id], texts[#texts + 1] = fix.text, fix.text
      fields[#fields + 1], fields[#fields + 2] = id, fix.text
    end
  end
  call_with('HSET', key, fields)
  return texts
end

register('wf1_place', WRITES, function(keys, args)
  local cell = topic_of('c', keys, 3, 3)
  if not cell then return bad_key(keys) end
  if #args > MOST_PLACED then return too_many(MOST_PLACED, 'fixes') end
  open(cell)
  local fixes, ids = {}, {}
  for i, arg in ipairs(args) do
    fixes[i], ids[i] = placed(arg, cell.id, cell.now)
    if not fixes[i] then return redis.error_reply('WFARG not a fix in ' .. cell.id .. ': ' .. sub(arg, 1, 100)) end
  end
  local texts = place(keys[3], fixes, ids)
  if #texts > 0 then publish(cell, '"fixes":[' .. join(texts, ',') .. ']') end
  close(cell)
  return { cell.seq, cell.current, #texts }
end)

register('wf1_leave', WRITES, function(keys, args)
  local cell = topic_of('c', keys, 3, 3)
  if not cell then return bad_key(keys) end
  local id, to = args[1], args[4]
  local t, at = whole(args[2], 0, LARGEST)
  local n, n_text = whole(args[3], 0, LARGEST)
  if not id or not t or not n or not (to == '' or is_name('c', to)) then
    return redis.error_reply('WFARG device, t, n and cell, in their order')
  end
  open(cell)
  local known = call('HGET', keys[3], id)
  local known_t, known_n
  if known then known_t, known_n = read_place(known) end
  local leaves = known and not (known_t and newer(known_t, known_n, t, n))
  if leaves then
    call('ZREM', keys[2], id) -- revision 2 kept positions there, which nobody read
    call('HDEL', keys[3], id)
    publish(cell, '"left":[{"id":"' .. id .. '","t":' .. at .. ',"n":' .. n_text .. ',"to":'
      .. (to == '' and 'null' or '"' .. to .. '"') .. '}]')
  end
  close(cell)
  return { cell.seq, cell.current, leaves and 1 or 0 }
end)

register('wf1_read_cell', READS, function(keys, args)
  if #keys < 2 then return bad_key(keys) end
  local h = call('HMGET', keys[1], 'epoch', 'seq')
  return since(h, args, nil, function()
    return '{"fixes":[' .. join(call('HVALS', keys[2]), ',') .. ']}'
  end)
end)
