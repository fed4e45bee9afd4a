-- Candles of a symbol: of each minute, and of the day. The folding rule is that of wire/candles.ts.

local DAY, MINUTE = 86400000, 60000
local MOST_CANDLES = 2880 -- two days of minutes
local SPARE_CANDLES = 240 -- so many more, before the oldest hours go: dropping takes a look at all

-- A candle as it is kept in memory: numbers to reckon with, and texts that go into its JSON as they are. `head` and
-- `first` are all that stands before the highest price and between the count and the last trade: they seldom change.

local CANDLE = '^({"t":(%d+),"open":[^,]+,"high":)([^,]+),"low":([^,]+),"close":([^,]+),"volume":([^,]+),"count":(%d+)'
  .. '(,"first":%[(%d+),(%d+)%],"last":%[)(%d+),(%d+)%]}$'

local function candle_of(text)
  if not text then return nil end
  local head, start, high, low, close, volume, count, first, first_t, first_id, last_at, last_n = match(text, CANDLE)
  return { t = number_of(start), start = start, head = head, close = close,
    high = number_of(high), high_text = high, low = number_of(low), low_text = low,
    volume = number_of(volume), count = number_of(count), first = first, first_t = number_of(first_t),
    first_id = number_of(first_id), last_t = number_of(last_at), last_at = last_at, last_n = last_n }
end

local function candle_json(c)
  return c.head .. c.high_text .. ',"low":' .. c.low_text .. ',"close":' .. c.close .. ',"volume":' .. json(c.volume)
    .. ',"count":' .. format('%d', c.count) .. c.first .. c.last_at .. ',' .. c.last_n .. ']}'
end

local function head_of(start, text)
  return '{"t":' .. start .. ',"open":' .. text .. ',"high":'
end

local function first_of(at, n)
  return ',"first":[' .. at .. ',' .. n .. '],"last":['
end

-- A candle of one trade; `text` is its price, `at` and `n` are the texts of its time and its number.
local function new_candle(start, id, t, price, size, text, at, n)
  local name = format('%d', start)
  return { t = start, start = name, head = head_of(name, text), close = text,
    high = price, high_text = text, low = price, low_text = text, volume = size, count = 1,
    first = first_of(at, n), first_t = t, first_id = id, last_t = t, last_at = at, last_n = n }
end

-- The sum of two decimal numbers as people reckon it: ten times 0.1 is 1 (wire/candles.ts `addDecimals`).
local function add_decimals(a, b)
  local sum = a + b
  return sum % 1 == 0 and sum or number_of(format('%.15g', sum))
end

-- One trade into a candle. `newest`: it is known to be newer than all others.
local function fold(c, newest, id, t, price, size, text, at, n)
  if price > c.high then
    c.high, c.high_text = price, text
  elseif price < c.low then
    c.low, c.low_text = price, text
  end
  c.volume, c.count = add_decimals(c.volume, size), c.count + 1
  if newest or newer(t, id, c.last_t, number_of(c.last_n)) then
    c.close, c.last_t, c.last_at, c.last_n = text, t, at, n
  elseif newer(c.first_t, c.first_id, t, id) then
    c.head, c.first, c.first_t, c.first_id = head_of(c.start, text), first_of(at, n), t, id
  end
end

local PREVIOUS = '^{"price":([^,]+),"t":(%d+),"id":(%d+)}$'

local function previous(symbol, t, id, text)
  if not symbol.prev or newer(t, id, symbol.prev_t, symbol.prev_id) then
    symbol.prev, symbol.prev_t, symbol.prev_id = format('{"price":%s,"t":%d,"id":%d}', text, t, id), t, id
    symbol.prev_changed = true
  end
end

-- One trade into the day's candle, or, where it is of an earlier day, into the previous close.
local function fold_day(symbol, newest, id, t, price, size, text, at, n)
  local start, day = t - t % DAY, symbol.day
  if day and start == day.t then return fold(day, newest, id, t, price, size, text, at, n) end
  if day and start < day.t then return previous(symbol, t, id, text) end
  if day then previous(symbol, day.last_t, number_of(day.last_n), day.close) end
  symbol.day = new_candle(start, id, t, price, size, text, at, n)
end

-- Keeps no candle that starts before `since`: what is older from now on is `old`.
local function keep_since(symbol, since)
  symbol.since = since
  call('HSET', symbol.key, 'since', format('%d', since))
  local dropped = {}
  for _, start in ipairs(call('HKEYS', symbol.keys[3])) do
    if number_of(start) < since then dropped[#dropped + 1] = start end
  end
  call_with('HDEL', symbol.keys[3], dropped)
  for start in pairs(symbol.minutes or {}) do
    if start < since then symbol.minutes[start] = nil end
  end
  if symbol.minute and symbol.minute.t < since then symbol.minute = nil end
  forget_before(symbol.seen, since)
end

-- The starts of all candles, those of this call too, newest first.
local function starts_of(symbol)
  local starts, stored = {}, {}
  for i, start in ipairs(call('HKEYS', symbol.keys[3])) do
    starts[i] = number_of(start)
    stored[starts[i]] = true
  end
  for start in pairs(symbol.minutes or {}) do
    if not stored[start] then starts[#starts + 1] = start end
  end
  table.sort(starts, function(a, b) return a > b end)
  return starts
end

-- Makes room for one candle more. Whole hours go, so that a candle of up to an hour is kept with all its minutes or not
-- at all.
local function make_room(symbol)
  symbol.count = symbol.count or call('HLEN', symbol.keys[3])
  if symbol.count >= MOST_CANDLES + SPARE_CANDLES then
    local starts = starts_of(symbol)
    keep_since(symbol, starts[MOST_CANDLES] - starts[MOST_CANDLES] % HOUR)
    symbol.count = MOST_CANDLES
    while starts[symbol.count + 1] and starts[symbol.count + 1] >= symbol.since do symbol.count = symbol.count + 1 end
  end
  symbol.count = symbol.count + 1
end

-- The candle of a minute that this call has not touched yet, as it is stored.
local function stored_minute(symbol, start)
  local newest = symbol.minute
  if newest and newest.t == start then return newest end
  return candle_of(call('HGET', symbol.keys[3], start))
end

-- One trade into the candle of its minute; false where it is older than all that is kept.
local function fold_minute(symbol, newest, id, t, price, size, text, at, n)
  if t < symbol.since then return false end
  local start, minutes = t - t % MINUTE, symbol.minutes
  local candle = minutes and minutes[start] or stored_minute(symbol, start)
  if candle then
    fold(candle, newest, id, t, price, size, text, at, n)
  else
    make_room(symbol)
    if t < symbol.since then return false end
    candle = new_candle(start, id, t, price, size, text, at, n)
  end
  if minutes then minutes[start] = candle else symbol.minutes = { [start] = candle } end
  return true
end
