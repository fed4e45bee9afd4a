-- Groups of devices, and what else a feed tells of a device besides its fixes.

local GROUPS = 'wf:{groups}' -- hash: group -> 1
local MOST_GROUPS = 100

local function is_group(text)
  return is_name('c', text .. '/0000000000000')
end

-- Says what a device is called and puts it into a group. Returns as wf1_device does: a device that goes into another
-- group's cell must be placed there, and leave the one before.
register('wf1_describe_device', WRITES, function(keys, args)
  local device = topic_of('d', keys, 4, 4)
  if not device then return bad_key(keys) end
  local name, category = short(args[1] or '', NAME_BYTES), short(args[3] or '', NAME_BYTES)
  if not is_text(name) or not is_text(category) then
    return redis.error_reply('WFARG names and categories are UTF-8')
  end
  local group = args[2] or ''
  if group == '' then group = OTHER end
  if not is_group(group) then return redis.error_reply('WFARG ' .. sub(group, 1, 100) .. ' cannot be a group') end
  local attributes = values_json(args[4] or '', ATTRIBUTES_BYTES)
  if not attributes then
    return redis.error_reply('WFARG attributes are a JSON object of texts, numbers, true and false, of '
      .. ATTRIBUTES_BYTES .. ' bytes at most')
  end
  open_device(device)
  if device.group ~= group then
    device.group = group
    if device.cell ~= '' then move_to(device, device.tile) end
  end
  number_topic(device, 'name', name, 'group', group, 'category', category, 'attributes', attributes,
    'cell', device.cell, 'from', device.from)
  return { device.seq, device.current, 1, 0, device.newest and device.newest.text or '', device.cell, device.from }
end)

register('wf1_list_group', WRITES, function(keys, args)
  if keys[1] ~= GROUPS or #keys ~= 1 then return bad_key(keys) end
  local group = args[1] or ''
  if not is_group(group) then return redis.error_reply('WFARG ' .. sub(group, 1, 100) .. ' cannot be a group') end
  if not call('HGET', GROUPS, group) and call('HLEN', GROUPS) >= MOST_GROUPS then
    return redis.error_reply('WFARG at most ' .. MOST_GROUPS .. ' groups')
  end
  return call('HSET', GROUPS, group, '1')
end)
