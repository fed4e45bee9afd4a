-- Rooms: messages, each numbered and kept, and who writes just now.

local MOST_MESSAGES = 10000 -- kept of a room
local NEWEST = 50 -- messages that a room's state tells
local MOST_PAGE = 200 -- messages in one page of older ones
local MESSAGE_BYTES = 4000 -- wire/rooms.ts `MOST_MESSAGE_BYTES`
local MOST_MENTIONED = 20
local ROOMS = 'wf:{rooms}' -- sorted set: room -> when somebody wrote there last (Unix ms)
local MOST_ROOMS = 2000 -- that are listed; others are there all the same

-- Handles, one blank between two, as a list of those and of `before`, each once; nil where one is wrong.
local function handles_of(text, before)
  local handles, known = {}, {}
  for _, handle in ipairs(before or {}) do handles[#handles + 1], known[handle] = handle, true end
  for handle in string.gmatch(text or ' ', '[^ ]+') do
    if not is_handle(handle) then return nil end
    if not known[handle] and #handles < MOST_MENTIONED then handles[#handles + 1], known[handle] = handle, true end
  end
  return handles
end

local function to_json(handles)
  return #handles > 0 and ',"to":["' .. join(handles, '","') .. '"]' or ''
end

local function at_json(field, t)
  return t and ',"' .. field .. '":' .. format('%d', t) or ''
end

local function message_json(m)
  return '{"n":' .. format('%d', m.n) .. ',"t":' .. format('%d', m.t) .. ',"by":' .. m.by .. ',"text":' .. m.text
    .. m.to .. at_json('edited', m.edited) .. at_json('deleted', m.deleted)
    .. (m.announced and ',"announced":true' or '') .. '}'
end

-- Sends a message as it is now. `logged` is the number of the last update that the log has: who writes just now is not
-- kept.
local function tell_message(room, message, ...)
  local logged = format('%d', room.seq + 1)
  append(room.keys[2], room, publish(room, '"messages":[' .. message .. ']', 'logged', logged, ...))
end

-- Takes handle and name of who writes, the client's id of the message, its text, the handles that it mentions, and '1'
-- where it is an announcement. Returns its number, the message, and 1 where it is new.
register('wf1_say', WRITES, function(keys, args)
  local room = topic_of('m', keys, 4, 4)
  if not room then return bad_key(keys) end
  local by, text, to = author_json(args[1], args[2]), text_json(args[4], MESSAGE_BYTES), handles_of(args[5])
  local id = args[3] or ''
  if not (by and text and to) or text == NOTHING then return wrong('an author, a text and handles') end
  if #id > 64 or not find(id, '^[%w_.:-]+$') then return wrong('an id of 1 to 64 letters, digits and _ . : -') end
  open_counted(room)
  local said = args[1] .. ' ' .. id
  local known = call('ZSCORE', keys[4], said)
  local message = known and call('HGET', keys[3], known)
  local number = number_of(known or '')
  if not message then
    number = room.count + 1
    room.count = number
    message = message_json({ n = number, t = floor(room.now), by = by, text = text, to = to_json(to),
      announced = args[6] == '1' })
    keep(keys[3], keys[4], number, message, said, MOST_MESSAGES)
    tell_message(room, message, 'count', format('%d', number), 'last', message)
    known = false
  end
  close(room)
  return { number, message, known and 0 or 1 }
end)

-- The message after a change by its author; the same text where nothing changes. Whom it mentioned before stays among
-- those whom it mentions: they were told of it.
local function edited(before, stored, text, mentioned, now)
  local to = to_json(handles_of(mentioned, before.to))
  if text == cjson.encode(before.text) and to == to_json(before.to or {}) then return stored end
  local is_gone, by = text == NOTHING, author_json(before.by.id, before.by.name)
  local changed = is_gone and before.edited or not is_gone and now
  return message_json({ n = before.n, t = before.t, by = by, text = text, to = to, edited = changed,
    deleted = is_gone and now, announced = before.announced })
end

-- Takes the author's handle, the number of a message, its text ('' deletes it), and the handles that it mentions.
-- Returns the message; `missing` where there is none, `other` where it is somebody else's.
register('wf1_edit', WRITES, function(keys, args)
  local room = topic_of('m', keys, 4, 4)
  if not room then return bad_key(keys) end
  local n, number = whole(args[2], 1, LARGEST)
  local text = text_json(args[3], MESSAGE_BYTES)
  if not (n and text and handles_of(args[4])) then return wrong('a number, a text and handles') end
  open_counted(room)
  local stored = call('HGET', keys[3], number)
  local before = decode(stored)
  if not before then return { 'missing' } end
  if before.by.id ~= args[1] then return { 'other' } end
  if before.deleted and text ~= NOTHING then return { 'missing' } end
  local message = edited(before, stored, text, args[4], floor(room.now))
  if message ~= stored then
    call('HSET', keys[3], number, message)
    if n == room.count then tell_message(room, message, 'last', message) else tell_message(room, message) end
  end
  close(room)
  return { 'done', message }
end)

register('wf1_typing', WRITES, function(keys, args)
  local room = topic_of('m', keys, 4, 4)
  if not room then return bad_key(keys) end
  local by = author_json(args[1], args[2])
  if not by then return wrong('an author') end
  open_counted(room)
  publish(room, '"typing":[' .. by .. ']')
  close(room)
  return room.seq
end)

-- Notes that somebody wrote in a room, in the list's own slot; harmless to repeat.
register('wf1_list_room', WRITES, function(keys, args)
  if keys[1] ~= ROOMS or #keys ~= 1 then return bad_key(keys) end
  if not is_name('m', args[1]) then return wrong(sub(args[1] or '', 1, 100) .. ' is not a room') end
  local now = call('TIME')
  call('ZADD', ROOMS, 'GT', format('%d', now[1] * 1000 + now[2] / 1000), args[1])
  return call('ZREMRANGEBYRANK', ROOMS, 0, -MOST_ROOMS - 1)
end)

-- Messages before a number (all: '') that are kept, the newest so many of them, oldest first. Returns how many there
-- ever were, the number of the oldest that is kept, and the messages.
register('wf1_messages', READS, function(keys, args)
  if #keys < 2 then return bad_key(keys) end
  local count = number_of(call('HGET', keys[1], 'count') or '0') or 0
  local before = args[1] == '' and count + 1 or whole(args[1], 1, LARGEST)
  local most = whole(args[2], 1, MOST_PAGE)
  if not before or not most then return wrong('a number, and how many') end
  before = min(before, count + 1)
  local first = max(count - MOST_MESSAGES + 1, 1)
  return answer({ count, first }, numbered(keys[2], max(before - most, first), before - 1))
end)

register('wf1_read_room', READS, function(keys, args)
  if #keys < 3 then return bad_key(keys) end
  local h = call('HMGET', keys[1], 'epoch', 'seq', 'count', 'logged')
  -- Who wrote just now is not kept: of that one update, which says nothing, leads to the last number.
  local function missed(from, seq, at)
    local logged, texts, reached = number_of(h[4] or '') or 0, {}, from
    if logged > from then
      texts, reached = replay(keys[2], MOST_UPDATES, h[1], from)
      if not texts or reached ~= logged then return nil end
    end
    if reached < seq then
      local follows = reached < seq - 1 and format(',"after":%d', reached) or ''
      texts[#texts + 1] = format('{"topic":"%s","epoch":"%s","seq":%d%s,"at":%s,"typing":[]}',
        match(keys[1], '{(.+)}'), h[1], seq, follows, at)
    end
    return texts
  end
  return since(h, args, missed, function()
    local count = number_of(h[3] or '') or 0
    return '{"count":' .. format('%d', count) .. ',"messages":['
      .. join(numbered(keys[3], count - NEWEST + 1, count), ',') .. ']}'
  end)
end)
