-- Symbols: trades and quotes in; state, candles and log. The folding rule is that of wire/candles.ts.

local DAY, MINUTE = 86400000, 60000
local MOST_CANDLES = 2880 -- two days of minutes
local MOST_UPDATES = 1000 -- what the log keeps for replay

local function fold(candle, interval, id, t, price, size)
  if not candle then
    return { t = t - t % interval, open = price, high = price, low = price, close = price, volume = size, count = 1,
      first = { t, id }, last = { t, id } }
  end
  if price > candle.high then candle.high = price end
  if price < candle.low then candle.low = price end
  candle.volume = candle.volume + size
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

local function fold_minute(state, minutes, id, t, price, size)
  local start = t - t % MINUTE
  local candle = state.minutes[start]
  if candle == nil then candle = decode(redis.call('HGET', minutes, start)) end
  if not candle then state.opened = true end
  state.minutes[start] = fold(candle, MINUTE, id, t, price, size)
end

-- Checks one trade; answers its values, or the reason it is refused.
local function trade_of(args, i, now)
  local id = whole(args[i + 1], 1, LARGEST)
  if not id then return nil, 'id' end
  local t = time(args[i + 2], now)
  if not t then return nil, 'time' end
  local price = positive(args[i + 3])
  if not price then return nil, 'price' end
  local size = positive(args[i + 4])
  if not size then return nil, 'size' end
  local side = args[i + 5]
  if side ~= '' and side ~= 'buy' and side ~= 'sell' then return nil, 'side' end
  return id, t, price, size, side
end

local function quote_of(args, i, now)
  local t = time(args[i + 1], now)
  if not t then return nil, 'time' end
  local bid, ask = positive(args[i + 2]), positive(args[i + 4])
  if not bid or not ask then return nil, 'price' end
  local bid_size, ask_size = number(args[i + 3], 0, 1e15), number(args[i + 5], 0, 1e15)
  if not bid_size or not ask_size then return nil, 'size' end
  return t, string.format('{"t":%d,"bid":%s,"bidSize":%s,"ask":%s,"askSize":%s}', t, json(bid), json(bid_size), json(ask),
    json(ask_size))
end

local function trade_json(id, t, price, size, side)
  local tail = side == '' and '}' or ',"side":"' .. side .. '"}'
  return string.format('{"id":%d,"t":%d,"price":%s,"size":%s', id, t, json(price), json(size)) .. tail
end

local function take_trade(state, minutes, id, t, price, size, side)
  local text = trade_json(id, t, price, size, side)
  state.trades[#state.trades + 1] = text
  if not state.last_t or newer(t, id, state.last_t, state.last_id) then
    state.last_t, state.last_id, state.last = t, id, text
  end
  fold_day(state, id, t, price, size)
  fold_minute(state, minutes, id, t, price, size)
end

local function take_quote(state, t, text)
  if text == state.quote or (state.quote_t and t < state.quote_t) then return false end
  state.quote, state.quote_t, state.quoted = text, t, true
  return true
end

-- Drops the oldest candles when a new one made them too many.
local function trim(minutes)
  if redis.call('HLEN', minutes) <= MOST_CANDLES then return end
  local starts = redis.call('HKEYS', minutes)
  table.sort(starts, function(a, b) return tonumber(a) > tonumber(b) end)
  for i = MOST_CANDLES + 1, #starts, 1000 do
    redis.call('HDEL', minutes, unpack(starts, i, math.min(i + 999, #starts)))
  end
end

local function store(topic, state, log, minutes)
  local parts = {}
  if #state.trades > 0 then parts[1] = '"trades":[' .. table.concat(state.trades, ',') .. ']' end
  if state.quoted then parts[#parts + 1] = '"quote":' .. state.quote end
  local fields = {}
  if state.quoted then fields = { 'quote', state.quote } end
  if #state.trades > 0 then
    local more = { 'last', state.last, 'day', candle_json(state.day), 'top', string.format('%d', state.seen.top), 'holes',
      holes_text(state.seen) }
    for _, field in ipairs(more) do fields[#fields + 1] = field end
    if state.prev_changed then
      local p = state.prev
      fields[#fields + 1] = 'prev'
      fields[#fields + 1] = string.format('{"price":%s,"t":%d,"id":%d}', json(p.price), p.t, p.id)
    end
  end
  redis.call('HSET', topic.key, unpack(fields))
  local text = publish(topic, table.concat(parts, ','))
  if #state.trades == 0 then return end
  append(log, MOST_UPDATES, topic, text)
  local candles = {}
  for start, candle in pairs(state.minutes) do
    candles[#candles + 1] = string.format('%d', start)
    candles[#candles + 1] = candle_json(candle)
    if #candles == 1000 then
      redis.call('HSET', minutes, unpack(candles))
      candles = {}
    end
  end
  if #candles > 0 then redis.call('HSET', minutes, unpack(candles)) end
  if state.opened then trim(minutes) end
end

redis.register_function('wf1_market', function(keys, args)
  if not named(keys, 's', 'log', '1m') then return bad_key(keys) end
  if #args % 6 ~= 0 then return redis.error_reply('WFARG trades and quotes take six values each') end
  local topic, top, holes, last, quote, day, prev = open(keys[1], 'top', 'holes', 'last', 'quote', 'day', 'prev')
  local before, stored_quote = decode(last), decode(quote)
  local state = { seen = seen_of(top, holes), last = last, last_t = before and before.t, last_id = before and before.id,
    quote = quote, quote_t = stored_quote and stored_quote.t, day = decode(day), prev = decode(prev), trades = {},
    minutes = {} }
  local refused, accepted, repeats = {}, 0, 0
  for i = 1, #args, 6 do
    local fresh, reason
    if args[i] == 'T' then
      local id, t, price, size, side = trade_of(args, i, topic.now)
      if not id then
        reason = t
      else
        fresh = note(state.seen, id)
        if fresh then take_trade(state, keys[3], id, t, price, size, side) end
      end
    elseif args[i] == 'Q' then
      local t, text = quote_of(args, i, topic.now)
      if not t then reason = text else fresh = take_quote(state, t, text) end
    else
      reason = 'kind'
    end
    if reason then
      refused[#refused + 1] = string.format('%d:%s', (i - 1) / 6, reason)
    elseif fresh then
      accepted = accepted + 1
    else
      repeats = repeats + 1
    end
  end
  if accepted > 0 then store(topic, state, keys[2], keys[3]) end
  return answer({ topic.seq, topic.epoch, accepted, repeats }, refused)
end)
