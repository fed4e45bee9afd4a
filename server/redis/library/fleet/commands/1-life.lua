-- Signs of life, and the key of a device.

local TOLD_EVERY = 10000 -- ms: so often it is told that a device was heard, where nothing else is new
local LONGEST_EVERY = 86400 -- seconds
local MOST_TAKEN = 64 -- kinds of commands that a device says it takes
local KINDS_BYTES = 4000
local DOOR_BYTES = 24
local KEY_BYTES = 128

-- The kinds of a JSON list, as JSON; nil where it is none.
local function kinds_json(text)
  if #text > KINDS_BYTES then return nil end
  local is_json, kinds = protect(cjson.decode, text)
  if not is_json or type(kinds) ~= 'table' then return nil end
  local names = {}
  for i, name in ipairs(kinds) do
    if i > MOST_TAKEN or type(name) ~= 'string' or #name > 40 or not find(name, '^[a-z][a-z0-9_]*$') then return nil end
    names[i] = '"' .. name .. '"'
  end
  return '[' .. join(names, ',') .. ']'
end

-- Takes over what a device tells: five texts, each empty where it tells nothing. What cannot be was not told. Returns
-- whether anything is new.
local function take_signs(device, signs, args)
  local before, interval = signs.told and signs_json(device), signs.every
  local parked, every, takes, attributes, door = args[1], args[2], args[3], args[4], args[5]
  if parked == '1' or parked == '0' then signs.parked = parked == '1' end
  local seconds = every ~= '' and number(every, 0.1, LONGEST_EVERY)
  if seconds then signs.every = seconds end
  local kinds = takes ~= '' and kinds_json(takes)
  if kinds then signs.takes = kinds ~= '[]' and kinds or nil end
  local values = attributes ~= '' and values_json(attributes, ATTRIBUTES_BYTES)
  if values then signs.attributes = values ~= '{}' and values or nil end
  if #door <= DOOR_BYTES and find(door, '^[a-z0-9_-]+$') then signs.door = door end
  return signs_json(device) ~= before or signs.every ~= interval
end

-- The commands under way of an open device, in the order in which they were asked: each its id, and as `phase` the
-- first letter of its state. Remembered once they were asked for.
local function under_way_of(device)
  local open = device.open
  if open then return open end
  open = {}
  for phase, id in string.gmatch(call('HGET', device.key, 'open') or '', '(%l)([^ ]+)') do
    open[#open + 1] = { phase = phase, id = id }
  end
  device.open = open
  return open
end

-- How many commands somebody may have to give the device.
local function waiting_in(open)
  local count = 0
  for _, one in ipairs(open) do
    if one.phase ~= 'a' then count = count + 1 end
  end
  return count
end

-- Takes what a device tells besides fixes. Most say the same each time: then no more is done than to note that it was
-- heard.
register('wf1_life', WRITES, function(keys, args)
  local device = topic_of('d', keys, 4, 4)
  if not device then return bad_key(keys) end
  if #args ~= 5 then return wrong('a sign of life takes five values') end
  open_device(device)
  local signs, sign, heard = signs_of(device), join(args, '\n'), sub(device.at, 1, -5)
  local is_new = sign ~= device.sign and take_signs(device, signs, args)
  if is_new or device.now - signs.heard >= TOLD_EVERY then
    local told, every = signs_now(device), signs.every and json(signs.every) or ''
    tell_device(device, '"life":' .. told, 'signs', told, 'heard', heard, 'every', every)
  else
    call('HSET', keys[1], 'heard', heard)
  end
  device.sign = sign
  local waiting = waiting_in(under_way_of(device))
  close(device)
  return { device.seq, device.current, waiting }
end)

-- Gives the device another key, as its hash; '' takes it back.
register('wf1_key_device', WRITES, function(keys, args)
  local device = topic_of('d', keys, 4, 4)
  if not device then return bad_key(keys) end
  local hash = args[1]
  if not hash or #hash > KEY_BYTES or not find(hash, '^[%w_-]*$') then return wrong('the hash of a key') end
  open_device(device)
  tell_device(device, '"keyed":' .. format('%d', device.now), 'key', hash)
  close(device)
  return { device.seq, device.current }
end)
