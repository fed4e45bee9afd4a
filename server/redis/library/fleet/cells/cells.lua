-- Cells: steps 2 and 3 of a fix. A cell's id is a group and a quadkey: `buses/0231301203311`.

local MOST_PLACED = 500 -- fixes in one call: so many hold Redis for some 15 ms
local MOST_FIX_BYTES = 2000 -- as text: what step 1 answers is three quarters of that at the most

-- Whether readings that were checked are all that there were.
local function same_readings(checked, told)
  if type(checked) ~= 'table' or type(told) ~= 'table' then return checked == told end
  for name, value in pairs(told) do
    if checked[name] ~= value then return false end
  end
  return true
end

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
  if told.parked ~= fix.parked or not same_readings(told.readings, fix.readings) then return nil end
  return tile_of(checked.lat, checked.lon) == sub(cell, -ZOOM) and checked or nil
end

-- A fix for the cell, and what is remembered of its device. What step 1 answered last here was checked there.
local function fix_for(cell, text)
  local id = match(text, '^{"id":"([^"]*)"')
  local device = id and recall('wf:{d:' .. id .. '}')
  local newest = device and device.newest
  if newest and newest.text == text and device.cell == cell.id then return newest, device end
  return check_fix(text, cell.id, cell.now), device
end

-- Begins a call that may write a cell. What is remembered of devices that it shows holds as long as its `view` is the
-- same: `device.shown` is the fix that the cell of `device.view` shows, and `left_shown` that of the cell before.
local function open_cell(cell)
  if not open(cell) then cell.view = {} end
end

local function remember_shown(device, view, fix)
  if device.view ~= view then device.left_view, device.left_shown = device.view, device.shown end
  device.view, device.shown = view, fix
end

-- Whether a fix is newer than the one of its device that the cell shows, as far as is remembered. Most devices stay in
-- their cells, so that these need not be asked.
local function is_surely_newer(cell, fix, device)
  if not device or device.view ~= cell.view then return false end
  local shown = device.shown
  return newer(fix.t, fix.n, shown.t, shown.n)
end

-- Time and number of what the cell shows of a device; nothing where that is no fix.
local function read_place(text)
  local n, t = match(text, '^{"id":"[^"]*","n":(%d+),"t":(%d+)')
  if t then return number_of(t), number_of(n) end
end

-- What the cell shows of these devices, by their ids; false for nothing.
local function shown_of(cell, ids)
  local key, shown = cell.keys[3], {}
  local known = #ids == 1 and { call('HGET', key, ids[1]) } or call('HMGET', key, spread(ids))
  for i = 1, #ids do
    local t, n
    if known[i] then t, n = read_place(known[i]) end
    shown[ids[i]] = t and { t = t, n = n } or false
  end
  return shown
end

-- The fixes of a call, what is remembered of their devices, and what the cell shows of those of which it must be asked.
-- Of a fix that cannot be in the cell only its place. (Mostly there is one: a table that is made with room for it costs
-- half as much as one that grows.)
local function read_fixes(cell, args)
  local fixes, devices, asked = { false }, { false }, nil
  for i = 1, #args do
    local fix, device = fix_for(cell, args[i])
    if not fix then return nil, i end
    fixes[i], devices[i] = fix, device or false
    if not is_surely_newer(cell, fix, device) then
      if asked then asked[#asked + 1] = fix.id else asked = { fix.id } end
    end
  end
  return fixes, devices, asked and shown_of(cell, asked)
end

-- Puts devices into the cell, but for those of which it has a newer fix. Returns the fixes of the others as texts, and
-- how many there are.
local function place(cell, total, fixes, devices, shown)
  local texts, count, fields, view = { false }, 0, { false, false }, cell.view
  for i = 1, total do
    local fix, device = fixes[i], devices[i]
    local before = shown and shown[fix.id]
    if before == nil then before = device.shown end
    if not before or newer(fix.t, fix.n, before.t, before.n) then
      if device then remember_shown(device, view, fix) end
      if shown then shown[fix.id] = fix end
      count = count + 1
      texts[count], fields[2 * count - 1], fields[2 * count] = fix.text, fix.id, fix.text
    end
  end
  if count > 0 then call_with('HSET', cell.keys[3], fields) end
  return texts, count
end

register('wf1_place', WRITES, function(keys, args)
  local cell = topic_of('c', keys, 3, 3)
  if not cell then return bad_key(keys) end
  if #args > MOST_PLACED then return too_many(MOST_PLACED, 'fixes') end
  open_cell(cell)
  local fixes, devices, shown = read_fixes(cell, args)
  if not fixes then
    return redis.error_reply('WFARG not a fix in ' .. cell.id .. ': ' .. sub(args[devices], 1, 100))
  end
  local texts, count = place(cell, #args, fixes, devices, shown)
  if count > 0 then publish(cell, '"fixes":[' .. (count == 1 and texts[1] or join(texts, ',')) .. ']') end
  close(cell)
  return { cell.seq, cell.current, count }
end)

-- Takes a device out of the cell unless this shows a newer fix of it than (t, n); true where it did.
local function take_out(cell, id, t, n)
  local device, view, key = recall('wf:{d:' .. id .. '}') or {}, cell.view, cell.keys[3]
  local shown = device.view == view and device.shown or device.left_view == view and device.left_shown
  local shown_t, shown_n
  if shown then
    shown_t, shown_n = shown.t, shown.n
  else
    local known = call('HGET', key, id)
    if not known then return false end
    shown_t, shown_n = read_place(known)
  end
  if shown_t and newer(shown_t, shown_n, t, n) then return false end
  if device.view == view then device.view = nil end
  if device.left_view == view then device.left_view = nil end
  return call('HDEL', key, id) == 1
end

register('wf1_leave', WRITES, function(keys, args)
  local cell = topic_of('c', keys, 3, 3)
  if not cell then return bad_key(keys) end
  local id, to = args[1], args[4]
  local t, at = whole(args[2], 0, LARGEST)
  local n, n_text = whole(args[3], 0, LARGEST)
  if not id or not t or not n or not (to == '' or is_name('c', to)) then
    return redis.error_reply('WFARG device, t, n and cell, in their order')
  end
  open_cell(cell)
  local leaves = take_out(cell, id, t, n)
  if leaves then
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
