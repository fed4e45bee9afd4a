-- Symbols: trades and quotes in, late ones too (`take_trade`); state, candles and log.

-- What is wrong with a trade that cannot be taken.
local function wrong_trade(id, t, price, size)
  if not id then return nil, 'id' end
  if not t then return nil, 'time' end
  if not price then return nil, 'price' end
  if not size then return nil, 'size' end
  return nil, 'side'
end

-- One side of a quote, price and size as JSON; null and 0 where both are empty: nobody offers anything. Else nil and
-- what is wrong.
local function side_of(price, size)
  if price == '' and (size == '' or number(size, 0, 0)) then return 'null', '0' end
  local n, text = decimal(price, -MOST, MOST)
  if not n then return nil, 'price' end
  local count, size_text = decimal(size, 0, MOST)
  if not count then return nil, 'size' end
  return text, size_text
end

local function quote_of(args, i, now)
  local t, at = time(args[i + 1], now)
  if not t then return nil, 'time' end
  local bid, bid_size = side_of(args[i + 2], args[i + 3])
  if not bid then return nil, bid_size end
  local ask, ask_size = side_of(args[i + 4], args[i + 5])
  if not ask then return nil, ask_size end
  return t, '{"t":' .. at .. ',"bid":' .. bid .. ',"bidSize":' .. bid_size
    .. ',"ask":' .. ask .. ',"askSize":' .. ask_size .. '}'
end

local SIDES = { [''] = '}', buy = ',"side":"buy"}', sell = ',"side":"sell"}' }

