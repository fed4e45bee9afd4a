-- A topic: its number, its epoch (a new one begins here after a restart or a failover), its log and its channel. All
-- keys of one topic share a slot, and every call is atomic.

local MOST_UPDATES = 1000 -- what a log keeps for replay
local TRIMMED_EACH = 32 -- so many updates are added to a log before it is cut to that

-- The life of this process's counters. A Redis that restarted or was promoted starts without one, and so gives every
-- topic a new epoch with its next update: what it forgot can never be mistaken for what it says now.
local life

local function token(now)
  return format('%x%05x', now[1], now[2])
end

-- Whether these bytes are UTF-8. What is not would make the frames of every client that hears of it invalid.
local function is_text(bytes)
  if not find(bytes, '[\128-\255]') then return true end
  bytes = string.gsub(bytes, '[\194-\223][\128-\191]', 'x')
  bytes = string.gsub(bytes, '\224[\160-\191][\128-\191]', 'x')
  bytes = string.gsub(bytes, '[\225-\236\238\239][\128-\191][\128-\191]', 'x')
  bytes = string.gsub(bytes, '\237[\128-\159][\128-\191]', 'x')
  bytes = string.gsub(bytes, '\240[\144-\191][\128-\191][\128-\191]', 'x')
  bytes = string.gsub(bytes, '[\241-\243][\128-\191][\128-\191][\128-\191]', 'x')
  bytes = string.gsub(bytes, '\244[\128-\143][\128-\191][\128-\191]', 'x')
  return not find(bytes, '[\128-\255]')
end

-- The kinds of topics, as wire/kinds describes them: the pieces of their ids (none: any name), and the parts that the
-- keys of a call name after the topic's own, in their order.
local KINDS = @KINDS

-- Whether an id is a name: wire/topics.ts `isName`.
local function is_free_name(id)
  if #id <= 64 and find(id, '^%w[%w_-]*$') then return true end
  return #id >= 1 and #id <= 64 and not find(id, '[%c"\\{}]') and not find(id, '^ ')
    and not find(id, ' $') and id ~= '.' and id ~= '..' and is_text(id) and not find(id, '\194[\128-\159]')
end

-- Whether an id is made of pieces: of each, at least so many letters and as many as it may have.
local function is_made_of(pieces, id)
  local at = 1
  for _, piece in ipairs(pieces) do
    local _, last = find(id, piece.letters, at)
    local count = min(last - at + 1, piece.most)
    if count < piece.least then return false end
    at = at + count
  end
  return at == #id + 1
end

local function is_name(kind, id)
  if type(id) ~= 'string' then return false end
  local pieces = KINDS[kind].pieces
  if pieces then return is_made_of(pieces, id) end
  return is_free_name(id)
end

local function new_topic(kind, key)
  local id = match(key, '^wf:{' .. kind .. ':(.*)}$')
  if not is_name(kind, id) then return nil end
  local keys = { key }
  for i, part in ipairs(KINDS[kind].parts) do keys[i + 1] = key .. ':' .. part end
  return { kind = kind, id = id, key = key, name = kind .. ':' .. id, keys = keys }
end

-- The topic of `kind` whose keys these are, `most` or `least` of them, as it is remembered. Nil where they are anything
-- else, which could write beside the slot or into another topic.
local function topic_of(kind, keys, most, least)
  local key, count = keys[1] or '', #keys
  local topic = recall(key) or new_topic(kind, key)
  if not topic or topic.kind ~= kind or (count ~= most and count ~= least) then return nil end
  local own = topic.keys
  for i = 2, count do
    if keys[i] ~= own[i] then return nil end
  end
  return topic
end

