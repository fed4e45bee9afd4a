-- What rooms, inboxes and presence share: what is numbered, and kept under its source's own id.

local NOTHING = '""'

-- The values that a hash has for the numbers `from` to `to`; those that are gone are left out.
local function numbered(key, from, to)
  local names, texts = {}, {}
  for n = max(from, 1), to do names[#names + 1] = format('%d', n) end
  for i = 1, #names, MOST_AT_ONCE do
    for _, text in ipairs(call('HMGET', key, spread(names, i, min(i + MOST_AT_ONCE - 1, #names)))) do
      if text then texts[#texts + 1] = text end
    end
  end
  return texts
end

-- Stores what got number n under its source's own id, and forgets what has more than `most` newer ones, its id too.
local function keep(items, ids, n, text, id, most)
  local number = format('%d', n)
  call('HSET', items, number, text)
  call('ZADD', ids, number, id)
  if n <= most then return end
  local old = format('%d', n - most)
  call('HDEL', items, old)
  call('ZREMRANGEBYSCORE', ids, '-inf', old)
end

-- Begins a call that may write a topic whose items are numbered from 1.
local function open_counted(topic)
  local known, count = open(topic, 'count')
  if not known then topic.count = number_of(count) or 0 end
end
