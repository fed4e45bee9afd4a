-- Which of the source's numbers a topic has seen: exactly, in whatever order they come, for as long as what they number
-- is kept.
--
-- Numbers are kept as ranges, so a source that numbers 1, 2, 3 costs some 20 bytes however long it runs, one that
-- numbers by time (each number a range of its own) some 10 bytes a number, and one that numbers by chance up to 35. The
-- newest ranges, up to MOST_RANGES, are the field `seen` of the topic's hash: what comes in order touches nothing else.
-- Older ranges are segments of as many, in the sorted set `<key>:seen` by their first number. A range knows the hour of
-- its newest item, and is forgotten once the topic keeps nothing so old; whoever asks has refused as `old` what is
-- older than that, so that nothing is forgotten that could still be taken twice. Segments that number only such items
-- are swept away a few at a time, wherever they stand: whatever writes segments looks at more of them than it wrote,
-- from where the last sweep stopped.

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
  seen.head, seen.rest, seen.latest, seen.start, seen.hours = nil, '', head.hour[count], nil, nil
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
  if hour > seen.latest then seen.latest, seen.hours = hour, nil end
  if n == high + 1 then
    seen.high = n
    if hour > seen.hour then seen.hour, seen.hours = hour, nil end
    return
  end
  seen.rest = seen.rest .. pack(high - seen.low, seen.hour - seen.base, n - high)
  if hour ~= seen.hour then seen.hours = nil end
  seen.low, seen.high, seen.hour, seen.start = n, n, hour, nil
  if #seen.rest > MOST_BYTES then
    ranges_for(seen, n)
    spill(seen)
  end
end

-- Looks at the next segments, as many as are due, and drops those that number nothing but what is kept no more.
local function sweep(seen)
  local most = min(seen.due, SWEPT_AT_ONCE)
  seen.due = 0
  if seen.since == 0 then return end
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

-- The field `seen` where nothing but the last range changed. Mostly all that did is its end: `start` and `hours` are
-- what stands before and after it, nil where they changed.
local function last_text(seen)
  local start, hours = seen.start or pack(seen.low), seen.hours or pack(seen.hour, seen.base, seen.latest)
  seen.start, seen.hours = start, hours
  return start .. pack(seen.high) .. hours .. seen.rest
end

-- Ends a call's work with the memory where it changed: returns the field `seen`.
local function seen_text(seen)
  if seen.open then close_segment(seen) end
  if seen.due > 0 then sweep(seen) end
  if seen.head then
    local head = forget_ranges(seen.head, seen.since, true)
    seen.text = encode_ranges(head, 1, #head.low)
  else
    seen.text = last_text(seen)
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

-- What revision 1 of this library remembered: all numbers up to `top` but those in `holes`. One range for each run that
-- was seen.
local function seen_before(seen, top, holes, t)
  local from = 1
  local function run(to)
    if to >= from then
      if seen.high then seen.rest = seen.rest .. pack(seen.high - seen.low, 0, from - seen.high) end
      seen.low, seen.high = from, to
    end
  end
  seen.hour = floor(t / HOUR)
  seen.base, seen.latest, seen.rest, seen.start, seen.hours = seen.hour, seen.hour, '', nil, nil
  for low, high in string.gmatch(holes or '', '(%d+)-(%d+)') do
    run(number_of(low) - 1)
    from = number_of(high) + 1
  end
  run(number_of(top))
end
