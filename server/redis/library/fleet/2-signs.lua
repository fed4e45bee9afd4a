-- What is known of a device besides where it is: wire/fleet.ts `Life`. The field `signs` of its hash is that as it was
-- told last, as JSON; `every` the interval at which the device says that it reports, `learnt` the one that it shows.

-- Seconds between reports, as they are learnt, and up to where each goes. What is longer is a pause.
local INTERVALS = { 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600 }
local BORDERS = { 1.4, 3.2, 7, 14, 24, 42, 85, 190, 420, 1000, 2500, 5400 }
-- So often in a row before an interval is believed: the first one, and another one.
local BELIEVED_FIRST, BELIEVED = 2, 4

-- The place of the interval that so many seconds are.
local function interval_of(seconds)
  for i = 1, #BORDERS do
    if seconds < BORDERS[i] then return i end
  end
end

local function know_interval(device, learnt)
  device.learnt, device.hint, device.least, device.most = learnt, nil, 0, 0
  local i = learnt and interval_of(learnt)
  if i then device.least, device.most = BORDERS[i - 1] or 0, BORDERS[i] end
end

-- Takes the seconds between two of the device's newest fixes as a hint at its usual interval.
local function learn(device, seconds)
  if seconds >= device.least and seconds < device.most then
    device.hint = nil
    return
  end
  local i = seconds > 0 and interval_of(seconds)
  if not i then return end
  device.hints = device.hint == i and device.hints + 1 or 1
  device.hint = i
  if device.hints < (device.learnt and BELIEVED or BELIEVED_FIRST) then return end
  know_interval(device, INTERVALS[i])
  device.learns = true
end

-- Signs as they were told. Nothing but attributes holds any text, and these come last.
local function read_signs(text)
  local start = find(text, ',"attributes":{', 1, true)
  local head = start and sub(text, 1, start - 1) or text
  return {
    heard = number_of(match(head, '^{"heard":(%d+)')) or 0,
    parked = find(head, ',"parked":true', 1, true) ~= nil,
    takes = match(head, ',"takes":(%b[])'),
    door = match(head, ',"door":"([^"]*)"'),
    attributes = start and sub(text, start + 14, -2) or nil,
  }
end

-- The signs of an open device, which are remembered once they were asked for.
local function signs_of(device)
  local signs = device.signs
  if signs then return signs end
  local values = call('HMGET', device.key, 'signs', 'every')
  signs = read_signs(values[1] or '')
  signs.told, signs.every = values[1], number_of(values[2])
  device.signs = signs
  return signs
end

local function signs_json(device)
  local signs = device.signs
  local every = signs.every or device.learnt
  return '{"heard":' .. format('%d', signs.heard) .. (every and ',"every":' .. json(every) or '')
    .. (signs.parked and ',"parked":true' or '') .. (signs.takes and ',"takes":' .. signs.takes or '')
    .. (signs.door and ',"door":"' .. signs.door .. '"' or '')
    .. (signs.attributes and ',"attributes":' .. signs.attributes or '') .. '}'
end

-- The signs as they are to be told now, when the device was heard.
local function signs_now(device)
  local signs = signs_of(device)
  signs.heard = floor(device.now)
  signs.told = signs_json(device)
  return signs.told
end