local function bad_key(keys)
  local named = sub(join(keys, ' ', 1, min(#keys, 5)), 1, 500)
  return redis.error_reply('WFKEY ' .. named .. ': not the keys of such a topic')
end

-- Reads the topic's number and epoch, and the values of further fields of its hash, which it returns.
local function read_topic(topic, now, ...)
  local values = call('HMGET', topic.key, 'epoch', 'life', 'seq', ...)
  life = life or token(now)
  topic.seq = number_of(values[3]) or 0
  topic.current, topic.number = values[1] or '', values[3]
  topic.renewed = not (values[1] and values[2] == life) and token(now)
  return spread(values, 4, #values)
end

-- Texts of three digits, by number: 0 is '000'.
local three_digits = {}
for n = 0, 999 do three_digits[n] = (n < 10 and '00' or n < 100 and '0' or '') .. n end

-- The second in which the last call began, as Redis said it, and in Unix ms.
local last_seconds, last_ms

-- Tells the topic when this call began, in Unix ms: `now`, and `at` as text, to the microsecond. Returns what Redis said.
local function tell_time(topic)
  local now = call('TIME')
  local seconds, micros = now[1], now[2] + 0
  local rest = micros % 1000
  if seconds ~= last_seconds then last_seconds, last_ms = seconds, seconds * 1000 end
  topic.now = last_ms + micros / 1000
  topic.at = seconds .. three_digits[(micros - rest) / 1000] .. '.' .. three_digits[rest]
  return now
end

-- Begins a call that may write the topic. Returns true where all that is remembered of it holds; else false and the
-- values of further fields of its hash. Writes nothing: what is refused leaves no trace. From here on nothing that is
-- remembered holds until `close`: a call that fails half-way leaves the topic unknown.
local function open(topic, ...)
  local now = tell_time(topic)
  local known = topic.known
  if known then
    topic.known = nil
    local values = call('HMGET', topic.key, 'epoch', 'seq')
    if values[1] == topic.current and values[2] == known then return true end
  end
  return false, read_topic(topic, now, ...)
end

-- Ends a call after which what is remembered of the topic is what Redis holds.
local function close(topic)
  if topic.renewed then return end
  topic.known = topic.number
  remember(topic)
end

-- Stores the topic's number, its epoch where a new one begins, and names and values of further fields, all in one go.
local function number_topic(topic, ...)
  local number = format('%d', topic.seq)
  topic.number = number
  if not topic.renewed then return call('HSET', topic.key, 'seq', number, ...) end
  topic.current, topic.renewed = topic.renewed, nil
  call('HSET', topic.key, 'epoch', topic.current, 'life', life, 'seq', number, ...)
end

-- Numbers and sends one update, whose fields `body` are JSON text, and stores names and values of further fields of the
-- topic's hash. Returns the text that was sent.
local function publish(topic, body, ...)
  topic.seq = topic.seq + 1
  number_topic(topic, ...)
  local text = '{"topic":"' .. topic.name .. '","epoch":"' .. topic.current .. '","seq":' .. topic.number
    .. ',"at":' .. topic.at .. ',' .. body .. '}'
  call('@PUBLISH', topic.key, text)
  return text
end

-- Keeps an update for replay, under its number; one in so many cuts the log to what it is to keep. A log that belongs
-- to another life of the counter starts anew; true where it did.
local function append(log, topic, text)
  local id, reply = topic.number .. '-0', nil
  local untrimmed = topic.untrimmed or TRIMMED_EACH
  if untrimmed < TRIMMED_EACH then
    reply = attempt('XADD', log, id, 'u', text)
  else
    reply, untrimmed = attempt('XADD', log, 'MAXLEN', '~', MOST_UPDATES, id, 'u', text), 0
  end
  topic.untrimmed = untrimmed + 1
  if reply == id then return false end
  call('DEL', log)
  call('XADD', log, id, 'u', text)
  return true
end

-- The updates after number `after` that a log still holds, as texts; nil where it may have dropped some of them, or
-- holds some of another epoch. An update that does not follow the one before it (what lay between was conflated) says
-- what it follows: `after`. Returns also the last number, and whether anything was conflated before it.
local function replay(log, most, epoch, after)
  local entries = call('XRANGE', log, format('%d', after + 1), '+')
  local count = call('XLEN', log)
  if count >= most then
    local first = call('XRANGE', log, '-', '+', 'COUNT', 1)
    if number_of(match(first[1][1], '^%d+')) > after + 1 then return nil end
  end
  local texts, conflated = {}, false
  for i, entry in ipairs(entries) do
    local seq = number_of(match(entry[1], '^%d+'))
    local text = entry[2][2]
    if not find(text, '"epoch":"' .. epoch .. '"', 1, true) then return nil end
    if seq ~= after + 1 then
      conflated = true
      text = string.gsub(text, '"seq":%d+', format('"seq":%d,"after":%d', seq, after), 1)
    end
    texts[i] = text
    after = seq
  end
  return texts, after, conflated
end

-- For `since`: the updates that a log holds which keeps all of them; nil where some are lost.
local function all_missed(log, epoch)
  return function(from, seq)
    local texts, reached, conflated = replay(log, MOST_UPDATES, epoch, from)
    return texts and reached == seq and not conflated and texts or nil
  end
end

-- What a reader with a cursor needs: nothing, the updates it missed, or the whole state. `whole` returns JSON text,
-- `missed` a list of them (nil where it cannot be told); both are called only when needed.
local function since(values, cursor, missed, whole)
  local now = call('TIME')
  local epoch, seq = values[1] or '', number_of(values[2]) or 0
  local head = { format('%.3f', now[1] * 1000 + now[2] / 1000), epoch, seq }
  local kind, body = 'snapshot', nil
  local from = number_of(cursor[2])
  if cursor[1] == epoch and from == seq then
    kind, body = 'current', ''
  elseif cursor[1] == epoch and from and from >= 0 and from < seq and missed then
    body = missed(from, seq, head[1])
    if body then kind = 'replay' end
  end
  return { kind, head[1], epoch, seq, body or whole() }
end
