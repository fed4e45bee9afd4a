-- Symbols: their names and descriptions, and reading them.

local SYMBOLS = 'wf:{symbols}' -- hash: symbol -> name

register('wf1_describe', WRITES, function(keys, args)
  local symbol = topic_of('s', keys, 1, 1)
  if not symbol then return bad_key(keys) end
  local name, described = short(args[1] or '', NAME_BYTES), args[2]
  if not is_text(name) then return redis.error_reply('WFARG a name is UTF-8') end
  if described and not is_description(described) then
    return redis.error_reply('WFARG a description is an object as JSON, at most '
      .. DESCRIPTION_BYTES .. ' bytes of UTF-8')
  end
  symbol.known = nil
  read_topic(symbol, call('TIME'))
  -- Whoever tells the name only leaves the rest as it is.
  if described then
    number_topic(symbol, 'name', name, 'description', described)
  else
    number_topic(symbol, 'name', name)
  end
  return { symbol.seq, symbol.current }
end)

register('wf1_list', WRITES, function(keys, args)
  if keys[1] ~= SYMBOLS or #keys ~= 1 then return bad_key(keys) end
  if not is_name('s', args[1]) then
    return redis.error_reply('WFARG ' .. sub(args[1] or '', 1, 100) .. ' is not a symbol')
  end
  local name = short(args[2] or '', NAME_BYTES)
  if not is_text(name) then return redis.error_reply('WFARG a name is UTF-8') end
  return call('HSET', SYMBOLS, args[1], name)
end)

-- The description for a snapshot, the name first: nothing where no feed has named the symbol.
local function description_json(name, described)
  if not name then return '' end
  local rest = match(described or '', '^{%s*(.+)$') or '}'
  return ',"description":{"name":' .. cjson.encode(name) .. (rest == '}' and '' or ',') .. rest
end

register('wf1_read_symbol', READS, function(keys, args)
  if #keys < 3 then return bad_key(keys) end
  local h = call('HMGET', keys[1], 'epoch', 'seq', 'last', 'quote', 'day', 'prev', 'name', 'description')
  if not h[1] then return { 'missing' } end
  local function missed(from, seq, at)
    local texts, reached, conflated = replay(keys[2], MOST_UPDATES, h[1], from)
    if not texts then return nil end
    local final = texts[#texts]
    if reached < seq then
      if not h[4] then return nil end
      local name = match(keys[1], '{(.+)}')
      local follows = reached < seq - 1 and format(',"after":%d', reached) or ''
      texts[#texts + 1] = format('{"topic":"%s","epoch":"%s","seq":%d%s,"at":%s,"quote":%s}', name, h[1], seq, follows,
        at, h[4])
    elseif conflated and h[4] and not find(final, '"quote":', 1, true) then
      texts[#texts] = sub(final, 1, -2) .. ',"quote":' .. h[4] .. '}'
    end
    return texts
  end
  return since(h, args, missed, function()
    local last = decode(h[3])
    local candle = last and call('HGET', keys[3], last.t - last.t % MINUTE)
    return format('{"last":%s,"quote":%s,"day":%s,"prev":%s,"candle":%s', h[3] or 'null', h[4] or 'null',
      h[5] or 'null', h[6] or 'null', candle or 'null') .. description_json(h[7], h[8]) .. '}'
  end)
end)
