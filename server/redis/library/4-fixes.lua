-- Fixes: what is checked of them, what is left out, and the cell of a position.

local MAX_LATITUDE = 85.05112878 -- of the web map's grid and of Redis GEO
local ROUTE_BYTES = 64
local ZOOM = 13

-- A value that a device need not tell. What cannot be (a speed of -1, say) was not told: the position is good all the same.
local function optional(text, low, high)
  return text ~= '' and number(text, low, high) or nil
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
  fix.speed = optional(args[i + 4], 0, 1000)
  fix.heading = optional(args[i + 5], 0, 360)
  fix.battery = optional(args[i + 6], 0, 1)
  local route = short(args[i + 7], ROUTE_BYTES)
  if route ~= '' and is_text(route) then fix.route = route end
  return fix
end

local function fix_json(fix)
  local parts = { string.format('{"id":"%s","n":%d,"t":%d,"lat":%s,"lon":%s', fix.id, fix.n, fix.t, json(fix.lat),
    json(fix.lon)) }
  for _, field in ipairs({ 'speed', 'heading', 'battery' }) do
    if fix[field] then parts[#parts + 1] = string.format(',"%s":%s', field, json(fix[field])) end
  end
  if fix.route then
    local plain = string.find(fix.route, '^[%w ._/-]*$')
    parts[#parts + 1] = ',"route":' .. (plain and '"' .. fix.route .. '"' or cjson.encode(fix.route))
  end
  if fix.doubtful then parts[#parts + 1] = ',"doubtful":true' end
  return table.concat(parts) .. '}'
end

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
