-- Fixes: what is checked of them, what is left out, and the tile of a position.

local MAX_LATITUDE = 85.05112878 -- of the web map's grid
local ROUTE_BYTES = 64
local MOST_READINGS = 16
local READINGS_BYTES = 2000
local ZOOM = 13

local PLAIN_ROUTE = '^[%w ._/-]*$'

-- What a device need not tell: its name and its text as JSON, both empty where it was not told, and the number. What
-- cannot be (a speed of -1, say) was not told: the position is good all the same.
local function optional(name, text, low, high)
  if text == '' then return '', '' end
  local n, own = decimal(text, low, high)
  if not n then return '', '' end
  return name, own, n
end

local function route_of(text)
  if text == '' then return '', '' end
  if find(text, PLAIN_ROUTE) and #text <= ROUTE_BYTES then return ',"route":"', text .. '"' end
  text = short(text, ROUTE_BYTES)
  if text == '' or not is_text(text) then return '', '' end
  return ',"route":', find(text, PLAIN_ROUTE) and '"' .. text .. '"' or cjson.encode(text)
end

-- Checks one fix of eight values; returns it, or nil and the reason it is refused. What was checked goes on as the
-- texts that came.
local function fix_of(id, args, i, now)
  local n, n_text = whole(args[i], 1, LARGEST)
  if not n then return nil, 'n' end
  local t, at = time(args[i + 1], now)
  if not t then return nil, 'time' end
  local lat, lat_text = degrees(args[i + 2], -MAX_LATITUDE, MAX_LATITUDE)
  if not lat then return nil, 'latitude' end
  local lon, lon_text = degrees(args[i + 3], -180, 180)
  if not lon then return nil, 'longitude' end
  local speed_is, speed_text, speed = optional(',"speed":', args[i + 4], 0, 1000)
  local heading_is, heading_text = optional(',"heading":', args[i + 5], 0, 360)
  local battery_is, battery_text = optional(',"battery":', args[i + 6], 0, 1)
  local route_is, route_text = route_of(args[i + 7])
  local text = '{"id":"' .. id .. '","n":' .. n_text .. ',"t":' .. at .. ',"lat":' .. lat_text .. ',"lon":' .. lon_text
    .. speed_is .. speed_text .. heading_is .. heading_text .. battery_is .. battery_text .. route_is .. route_text
    .. '}'
  return { id = id, n = n, t = t, lat = lat, lon = lon, speed = speed, text = text, at = at }
end

-- Readings as JSON, written anew, in the order of their names: wire/readings.ts. What cannot be one was not told.
local function readings_json(told)
  local names = {}
  for name, value in pairs(told) do
    if type(name) == 'string' and #name <= 24 and find(name, '^[a-z][a-z0-9_]*$') and type(value) == 'number'
      and abs(value) <= MOST then names[#names + 1] = name end
  end
  if #names == 0 then return '' end
  table.sort(names)
  local fields = {}
  for i = 1, min(#names, MOST_READINGS) do fields[i] = '"' .. names[i] .. '":' .. json(told[names[i]]) end
  return ',"readings":{' .. join(fields, ',') .. '}'
end

-- Adds to a fix what only some tell: that the device stopped, and what else it measured (a table, or nothing).
local function add_more(fix, parked, readings)
  local more = (parked and ',"parked":true' or '') .. (readings and readings_json(readings) or '')
  if more ~= '' then fix.text = sub(fix.text, 1, -2) .. more .. '}' end
  return fix
end

-- The same for a fix of ten values: `1` where the device stopped, and its readings, a JSON object.
local function whole_fix_of(id, args, i, now)
  local fix, reason = fix_of(id, args, i, now)
  if not fix then return nil, reason end
  local parked, text, readings = args[i + 8], args[i + 9], nil
  if text ~= '' and #text <= READINGS_BYTES then
    local is_json, told = protect(cjson.decode, text)
    readings = is_json and type(told) == 'table' and told or nil
  end
  return add_more(fix, parked == '1', readings)
end

local FIELDS = { 'n', 't', 'lat', 'lon', 'speed', 'heading', 'battery', 'route' }

-- The same for a fix that was JSON: whoever sent it, it is checked again.
local function fix_again(fix, now)
  local args = {}
  for i, field in ipairs(FIELDS) do
    local value = fix[field]
    args[i] = type(value) == 'number' and json(value) or value or ''
    if type(args[i]) ~= 'string' then return nil end
  end
  local again = fix_of(fix.id, args, 1, now)
  return again and add_more(again, fix.parked == true, type(fix.readings) == 'table' and fix.readings)
end

local DOUBTFUL = ',"doubtful":true}'

local function mark_doubtful(fix)
  fix.doubtful, fix.text = true, sub(fix.text, 1, -2) .. DOUBTFUL
end

local FIX = '^{"id":"([^"]*)","n":(%d+),"t":(%d+),"lat":([^,]+),"lon":([^,}]+)()'

-- A fix that this library wrote; nil where there is none.
local function read_fix(text)
  if not text or text == '' then return nil end
  local id, n, t, lat, lon, rest = match(text, FIX)
  return { id = id, n = number_of(n), t = number_of(t), lat = number_of(lat), lon = number_of(lon),
    speed = number_of(match(text, '^,"speed":([^,}]+)', rest)), text = text, at = t,
    doubtful = sub(text, -#DOUBTFUL) == DOUBTFUL }
end

-- Quadkeys by place, since few tiles are busy.
local MOST_QUADKEYS = 10000
local SIZE, PI = 2 ^ ZOOM, 3.141592653589793
local quadkeys, quadkey_count = {}, 0

local function quadkey_of(x, y)
  local digits = {}
  for i = ZOOM, 1, -1 do
    digits[i] = x % 2 + 2 * (y % 2)
    x, y = floor(x / 2), floor(y / 2)
  end
  return join(digits)
end

-- The quadkey of the tile that holds a position: wire/cells.ts `quadkeyOf`.
local function tile_of(lat, lon)
  local phi = lat * PI / 180
  local x = floor((lon + 180) / 360 * SIZE) % SIZE
  local y = floor((1 - log(tan(phi) + 1 / cos(phi)) / PI) / 2 * SIZE)
  y = min(max(y, 0), SIZE - 1)
  local place = x * SIZE + y
  local quadkey = quadkeys[place]
  if quadkey then return quadkey end
  if quadkey_count >= MOST_QUADKEYS then quadkeys, quadkey_count = {}, 0 end
  quadkey = quadkey_of(x, y)
  quadkeys[place], quadkey_count = quadkey, quadkey_count + 1
  return quadkey
end
