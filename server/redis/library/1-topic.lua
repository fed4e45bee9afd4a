-- A topic: its number, its epoch, its log and its channel. All keys of one topic share a slot, and every call is atomic.

local MOST_UPDATES = 1000 -- what a log keeps for replay

-- The life of this process's counters. A Redis that restarted or was promoted starts without one, and so gives every
-- topic a new epoch with its next update: what it forgot can never be mistaken for what it says now.
local life

local function token(now)
  return string.format('%x%05x', now[1], now[2])
end

-- Whether these bytes are UTF-8. What is not would make the frames of every client that hears of it invalid.
local function is_text(bytes)
  if not string.find(bytes, '[\128-\255]') then return true end
  bytes = string.gsub(bytes, '[\194-\223][\128-\191]', 'x')
  bytes = string.gsub(bytes, '\224[\160-\191][\128-\191]', 'x')
  bytes = string.gsub(bytes, '[\225-\236\238\239][\128-\191][\128-\191]', 'x')
  bytes = string.gsub(bytes, '\237[\128-\159][\128-\191]', 'x')
  bytes = string.gsub(bytes, '\240[\144-\191][\128-\191][\128-\191]', 'x')
  bytes = string.gsub(bytes, '[\241-\243][\128-\191][\128-\191][\128-\191]', 'x')
  bytes = string.gsub(bytes, '\244[\128-\143][\128-\191][\128-\191]', 'x')
  return not string.find(bytes, '[\128-\255]')
end

-- What a symbol, a device and a cell may be called: wire/topics.ts `isName`, CELL_PATTERN.
local function is_free_name(id)
  return #id >= 1 and #id <= 64 and not string.find(id, '[%c"\\{}]') and not string.find(id, '^ ')
    and not string.find(id, ' $') and id ~= '.' and id ~= '..' and is_text(id) and not string.find(id, '\194[\128-\159]')
end

local NAMES = {
  s = is_free_name,
  d = is_free_name,
  c = function(id) return #id == 13 and string.find(id, '^[0-3]+$') ~= nil end,
}

local function is_name(kind, id)
  return type(id) == 'string' and NAMES[kind](id)
end

-- The id of the topic of `kind` whose keys these are: its hash, and its parts by name. Nil where they are anything else, which
-- could write beside the slot or into another topic.
local function named(keys, kind, ...)
  local id = string.match(keys[1] or '', '^wf:{' .. kind .. ':(.*)}$')
  if not is_name(kind, id) or #keys ~= select('#', ...) + 1 then return nil end
  for i, part in ipairs({...}) do
    if keys[i + 1] ~= keys[1] .. ':' .. part then return nil end
  end
  return id
end

local function bad_key(keys)
  return redis.error_reply('WFKEY ' .. table.concat(keys, ' ') .. ': not the keys of such a topic')
end

-- Opens a topic whose keys were checked: what `publish` needs to number and send its next update. Answers the topic and the values
-- of further fields of its hash. Writes nothing: what is refused leaves no trace.
local function open(key, ...)
  local now = redis.call('TIME')
  local values = redis.call('HMGET', key, 'epoch', 'life', 'seq', ...)
  life = life or token(now)
  local topic = {
    key = key,
    name = string.sub(key, 5, -2),
    now = now[1] * 1000 + now[2] / 1000,
    seq = tonumber(values[3]) or 0,
    epoch = values[1] or '',
    renewed = not (values[1] and values[2] == life) and token(now),
  }
  return topic, unpack(values, 4)
end

-- Stores the topic's number, and its epoch where a new one begins.
local function number_topic(topic)
  if topic.renewed then
    topic.epoch, topic.renewed = topic.renewed, nil
    redis.call('HSET', topic.key, 'epoch', topic.epoch, 'life', life, 'seq', topic.seq)
  else
    redis.call('HSET', topic.key, 'seq', topic.seq)
  end
end

-- Numbers and sends one update, whose fields `body` are JSON text. State is written by the caller before or after, in the
-- same call. Answers the text that was sent.
local function publish(topic, body)
  topic.seq = topic.seq + 1
  number_topic(topic)
  local text = string.format('{"topic":"%s","epoch":"%s","seq":%d,"at":%.3f,%s}',
    topic.name, topic.epoch, topic.seq, topic.now, body)
  redis.call('@PUBLISH', topic.key, text)
  return text
end

-- Keeps an update for replay, under its number. A log that belongs to another life of the counter starts anew.
local function append(log, most, topic, text)
  local id = string.format('%d-0', topic.seq)
  local reply = redis.pcall('XADD', log, 'MAXLEN', '~', most, id, 'u', text)
  if type(reply) == 'table' and reply.err then
    redis.call('DEL', log)
    redis.call('XADD', log, id, 'u', text)
  end
end

-- The updates after number `after` that a log still holds, as texts; nil where it may have dropped some of them, or holds some
-- of another epoch. An update that does not follow the one before it (what lay between was conflated) says what it follows:
-- `after`. Answers also the last number, and whether anything was conflated before it.
local function replay(log, most, epoch, after)
  local entries = redis.call('XRANGE', log, string.format('%d', after + 1), '+')
  local count = redis.call('XLEN', log)
  if count >= most then
    local first = redis.call('XRANGE', log, '-', '+', 'COUNT', 1)
    if tonumber(string.match(first[1][1], '^%d+')) > after + 1 then return nil end
  end
  local texts, conflated = {}, false
  for i, entry in ipairs(entries) do
    local seq = tonumber(string.match(entry[1], '^%d+'))
    local text = entry[2][2]
    if not string.find(text, '"epoch":"' .. epoch .. '"', 1, true) then return nil end
    if seq ~= after + 1 then
      conflated = true
      text = string.gsub(text, '"seq":%d+', string.format('"seq":%d,"after":%d', seq, after), 1)
    end
    texts[i] = text
    after = seq
  end
  return texts, after, conflated
end

-- What a reader with a cursor needs: nothing, the updates it missed, or the whole state. `whole` answers JSON text, `missed` a list
-- of them (nil where it cannot be told); both are called only when needed.
local function since(values, cursor, missed, whole)
  local now = redis.call('TIME')
  local epoch, seq = values[1] or '', tonumber(values[2]) or 0
  local head = { string.format('%.3f', now[1] * 1000 + now[2] / 1000), epoch, seq }
  local kind, body = 'snapshot', nil
  local from = tonumber(cursor[2])
  if cursor[1] == epoch and from == seq then
    kind, body = 'current', ''
  elseif cursor[1] == epoch and from and from >= 0 and from < seq and missed then
    body = missed(from, seq, head[1])
    if body then kind = 'replay' end
  end
  return { kind, head[1], epoch, seq, body or whole() }
end
