-- People, what invites them, and what they share.

local MOST_PEOPLE = 10000
local MOST_OF_A_NAME = 1000 -- people who are called the same
local HANDLE_BYTES = 32
local MOST_INVITATIONS = 1000
local MOST_SHARES = 5000
local MOST_SHARES_OF_ONE = 200

local function is_handle(text)
  return text and #text <= HANDLE_BYTES and find(text, '^[a-z%d][a-z%d._-]*$')
end

-- A JSON text of a name.
local function is_name_text(text)
  return text and #text <= TEXT_BYTES and find(text, '^".+"$') and is_text(text)
end

-- The first handle like this one that nobody has: ann, ann-2, ann-3. Nil where there is none.
local function free_handle(people, wanted)
  for n = 1, MOST_OF_A_NAME do
    local ending = n == 1 and '' or '-' .. n
    local handle = sub(wanted, 1, HANDLE_BYTES - #ending) .. ending
    if not call('HGET', people, handle) then return handle end
  end
end

local function entry_of(handle, name)
  return '{"id":"' .. handle .. '","name":' .. name .. '}'
end

-- A person whom nobody knows yet; nil where there are as many as there may be.
local function add_person(people, wanted, name)
  if call('HLEN', people) >= 2 * MOST_PEOPLE then return nil end -- a key and an entry each
  local handle = free_handle(people, wanted)
  if handle then call('HSET', people, handle, entry_of(handle, name)) end
  return handle
end

local function full(what)
  return redis.error_reply('WFFULL there are as many ' .. what .. ' as there may be')
end

-- The handle of whoever has this key, which is made of `wanted` where they are new. Takes key, wanted, name (JSON).
register('wf1_handle', WRITES, function(keys, args)
  local topic, id, wanted, name = access_of(keys), args[1], args[2], args[3]
  if not topic then return bad_key(keys) end
  if not (id and #id <= 2000 and find(id, ':', 1, true) and is_handle(wanted) and is_name_text(name)) then
    return bad_values('a key, a handle and a name')
  end
  local people = topic.keys[PEOPLE]
  local handle = call('HGET', people, id)
  if not handle then
    handle = add_person(people, wanted, name)
    if not handle then return full('people') end
    call('HSET', people, id, handle)
  elseif call('HGET', people, handle) ~= entry_of(handle, name) then
    call('HSET', people, handle, entry_of(handle, name))
  end
  return handle
end)

-- Invites somebody new. Takes id, until when, wanted handle, name (JSON), by whom, and further fields (JSON). Returns
-- the row; a repeat, by its id, returns the same.
register('wf1_invite', WRITES, function(keys, args)
  local topic, id, wanted, name, by, more = access_of(keys), args[1], args[3], args[4], args[5], args[6]
  if not topic then return bad_key(keys) end
  local now = now_ms()
  local _, ends = end_of(args[2], now)
  local is_sound = is_id(id) and ends and is_handle(wanted) and is_name_text(name) and is_row(more)
  if not is_sound or not is_plain(by, TEXT_BYTES) then
    return bad_values('an id, until when, a handle, a name, by whom, and an object')
  end
  local key = topic.keys[INVITATIONS]
  local known = call('HGET', key, id)
  if known then return known end
  local handle = add_person(topic.keys[PEOPLE], wanted, name)
  if not handle then return full('people') end
  local row = '{"until":' .. ends .. ',"person":"' .. handle .. '",' .. sub(more, 2)
  if not add_row(key, id, '', row, now, MOST_INVITATIONS, MOST_INVITATIONS) then
    call('HDEL', topic.keys[PEOPLE], handle)
    return full('invitations')
  end
  note(topic, now, by, 'invited', handle)
  return row
end)

-- Has an invitation end later; never sooner, for what it has let in goes on until then, and its revocation may be
-- forgotten once it has ended. Takes id, until when, by whom. Returns the row; nothing where there is none, or where it
-- was taken back.
register('wf1_renew', WRITES, function(keys, args)
  local topic, id, by = access_of(keys), args[1], args[3]
  if not topic then return bad_key(keys) end
  local now = now_ms()
  local _, ends = end_of(args[2], now)
  if not (is_id(id) and ends and is_plain(by, TEXT_BYTES)) then return bad_values('an id, until when, and by whom') end
  local key = topic.keys[INVITATIONS]
  local row = call('HGET', key, id)
  if not row or is_revoked(topic, '', id, 0) then return false end
  if number_of(ends) <= (ends_at(row) or 0) then return row end
  local renewed = string.gsub(row, '^{"until":%d+,', '{"until":' .. ends .. ',', 1)
  call('HSET', key, id, renewed)
  note(topic, now, by, 'renewed', match(row, '"person":"([^"]*)"') or id)
  return renewed
end)

-- An invitation let somebody in.
register('wf1_used', WRITES, function(keys, args)
  local topic, id = access_of(keys), args[1]
  if not topic then return bad_key(keys) end
  local key = topic.keys[INVITATIONS]
  if is_id(id) and call('HGET', key, id) then call('HSET', key, id .. ':used', format('%d', now_ms())) end
  return 0
end)

-- A share was opened. Returns how often it was.
register('wf1_opened', WRITES, function(keys, args)
  local topic, id = access_of(keys), args[1]
  if not topic then return bad_key(keys) end
  local key = topic.keys[SHARES]
  if not is_id(id) or not call('HGET', key, id) then return 0 end
  local count = (number_of(call('HGET', key, id .. ':opened')) or 0) + 1
  call('HSET', key, id .. ':opened', format('%d', count))
  return count
end)

-- Shares something. Takes id, until when, whose it is (a handle, or ''), what let them in (or '') and since when, who
-- and about what for the record, further fields (JSON), and where it ends (JSON, or ''). Returns `made`, or why it is
-- not: `revoked`, `full`. A repeat, by its id, returns the same.
register('wf1_share', WRITES, function(keys, args)
  local topic, id, maker, credential, since = access_of(keys), args[1], args[3], args[4], number_of(args[5])
  local who, about, more, arrival = args[6], args[7], args[8], args[9]
  if not topic then return bad_key(keys) end
  local now = now_ms()
  local _, ends = end_of(args[2], now)
  if not (is_id(id) and ends and (maker == '' or is_handle(maker)) and credential and since and is_row(more)) then
    return bad_values('an id, until when, whose, by what, since when, and an object')
  end
  if not (is_plain(who, TEXT_BYTES) and is_plain(about, TEXT_BYTES) and (arrival == '' or is_row(arrival))) then
    return bad_values('who, about what, and where it ends')
  end
  if is_revoked(topic, maker, credential, since) then return 'revoked' end
  local key = topic.keys[SHARES]
  if call('HGET', key, id) then return 'made' end
  local row = '{"until":' .. ends .. ',"by":"' .. maker .. '",' .. sub(more, 2)
  if not add_row(key, id, maker, row, now, MOST_SHARES, MOST_SHARES_OF_ONE) then return 'full' end
  if arrival ~= '' then call('HSET', topic.keys[ARRIVALS], id, arrival) end
  note(topic, now, who, 'shared', about)
  return 'made'
end)
