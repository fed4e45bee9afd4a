#!lua name=watchfloor1
-- The function library by which feeds write topics and nodes read them (Redis 7.0 and later). Joined by library.ts from
-- the files of this folder, in the order of their names. `@PUBLISH` and `@REVISION` are put in there.

-- What Lua and Redis offer, by local names: a global name costs three look-ups each time. While the library loads none of
-- them can be reached, so the first call fetches them.
local call, attempt, find, match, sub, format, join, spread, number_of, pack, floor, abs, max, min, cos, sqrt

local function fetch_names()
  call, attempt, spread, number_of, pack, join = redis.call, redis.pcall, unpack, tonumber, cmsgpack.pack, table.concat
  find, match, sub, format = string.find, string.match, string.sub, string.format
  floor, abs, max, min, cos, sqrt = math.floor, math.abs, math.max, math.min, math.cos, math.sqrt
end

local function register(name, flags, answer)
  redis.register_function{ function_name = name, flags = flags, callback = function(keys, args)
    if not call then fetch_names() end
    return answer(keys, args)
  end }
end

local MOST_AT_ONCE = 1000 -- values of one command: Lua cannot spread many more

local function call_with(command, key, values)
  for i = 1, #values, MOST_AT_ONCE do
    call(command, key, spread(values, i, min(i + MOST_AT_ONCE - 1, #values)))
  end
end

local WRITES, READS = {}, { 'no-writes' }

register('wf1_revision', READS, function() return @REVISION end)

-- What this process remembers of the topics that were written last, so that a call need not check their keys and decode
-- their state anew. Of each it holds only as long as Redis has the epoch and the number with which the last call left it here:
-- whatever changes a topic's state numbers it. Redis has all of it; what is forgotten here is read again.

local MOST_REMEMBERED = 8192 -- topics written last, and up to as many that were so before: some 4 KB each

local recent, before, remembered = {}, {}, 0

local function recall(key)
  return recent[key] or before[key]
end

local function remember(topic)
  if recent[topic.key] then return end
  if remembered == MOST_REMEMBERED then recent, before, remembered = {}, recent, 0 end
  recent[topic.key], remembered = topic, remembered + 1
end

-- A topic: its number, its epoch, its log and its channel. All keys of one topic share a slot, and every call is atomic.

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

-- What a symbol, a device and a cell may be called: wire/topics.ts `isName`, CELL_PATTERN.
local function is_free_name(id)
  if #id <= 64 and find(id, '^%w[%w_-]*$') then return true end
  return #id >= 1 and #id <= 64 and not find(id, '[%c"\\{}]') and not find(id, '^ ')
    and not find(id, ' $') and id ~= '.' and id ~= '..' and is_text(id) and not find(id, '\194[\128-\159]')
end

local NAMES = {
  s = is_free_name,
  d = is_free_name,
  c = function(id) return #id == 13 and find(id, '^[0-3]+$') ~= nil end,
}

local function is_name(kind, id)
  return type(id) == 'string' and NAMES[kind](id)
end

-- The parts that the keys of a call name after the topic's own, in their order.
local PARTS = { s = { 'log', '1m', 'seen' }, d = { 'track', 'past', 'seen' }, c = { 'geo', 'fix' } }

local function new_topic(kind, key)
  local id = match(key, '^wf:{' .. kind .. ':(.*)}$')
  if not is_name(kind, id) then return nil end
  local keys = { key }
  for i, part in ipairs(PARTS[kind]) do keys[i + 1] = key .. ':' .. part end
  return { kind = kind, id = id, key = key, name = kind .. ':' .. id, keys = keys }
end

-- The topic of `kind` whose keys these are, `most` or `least` of them, as it is remembered. Nil where they are anything else, which
-- could write beside the slot or into another topic.
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
  return redis.error_reply('WFKEY ' .. sub(join(keys, ' ', 1, min(#keys, 5)), 1, 500) .. ': not the keys of such a topic')
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

-- Begins a call that may write the topic. Returns true where all that is remembered of it holds; else false and the values of further
-- fields of its hash. Writes nothing: what is refused leaves no trace. From here on nothing that is remembered holds until
-- `close`: a call that fails half-way leaves the topic unknown.
local function open(topic, ...)
  local now = call('TIME')
  topic.now = now[1] * 1000 + now[2] / 1000
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

-- Stores the topic's number, its epoch where a new one begins, and `fields`, all in one go. These are names and values of its hash, of which
-- the first two are left free for the number; nil for none.
local function number_topic(topic, fields)
  local number = format('%d', topic.seq)
  topic.number = number
  if topic.renewed then
    topic.current, topic.renewed = topic.renewed, nil
    call('HSET', topic.key, 'epoch', topic.current, 'life', life)
  end
  if not fields then return call('HSET', topic.key, 'seq', number) end
  fields[1], fields[2] = 'seq', number
  call('HSET', topic.key, spread(fields))
end

-- Numbers and sends one update, whose fields `body` are JSON text, and stores `fields`. Returns the text that was sent.
local function publish(topic, body, fields)
  topic.seq = topic.seq + 1
  number_topic(topic, fields)
  local text = '{"topic":"' .. topic.name .. '","epoch":"' .. topic.current .. '","seq":' .. topic.number
    .. ',"at":' .. format('%.3f', topic.now) .. ',' .. body .. '}'
  call('@PUBLISH', topic.key, text)
  return text
end

-- Keeps an update for replay, under its number; one in so many cuts the log to what it is to keep. A log that belongs to another life
-- of the counter starts anew; true where it did.
local function append(log, topic, text)
  local id, reply = topic.number .. '-0', nil
  local untrimmed = topic.untrimmed or TRIMMED_EACH
  if untrimmed < TRIMMED_EACH then
    reply = attempt('XADD', log, id, 'u', text)
  else
    reply, untrimmed = attempt('XADD', log, 'MAXLEN', '~', MOST_UPDATES, id, 'u', text), 0
  end
  topic.untrimmed = untrimmed + 1
  if type(reply) == 'string' then return false end
  call('DEL', log)
  call('XADD', log, id, 'u', text)
  return true
end

-- The updates after number `after` that a log still holds, as texts; nil where it may have dropped some of them, or holds some
-- of another epoch. An update that does not follow the one before it (what lay between was conflated) says what it follows:
-- `after`. Answers also the last number, and whether anything was conflated before it.
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

-- What a reader with a cursor needs: nothing, the updates it missed, or the whole state. `whole` answers JSON text, `missed` a list
-- of them (nil where it cannot be told); both are called only when needed.
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

-- What became of all items that feeds sent to this server since it has the library: for the metrics of nodes.

local counted = { accepted = 0, repeats = 0, old = 0, refused = 0 }

-- Counts a call's items: all that were not taken and were no repeats are in `refused`, the old ones too.
local function count_items(accepted, repeats, old, refused)
  counted.accepted = counted.accepted + accepted
  counted.repeats = counted.repeats + repeats
  counted.old = counted.old + old
  counted.refused = counted.refused + refused - old
end

register('wf1_counts', READS, function()
  return { counted.accepted, counted.repeats, counted.old, counted.refused }
end)

-- Ranges of numbers, each with the hour of its newest item, and their text.
--
-- As text (MessagePack): low, high and hour of the last range, a base for hours, and the newest hour of all; then, from the first range
-- on, of each other range its length less one, its hour less the base, and the way from its end to the next one's start.

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

-- Which of the source's numbers a topic has seen: exactly, in whatever order they come, for as long as what they number is kept.
--
-- Numbers are kept as ranges, so a source that numbers 1, 2, 3 costs some 20 bytes however long it runs, one that numbers by time (each
-- number a range of its own) some 10 bytes a number, and one that numbers by chance up to 35. The newest ranges, up to MOST_RANGES, are the
-- field `seen` of the topic's hash: what comes in order touches nothing else. Older ranges are segments of as many, in the sorted set
-- `<key>:seen` by their first number. A range knows the hour of its newest item, and is forgotten once the topic keeps nothing so old; whoever
-- asks has refused as `old` what is older than that, so that nothing is forgotten that could still be taken twice. Segments that number only
-- such items are swept away a few at a time, wherever they stand: whatever writes segments looks at more of them than it wrote, from where
-- the last sweep stopped.

local MOST_BYTES = 1000 -- of the ranges in the hash
local SWEPT = 4 -- segments to look at for each new one
local SWEPT_AT_ONCE = 200 -- at the most, in one call

-- The memory of the topic at `key`, whose field `seen` is `text`; `since`: what is older is not kept (Unix ms).
local function seen_of(key, text, since)
  local seen = { hash = key, key = key .. ':seen', due = 0, text = text, since = floor((since or 0) / HOUR) }
  if not text then return seen end
  local rest
  rest, seen.low, seen.high, seen.hour, seen.base, seen.latest = cmsgpack.unpack_limit(text, 5)
  seen.rest = rest > 0 and sub(text, rest + 1) or ''
  return seen
end

-- Writes ranges as segments of half the most that one may hold, so that there is room in each.
local function add_segments(seen, ranges, to)
  for from = 1, to, MOST_RANGES / 2 do
    local text = encode_ranges(ranges, from, math.min(from + MOST_RANGES / 2 - 1, to))
    call('ZADD', seen.key, format('%d', ranges.low[from]), text)
    seen.due = seen.due + SWEPT
  end
end

-- Writes the open segment back where it was changed.
local function close_segment(seen)
  local ranges = seen.open
  seen.open = nil
  if not ranges or not ranges.changed then return end
  call('ZREM', seen.key, ranges.text)
  seen.due = seen.due + 1
  ranges = forget_ranges(ranges, seen.since)
  local count = #ranges.low
  if count > MOST_RANGES then return add_segments(seen, ranges, count) end
  if count == 0 then return end
  call('ZADD', seen.key, format('%d', ranges.low[1]), encode_ranges(ranges, 1, count))
end

-- The ranges among which n belongs: those of the hash, or a segment, which stays open for the next number.
local function ranges_for(seen, n)
  if not seen.head then
    seen.head = decode_ranges(pack(seen.low, seen.high, seen.hour, seen.base, seen.latest) .. seen.rest)
  end
  if n >= seen.head.low[1] or seen.alone then return seen.head end
  local text = call('ZREVRANGEBYSCORE', seen.key, format('%d', n), '-inf', 'LIMIT', 0, 1)[1]
    or call('ZRANGE', seen.key, 0, 0)[1]
  if not text then
    seen.alone = true
    return seen.head
  end
  if not seen.open or seen.open.text ~= text then
    close_segment(seen)
    seen.open = decode_ranges(text)
    seen.open.text = text
  end
  return seen.open
end

local function is_seen(seen, n)
  if not seen.high or n > seen.high then return false end
  if n >= seen.low then return true end
  local ranges = ranges_for(seen, n)
  local i = range_at(ranges, n)
  return i > 0 and n <= ranges.high[i]
end

-- Moves all ranges of the hash but the last to the sorted set.
local function spill(seen)
  local head = forget_ranges(seen.head, seen.since, true)
  local count = #head.low
  add_segments(seen, head, count - 1)
  seen.alone = false
  seen.head, seen.rest, seen.latest = nil, '', head.hour[count]
  seen.low, seen.high, seen.hour, seen.base = head.low[count], head.high[count], head.hour[count], head.hour[count]
end

local function add_among(seen, n, hour)
  local ranges = ranges_for(seen, n)
  insert_number(ranges, range_at(ranges, n), n, hour)
  ranges.changed = true
  local count = #ranges.low
  if ranges ~= seen.head then
    if count > 2 * MOST_RANGES then close_segment(seen) end
    return
  end
  seen.low, seen.high, seen.hour = ranges.low[count], ranges.high[count], ranges.hour[count]
  if count > MOST_RANGES then spill(seen) end
end

-- Remembers number n, not seen so far, of an item of time t. A number above all others costs nothing more than this.
local function add_seen(seen, n, t)
  local hour = (t - t % HOUR) / HOUR
  local high = seen.high
  if not high then
    seen.low, seen.high, seen.hour, seen.base, seen.latest, seen.rest = n, n, hour, hour, hour, ''
    return
  end
  if seen.head or n < seen.low then return add_among(seen, n, hour) end
  if hour > seen.latest then seen.latest = hour end
  if n == high + 1 then
    seen.high = n
    if hour > seen.hour then seen.hour = hour end
    return
  end
  seen.rest = seen.rest .. pack(high - seen.low, seen.hour - seen.base, n - high)
  seen.low, seen.high, seen.hour = n, n, hour
  if #seen.rest > MOST_BYTES then
    ranges_for(seen, n)
    spill(seen)
  end
end

-- Looks at the next segments, as many as are due, and drops those that number nothing but what is kept no more.
local function sweep(seen)
  local most = math.min(seen.due, SWEPT_AT_ONCE)
  if most == 0 or seen.since == 0 then return end
  local after = call('HGET', seen.hash, 'swept') or '0'
  local found = call('ZRANGE', seen.key, '(' .. after, '+inf', 'BYSCORE', 'LIMIT', 0, most, 'WITHSCORES')
  local gone = {}
  for i = 1, #found, 2 do
    local _, _, _, _, _, latest = cmsgpack.unpack_limit(found[i], 5)
    if latest < seen.since then gone[#gone + 1] = found[i] end
  end
  if #gone > 0 then call('ZREM', seen.key, spread(gone)) end
  local reached = #found == 2 * most and format('%d', found[#found]) or '0'
  if reached ~= after then call('HSET', seen.hash, 'swept', reached) end
end

-- Ends a call's work with the memory where it changed: returns the field `seen`.
local function seen_text(seen)
  close_segment(seen)
  sweep(seen)
  seen.due = 0
  if seen.head then
    local head = forget_ranges(seen.head, seen.since, true)
    seen.text = encode_ranges(head, 1, #head.low)
  else
    seen.text = pack(seen.low, seen.high, seen.hour, seen.base, seen.latest) .. seen.rest
  end
  return seen.text
end

-- Ends a call, whatever it did: what was read beside the newest range is read again by the next.
local function settle_seen(topic)
  local seen = topic.seen
  if seen.head or seen.open or seen.alone then topic.seen = seen_of(topic.key, seen.text, topic.since) end
end

-- Items older than `since` are kept no more: what numbers only such items goes with this sweep and the next ones.
local function forget_before(seen, since)
  seen.since = floor(since / HOUR)
  seen.due = seen.due + SWEPT_AT_ONCE
end

-- What revision 1 of this library remembered: all numbers up to `top` but those in `holes`. One range for each run that was seen.
local function seen_before(seen, top, holes, t)
  local from = 1
  local function run(to)
    if to >= from then
      if seen.high then seen.rest = seen.rest .. pack(seen.high - seen.low, 0, from - seen.high) end
      seen.low, seen.high = from, to
    end
  end
  seen.hour = floor(t / HOUR)
  seen.base, seen.latest, seen.rest = seen.hour, seen.hour, ''
  for low, high in string.gmatch(holes or '', '(%d+)-(%d+)') do
    run(number_of(low) - 1)
    from = number_of(high) + 1
  end
  run(number_of(top))
end

-- Values from outside: numbers, times, and the source's own numbers. Nothing is believed.

local EARLIEST = 946684800000 -- 2000-01-01
local AHEAD = 300000 -- a feed's clock may run five minutes ahead of Redis's
local LARGEST = 9007199254740991

-- Trades and quotes, or fixes, in one call. In the worst order, into a topic with all that is kept of one, so many hold Redis for some 20 ms.
local MOST_ITEMS = 200
local MOST_DIGITS = 40 -- of a number as text

local function too_many(most, what)
  return redis.error_reply('WFARG at most ' .. most .. ' ' .. what .. ' a call: send the rest in another')
end

-- A number as JSON, by the fewest digits that give it back.
local function json(n)
  if n == floor(n) and n > -1e15 and n < 1e15 then return format('%d', n) end
  local text = format('%.15g', n)
  return number_of(text) == n and text or format('%.17g', n)
end

-- A plain decimal number between `low` and `high`, else nil: no hex, no blanks, no NaN or infinity, and none too small to be told from 0.
local function number(text, low, high)
  if not text or #text > MOST_DIGITS or not find(text, '^%-?%d[%d.]*[eE]?[-+]?%d*$') then return nil end
  local n = number_of(text)
  if not n or n < low or n > high then return nil end
  if n == 0 and find(text, '^%-?[0.]*[1-9]') then return nil end
  return n
end

-- A whole number, and its text as JSON.
local function whole(text, low, high)
  if text and #text <= MOST_DIGITS and find(text, '^[1-9]%d*$') then
    local n = number_of(text)
    if n < low or n > high then return nil end
    return n, text
  end
  local n = number(text, low, high)
  if n and n == floor(n) then return n, format('%d', n) end
end

local MOST = 1e15 -- of prices and sizes

local function time(text, now)
  return whole(text, EARLIEST, now + AHEAD)
end

-- Texts of numbers that were checked, by number. Prices and sizes come again and again.
local MOST_TEXTS = 20000
local texts, text_count = {}, 0

-- A number as `number` takes it, and its text as JSON.
local function decimal(text, low, high)
  local n = number_of(text)
  if n and texts[n] == text and n >= low and n <= high then return n, text end
  n = number(text, low, high)
  if not n then return nil end
  local own = json(n)
  if text_count >= MOST_TEXTS then texts, text_count = {}, 0 end
  texts[n], text_count = own, text_count + 1
  return n, own
end

-- The same for numbers that hardly come twice: one that looks as it should goes on as it came.
local function degrees(text, low, high)
  if #text <= 20 and find(text, '^%-?[1-9]%d*%.%d*[1-9]$') then
    local n = number_of(text)
    if n < low or n > high then return nil end
    return n, text
  end
  local n = number(text, low, high)
  return n, n and json(n)
end

local function decode(text)
  return text and text ~= '' and cjson.decode(text) or nil
end

-- An answer: a head of values, and what was refused. `unpack` could not take thousands.
local function answer(head, refused)
  for _, text in ipairs(refused or {}) do head[#head + 1] = text end
  return head
end

-- The first bytes of a text, at most `last`, and no character cut in two.
local function short(name, last)
  if #name <= last then return name end
  while last > 0 and find(sub(name, last + 1, last + 1), '[\128-\191]') do last = last - 1 end
  return sub(name, 1, last)
end

-- Time decides what is newer, then the source's number, whatever order things arrive in.
local function newer(t, n, than_t, than_n)
  return t > than_t or (t == than_t and n > than_n)
end

-- Candles of a symbol: of each minute, and of the day. The folding rule is that of wire/candles.ts.

local DAY, MINUTE = 86400000, 60000
local MOST_CANDLES = 2880 -- two days of minutes
local SPARE_CANDLES = 240 -- so many more, before the oldest hours go: dropping takes a look at all

-- A candle as it is kept in memory: numbers to reckon with, and texts that go into its JSON as they are. `first` and `last`
-- are texts of time and number.

local CANDLE = '^{"t":(%d+),"open":([^,]+),"high":([^,]+),"low":([^,]+),"close":([^,]+),"volume":([^,]+),"count":(%d+),'
  .. '"first":%[((%d+),(%d+))%],"last":%[((%d+),(%d+))%]}$'

local function candle_of(text)
  if not text then return nil end
  local start, open, high, low, close, volume, count, first, first_t, first_id, last, last_t, last_id = match(text, CANDLE)
  return { t = number_of(start), start = start, open = open, close = close, high = number_of(high), high_text = high, low = number_of(low),
    low_text = low, volume = number_of(volume), count = number_of(count), first = first, first_t = number_of(first_t),
    first_id = number_of(first_id), last = last, last_t = number_of(last_t), last_id = number_of(last_id) }
end

local function candle_json(c)
  return '{"t":' .. c.start .. ',"open":' .. c.open .. ',"high":' .. c.high_text .. ',"low":' .. c.low_text .. ',"close":'
    .. c.close .. ',"volume":' .. json(c.volume) .. ',"count":' .. format('%d', c.count) .. ',"first":[' .. c.first .. '],"last":['
    .. c.last .. ']}'
end

local function new_candle(start, id, t, price, size, text, stamp)
  return { t = start, start = format('%d', start), open = text, close = text, high = price, high_text = text, low = price, low_text = text,
    volume = size, count = 1, first = stamp, first_t = t, first_id = id, last = stamp, last_t = t, last_id = id }
end

-- The sum of two decimal numbers as people reckon it: ten times 0.1 is 1 (wire/candles.ts `addDecimals`).
local function add_decimals(a, b)
  local sum = a + b
  return sum == floor(sum) and sum or number_of(format('%.15g', sum))
end

-- One trade into a candle; `text` is its price, `stamp` its time and number.
local function fold(c, id, t, price, size, text, stamp)
  if price > c.high then c.high, c.high_text = price, text end
  if price < c.low then c.low, c.low_text = price, text end
  c.volume, c.count = add_decimals(c.volume, size), c.count + 1
  local last_t, first_t = c.last_t, c.first_t
  if t > last_t or (t == last_t and id > c.last_id) then
    c.close, c.last, c.last_t, c.last_id = text, stamp, t, id
  end
  if t < first_t or (t == first_t and id < c.first_id) then
    c.open, c.first, c.first_t, c.first_id = text, stamp, t, id
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
local function fold_day(symbol, id, t, price, size, text, stamp)
  local start, day = t - t % DAY, symbol.day
  if day and start == day.t then return fold(day, id, t, price, size, text, stamp) end
  if day and start < day.t then return previous(symbol, t, id, text) end
  if day then previous(symbol, day.last_t, day.last_id, day.close) end
  symbol.day = new_candle(start, id, t, price, size, text, stamp)
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
  for start in pairs(symbol.minutes) do
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
  for start in pairs(symbol.minutes) do
    if not stored[start] then starts[#starts + 1] = start end
  end
  table.sort(starts, function(a, b) return a > b end)
  return starts
end

-- Makes room for one candle more. Whole hours go, so that a candle of up to an hour is kept with all its minutes or not at all.
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

-- The candle of a minute that this call writes: in `minutes` by its start.
local function minute_at(symbol, start)
  local newest = symbol.minute
  if newest and newest.t == start then return newest end
  return candle_of(call('HGET', symbol.keys[3], start))
end

-- One trade into the candle of its minute; false where it is older than all that is kept.
local function fold_minute(symbol, id, t, price, size, text, stamp)
  if t < symbol.since then return false end
  local start = t - t % MINUTE
  local candle = symbol.minutes[start]
  if not candle then
    candle = minute_at(symbol, start)
    if not candle then make_room(symbol) end
    if t < symbol.since then return false end
    if not candle then
      symbol.minutes[start] = new_candle(start, id, t, price, size, text, stamp)
      return true
    end
    symbol.minutes[start] = candle
  end
  fold(candle, id, t, price, size, text, stamp)
  return true
end

-- Symbols: trades and quotes in; state, candles and log.

-- What is wrong with a trade that cannot be taken.
local function wrong_trade(id, t, price, size)
  if not id then return nil, 'id' end
  if not t then return nil, 'time' end
  if not price then return nil, 'price' end
  if not size then return nil, 'size' end
  return nil, 'side'
end

-- One side of a quote, price and size as JSON; null and 0 where both are empty: nobody offers anything. Else nil and what is wrong.
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
  return t, '{"t":' .. at .. ',"bid":' .. bid .. ',"bidSize":' .. bid_size .. ',"ask":' .. ask .. ',"askSize":' .. ask_size
    .. '}'
end

local SIDES = { [''] = '}', buy = ',"side":"buy"}', sell = ',"side":"sell"}' }

-- Takes a trade: true where it was accepted, false where it was seen before, nil and the reason where it is refused. What was checked goes
-- on as the texts that came.
local function take_trade(symbol, args, i, now)
  local id, id_text = whole(args[i + 1], 1, LARGEST)
  local t, at = time(args[i + 2], now)
  local price, price_text = decimal(args[i + 3], -MOST, MOST)
  local size, size_text = decimal(args[i + 4], 0, MOST)
  local tail = SIDES[args[i + 5]]
  if not (id and t and price and size and tail) then return wrong_trade(id, t, price, size) end
  if is_seen(symbol.seen, id) then return false end
  local stamp = at .. ',' .. id_text
  if not fold_minute(symbol, id, t, price, size, price_text, stamp) then return nil, 'old' end
  add_seen(symbol.seen, id, t)
  local text = '{"id":' .. id_text .. ',"t":' .. at .. ',"price":' .. price_text .. ',"size":' .. size_text .. tail
  local trades = symbol.trades
  trades[#trades + 1] = text
  local last_t = symbol.last_t
  if not last_t or t > last_t or (t == last_t and id > symbol.last_id) then
    symbol.last_t, symbol.last_id, symbol.last = t, id, text
  end
  fold_day(symbol, id, t, price, size, price_text, stamp)
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
  local start, newest = next(symbol.minutes)
  symbol.minute = newest
  if not newest then return end
  if not next(symbol.minutes, start) then
    return call('HSET', symbol.keys[3], newest.start, candle_json(newest))
  end
  local fields = {}
  for _, candle in pairs(symbol.minutes) do
    fields[#fields + 1], fields[#fields + 2] = candle.start, candle_json(candle)
    if candle.t > newest.t then newest = candle end
  end
  call_with('HSET', symbol.keys[3], fields)
  symbol.minute = newest
end

local function store(symbol)
  local trades = symbol.trades
  local traded = #trades > 0
  local body, fields
  if traded then
    body = '"trades":[' .. (#trades == 1 and trades[1] or join(trades, ',')) .. ']'
    fields = { '', '', 'last', symbol.last, 'day', candle_json(symbol.day), 'seen', seen_text(symbol.seen) }
    if symbol.prev_changed then fields[9], fields[10] = 'prev', symbol.prev end
  else
    fields = { '', '' }
  end
  if symbol.quoted then
    body = (traded and body .. ',' or '') .. '"quote":' .. symbol.quote
    fields[#fields + 1], fields[#fields + 2] = 'quote', symbol.quote
  end
  local text = publish(symbol, body, fields)
  if not traded then return end
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
  symbol.trades, symbol.minutes, symbol.quoted, symbol.prev_changed, symbol.count = {}, {}, false, false, nil
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
  count_items(accepted, repeats, old, refused and #refused or 0)
  return answer({ symbol.seq, symbol.current, accepted, repeats }, refused)
end)

-- Symbols: their names, and reading them.

local NAME_BYTES = 100
local SYMBOLS = 'wf:{symbols}' -- hash: symbol -> name

register('wf1_describe', WRITES, function(keys, args)
  local symbol = topic_of('s', keys, 1, 1)
  if not symbol then return bad_key(keys) end
  local name = short(args[1] or '', NAME_BYTES)
  if not is_text(name) then return redis.error_reply('WFARG a name is UTF-8') end
  symbol.known = nil
  read_topic(symbol, call('TIME'))
  number_topic(symbol, { '', '', 'name', name })
  return { symbol.seq, symbol.current }
end)

register('wf1_list', WRITES, function(keys, args)
  if keys[1] ~= SYMBOLS or #keys ~= 1 then return bad_key(keys) end
  if not is_name('s', args[1]) then return redis.error_reply('WFARG ' .. sub(args[1] or '', 1, 100) .. ' is not a symbol') end
  local name = short(args[2] or '', NAME_BYTES)
  if not is_text(name) then return redis.error_reply('WFARG a name is UTF-8') end
  return call('HSET', SYMBOLS, args[1], name)
end)

register('wf1_read_symbol', READS, function(keys, args)
  if #keys < 3 then return bad_key(keys) end
  local h = call('HMGET', keys[1], 'epoch', 'seq', 'last', 'quote', 'day', 'prev')
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
    return format('{"last":%s,"quote":%s,"day":%s,"prev":%s,"candle":%s}', h[3] or 'null', h[4] or 'null',
      h[5] or 'null', h[6] or 'null', candle or 'null')
  end)
end)

-- Fixes: what is checked of them, what is left out, and the cell of a position.

local MAX_LATITUDE = 85.05112878 -- of the web map's grid
local ROUTE_BYTES = 64
local ZOOM = 13

local PLAIN_ROUTE = '^[%w ._/-]*$'

local function route_json(text)
  if find(text, PLAIN_ROUTE) and #text <= ROUTE_BYTES then return '"' .. text .. '"' end
  text = short(text, ROUTE_BYTES)
  if text == '' or not is_text(text) then return nil end
  return find(text, PLAIN_ROUTE) and '"' .. text .. '"' or cjson.encode(text)
end

-- What a device need not tell, as JSON. What cannot be (a speed of -1, say) was not told: the position is good all the same.
local function extras_of(args, i, speed_text)
  local extras = speed_text and ',"speed":' .. speed_text or ''
  local heading, battery, route = args[i + 5], args[i + 6], args[i + 7]
  if heading ~= '' then
    local told, text = decimal(heading, 0, 360)
    if told then extras = extras .. ',"heading":' .. text end
  end
  if battery ~= '' then
    local told, text = decimal(battery, 0, 1)
    if told then extras = extras .. ',"battery":' .. text end
  end
  if route ~= '' then
    local text = route_json(route)
    if text then extras = extras .. ',"route":' .. text end
  end
  return extras
end

-- Checks one fix of eight values; returns it, or nil and the reason it is refused. What was checked goes on as the texts that came.
local function fix_of(id, args, i, now)
  local n, n_text = whole(args[i], 1, LARGEST)
  if not n then return nil, 'n' end
  local t, at = time(args[i + 1], now)
  if not t then return nil, 'time' end
  local lat, lat_text = degrees(args[i + 2], -MAX_LATITUDE, MAX_LATITUDE)
  if not lat then return nil, 'latitude' end
  local lon, lon_text = degrees(args[i + 3], -180, 180)
  if not lon then return nil, 'longitude' end
  local speed, speed_text
  if args[i + 4] ~= '' then speed, speed_text = decimal(args[i + 4], 0, 1000) end
  local text = '{"id":"' .. id .. '","n":' .. n_text .. ',"t":' .. at .. ',"lat":' .. lat_text .. ',"lon":' .. lon_text
    .. extras_of(args, i, speed_text) .. '}'
  return { n = n, t = t, lat = lat, lon = lon, speed = speed, text = text, at = at, doubtful = false }
end

local FIELDS = { 'n', 't', 'lat', 'lon', 'speed', 'heading', 'battery', 'route' }

-- The same for a fix that was JSON: whoever sent it, it is checked again.
local function fix_again(fix, now)
  local args = {}
  for i, field in ipairs(FIELDS) do
    local value = fix[field]
    args[i] = type(value) == 'number' and json(value) or value or ''
    if type(args[i]) ~= 'string' then return nil end
  end
  return fix_of(fix.id, args, 1, now)
end

local DOUBTFUL = ',"doubtful":true}'

local function mark_doubtful(fix)
  fix.doubtful, fix.text = true, sub(fix.text, 1, -2) .. DOUBTFUL
end

local FIX = '^{"id":"[^"]*","n":(%d+),"t":(%d+),"lat":([^,]+),"lon":([^,}]+)()'

-- A fix that this library wrote; nil where there is none.
local function read_fix(text)
  if not text or text == '' then return nil end
  local n, t, lat, lon, rest = match(text, FIX)
  return { n = number_of(n), t = number_of(t), lat = number_of(lat), lon = number_of(lon),
    speed = number_of(match(text, '^,"speed":([^,}]+)', rest)), text = text, at = t,
    doubtful = sub(text, -#DOUBTFUL) == DOUBTFUL }
end

-- Quadkeys by place, since few tiles are busy.
local MOST_QUADKEYS = 10000
local SIZE = 2 ^ ZOOM
local quadkeys, quadkey_count = {}, 0

local function quadkey_of(x, y)
  local digits = {}
  for i = ZOOM, 1, -1 do
    digits[i] = x % 2 + 2 * (y % 2)
    x, y = floor(x / 2), floor(y / 2)
  end
  return join(digits)
end

-- The quadkey of the tile that holds a position: wire/cells.ts `cellOf`.
local function cell_of(lat, lon)
  local phi = lat * math.pi / 180
  local x = floor((lon + 180) / 360 * SIZE) % SIZE
  local y = floor((1 - math.log(math.tan(phi) + 1 / cos(phi)) / math.pi) / 2 * SIZE)
  y = min(max(y, 0), SIZE - 1)
  local place = x * SIZE + y
  local quadkey = quadkeys[place]
  if quadkey then return quadkey end
  if quadkey_count >= MOST_QUADKEYS then quadkeys, quadkey_count = {}, 0 end
  quadkey = quadkey_of(x, y)
  quadkeys[place], quadkey_count = quadkey, quadkey_count + 1
  return quadkey
end

-- Whether a device can have gone from one fix to another. One that cannot is doubtful: it is kept and shown, and moves nothing by itself.

local EARTH = 6371000 -- metres
local NEAR = 100 -- metres that a receiver may err by
local FAST = 40 -- m/s: a device that goes faster has to show that it can
local RADIAN = 0.017453292519943295 -- of a degree

-- Metres between two fixes, on a plane: exact enough for what is near, and far is far. And the seconds between them.
local function way_between(a, b)
  local across = (b.lon - a.lon + 540) % 360 - 180
  local x = across * RADIAN * cos((a.lat + b.lat) / 2 * RADIAN)
  local y = (b.lat - a.lat) * RADIAN
  return EARTH * sqrt(x * x + y * y), abs(b.t - a.t) / 1000
end

-- Metres a second on a way; less than a second counts as one.
local function pace_on(way, seconds)
  return seconds > 1 and way / seconds or way
end

-- The pace up to which a device is believed that has shown that it can go `pace`.
local function limit_of(pace)
  return max(FAST, 1.5 * pace)
end

-- Whether a way is none too far, whatever speeds are told.
local function can_go(way, seconds, pace)
  return way <= NEAR or pace_on(way, seconds) <= limit_of(pace)
end

-- Whether the speed that a fix tells agrees with the way to it. Within a second the way says little of the speed.
local function bears_out(told, way, seconds)
  local slack = 10 * max(1, seconds) + 0.3 * way + (seconds < 1 and told or 0)
  return abs(told * seconds - way) <= slack
end

-- Whether a device can have gone this way to `fix`. `pace`: m/s that it has shown it can go. Faster than that, the way and the speed that
-- it tells must agree; and a speed that it tells without having gone so far is none.
local function can_follow(way, seconds, fix, pace)
  local speed = fix.speed
  if speed and bears_out(speed, way, seconds) then return true end
  if speed and speed > limit_of(pace) then return false end
  return can_go(way, seconds, pace)
end

-- Whether `fix` goes on from `doubt`, the fix that was doubtful, as that went on from `last`: then both are right. Of speeds that are told
-- again and again nothing is held against the positions: they may be km/h, or mean that none is known (102.3, 255). From a standstill
-- the second way takes up to three times the pace of the first.
local function confirms(doubt, last, fix, pace)
  local way, seconds = way_between(doubt, fix)
  if can_go(way, seconds, pace) or can_follow(way, seconds, fix, pace) then return true end
  if not last then return false end
  local first_way, first_seconds = way_between(last, doubt)
  local first, second = pace_on(first_way, first_seconds), pace_on(way, seconds)
  return second >= first / 3 and second <= first * 3 and way_between(last, fix) > first_way
end

-- The pace that a device has shown, once it went a way: what is long ago counts less and less.
local function pace_after(pace, way, seconds)
  local went = way > NEAR and pace_on(way, seconds) or 0
  pace = floor(max(went, 0.98 * pace))
  return pace > FAST / 1.5 and pace or 0
end

-- That pace, and at least the speed that the device told twice in a row, right or wrong: it would be doubted anew.
local function pace_told(pace, from, to)
  local told = floor(min(from and from.speed or 0, to.speed or 0))
  return told > FAST and max(pace, told) or pace
end

-- A device's track: its fixes by time, and which of them move it.

local MOST_FIXES = 2000 -- by time
local SPARE_FIXES = 100 -- so many more, before the oldest go
local TRACK_SECONDS = 86400 -- kept for so long, and up to an hour more, after it was last written

-- Writes the fixes of this call that are not in the track yet.
local function write_track(device)
  local fixes, written = device.fixes, device.written
  device.written = #fixes
  if #fixes == 1 and written == 0 then return call('ZADD', device.keys[3], fixes[1].at, fixes[1].text) end
  local members = {}
  for i = written + 1, #fixes do
    members[#members + 1], members[#members + 2] = fixes[i].at, fixes[i].text
  end
  call_with('ZADD', device.keys[3], members)
end

local function keep_for_a_day(device)
  call('EXPIRE', device.keys[2], TRACK_SECONDS + 3600)
  call('EXPIRE', device.keys[3], TRACK_SECONDS + 3600)
end

-- Takes over what revision 1 of this library knew of a device: its numbers, and its track, which it kept in the log alone. Of updates
-- of many fixes there may be far more than a track holds: the latest are enough.
local function take_over_device(device)
  local old, log = call('HMGET', device.key, 'top', 'holes'), device.keys[2]
  if not old[1] then return end
  seen_before(device.seen, old[1], old[2], device.newest.t)
  local last, taken = '+', 0
  while last and taken < MOST_FIXES do
    local entries = call('XREVRANGE', log, last, '-', 'COUNT', 100)
    for _, entry in ipairs(entries) do
      for _, told in ipairs(cjson.decode(entry[2][2]).fixes) do
        local fix = fix_again(told, LARGEST)
        if fix then call('ZADD', device.keys[3], fix.at, fix.text) end
        taken = taken + 1
      end
      if taken >= MOST_FIXES then break end
    end
    last = #entries == 100 and '(' .. entries[100][1]
  end
  call('EXPIRE', device.keys[3], TRACK_SECONDS)
  call('HSET', device.key, 'seen', seen_text(device.seen))
end

-- Makes room for one fix more in the track. What is older than the fixes that go is `old` from now on.
local function make_room_in_track(device)
  local past = device.keys[3]
  if not device.count or device.count >= MOST_FIXES + SPARE_FIXES then
    write_track(device)
    device.count = call('ZCARD', past)
  end
  if device.count >= MOST_FIXES + SPARE_FIXES then
    local last = device.count - MOST_FIXES - 1
    local dropped = call('ZRANGE', past, last, last, 'WITHSCORES')
    call('ZREMRANGEBYRANK', past, 0, last)
    device.since, device.count = number_of(dropped[2]) + 1, MOST_FIXES
    call('HSET', device.key, 'since', format('%d', device.since))
    forget_before(device.seen, device.since)
  end
  device.count = device.count + 1
end

-- The fix of the track that comes before time t.
local function fix_before(device, t)
  write_track(device)
  return read_fix(call('ZREVRANGEBYSCORE', device.keys[3], format('%d', t), '-inf', 'LIMIT', 0, 1)[1])
end

-- A fix that is not the newest moves nothing; only whether it can be is told.
local function judge_late(device, fix)
  local before = fix_before(device, fix.t)
  if not before or before.doubtful then return end
  local way, seconds = way_between(before, fix)
  if not can_follow(way, seconds, fix, device.pace) then mark_doubtful(fix) end
end

-- Marks a fix to which the device can hardly have come, and keeps the newest such: a second one that goes on from it shows that both are
-- right. Returns whether the fix moves the device.
local function judge(device, fix)
  local newest, doubt, way, seconds, follows = device.newest, device.doubt, 0, 0, nil
  if newest then
    if not newer(fix.t, fix.n, newest.t, newest.n) then
      judge_late(device, fix)
      return false
    end
    way, seconds = way_between(newest, fix)
    follows = can_follow(way, seconds, fix, device.pace)
  else
    follows = (fix.speed or 0) <= FAST
  end
  local from = newest
  if not follows then
    if not (doubt and confirms(doubt, newest, fix, device.pace)) then
      mark_doubtful(fix)
      device.doubt = fix
      return false
    end
    from = doubt
    way, seconds = way_between(doubt, fix)
  end
  device.pace = pace_told(pace_after(device.pace, way, seconds), from, fix)
  device.doubt = nil
  return true
end

-- Takes one fix that was not seen before; false where it is older than all that is kept.
local function take_fix(device, fix)
  if fix.t < device.since then return false end
  make_room_in_track(device)
  if fix.t < device.since then return false end
  add_seen(device.seen, fix.n, fix.t)
  local moves = judge(device, fix)
  device.fixes[#device.fixes + 1] = fix
  if moves then device.newest, device.moved = fix, true end
  return true
end

-- The fixes of this call, as JSON.
local function fixes_json(fixes)
  if #fixes == 1 then return fixes[1].text end
  local all = {}
  for i, fix in ipairs(fixes) do all[i] = fix.text end
  return join(all, ',')
end

-- The fields that this call changes: what they were before is told.
local function changed_fields(device, cell, from, doubt, pace)
  local newest, seen, heard = device.newest, seen_text(device.seen), format('%d', device.now)
  local fields = newest and { '', '', 'seen', seen, 'heard', heard, 'last', newest.text } or
    { '', '', 'seen', seen, 'heard', heard }
  if device.cell == cell and device.from == from and device.doubt == doubt and device.pace == pace then return fields end
  local function add(field, value) fields[#fields + 1], fields[#fields + 2] = field, value end
  if device.cell ~= cell then add('cell', device.cell) end
  if device.from ~= from then add('from', device.from) end
  if device.doubt ~= doubt then add('doubt', device.doubt and device.doubt.text or '') end
  if device.pace ~= pace then add('pace', json(device.pace)) end
  return fields
end

local function store_fixes(device, fields)
  write_track(device)
  local text = publish(device, '"fixes":[' .. fixes_json(device.fixes) .. ']', fields)
  local hour = floor(device.now / HOUR)
  if append(device.keys[2], device, text) or device.lasting ~= hour then
    keep_for_a_day(device)
    device.lasting = hour
  end
end

-- Cells: steps 2 and 3 of a fix.

local MOST_PLACED = 500 -- fixes in one call: so many hold Redis for some 15 ms
local MOST_FIX_BYTES = 1000 -- as text: what step 1 answers is half of that at the most

-- A fix as step 1 answered it, checked again: a feed could send anything. The clock of the device's slot may be another one.
local function check_fix(text, cell, now)
  if #text > MOST_FIX_BYTES then return nil end
  local ok, fix = pcall(cjson.decode, text)
  if not ok or type(fix) ~= 'table' or not is_name('d', fix.id) then return nil end
  local checked = fix_again(fix, now + AHEAD)
  if not checked then return nil end
  local told = cjson.decode(checked.text)
  for _, field in ipairs(FIELDS) do
    if told[field] ~= fix[field] then return nil end
  end
  checked.id = fix.id
  return cell_of(checked.lat, checked.lon) == cell and checked or nil
end

-- A fix for the cell. What step 1 answered last here was checked there.
local function placed(text, cell, now)
  local id = match(text, '^{"id":"([^"]*)"')
  local device = id and recall('wf:{d:' .. id .. '}')
  local newest = device and device.newest
  if newest and newest.text == text and device.cell == cell then return newest, id end
  local fix = check_fix(text, cell, now)
  if fix then return fix, fix.id end
end

-- Time and number of what a cell knows of a device; nothing where that is no fix.
local function read_place(text)
  local n, t = match(text, '^{"id":"[^"]*","n":(%d+),"t":(%d+)')
  if t then return number_of(t), number_of(n) end
end

-- What the cell knows of these devices, as texts; false where nothing.
local function known_in(key, ids)
  if #ids == 0 then return ids end
  if #ids <= MOST_AT_ONCE then return call('HMGET', key, spread(ids)) end
  local known = {}
  for i, id in ipairs(ids) do known[i] = call('HGET', key, id) end
  return known
end

-- Puts devices into the cell, but for those of which it has a newer fix. Returns the fixes of the others as texts.
local function place(key, fixes, ids)
  local known, newest, fields, texts = known_in(key, ids), {}, {}, {}
  for i, fix in ipairs(fixes) do
    local id, t, n = ids[i], nil, nil
    local text = newest[id] or known[i]
    if text then t, n = read_place(text) end
    if not t or newer(fix.t, fix.n, t, n) then
      newest[id], texts[#texts + 1] = fix.text, fix.text
      fields[#fields + 1], fields[#fields + 2] = id, fix.text
    end
  end
  call_with('HSET', key, fields)
  return texts
end

register('wf1_place', WRITES, function(keys, args)
  local cell = topic_of('c', keys, 3, 3)
  if not cell then return bad_key(keys) end
  if #args > MOST_PLACED then return too_many(MOST_PLACED, 'fixes') end
  open(cell)
  local fixes, ids = {}, {}
  for i, arg in ipairs(args) do
    fixes[i], ids[i] = placed(arg, cell.id, cell.now)
    if not fixes[i] then return redis.error_reply('WFARG not a fix in ' .. cell.id .. ': ' .. sub(arg, 1, 100)) end
  end
  local texts = place(keys[3], fixes, ids)
  if #texts > 0 then publish(cell, '"fixes":[' .. join(texts, ',') .. ']') end
  close(cell)
  return { cell.seq, cell.current, #texts }
end)

register('wf1_leave', WRITES, function(keys, args)
  local cell = topic_of('c', keys, 3, 3)
  if not cell then return bad_key(keys) end
  local id, to = args[1], args[4]
  local t, at = whole(args[2], 0, LARGEST)
  local n, n_text = whole(args[3], 0, LARGEST)
  if not id or not t or not n or not (to == '' or is_name('c', to)) then
    return redis.error_reply('WFARG device, t, n and cell, in their order')
  end
  open(cell)
  local known = call('HGET', keys[3], id)
  local known_t, known_n
  if known then known_t, known_n = read_place(known) end
  local leaves = known and not (known_t and newer(known_t, known_n, t, n))
  if leaves then
    call('ZREM', keys[2], id) -- revision 2 kept positions there, which nobody read
    call('HDEL', keys[3], id)
    publish(cell, '"left":[{"id":"' .. id .. '","t":' .. at .. ',"n":' .. n_text .. ',"to":'
      .. (to == '' and 'null' or '"' .. to .. '"') .. '}]')
  end
  close(cell)
  return { cell.seq, cell.current, leaves and 1 or 0 }
end)

register('wf1_read_cell', READS, function(keys, args)
  if #keys < 2 then return bad_key(keys) end
  local h = call('HMGET', keys[1], 'epoch', 'seq')
  return since(h, args, nil, function()
    return '{"fixes":[' .. join(call('HVALS', keys[2]), ',') .. ']}'
  end)
end)

-- Devices. A fix is written in three steps, each atomic in its slot and harmless to repeat (see wire/calls.ts): this is the first.

-- Decodes the state of a device.
local function read_device(device, seen, since, last, cell, from, doubt, pace)
  device.since = number_of(since) or 0
  device.seen = seen_of(device.key, seen, device.since)
  device.newest, device.doubt, device.pace = read_fix(last), read_fix(doubt), number_of(pace) or 0
  device.cell, device.from, device.count, device.lasting = cell or '', from or '', nil, nil
  if device.newest and not seen then take_over_device(device) end
end

local function open_device(device)
  device.fixes, device.written, device.moved = {}, 0, false
  local known, seen, since, last, cell, from, doubt, pace =
    open(device, 'seen', 'since', 'last', 'cell', 'from', 'doubt', 'pace')
  if not known then read_device(device, seen, since, last, cell, from, doubt, pace) end
end

-- Takes the device to the cell of its newest fix; remembers the cell it left, so that a feed that died between the steps can go on.
local function move(device)
  local now_in = cell_of(device.newest.lat, device.newest.lon)
  if device.cell ~= now_in then device.cell, device.from = now_in, device.cell end
end

register('wf1_device', WRITES, function(keys, args)
  -- Feeds of revision 1 name neither `past` nor `seen`.
  local device = topic_of('d', keys, 4, 2)
  if not device then return bad_key(keys) end
  local count = #args
  if count % 8 ~= 0 then return redis.error_reply('WFARG a fix takes eight values') end
  if count > 8 * MOST_ITEMS then return too_many(MOST_ITEMS, 'fixes') end
  open_device(device)
  local cell, from, doubt, pace = device.cell, device.from, device.doubt, device.pace
  local now, repeats, old, refused = device.now, 0, 0, nil
  for i = 1, count, 8 do
    local fix, reason = fix_of(device.id, args, i, now)
    if fix and is_seen(device.seen, fix.n) then
      repeats = repeats + 1
    elseif fix and not take_fix(device, fix) then
      reason, old = 'old', old + 1
    end
    if reason then
      refused = refused or {}
      refused[#refused + 1] = format('%d:%s', (i - 1) / 8, reason)
    end
  end
  local accepted = #device.fixes
  if device.moved then move(device) end
  if accepted > 0 then store_fixes(device, changed_fields(device, cell, from, doubt, pace)) end
  settle_seen(device)
  close(device)
  count_items(accepted, repeats, old, refused and #refused or 0)
  local leave = (cell ~= device.cell or accepted == 0) and device.from or ''
  local last = device.newest and device.newest.text or ''
  return answer({ device.seq, device.current, accepted, repeats, last, device.cell, leave }, refused)
end)

-- Takes a device out of its cell where nothing was heard of it for `silence` milliseconds. Answers the cell that still shows it
-- and what wf1_leave needs, or nothing. That numbers nothing, so what was remembered of the device holds no more.
register('wf1_reap', WRITES, function(keys, args)
  local device = topic_of('d', keys, 1, 1)
  if not device then return bad_key(keys) end
  local silence = number(args[1], 0, LARGEST)
  if not silence then return redis.error_reply('WFARG a silence in milliseconds') end
  local now, values = call('TIME'), call('HMGET', keys[1], 'last', 'cell', 'heard')
  local fix, cell, heard = read_fix(values[1]), values[2], number_of(values[3])
  if not fix or not cell or cell == '' or now[1] * 1000 + now[2] / 1000 - heard < silence then return {} end
  device.known = nil
  call('HSET', keys[1], 'cell', '', 'from', '')
  return { cell, json(fix.t), json(fix.n) }
end)

register('wf1_read_device', READS, function(keys, args)
  if #keys < 2 then return bad_key(keys) end
  local h = call('HMGET', keys[1], 'epoch', 'seq', 'last', 'cell')
  if not h[1] then return { 'missing' } end
  local function missed(from, seq)
    local texts, reached, conflated = replay(keys[2], MOST_UPDATES, h[1], from)
    return texts and reached == seq and not conflated and texts or nil
  end
  return since(h, args, missed, function()
    local cell = h[4] and h[4] ~= '' and '"' .. h[4] .. '"' or 'null'
    return format('{"last":%s,"cell":%s}', h[3] or 'null', cell)
  end)
end)
