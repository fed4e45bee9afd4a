-- Commands: what a device is asked to do, and how far each is. The hash `commands` has them by their ids, the sorted
-- set `asked` the ids by number. Of the device's hash `asked` is the last number, `open` those that are under way, and
-- `tried` when each that was sent was sent last.

local MOST_OPEN = 32 -- under way
local MOST_COMMANDS = 200 -- that are kept
local WORKED_ON = 3600000 -- ms after its deadline that a device may work on what it acknowledged

-- States under way, each with its letter in `open`.
local PHASES = { queued = 'q', sent = 's', acknowledged = 'a' }

-- `reason`, `answer`: as JSON. An answer stays until another comes.
local function set_state(command, state, now, reason, answer)
  command.state, command.at, command.reason = state, now, reason
  command.answer = answer or command.answer
end

-- A Redis that was promoted, or came back, may not have heard that somebody sent a command: it has it as queued.
local LOST = '"Redis began anew since this was asked: it may have been sent."'

-- When the life of the device's counter began, in Unix ms, as its epoch says (library/1-topic.lua): now, where one
-- begins with this call.
local function began_at(device)
  if device.renewed then return floor(device.now) end
  local seconds, micros = match(device.current, '^(%x+)(%x%x%x%x%x)$')
  return seconds and number_of(seconds, 16) * 1000 + floor(number_of(micros, 16) / 1000) or 0
end

-- Ends what is queued. That nobody sent it is known only of what was asked in this life of Redis; else it is unknown,
-- and a late report closes it.
local function end_queued(device, command, state, now, reason)
  if command.t >= began_at(device) then set_state(command, state, now, reason)
  else set_state(command, 'unknown', now, LOST) end
end

-- The commands under way of an open device, as they are stored. What is not stored so is under way no more.
local function commands_under_way(device)
  local open, ids, there, commands = under_way_of(device), {}, {}, {}
  if #open == 0 then return commands end
  for i, one in ipairs(open) do ids[i] = one.id end
  for i, text in ipairs(call('HMGET', device.keys[5], spread(ids))) do
    local command = read_command(text)
    if command and PHASES[command.state] then
      there[#there + 1], commands[#commands + 1] = open[i], command
    end
  end
  device.open = there
  return commands
end

-- Notes among those under way what became of a command.
local function note_phase(open, command)
  local phase = PHASES[command.state]
  for i, one in ipairs(open) do
    if one.id == command.id then
      if phase then one.phase = phase else table.remove(open, i) end
      return
    end
  end
  if phase then open[#open + 1] = { phase = phase, id = command.id } end
end

local function open_text(open)
  local parts = {}
  for i, one in ipairs(open) do parts[i] = one.phase .. one.id end
  return join(parts, ' ')
end

-- Stores commands; returns their texts.
local function store_commands(device, commands)
  local texts, fields = {}, {}
  for i, command in ipairs(commands) do
    texts[i] = command_json(command)
    fields[2 * i - 1], fields[2 * i] = command.id, texts[i]
  end
  if #fields > 0 then call_with('HSET', device.keys[5], fields) end
  return texts
end

-- Stores and tells commands that changed, and stores further fields of the device's hash; returns their texts.
local function tell_commands(device, changed, ...)
  local open = under_way_of(device)
  for _, command in ipairs(changed) do note_phase(open, command) end
  local texts = store_commands(device, changed)
  tell_device(device, '"commands":[' .. join(texts, ',') .. ']', 'open', open_text(open), ...)
  return texts
end

-- When something of a command is due by itself: wire/command-calls.ts `dueAt`. Until its deadline, that included, it is
-- in time.
local function due_at(command)
  local state = command.state
  if state == 'acknowledged' then return command.ends + WORKED_ON + 1 end
  return PHASES[state] and command.ends + 1 or nil
end

-- Ends what is past its deadline; true where it was.
local function lapse(device, command, now)
  if now < due_at(command) then return false end
  if command.state == 'queued' then end_queued(device, command, 'expired', now)
  else set_state(command, 'unknown', now, '"Nothing came back in time."') end
  return true
end

local function list_json(texts)
  return '[' .. join(texts, ',') .. ']'
end

-- Of commands under way those of these kinds end: what nobody sent is superseded; of what was sent nobody knows.
local function supersede(device, kinds, now)
  local named, changed = {}, {}
  for kind in string.gmatch(kinds, '[^ ]+') do named[kind] = true end
  for _, command in ipairs(commands_under_way(device)) do
    if named[command.kind] then
      if command.state == 'queued' then end_queued(device, command, 'superseded', now)
      else set_state(command, 'unknown', now, '"superseded"') end
      changed[#changed + 1] = command
    end
  end
  return changed
end

-- Forgets the oldest commands that are not under way, where there are too many.
local function make_room(device)
  local asked, open, kept = device.keys[6], under_way_of(device), {}
  local over = call('ZCARD', asked) - MOST_COMMANDS
  if over <= 0 then return end
  for _, one in ipairs(open) do kept[one.id] = true end
  for _, id in ipairs(call('ZRANGE', asked, 0, over + #open - 1)) do
    if over > 0 and not kept[id] then
      call('ZREM', asked, id)
      call('HDEL', device.keys[5], id)
      over = over - 1
    end
  end
end

-- A command that is asked for by nine values; nil where something is wrong. Its text lacks the number and the time.
local function command_of(args)
  local id, ends, order, kinds = args[1], whole(args[6], 1, LARGEST), args[8], args[9]
  if #args ~= 9 or #id > 64 or not find(id, '^[%w_.:-]+$') or not ends then return nil end
  if not (order == '' or is_name('o', order)) or #kinds > 2000 or not find(kinds, '^[a-z0-9_ ]*$') then return nil end
  local asked = asked_json(args[2], args[4], args[5], args[7], args[3], order)
  return asked and { id = id, ends = ends, asked = asked, state = 'queued', tries = 0 }
end

-- Asks a device for something. Takes nine values: the caller's id, the kind, its arguments (JSON), handle and name of
-- who asks, the deadline, the condition (JSON or ''), the order or '', and the kinds that it supersedes, with blanks
-- between. What is superseded makes room for it.
register('wf1_command', WRITES, function(keys, args)
  local device = topic_of('d', keys, 6, 6)
  if not device then return bad_key(keys) end
  local command = command_of(args)
  if not command then return wrong('a command: id, kind, arguments, author, deadline, condition, order, kinds') end
  open_device(device)
  local known = call('HGET', keys[5], command.id)
  if known then
    close(device)
    return { device.seq, device.current, known, 0, '', '[]' }
  end
  local now = floor(device.now)
  local changed = supersede(device, args[9], now)
  if #device.open - #changed >= MOST_OPEN then
    close(device)
    return { device.seq, device.current, '', 0, 'too_many', '[]' }
  end
  local c = format('%d', (number_of(call('HGET', keys[1], 'asked') or '') or 0) + 1)
  command.at, changed[#changed + 1] = now, command
  command.fixed = '{"id":"' .. command.id .. '","c":' .. c .. ',"t":' .. format('%d', now) .. ',"until":'
    .. format('%d', command.ends) .. command.asked
  call('ZADD', keys[6], c, command.id)
  local texts = tell_commands(device, changed, 'asked', c)
  make_room(device)
  close(device)
  local own = table.remove(texts)
  return { device.seq, device.current, own, 1, '', list_json(texts) }
end)
