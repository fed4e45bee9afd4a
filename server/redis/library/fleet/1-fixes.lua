-- Fixes: what is checked of them, what is left out, and the tile of a position.

local MAX_LATITUDE = 85.05112878 -- of the web map's grid
local ROUTE_BYTES = 64
local ZOOM = 13

local PLAIN_ROUTE = '^[%w ._/-]*$'

local function route_json(text)
  if find(text, PLAIN_ROUTE) and #text <= ROUTE_BYTES then return '"' .. text .. '"' end
  text = short(text, ROUTE_BYTES)
  if text == '' or not is_text(text) then return nil end
  return find(text, PLAIN_ROUTE) and '"' .. text .. '"' or cjson.encode(text)
end

-- What a device need not tell, as JSON. What cannot be (a speed of -1, say) was not told: the position is good all the
-- same.
local function extras_of(args, i, speed_text)
  local extras = speed_text and ',"speed":' .. speed_text or ''
  local heading, battery, route = args[i + 5], args[i + 6], args[i + 7]
  if heading ~= '' then
    local told, text = decimal(heading, 0, 360)
    if told then extras = extras .. ',"heading":' .. text end
  end
  if battery ~= '' then
    local told, text = decimal(battery, 0, 1)
    if told then extras = extras .. ',"battery":' .. text end
  end
  if route ~= '' then
    local text = route_json(route)
    if text then extras = extras .. ',"route":' .. text end
  end
  return extras
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
  local speed, speed_text
  if args[i + 4] ~= '' then speed, speed_text = decimal(args[i + 4], 0, 1000) end
  local text = '{"id":"' .. id .. '","n":' .. n_text .. ',"t":' .. at .. ',"lat":' .. lat_text .. ',"lon":' .. lon_text
    .. extras_of(args, i, speed_text) .. '}'
  return { n = n, t = t, lat = lat, lon = lon, speed = speed, text = text, at = at, doubtful = false }
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
  return fix_of(fix.id, args, 1, now)
end

local DOUBTFUL = ',"doubtful":true}'

local function mark_doubtful(fix)
  fix.doubtful, fix.text = true, sub(fix.text, 1, -2) .. DOUBTFUL
end

local FIX = '^{"id":"[^"]*","n":(%d+),"t":(%d+),"lat":([^,]+),"lon":([^,}]+)()'

-- A fix that this library wrote; nil where there is none.
local function read_fix(text)
  if not text or text == '' then return nil end
  local n, t, lat, lon, rest = match(text, FIX)
  return { n = number_of(n), t = number_of(t), lat = number_of(lat), lon = number_of(lon),
    speed = number_of(match(text, '^,"speed":([^,}]+)', rest)), text = text, at = t,
    doubtful = sub(text, -#DOUBTFUL) == DOUBTFUL }
end

-- Quadkeys by place, since few tiles are busy.
local MOST_QUADKEYS = 10000
local SIZE = 2 ^ ZOOM
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
  local phi = lat * math.pi / 180
  local x = floor((lon + 180) / 360 * SIZE) % SIZE
  local y = floor((1 - math.log(math.tan(phi) + 1 / cos(phi)) / math.pi) / 2 * SIZE)
  y = min(max(y, 0), SIZE - 1)
  local place = x * SIZE + y
  local quadkey = quadkeys[place]
  if quadkey then return quadkey end
  if quadkey_count >= MOST_QUADKEYS then quadkeys, quadkey_count = {}, 0 end
  quadkey = quadkey_of(x, y)
  quadkeys[place], quadkey_count = quadkey, quadkey_count + 1
  return quadkey
end
