-- Inboxes: what one person must know, and how far they have read each room.

local MOST_KEPT = 500 -- items kept of an inbox
local MOST_READ = 1000 -- rooms of which an inbox knows how far they were read
local MOST_MARKED = 100 -- rooms, or items, that one call marks
local PREVIEW_BYTES = 1000 -- of a message

local function item_json(item)
  return '{"n":' .. format('%d', item.n) .. ',"id":"' .. item.id .. '","t":' .. format('%d', item.t)
    .. ',"kind":"' .. item.kind .. '","room":"' .. item.room .. '","message":' .. format('%d', item.message)
    .. ',"from":' .. item.from .. ',"text":' .. item.text .. at_json('done', item.done) .. '}'
end

-- A room as topics name it: `m:desk`.
local function is_room(text)
  local id = match(text or '', '^m:(.+)$')
  return id ~= nil and is_name('m', id)
end

local function tell_inbox(inbox, items, read, ...)
  local parts = {}
  if #items > 0 then parts[1] = '"items":[' .. join(items, ',') .. ']' end
  if #read > 0 then parts[#parts + 1] = '"read":{' .. join(read, ',') .. '}' end
  if #parts > 0 then append(inbox.keys[2], inbox, publish(inbox, join(parts, ','), ...)) end
end

-- A known item with the text that its message has now.
local function retold(stored, text)
  local item = decode(stored)
  if cjson.encode(item.text) == text then return stored end
  item.from, item.text = author_json(item.from.id, item.from.name), text
  return item_json(item)
end

-- Takes what kind of item it is, the room and the number of its message, handle and name of who wrote it, and its text.
-- A message is one item, however often it is told: what is told again changes its text, and one that is gone (text '')
-- is no news. Returns the item's number, 0 where there is none.
register('wf1_tell', WRITES, function(keys, args)
  local inbox = topic_of('i', keys, 5, 5)
  if not inbox then return bad_key(keys) end
  local kind, room, message = args[1] or '', args[2], whole(args[3], 1, LARGEST)
  local from, text = author_json(args[4], args[5]), text_json(args[6], PREVIEW_BYTES)
  if not find(kind, '^%l+$') or not is_room(room) then return wrong('a kind and a room') end
  if not (message and from and text) then return wrong('a message, an author and a text') end
  local id = room .. '#' .. format('%d', message)
  open_counted(inbox)
  local known = call('ZSCORE', keys[4], id)
  local stored = known and call('HGET', keys[3], known)
  local number = number_of(known or '0')
  if stored then
    local item = retold(stored, text)
    if item ~= stored then
      call('HSET', keys[3], known, item)
      tell_inbox(inbox, { item }, {})
    end
  elseif text ~= NOTHING then
    number = inbox.count + 1
    inbox.count = number
    local item = item_json({ n = number, id = id, t = floor(inbox.now), kind = kind, room = room, message = message,
      from = from, text = text })
    keep(keys[3], keys[4], number, item, id, MOST_KEPT)
    tell_inbox(inbox, { item }, {}, 'count', format('%d', number))
  end
  close(inbox)
  return number
end)

-- Marks rooms as read, never less far than before: a room and a number in turn. Returns what changed, as JSON.
local function mark_read(key, args, count)
  local changed = {}
  for i = 2, 2 * count, 2 do
    local room, n, number = args[i], whole(args[i + 1], 1, LARGEST)
    local before = number_of(call('HGET', key, room) or '')
    if n > (before or 0) and (before or call('HLEN', key) < MOST_READ) then
      call('HSET', key, room, number)
      changed[#changed + 1] = '"' .. room .. '":' .. number
    end
  end
  return changed
end

-- Marks items as acknowledged. Returns those that were not, as they are now.
local function mark_done(key, args, from, now)
  local changed = {}
  for i = from, #args do
    local item = call('HGET', key, args[i])
    if item and not find(item, ',"done":%d+}$') then
      item = sub(item, 1, -2) .. at_json('done', now) .. '}'
      call('HSET', key, args[i], item)
      changed[#changed + 1] = item
    end
  end
  return changed
end

-- Takes how many rooms were read, each and how far, and then the numbers of items that were acknowledged.
register('wf1_mark', WRITES, function(keys, args)
  local inbox = topic_of('i', keys, 5, 5)
  if not inbox then return bad_key(keys) end
  local count = whole(args[1], 0, MOST_MARKED)
  if not count or #args < 1 + 2 * count or #args > 1 + 2 * count + MOST_MARKED then return wrong('marks') end
  for i = 2, #args do
    local is_marked_room = i <= 2 * count and i % 2 == 0
    if not (is_marked_room and is_room(args[i]) or not is_marked_room and find(args[i], '^[1-9]%d*$')
      and whole(args[i], 1, LARGEST)) then return wrong('rooms and numbers') end
  end
  open_counted(inbox)
  local read = mark_read(keys[5], args, count)
  local items = mark_done(keys[3], args, 2 + 2 * count, floor(inbox.now))
  tell_inbox(inbox, items, read)
  close(inbox)
  return #items + #read
end)

register('wf1_read_inbox', READS, function(keys, args)
  if #keys < 4 then return bad_key(keys) end
  local h = call('HMGET', keys[1], 'epoch', 'seq', 'count')
  return since(h, args, all_missed(keys[2], h[1]), function()
    local count, read, flat = number_of(h[3] or '') or 0, {}, call('HGETALL', keys[4])
    for i = 1, #flat, 2 do read[#read + 1] = '"' .. flat[i] .. '":' .. flat[i + 1] end
    return '{"count":' .. format('%d', count) .. ',"items":['
      .. join(numbered(keys[3], count - MOST_KEPT + 1, count), ',') .. '],"read":{' .. join(read, ',') .. '}}'
  end)
end)
