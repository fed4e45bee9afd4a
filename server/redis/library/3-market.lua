-- Symbols: trades and quotes in; state, candles and log.

-- Checks one trade; answers its values, or the reason it is refused.
local function trade_of(args, i, now)
  local id = whole(args[i + 1], 1, LARGEST)
  if not id then return nil, 'id' end
  local t = time(args[i + 2], now)
  if not t then return nil, 'time' end
  local price = number(args[i + 3], -MOST, MOST)
  if not price then return nil, 'price' end
  local size = number(args[i + 4], 0, MOST)
  if not size then return nil, 'size' end
  local side = args[i + 5]
  if side ~= '' and side ~= 'buy' and side ~= 'sell' then return nil, 'side' end
  return id, t, price, size, side
end

-- One side of a quote, price and size as JSON; null and 0 where both are empty: nobody offers anything. Else nil and what is wrong.
local function side_of(price, size)
  if price == '' and (size == '' or number(size, 0, 0)) then return 'null', '0' end
  price, size = number(price, -MOST, MOST), number(size, 0, MOST)
  if not price then return nil, 'price' end
  if not size then return nil, 'size' end
  return json(price), json(size)
end

local function quote_of(args, i, now)
  local t = time(args[i + 1], now)
  if not t then return nil, 'time' end
  local bid, bid_size = side_of(args[i + 2], args[i + 3])
  if not bid then return nil, bid_size end
  local ask, ask_size = side_of(args[i + 4], args[i + 5])
  if not ask then return nil, ask_size end
  return t, string.format('{"t":%d,"bid":%s,"bidSize":%s,"ask":%s,"askSize":%s}', t, bid, bid_size, ask, ask_size)
end

local function trade_json(id, t, price, size, side)
  local tail = side == '' and '}' or ',"side":"' .. side .. '"}'
  return string.format('{"id":%d,"t":%d,"price":%s,"size":%s', id, t, json(price), json(size)) .. tail
end

-- Takes one trade that was not seen before; false where it is older than all that is kept.
local function take_trade(state, id, t, price, size, side)
  if not fold_minute(state, id, t, price, size) then return false end
  add_seen(state.seen, id, t)
  local text = trade_json(id, t, price, size, side)
  state.trades[#state.trades + 1] = text
  if not state.last_t or newer(t, id, state.last_t, state.last_id) then
    state.last_t, state.last_id, state.last = t, id, text
  end
  fold_day(state, id, t, price, size)
  return true
end

local function take_quote(state, t, text)
  if text == state.quote or (state.quote_t and t < state.quote_t) then return false end
  state.quote, state.quote_t, state.quoted = text, t, true
  return true
end

local function store(topic, state, log)
  local parts = {}
  if #state.trades > 0 then parts[1] = '"trades":[' .. table.concat(state.trades, ',') .. ']' end
  if state.quoted then parts[#parts + 1] = '"quote":' .. state.quote end
  local fields = {}
  if state.quoted then fields = { 'quote', state.quote } end
  if #state.trades > 0 then
    local more = { 'last', state.last, 'day', candle_json(state.day), 'seen', seen_text(state.seen) }
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
      redis.call('HSET', state.minutes_key, unpack(candles))
      candles = {}
    end
  end
  if #candles > 0 then redis.call('HSET', state.minutes_key, unpack(candles)) end
end

-- What a call needs to know of a symbol. Of one that revision 1 of this library wrote, numbers and candles are taken over.
local function state_of(key, minutes_key, seen, since, last, quote, day, prev)
  local before, stored_quote = decode(last), decode(quote)
  local state = { seen = seen_of(key, seen, tonumber(since)), since = tonumber(since) or 0, last = last,
    last_t = before and before.t, last_id = before and before.id, quote = quote,
    quote_t = stored_quote and stored_quote.t, day = decode(day), prev = decode(prev), trades = {}, minutes = {},
    key = key, minutes_key = minutes_key }
  if seen or not before then return state end
  local old = redis.call('HMGET', key, 'top', 'holes')
  if old[1] then
    seen_before(state.seen, old[1], old[2], before.t)
    local starts = starts_of(state)
    if #starts >= MOST_CANDLES then keep_since(state, math.ceil(starts[#starts] / HOUR) * HOUR) end
    redis.call('HSET', key, 'seen', seen_text(state.seen))
  end
  return state
end

redis.register_function('wf1_market', function(keys, args)
  -- Feeds of revision 1 name no `seen`.
  if not (named(keys, 's', 'log', '1m', 'seen') or named(keys, 's', 'log', '1m')) then return bad_key(keys) end
  if #args % 6 ~= 0 then return redis.error_reply('WFARG trades and quotes take six values each') end
  local topic, seen, since, last, quote, day, prev = open(keys[1], 'seen', 'since', 'last', 'quote', 'day', 'prev')
  local state = state_of(keys[1], keys[3], seen, since, last, quote, day, prev)
  local refused, accepted, repeats, old = {}, 0, 0, 0
  for i = 1, #args, 6 do
    local fresh, reason
    if args[i] == 'T' then
      local id, t, price, size, side = trade_of(args, i, topic.now)
      if not id then
        reason = t
      elseif not is_seen(state.seen, id) then
        fresh = take_trade(state, id, t, price, size, side)
        if not fresh then reason, old = 'old', old + 1 end
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
  if accepted > 0 then store(topic, state, keys[2]) end
  count_items(accepted, repeats, old, #refused)
  return answer({ topic.seq, topic.epoch, accepted, repeats }, refused)
end)
