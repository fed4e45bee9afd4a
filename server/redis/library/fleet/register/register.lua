-- The register: which devices there are, what each is called, and which were reaped.

local MOST_LISTED = 100 -- devices in one call
local LABEL_BYTES = 100 -- of a name, a group, a category

local GONE = ',"gone":true}'

-- A field of an entry as JSON; nothing where it is empty, nil where it is no text.
local function label_json(field, value)
  if value == '' then return '' end
  if not value or not is_text(value) then return nil end
  return ',"' .. field .. '":' .. cjson.encode(short(value, LABEL_BYTES))
end

-- An entry of four values as JSON; nil where they make none.
local function entry_of(args, i)
  local id = args[i]
  if not is_name('d', id) then return nil end
  local name, group = label_json('name', args[i + 1]), label_json('group', args[i + 2])
  local category = label_json('category', args[i + 3])
  if not (name and group and category) then return nil end
  return '{"id":"' .. id .. '"' .. name .. group .. category .. '}', name .. group .. category == ''
end

-- The entry without the mark of those that were reaped; true besides where it had it.
local function unmarked(text)
  if text and sub(text, -#GONE) == GONE then return sub(text, 1, -#GONE - 1) .. '}', true end
  return text, false
end

-- What the register knows of these devices, as texts; false where nothing.
local function entries_of(topic, ids)
  if #ids == 0 then return ids end
  return call('HMGET', topic.keys[3], spread(ids))
end

-- Publishes a change of entries: `fields` are ids and texts in turn, of which `told` are told.
local function store_entries(topic, field, told, fields)
  if #told > 0 then
    call('HSET', topic.keys[3], spread(fields))
    append(topic.keys[2], topic, publish(topic, '"' .. field .. '":[' .. join(told, ',') .. ']'))
  end
  close(topic)
  return { topic.seq, topic.current, #told }
end

-- Takes devices as four values each: id, name, group, category. What the register knows already changes nothing; an id
-- alone is a device of which nothing is known, so that it changes no entry, but brings one back that was reaped.
register('wf1_register', WRITES, function(keys, args)
  local topic = topic_of('r', keys, 3, 3)
  if not topic then return bad_key(keys) end
  local count = #args
  if count % 4 ~= 0 then return redis.error_reply('WFARG a device takes four values') end
  if count > 4 * MOST_LISTED then return too_many(MOST_LISTED, 'devices') end
  local ids, texts, bare = {}, {}, {}
  for i = 1, count, 4 do
    local text, is_bare = entry_of(args, i)
    if not text then return redis.error_reply('WFARG not a device: ' .. sub(args[i], 1, 100)) end
    local place = #ids + 1
    ids[place], texts[place], bare[place] = args[i], text, is_bare
  end
  open(topic)
  local known, told, fields, new = entries_of(topic, ids), {}, {}, {}
  for i, id in ipairs(ids) do
    local text = texts[i]
    local before, was_gone = unmarked(new[id] or known[i])
    if before and bare[i] then text = before end
    if text ~= before or was_gone then
      new[id], told[#told + 1] = text, text
      fields[#fields + 1], fields[#fields + 2] = id, text
    end
  end
  return store_entries(topic, 'devices', told, fields)
end)

-- Marks devices that were reaped. They stay in the register: whoever looks for one finds out that it is silent.
register('wf1_unregister', WRITES, function(keys, args)
  local topic = topic_of('r', keys, 3, 3)
  if not topic then return bad_key(keys) end
  if #args > MOST_LISTED then return too_many(MOST_LISTED, 'devices') end
  for _, id in ipairs(args) do
    if not is_name('d', id) then return redis.error_reply('WFARG not a device: ' .. sub(id, 1, 100)) end
  end
  open(topic)
  local known, told, fields, seen = entries_of(topic, args), {}, {}, {}
  for i, id in ipairs(args) do
    local before, was_gone = unmarked(known[i])
    if before and not was_gone and not seen[id] then
      seen[id], told[#told + 1] = true, '"' .. id .. '"'
      fields[#fields + 1], fields[#fields + 2] = id, sub(before, 1, -2) .. GONE
    end
  end
  return store_entries(topic, 'gone', told, fields)
end)

register('wf1_read_register', READS, function(keys, args)
  if #keys < 3 then return bad_key(keys) end
  local h = call('HMGET', keys[1], 'epoch', 'seq')
  return since(h, args, all_missed(keys[2], h[1]), function()
    return format('{"count":%d}', call('HLEN', keys[3]))
  end)
end)
