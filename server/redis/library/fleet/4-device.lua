-- Devices. A fix is written in three steps, each atomic in its slot and harmless to repeat (see wire/calls.ts): this is
-- the first.

local OTHER = 'other' -- the group of a device that no feed has put in another

-- Revision 3 knew no groups: a cell was its quadkey. Nodes empty such cells (server/fleet/old-cells.ts), so there is
-- nothing to leave.
local function take_over_cell(device, tile)
  local cell = device.group .. '/' .. tile
  call('HSET', device.key, 'cell', cell, 'from', '')
  return cell, ''
end

-- Decodes the state of a device.
local function read_device(device, seen, since, last, cell, from, doubt, pace, group, learnt)
  device.group = group or OTHER
  if cell and #cell == ZOOM then cell, from = take_over_cell(device, cell) end
  device.since = number_of(since) or 0
  device.seen = seen_of(device.key, seen, device.since)
  device.newest, device.doubt, device.pace = read_fix(last), read_fix(doubt), number_of(pace) or 0
  device.cell, device.from, device.count, device.lasting = cell or '', from or '', nil, nil
  device.tile = sub(device.cell, -ZOOM)
  device.signs, device.sign, device.open = nil, nil, nil
  know_interval(device, number_of(learnt))
  if device.newest and not seen then take_over_device(device) end
end

local function open_device(device)
  device.fixes, device.late, device.written, device.moved, device.learns = nil, nil, 0, false, false
  local known, seen, since, last, cell, from, doubt, pace, group, learnt =
    open(device, 'seen', 'since', 'last', 'cell', 'from', 'doubt', 'pace', 'group', 'learnt')
  if not known then read_device(device, seen, since, last, cell, from, doubt, pace, group, learnt) end
end

-- Takes the device to its group's cell of a tile; remembers the cell it left, so that a feed that died between the
-- steps can go on.
local function move_to(device, tile)
  device.cell, device.from, device.tile = device.group .. '/' .. tile, device.cell, tile
end

-- Takes the device to where its newest fix is.
local function move(device)
  local tile = tile_of(device.newest.lat, device.newest.lon)
  if device.tile ~= tile then move_to(device, tile) end
end

-- Takes fixes of so many values, each read by `read`. What is too late for the track is told all the same: the archive has
-- room for it, and for its repeats, of which nobody here knows.
local function take_fixes(keys, args, values, read)
  -- Feeds of revision 1 name neither `past` nor `seen`.
  local device = topic_of('d', keys, 4, 2)
  if not device then return bad_key(keys) end
  local count = #args
  if count % values ~= 0 then return wrong('a fix takes ' .. (values == 8 and 'eight' or 'ten') .. ' values') end
  if count > values * MOST_ITEMS then return too_many(MOST_ITEMS, 'fixes') end
  open_device(device)
  local cell, from, doubt, pace = device.cell, device.from, device.doubt, device.pace
  local now, repeats, old, refused = device.now, 0, 0, nil
  for i = 1, count, values do
    local fix, reason = read(device.id, args, i, now)
    if fix and is_seen(device.seen, fix.n) then
      repeats = repeats + 1
    elseif fix and not take_fix(device, fix) then
      reason, old = 'old', old + 1
      device.late = device.late or {}
      device.late[old] = fix
    end
    if reason then
      refused = refused or {}
      refused[#refused + 1] = format('%d:%s', (i - 1) / values, reason)
    end
  end
  local accepted = device.fixes and #device.fixes or 0
  if device.moved then move(device) end
  if accepted > 0 then
    store_fixes(device, changed(device, cell, from, doubt, pace))
  elseif device.late then
    tell_device(device, late_json(device))
  end
  settle_seen(device)
  close(device)
  count_items(accepted, repeats, old, refused)
  local leave = (cell ~= device.cell or accepted == 0) and device.from or ''
  local last = device.newest and device.newest.text or ''
  return answer({ device.seq, device.current, accepted, repeats, last, device.cell, leave }, refused)
end

register('wf1_device', WRITES, function(keys, args) return take_fixes(keys, args, 8, fix_of) end)

-- The same for fixes that tell more: ten values each.
register('wf2_device', WRITES, function(keys, args) return take_fixes(keys, args, 10, whole_fix_of) end)

local PARKED_SILENCE = 86400000 -- ms that a device may be silent that said it stopped

-- Takes a device out of its cell where nothing was heard of it for `silence` milliseconds; one that said it stopped may
-- be silent for a day. Returns the cell that still shows it and what wf1_leave needs, or nothing. That numbers nothing,
-- so what was remembered of the device holds no more.
register('wf1_reap', WRITES, function(keys, args)
  local device = topic_of('d', keys, 1, 1)
  if not device then return bad_key(keys) end
  local silence = number(args[1], 0, LARGEST)
  if not silence then return redis.error_reply('WFARG a silence in milliseconds') end
  local now, values = call('TIME'), call('HMGET', keys[1], 'last', 'cell', 'heard', 'signs')
  local fix, cell, heard = read_fix(values[1]), values[2], number_of(values[3]) or 0
  local silent = fix and cell and cell ~= '' and now[1] * 1000 + now[2] / 1000 - heard
  if not silent or silent < silence then return {} end
  local parked = find(values[1], ',"parked":true', 1, true) or read_signs(values[4] or '').parked
  if parked and silent < PARKED_SILENCE then return {} end
  device.known = nil
  call('HSET', keys[1], 'cell', '', 'from', '')
  return { cell, json(fix.t), json(fix.n) }
end)

-- What is described of a device, for a snapshot; nothing where no feed has.
local function device_description(name, group, category, attributes)
  local fields = {}
  local function add(field, value, encode)
    if value and value ~= '' then fields[#fields + 1] = '"' .. field .. '":' .. encode(value) end
  end
  add('name', name, cjson.encode)
  add('group', group, cjson.encode)
  add('category', category, cjson.encode)
  add('attributes', attributes, tostring)
  return #fields > 0 and ',"description":{' .. join(fields, ',') .. '}' or ''
end
