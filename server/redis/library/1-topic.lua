-- A topic: its number, its epoch, its log and its channel. All keys of one topic share a slot, and every call is atomic.

-- The life of this process's counters. A Redis that restarted or was promoted starts without one, and so gives every
-- topic a new epoch with its next update: what it forgot can never be mistaken for what it says now.
local life

local function token(now)
  return string.format('%x%05x', now[1], now[2])
end

-- Reads fields of a topic's hash, and opens the topic: what `publish` needs to number and send its next update.
-- Answers the topic and the fields' values; refuses keys that are no topic of `kind`.
local function open(key, kind, ...)
  local name = string.match(key, '^wf:{(' .. kind .. ':[A-Za-z0-9._-]+)}$')
  if not name then return nil end
  local now = redis.call('TIME')
  local values = redis.call('HMGET', key, 'epoch', 'life', 'seq', ...)
  life = life or token(now)
  local topic = {
    key = key,
    name = name,
    now = now[1] * 1000 + now[2] / 1000,
    seq = tonumber(values[3]) or 0,
    epoch = values[1],
  }
  if not values[1] or values[2] ~= life then
    topic.epoch = token(now)
    redis.call('HSET', key, 'epoch', topic.epoch, 'life', life, 'seq', topic.seq)
  end
  return topic, unpack(values, 4)
end

local function bad_key(key)
  return redis.error_reply('WFKEY ' .. key .. ' is not the key of such a topic')
end

-- The keys of one topic: its hash, and its parts by name. Anything else could write beside the slot or the topic.
local function belong(keys, ...)
  for i, part in ipairs({...}) do
    if keys[i + 1] ~= keys[1] .. ':' .. part then return false end
  end
  return #keys == select('#', ...) + 1
end

-- Numbers and sends one update, whose fields `body` are JSON text. State is written by the caller before or after, in the
-- same call. Answers the text that was sent.
local function publish(topic, body)
  topic.seq = topic.seq + 1
  redis.call('HSET', topic.key, 'seq', topic.seq)
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

-- The updates after number `after` that a log still holds, as texts; nil where it may have dropped some of them.
-- An update that does not follow the one before it (what lay between was conflated) says what it follows: `after`.
local function replay(log, most, topic_seq, after)
  local entries = redis.call('XRANGE', log, string.format('%d', after + 1), '+')
  local count = redis.call('XLEN', log)
  if count >= most then
    local first = redis.call('XRANGE', log, '-', '+', 'COUNT', 1)
    if tonumber(string.match(first[1][1], '^%d+')) > after + 1 then return nil end
  end
  local texts = {}
  for i, entry in ipairs(entries) do
    local seq = tonumber(string.match(entry[1], '^%d+'))
    local text = entry[2][2]
    if seq ~= after + 1 then
      text = string.gsub(text, '"seq":%d+', string.format('"seq":%d,"after":%d', seq, after), 1)
    end
    texts[i] = text
    after = seq
  end
  return texts, after
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
