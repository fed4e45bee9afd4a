-- Candles of a symbol: of each minute, and of the day. The folding rule is that of wire/candles.ts.

local DAY, MINUTE = 86400000, 60000
local MOST_CANDLES = 2880 -- two days of minutes
local SPARE_CANDLES = 240 -- so many more, before the oldest hours go: dropping takes a look at all

local function fold(candle, interval, id, t, price, size)
  if not candle then
    return { t = t - t % interval, open = price, high = price, low = price, close = price, volume = size, count = 1,
      first = { t, id }, last = { t, id } }
  end
  if price > candle.high then candle.high = price end
  if price < candle.low then candle.low = price end
  candle.volume = add_decimals(candle.volume, size)
  candle.count = candle.count + 1
  local first, last = candle.first, candle.last
  if newer(first[1], first[2], t, id) then
    candle.open, first[1], first[2] = price, t, id
  end
  if newer(t, id, last[1], last[2]) then
    candle.close, last[1], last[2] = price, t, id
  end
  return candle
end

local function candle_json(c)
  return string.format(
    '{"t":%d,"open":%s,"high":%s,"low":%s,"close":%s,"volume":%s,"count":%d,"first":[%d,%d],"last":[%d,%d]}',
    c.t, json(c.open), json(c.high), json(c.low), json(c.close), json(c.volume), c.count,
    c.first[1], c.first[2], c.last[1], c.last[2])
end

local function previous(state, price, t, id)
  local prev = state.prev
  if not prev or newer(t, id, prev.t, prev.id) then
    state.prev, state.prev_changed = { price = price, t = t, id = id }, true
  end
end

-- One trade into the day's candle, or, where it is of an earlier day, into the previous close.
local function fold_day(state, id, t, price, size)
  local start, day = t - t % DAY, state.day
  if day and start < day.t then return previous(state, price, t, id) end
  if day and start > day.t then
    previous(state, day.close, day.last[1], day.last[2])
    day = nil
  end
  state.day = fold(day, DAY, id, t, price, size)
end

-- Keeps no candle that starts before `since`: what is older from now on is `old`.
local function keep_since(state, since)
  state.since = since
  redis.call('HSET', state.key, 'since', string.format('%d', since))
  local dropped = {}
  for _, start in ipairs(redis.call('HKEYS', state.minutes_key)) do
    if tonumber(start) < since then dropped[#dropped + 1] = start end
  end
  for i = 1, #dropped, 1000 do
    redis.call('HDEL', state.minutes_key, unpack(dropped, i, math.min(i + 999, #dropped)))
  end
  for start in pairs(state.minutes) do
    if start < since then state.minutes[start] = nil end
  end
  forget_before(state.seen, since)
end

-- The starts of all candles, those of this call too, newest first.
local function starts_of(state)
  local starts, stored = {}, {}
  for i, start in ipairs(redis.call('HKEYS', state.minutes_key)) do
    starts[i] = tonumber(start)
    stored[starts[i]] = true
  end
  for start in pairs(state.minutes) do
    if not stored[start] then starts[#starts + 1] = start end
  end
  table.sort(starts, function(a, b) return a > b end)
  return starts
end

-- Makes room for one candle more. Whole hours go, so that a candle of up to an hour is kept with all its minutes or not at all.
local function make_room(state)
  state.count = state.count or redis.call('HLEN', state.minutes_key)
  if state.count >= MOST_CANDLES + SPARE_CANDLES then
    local starts = starts_of(state)
    keep_since(state, starts[MOST_CANDLES] - starts[MOST_CANDLES] % HOUR)
    state.count = MOST_CANDLES
    while starts[state.count + 1] and starts[state.count + 1] >= state.since do state.count = state.count + 1 end
  end
  state.count = state.count + 1
end

-- One trade into the candle of its minute; false where it is older than all that is kept.
local function fold_minute(state, id, t, price, size)
  if t < state.since then return false end
  local start = t - t % MINUTE
  local candle = state.minutes[start] or decode(redis.call('HGET', state.minutes_key, start))
  if not candle then make_room(state) end
  if t < state.since then return false end
  state.minutes[start] = fold(candle, MINUTE, id, t, price, size)
  return true
end