-- Takes a trade: true where it was accepted, false where it was seen before, nil and the reason where it is refused.
-- What was checked goes on as the texts that came.
local function take_trade(symbol, args, i, now)
  local id, id_text = whole(args[i + 1], 1, LARGEST)
  local t, at = time(args[i + 2], now)
  local price, price_text = decimal(args[i + 3], -MOST, MOST)
  local size, size_text = decimal(args[i + 4], 0, MOST)
  local tail = SIDES[args[i + 5]]
  if not (id and t and price and size and tail) then return wrong_trade(id, t, price, size) end
  if is_seen(symbol.seen, id) then return false end
  local last_t = symbol.last_t
  local newest = not last_t or t > last_t or (t == last_t and id > symbol.last_id)
  if not fold_minute(symbol, newest, id, t, price, size, price_text, at, id_text) then return nil, 'old' end
  fold_day(symbol, newest, id, t, price, size, price_text, at, id_text)
  add_seen(symbol.seen, id, t)
  local text = '{"id":' .. id_text .. ',"t":' .. at .. ',"price":' .. price_text .. ',"size":' .. size_text .. tail
  if newest then symbol.last_t, symbol.last_id, symbol.last = t, id, text end
  local trades = symbol.trades
  if trades then trades[#trades + 1] = text else symbol.trades = { text } end
  return true
end

local function take_quote(symbol, args, i, now)
  local t, text = quote_of(args, i, now)
  if not t then return nil, text end
  if text == symbol.quote or (symbol.quote_t and t < symbol.quote_t) then return false end
  symbol.quote, symbol.quote_t, symbol.quoted = text, t, true
  return true
end

-- Writes the candles of this call, none where all were dropped again; the newest of them is remembered.
local function store_minutes(symbol)
  local minutes = symbol.minutes
  local start, newest = first_in(minutes)
  symbol.minute = newest
  if not newest then return end
  if not first_in(minutes, start) then
    return call('HSET', symbol.keys[3], newest.start, candle_json(newest))
  end
  local fields = {}
  for _, candle in pairs(minutes) do
    fields[#fields + 1], fields[#fields + 2] = candle.start, candle_json(candle)
    if candle.t > newest.t then newest = candle end
  end
  call_with('HSET', symbol.keys[3], fields)
  symbol.minute = newest
end

-- The fields that this call changed besides those that any trade changes, each with its value.
local function changed(symbol)
  if symbol.prev_changed and symbol.quoted then return 'prev', symbol.prev, 'quote', symbol.quote end
  if symbol.prev_changed then return 'prev', symbol.prev end
  if symbol.quoted then return 'quote', symbol.quote end
end

local function store(symbol)
  local trades = symbol.trades
  local quote = symbol.quoted and '"quote":' .. symbol.quote
  if not trades then return publish(symbol, quote, changed(symbol)) end
  local body = '"trades":[' .. (#trades == 1 and trades[1] or join(trades, ',')) .. ']'
  if quote then body = body .. ',' .. quote end
  local text = publish(symbol, body, 'last', symbol.last, 'day', candle_json(symbol.day), 'seen',
    seen_text(symbol.seen), changed(symbol))
  append(symbol.keys[2], symbol, text)
  store_minutes(symbol)
end

-- Of a symbol that revision 1 of this library wrote, numbers and candles are taken over.
local function take_over_symbol(symbol)
  local key, minutes_key = symbol.key, symbol.keys[3]
  local old = call('HMGET', key, 'top', 'holes')
  if not old[1] then return end
  seen_before(symbol.seen, old[1], old[2], symbol.last_t)
  local starts = starts_of(symbol)
  if #starts >= MOST_CANDLES then keep_since(symbol, math.ceil(starts[#starts] / HOUR) * HOUR) end
  call('HSET', key, 'seen', seen_text(symbol.seen))
end

local LAST = '^{"id":(%d+),"t":(%d+)'

-- Decodes the state of a symbol.
local function read_symbol(symbol, seen, since, last, quote, day, prev)
  symbol.since = number_of(since) or 0
  symbol.seen = seen_of(symbol.key, seen, symbol.since)
  symbol.last, symbol.quote, symbol.prev = last, quote, prev
  local last_id, last_t = match(last or '', LAST)
  symbol.last_id, symbol.last_t = number_of(last_id), number_of(last_t)
  symbol.quote_t = number_of(match(quote or '', '^{"t":(%d+)'))
  local _, prev_t, prev_id = match(prev or '', PREVIOUS)
  symbol.prev_t, symbol.prev_id = number_of(prev_t), number_of(prev_id)
  symbol.day, symbol.minute = candle_of(day), nil
  if last and not seen then take_over_symbol(symbol) end
end

local function open_symbol(symbol)
  symbol.trades, symbol.minutes, symbol.quoted, symbol.prev_changed, symbol.count = nil, nil, false, false, nil
  local known, seen, since, last, quote, day, prev =
    open(symbol, 'seen', 'since', 'last', 'quote', 'day', 'prev')
  if not known then read_symbol(symbol, seen, since, last, quote, day, prev) end
end

register('wf1_market', WRITES, function(keys, args)
  -- Feeds of revision 1 name no `seen`.
  local symbol = topic_of('s', keys, 4, 3)
  if not symbol then return bad_key(keys) end
  local count = #args
  if count % 6 ~= 0 then return redis.error_reply('WFARG trades and quotes take six values each') end
  if count > 6 * MOST_ITEMS then return too_many(MOST_ITEMS, 'trades and quotes') end
  open_symbol(symbol)
  local now, accepted, repeats, old, refused = symbol.now, 0, 0, 0, nil
  for i = 1, count, 6 do
    local kind, fresh, reason = args[i], nil, nil
    if kind == 'T' then
      fresh, reason = take_trade(symbol, args, i, now)
    elseif kind == 'Q' then
      fresh, reason = take_quote(symbol, args, i, now)
    else
      reason = 'kind'
    end
    if fresh then
      accepted = accepted + 1
    elseif fresh == false then
      repeats = repeats + 1
    else
      if reason == 'old' then old = old + 1 end
      refused = refused or {}
      refused[#refused + 1] = format('%d:%s', (i - 1) / 6, reason)
    end
  end
  if accepted > 0 then store(symbol) end
  settle_seen(symbol)
  close(symbol)
  count_items(accepted, repeats, old, refused)
  return answer({ symbol.seq, symbol.current, accepted, repeats }, refused)
end)
