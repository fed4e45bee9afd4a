-- Ranges of numbers, each with the hour of its newest item, and their text.
--
-- As text (MessagePack): low, high and hour of the last range, a base for hours, and the newest hour of all; then, from
-- the first range on, of each other range its length less one, its hour less the base, and the way from its end to the
-- next one's start.

local HOUR = 3600000
local MOST_RANGES = 128

local function decode_ranges(text)
  local flat = { cmsgpack.unpack(text) }
  local at, base = flat[1], flat[4]
  for i = 6, #flat, 3 do at = at - flat[i] - flat[i + 2] end
  local ranges = { low = {}, high = {}, hour = {} }
  local count = 0
  for i = 6, #flat, 3 do
    count = count + 1
    ranges.low[count], ranges.high[count], ranges.hour[count] = at, at + flat[i], base + flat[i + 1]
    at = at + flat[i] + flat[i + 2]
  end
  ranges.low[count + 1], ranges.high[count + 1], ranges.hour[count + 1] = flat[1], flat[2], flat[3]
  return ranges
end

local function encode_ranges(ranges, from, to)
  local low, high, hour = ranges.low, ranges.high, ranges.hour
  local base, latest = hour[to], hour[to]
  local flat = {}
  for i = from, to - 1 do
    flat[#flat + 1], flat[#flat + 2], flat[#flat + 3] = high[i] - low[i], hour[i] - base, low[i + 1] - high[i]
    if hour[i] > latest then latest = hour[i] end
  end
  return pack(low[to], high[to], hour[to], base, latest, spread(flat))
end

-- The last range that starts at n or below it; 0 where there is none.
local function range_at(ranges, n)
  local low = ranges.low
  local first, last = 0, #low
  while first < last do
    local middle = math.ceil((first + last) / 2)
    if low[middle] <= n then first = middle else last = middle - 1 end
  end
  return first
end

local function insert_number(ranges, i, n, hour)
  local follows = i > 0 and ranges.high[i] == n - 1
  local leads = ranges.low[i + 1] == n + 1
  if follows and leads then
    ranges.high[i] = table.remove(ranges.high, i + 1)
    ranges.hour[i] = math.max(ranges.hour[i], table.remove(ranges.hour, i + 1))
    table.remove(ranges.low, i + 1)
  elseif follows then
    ranges.high[i] = n
  elseif leads then
    i = i + 1
    ranges.low[i] = n
  else
    i = i + 1
    table.insert(ranges.low, i, n)
    table.insert(ranges.high, i, n)
    table.insert(ranges.hour, i, hour)
  end
  ranges.hour[i] = math.max(ranges.hour[i], hour)
end

-- Drops the ranges whose items are all older than `hour`; the last one stays where `keep_last`.
local function forget_ranges(ranges, hour, keep_last)
  local kept = { low = {}, high = {}, hour = {}, text = ranges.text }
  for i = 1, #ranges.low do
    if ranges.hour[i] >= hour or (keep_last and i == #ranges.low) then
      local place = #kept.low + 1
      kept.low[place], kept.high[place], kept.hour[place] = ranges.low[i], ranges.high[i], ranges.hour[i]
    end
  end
  return kept
end
