-- What must hold of a device's newest fix when a command is given to it: wire/commands.ts `Precondition`.

local CONDITION_BYTES = 1000
local LIMITS = { 'slowerThan', 'fresherThan' }
local SIDES = { 'west', 'south', 'east', 'north' }

local function is_amount(value)
  return type(value) == 'number' and value >= 0 and value <= MOST
end

-- An area as JSON; nil where it is none. Its east may be beyond the antimeridian: 170 to 190.
local function area_json(area)
  if type(area) ~= 'table' then return nil end
  local parts = {}
  for i, side in ipairs(SIDES) do
    local value = area[side]
    if type(value) ~= 'number' or not (abs(value) <= 540) then return nil end
    parts[i] = '"' .. side .. '":' .. json(value)
  end
  return area.west <= area.east and area.south <= area.north and '{' .. join(parts, ',') .. '}' or nil
end

-- What must hold when a command is given to the device, as JSON, written anew: '' for nothing, nil where this is none.
-- A condition that is not known is wrong: it would not be looked at.
local function condition_json(text)
  if text == '' then return '' end
  local is_json, told = protect(cjson.decode, text and #text <= CONDITION_BYTES and text or 'none')
  if not is_json or type(told) ~= 'table' then return nil end
  local parts, count = {}, 0
  for _, name in ipairs(LIMITS) do
    if is_amount(told[name]) then parts[#parts + 1] = '"' .. name .. '":' .. json(told[name]) end
  end
  local area = area_json(told.inside)
  if area then parts[#parts + 1] = '"inside":' .. area end
  for _ in pairs(told) do count = count + 1 end
  if count ~= #parts then return nil end
  return count > 0 and '{' .. join(parts, ',') .. '}' or ''
end

-- The same of a stored command, decoded; nil for nothing.
local function condition_of(command)
  local from = find(command.fixed, ',"if":{', 1, true)
  local to = from and find(command.fixed, ',"args":{', from, true)
  return to and cjson.decode(sub(command.fixed, from + 6, to - 1)) or nil
end

-- Why a command may not be given to the device now; nil where it may. A fix says where the device is only where it is
-- certain, and how old it is only where its clock is about right.
local function why_not(device, condition, now)
  local fix = device.newest
  if not fix then return 'The device has not reported where it is.' end
  if device.doubt then return 'The newest position of the device is doubtful.' end
  local slower, fresher, area = condition.slowerThan, condition.fresherThan, condition.inside
  if slower and not fix.speed then return 'The device does not tell its speed.' end
  if slower and fix.speed >= slower then
    return format('The device goes at %.1f m/s, not slower than %s.', fix.speed, json(slower))
  end
  local age = (now - fix.t) / 1000
  if fresher and age > fresher then
    return format('The position is %.0f seconds old, more than %s.', age, json(fresher))
  end
  if fresher and -age > fresher then return format('The clock of the device is %.0f seconds ahead.', -age) end
  if not area then return nil end
  local is_across = fix.lon >= area.west and fix.lon <= area.east
    or fix.lon + 360 >= area.west and fix.lon + 360 <= area.east
  if fix.lat < area.south or fix.lat > area.north or not is_across then return 'The device is outside the area.' end
end

local function refusal_of(device, command, now)
  local condition = condition_of(command)
  return condition and why_not(device, condition, now)
end
