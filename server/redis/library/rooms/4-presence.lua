-- Presence: who is here. Each node tells its people by lease; one person may be told by several nodes. What each told
-- of a person is one text (MessagePack) of `tabs`, what all may know of them is one of `here`, and `leases` has when
-- the last lease of each ends.

local MOST_HERE = 5000 -- people; more are not shown
local MOST_TOLD = 200 -- people in one call
local NODE_BYTES = 200
local LONGEST_LEASE = 60000 -- ms

-- A person as others see them: what they look at is what was told last.
local function person_json(id, person)
  local latest, on = -1, ''
  for _, tab in pairs(person.tabs) do
    if tab.on ~= '' and tab.changed > latest then latest, on = tab.changed, tab.on end
  end
  return '{"id":"' .. id .. '","name":' .. cjson.encode(person.name) .. ',"since":' .. format('%d', person.since)
    .. (on ~= '' and ',"on":"' .. on .. '"' or '') .. '}'
end

local function is_topic(text)
  local letter, id = match(text, '^(%l):(.+)$')
  return letter ~= nil and KINDS[letter] ~= nil and is_name(letter, id)
end

-- Four values as what a node tells of a person; nil where they are none.
local function told_of(args, i, now)
  local id, name, since, on = args[i], args[i + 1], whole(args[i + 2], 1, LARGEST), args[i + 3] or ''
  if not author_json(id, name) or not since or not (on == '' or is_topic(on)) then return nil end
  return { id = id, name = name, since = min(since, floor(now)), on = on }
end

-- Adds what a node tells of a person to what is known; returns when the last lease of theirs ends.
local function merge_tab(person, told, node, ends, now)
  person.name, person.since = told.name, min(person.since, told.since)
  local tab = person.tabs[node]
  local changed = tab and tab.on == told.on and tab.changed or now
  person.tabs[node] = { ends = ends, on = told.on, changed = changed }
  local last = ends
  for other, its in pairs(person.tabs) do
    if its.ends <= now then person.tabs[other] = nil else last = max(last, its.ends) end
  end
  return last
end

-- Stores what a node tells of its people; returns those who are new or changed, as JSON.
local function tell_people(topic, people, node, ends)
  local changed = {}
  if #people == 0 then return changed end
  local here, tabs, leases, ids, now = topic.keys[3], topic.keys[4], topic.keys[5], {}, floor(topic.now)
  for i, told in ipairs(people) do ids[i] = told.id end
  local texts, stored = call('HMGET', here, spread(ids)), call('HMGET', tabs, spread(ids))
  local room = MOST_HERE - call('ZCARD', leases)
  for i, told in ipairs(people) do
    local known = texts[i] and stored[i]
    if not known then room = room - 1 end
    if known or room >= 0 then
      local person = known and cmsgpack.unpack(known) or { since = told.since, tabs = {} }
      local last = merge_tab(person, told, node, ends, now)
      local text = person_json(told.id, person)
      call('HSET', tabs, told.id, pack(person))
      call('ZADD', leases, format('%d', last), told.id)
      if text ~= texts[i] then
        call('HSET', here, told.id, text)
        changed[#changed + 1] = text
      end
    end
  end
  return changed
end

-- Drops those whose last lease is over; returns their handles, as JSON.
local function drop_gone(topic)
  local over = call('ZRANGE', topic.keys[5], '-inf', format('%d', topic.now), 'BYSCORE', 'LIMIT', 0, MOST_AT_ONCE)
  if #over == 0 then return over end
  call('HDEL', topic.keys[3], spread(over))
  call('HDEL', topic.keys[4], spread(over))
  call('ZREM', topic.keys[5], spread(over))
  for i, id in ipairs(over) do over[i] = '"' .. id .. '"' end
  return over
end

-- Takes the node, how long what it tells now is good for (ms), '1' where it may drop whose lease is over, and of each
-- of its people four values: handle, name, since when they are here (Unix ms), and the topic they look at ('' for
-- none). Returns how many people changed and went.
register('wf1_here', WRITES, function(keys, args)
  local topic = topic_of('p', keys, 5, 5)
  if not topic then return bad_key(keys) end
  local node, lease = args[1] or '', whole(args[2], 1, LONGEST_LEASE)
  if #node > NODE_BYTES or not lease or (#args - 3) % 4 ~= 0 then
    return wrong('a node, a lease, and four values for each person')
  end
  if #args - 3 > 4 * MOST_TOLD then return too_many(MOST_TOLD, 'people') end
  open(topic)
  local people = {}
  for i = 4, #args, 4 do
    local told = told_of(args, i, topic.now)
    if not told then return wrong('not a person: ' .. sub(args[i], 1, 100)) end
    people[#people + 1] = told
  end
  local here = tell_people(topic, people, node, floor(topic.now) + lease)
  local gone = args[3] == '1' and drop_gone(topic) or {}
  local parts = {}
  if #here > 0 then parts[1] = '"here":[' .. join(here, ',') .. ']' end
  if #gone > 0 then parts[#parts + 1] = '"gone":[' .. join(gone, ',') .. ']' end
  if #parts > 0 then append(keys[2], topic, publish(topic, join(parts, ','))) end
  close(topic)
  return { #here, #gone }
end)

register('wf1_read_presence', READS, function(keys, args)
  if #keys < 3 then return bad_key(keys) end
  local h = call('HMGET', keys[1], 'epoch', 'seq')
  return since(h, args, all_missed(keys[2], h[1]), function()
    return '{"here":[' .. join(call('HVALS', keys[3]), ',') .. ']}'
  end)
end)
