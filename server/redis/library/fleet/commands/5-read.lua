-- What is read of a device: its state, and its commands.

local TOLD_ENDED = 10 -- commands that are not under way in a device's state
local MOST_COMMANDS_READ = 100 -- in one page

-- What is known of a device besides where it is, heard when anything came last; nothing where there is nothing.
local function life_json(signs, heard)
  if not signs then return '' end
  if heard and find(heard, '^%d+$') then signs = string.gsub(signs, '^{"heard":%d+', '{"heard":' .. heard) end
  return ',"life":' .. signs
end

local function by_number(a, b) return a.c < b.c end

-- The commands that are under way, as the field `open` names them, and the newest of the others, oldest first.
local function commands_json(commands, asked, open)
  local ids, is_open, ended, found = {}, {}, 0, {}
  for id in string.gmatch(open or '', '%l([^ ]+)') do ids[#ids + 1], is_open[id] = id, true end
  for _, id in ipairs(call('ZREVRANGE', asked, 0, #ids + TOLD_ENDED - 1)) do
    if not is_open[id] and ended < TOLD_ENDED then ids[#ids + 1], ended = id, ended + 1 end
  end
  if #ids == 0 then return '' end
  for _, text in ipairs(call('HMGET', commands, spread(ids))) do found[#found + 1] = read_command(text) end
  if #found == 0 then return '' end
  table.sort(found, by_number)
  for i, command in ipairs(found) do found[i] = command.text end
  return ',"commands":' .. list_json(found)
end

-- Feeds and nodes of before there were commands name the first two keys only.
register('wf1_read_device', READS, function(keys, args)
  if #keys < 2 then return bad_key(keys) end
  local h = call('HMGET', keys[1], 'epoch', 'seq', 'last', 'cell', 'name', 'group', 'category', 'attributes',
    'signs', 'heard', 'open', 'asked')
  if not h[1] then return { 'missing' } end
  return since(h, args, all_missed(keys[2], h[1]), function()
    local cell = h[4] and h[4] ~= '' and '"' .. h[4] .. '"' or 'null'
    return format('{"last":%s,"cell":%s', h[3] or 'null', cell) .. device_description(h[5], h[6], h[7], h[8])
      .. life_json(h[9], h[10]) .. (keys[4] and h[12] and commands_json(keys[3], keys[4], h[11]) or '') .. '}'
  end)
end)

-- Takes a number and how many: commands before that one ('' for all), newest first.
register('wf1_commands', READS, function(keys, args)
  if #keys < 3 then return bad_key(keys) end
  local before = args[1] == '' and LARGEST or whole(args[1], 1, LARGEST)
  local most = whole(args[2], 1, MOST_COMMANDS_READ)
  if not before or not most then return wrong('a number, and how many') end
  local ids = call('ZREVRANGEBYSCORE', keys[3], '(' .. format('%d', before), '-inf', 'LIMIT', 0, most)
  local texts = {}
  for _, text in ipairs(#ids > 0 and call('HMGET', keys[2], spread(ids)) or ids) do
    if text then texts[#texts + 1] = text end
  end
  return list_json(texts)
end)
