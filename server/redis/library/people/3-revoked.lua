-- What is taken back. It is told to every node as an update of `a:access`; nothing else of people is.

local MOST_AT_A_TIME = 100 -- revocations in one call
local MOST_REVOKED = 10000 -- credentials; persons go on to twice as many, so that nobody can fill the room for them
local FEW = 1000 -- of so many it takes no time to look through all

local pruned = 0 -- when all were last looked through

-- Whether this names a credential (`c:`) or a person (`p:`).
local function is_what(text)
  return is_plain(text, 300) and find(text, '^[cp]:.')
end

local function revocation_of(text)
  local t, ends = match(text or '', '"t":(%d+),"until":(%d+)}$')
  return number_of(t) or 0, number_of(ends) or 0
end

-- Forgets what would have ended by itself by now.
local function prune(key, now)
  if call('HLEN', key) > FEW and now - pruned < SELDOM then return end
  pruned = now
  local flat, gone = call('HGETALL', key), {}
  for i = 1, #flat, 2 do
    local _, ends = revocation_of(flat[i + 1])
    if ends < now then gone[#gone + 1] = flat[i] end
  end
  call_with('HDEL', key, gone)
end

-- Marks what lists show of this credential, and looks no more where its device is.
local function mark_row(topic, what)
  local id = match(what, '^c:(.+)$')
  if not id then return end
  for _, part in ipairs({ INVITATIONS, SHARES }) do
    local key = topic.keys[part]
    if is_id(id) and call('HGET', key, id) then call('HSET', key, id .. ':revoked', '1') end
  end
  call('HDEL', topic.keys[ARRIVALS], id)
end

-- Checks three values each: what, since when, until when. Returns what is not known yet, as fields of the hash and as
-- texts; or nil and what is wrong. When a credential was taken back is no matter: all of it is.
local function news(topic, args, now)
  local key, fields, told, new = topic.keys[REVOKED], {}, {}, {}
  for i = 3, #args, 3 do
    local what, t = args[i], whole(args[i + 1], EARLIEST, now + AHEAD)
    local ends = whole(args[i + 2], EARLIEST, now + LONGEST)
    if not is_what(what) or not t or not ends then return nil, 'what is taken back, since when and until when' end
    local known_t, known_ends = revocation_of(new[what] or call('HGET', key, what))
    local is_later = t > known_t and find(what, '^p:')
    t, ends = max(t, known_t), max(ends, known_ends)
    if ends > now and (is_later or ends > known_ends) then
      local text = '{"what":"' .. what .. '","t":' .. format('%d', t) .. ',"until":' .. format('%d', ends) .. '}'
      new[what], fields[#fields + 1], fields[#fields + 2], told[#told + 1] = text, what, text, text
    end
  end
  return fields, told
end

-- Whether there is no room for these; those that are known already take none.
local function is_full(key, fields)
  local count = call('HLEN', key)
  for i = 1, #fields, 2 do
    local most = find(fields[i], '^p:') and 2 * MOST_REVOKED or MOST_REVOKED
    if count + #fields / 2 > most and not call('HGET', key, fields[i]) then return true end
  end
  return false
end

-- Takes who did it and about what, for the record ('' for none), and then three values for each: what, since when,
-- until when. Of what is known the later times hold. Returns the number, the epoch, and how many were news.
register('wf1_revoke', WRITES, function(keys, args)
  local topic = access_of(keys)
  if not topic then return bad_key(keys) end
  local by, about, count = args[1], args[2], (#args - 2) / 3
  if count < 1 or count ~= floor(count) then return bad_values('a revocation takes three values') end
  if count > MOST_AT_A_TIME then return too_many(MOST_AT_A_TIME, 'revocations') end
  if by ~= '' and not (is_plain(by, TEXT_BYTES) and is_plain(about, TEXT_BYTES)) then
    return bad_values('who took it back, and what about')
  end
  open(topic)
  local now = floor(topic.now)
  local fields, told = news(topic, args, now)
  if not fields then return bad_values(told) end
  if #told > 0 then
    local key = topic.keys[REVOKED]
    prune(key, now)
    if is_full(key, fields) then return redis.error_reply('WFFULL so much is taken back already') end
    call_with('HSET', key, fields)
    append(topic.keys[LOG], topic, publish(topic, '"revoked":[' .. join(told, ',') .. ']'))
    if by ~= '' then note(topic, now, by, 'revoked', about) end
  end
  for i = 3, #args, 3 do mark_row(topic, args[i]) end
  close(topic)
  return { topic.seq, topic.current, #told }
end)

register('wf1_read_access', READS, function(keys, args)
  if #keys < 3 then return bad_key(keys) end
  local h = call('HMGET', keys[1], 'epoch', 'seq')
  return since(h, args, all_missed(keys[2], h[1]), function()
    return '{"revoked":[' .. join(call('HVALS', keys[3]), ',') .. ']}'
  end)
end)

-- Whether somebody whose rights were given at `since` has none any more.
local function is_revoked(topic, person, credential, since)
  local key = topic.keys[REVOKED]
  if credential ~= '' and call('HGET', key, 'c:' .. credential) then return true end
  local text = person ~= '' and call('HGET', key, 'p:' .. person)
  return text and revocation_of(text) >= since
end
