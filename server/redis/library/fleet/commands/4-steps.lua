-- How commands go on: given to the device, and what becomes of them.

-- What a device or a person may say of a command, and in which states.
local STEPS = {
  acknowledged = { queued = true, sent = true, unknown = true },
  done = { queued = true, sent = true, acknowledged = true, unknown = true },
  cancelled = { queued = true },
}
STEPS.failed, STEPS.refused = STEPS.done, STEPS.done

-- When each command that was sent was sent last, by their ids.
local function tries_of(device)
  local tried = {}
  for id, at in string.gmatch(call('HGET', device.key, 'tried') or '', '([^ ]+) (%d+)') do tried[id] = number_of(at) end
  return tried
end

local function tries_text(commands, tried)
  local parts = {}
  for _, command in ipairs(commands) do
    if command.state == 'sent' and tried[command.id] then
      parts[#parts + 1] = command.id .. ' ' .. format('%d', tried[command.id])
    end
  end
  return join(parts, ' ')
end

-- Whether a command goes out now: what is queued for the first time, what was sent once more after a while. Returns
-- also whether its state changed.
local function send(device, command, now, tried, retry)
  if lapse(device, command, now) then return false, true end
  local is_first = command.state == 'queued'
  if not is_first and (command.state ~= 'sent' or now - (tried[command.id] or 0) < retry) then return false, false end
  local reason = refusal_of(device, command, now)
  if reason then
    if is_first then end_queued(device, command, 'refused', now, cjson.encode(reason)) end
    return false, is_first
  end
  if is_first then set_state(command, 'sent', now) end
  command.tries, tried[command.id] = command.tries + 1, now
  return true, is_first
end

-- Takes after how many milliseconds what was sent is sent again.
register('wf1_send', WRITES, function(keys, args)
  local device = topic_of('d', keys, 6, 6)
  if not device then return bad_key(keys) end
  local retry = whole(args[1], 0, LARGEST)
  if not retry then return wrong('after how many milliseconds to send again') end
  open_device(device)
  local commands, now, tried = commands_under_way(device), floor(device.now), nil
  local given, again, changed, texts = {}, {}, {}, {}
  for _, command in ipairs(commands) do
    tried = tried or tries_of(device)
    local goes, is_changed = send(device, command, now, tried, retry)
    if goes then given[#given + 1] = sent_json(command) end
    if is_changed then changed[#changed + 1] = command elseif goes then again[#again + 1] = command end
  end
  store_commands(device, again)
  if #changed > 0 then
    texts = tell_commands(device, changed, 'tried', tries_text(commands, tried))
  elseif #again > 0 then
    call('HSET', keys[1], 'tried', tries_text(commands, tried))
  end
  close(device)
  return { device.seq, device.current, list_json(given), list_json(texts) }
end)

-- Takes a command's id, what a device or a person says of it, why, and the device's answer. What is final stays.
register('wf1_step', WRITES, function(keys, args)
  local device = topic_of('d', keys, 6, 6)
  if not device then return bad_key(keys) end
  local states = STEPS[args[2]]
  if #args ~= 4 or not states then return wrong('a command, a state that may be told, a reason and an answer') end
  open_device(device)
  local command = read_command(call('HGET', keys[5], args[1]))
  local text, taken = command and command.text or '', 0
  if command and states[command.state] then
    local now, reason = floor(device.now), said_json(args[3])
    if args[2] == 'cancelled' then end_queued(device, command, 'cancelled', now, reason)
    else set_state(command, args[2], now, reason, said_json(args[4])) end
    text, taken = tell_commands(device, { command })[1], 1
  end
  close(device)
  return { device.seq, device.current, text, taken }
end)

-- Ends what is past its deadline, and says when the next is due.
register('wf1_due', WRITES, function(keys)
  local device = topic_of('d', keys, 6, 6)
  if not device then return bad_key(keys) end
  open_device(device)
  local now, changed, texts, due = floor(device.now), {}, {}, nil
  for _, command in ipairs(commands_under_way(device)) do
    if lapse(device, command, now) then changed[#changed + 1] = command
    else due = min(due or LARGEST, due_at(command)) end
  end
  if #changed > 0 then texts = tell_commands(device, changed) end
  close(device)
  return { device.seq, device.current, due and format('%d', due) or '', list_json(texts) }
end)
